"""Makes test/nn/golden/efficientnetLite.json: feature maps of EfficientNet-Lite1 and 2 with weights by a formula.

    venv/bin/pip install torch==2.13.0 efficientnet-lite-pytorch==0.1.0
    venv/bin/python tools/goldens/efficientnetLite.py

The package's own network computes them, in float64, so neither layers, sizes nor padding are onesheet's. Weights come from
a formula, since pretrained ones are too large to keep; every normalization is made to add its shift only.
"""

import json
import math
import pathlib

import torch
from efficientnet_lite_pytorch import EfficientNet

ROOT = pathlib.Path(__file__).parents[2]
HEIGHT, WIDTH = 75, 50


def formula(tensor, number):
    """In place: sines as large as He's initialization, which differ from layer to layer."""
    fan = max(1, tensor[0].numel()) if tensor.dim() == 4 else 200
    places = torch.arange(tensor.numel(), dtype=torch.float64)
    tensor.data = (torch.sin(places * 1.7 + number * 0.9) * math.sqrt(4 / fan)).reshape(tensor.shape)


def set_weights(network):
    """Numbers convolutions and the shifts behind them in the order of the layers; adds nothing else."""
    pairs = [(network._conv_stem, network._bn0)]
    for block in network._blocks:
        if hasattr(block, "_expand_conv"):
            pairs.append((block._expand_conv, block._bn0))
        pairs += [(block._depthwise_conv, block._bn1), (block._project_conv, block._bn2)]
    pairs.append((network._conv_head, network._bn1))
    for layer, (convolution, normalization) in enumerate(pairs):
        formula(convolution.weight, 2 * layer)
        formula(normalization.bias, 2 * layer + 1)
        normalization.running_var.fill_(1 - normalization.eps)


def maps_of(variant):
    network = EfficientNet.from_name(f"efficientnet-lite{variant}", image_size=None).double().eval()
    set_weights(network)
    y, x, c = torch.meshgrid(torch.arange(HEIGHT), torch.arange(WIDTH), torch.arange(3), indexing="ij")
    pixels = (3 * y + 5 * x + 50 * c + torch.div(x * y, 16, rounding_mode="floor")) % 256
    value = ((pixels.double() - 127) / 128).permute(2, 0, 1)[None]
    maps = {"stem": (value := network._swish(network._bn0(network._conv_stem(value))))}
    for number, block in enumerate(network._blocks):
        maps[f"block_{number}"] = value = block(value)
    maps["head"] = network._swish(network._bn1(network._conv_head(value)))
    return maps


def described(value):
    flat = value.flatten()
    places = [(i * 7919 * 31 + 17) % flat.numel() for i in range(12)]
    return {
        "shape": list(value.shape),
        "largest": flat.abs().max().item(),
        "places": places,
        "values": [round(flat[place].item(), 8) for place in places],
    }


@torch.no_grad()
def main():
    golden = {"height": HEIGHT, "width": WIDTH, "variants": {}}
    for variant in (1, 2):
        maps = {name: described(value) for name, value in maps_of(variant).items()}
        golden["variants"][str(variant)] = maps
    path = ROOT / "test/nn/golden/efficientnetLite.json"
    path.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
