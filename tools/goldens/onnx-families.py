"""Makes test/nn/golden/onnx/: narrow networks of the usual families as PyTorch exports them, and its gradients.

    /usr/bin/python3 tools/goldens/onnx-families.py

Needs PyTorch and torchvision (made with 1.13 and 0.14). Every network is made of torchvision's own blocks, with few
channels and random weights from a fixed seed, and exported in two forms: `plain` (operator set 11, a batch of 1, no
constant folding, normalizations kept) and `folded` (operator set 17, a symbolic batch, normalizations folded into
the convolutions). families.json holds, for one picture under ImageNet's normalization, the logits of a classifier with
given weights and the gradients of their weighted sum, by PyTorch's autograd in float64.
"""

import copy
import functools
import json
import pathlib
import warnings

import torch
from torch import nn
from torchvision import models
from torchvision.models.convnext import CNBlockConfig, ConvNeXt
from torchvision.models.efficientnet import EfficientNet, MBConvConfig
from torchvision.models.mobilenetv2 import MobileNetV2
from torchvision.models.mobilenetv3 import InvertedResidualConfig, MobileNetV3
from torchvision.models.resnet import BasicBlock, Bottleneck

warnings.simplefilter("ignore")
FOLDER = pathlib.Path(__file__).parents[2] / "test/nn/golden/onnx"
SIZE, GENRES = 32, 3


def down(before, after, stride):
    return nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))


def resnet():
    stem = [nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    blocks = [BasicBlock(8, 8), BasicBlock(8, 16, 2, down(8, 16, 2)), Bottleneck(16, 8, 2, down(16, 32, 2))]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, GENRES))


def mobilenet_v2():
    setting = [[1, 8, 1, 1], [6, 8, 2, 2], [6, 16, 1, 2]]
    net = MobileNetV2(GENRES, 0.25, setting, round_nearest=4)
    net.features[-1] = models.mobilenetv2.Conv2dNormActivation(4, 24, kernel_size=1, activation_layer=nn.ReLU6)
    net.classifier[1] = nn.Linear(24, GENRES)
    return net


def mobilenet_v3():
    config = functools.partial(InvertedResidualConfig, width_mult=1.0)
    blocks = [config(8, 3, 8, 8, True, "RE", 2, 1), config(8, 3, 24, 8, False, "HS", 1, 1), config(8, 5, 24, 16, True, "HS", 2, 1)]
    return MobileNetV3(blocks, 24, GENRES)


def efficientnet():
    config = functools.partial(MBConvConfig, width_mult=1.0, depth_mult=1.0)
    blocks = [config(1, 3, 1, 8, 8, 1), config(6, 3, 2, 8, 8, 2), config(6, 5, 2, 8, 16, 1)]
    return EfficientNet(blocks, 0.2, num_classes=GENRES)


def convnext():
    return ConvNeXt([CNBlockConfig(8, 16, 1), CNBlockConfig(16, None, 1)], num_classes=GENRES, layer_scale=0.5)


def vit():
    net = models.VisionTransformer(SIZE, 8, 2, 2, 8, 16, num_classes=GENRES)
    nn.init.normal_(net.class_token, std=0.5)
    return net


FAMILIES = {
    "resnet": (resnet, ["0.weight", "4.bn1.weight", "5.conv1.weight", "5.downsample.0.weight", "6.conv3.weight", "6.bn3.bias"]),
    "mobilenet_v2": (mobilenet_v2, ["features.0.0.weight", "features.1.conv.1.weight", "features.2.conv.1.0.weight", "features.3.conv.0.1.bias", "features.5.0.weight"]),
    "mobilenet_v3": (mobilenet_v3, ["features.0.0.weight", "features.1.block.1.fc1.weight", "features.3.block.1.0.weight", "classifier.0.weight"]),
    "efficientnet": (efficientnet, ["features.0.0.weight", "features.2.0.block.2.fc2.bias", "features.3.0.block.1.0.weight", "features.4.1.weight"]),
    "convnext": (convnext, ["features.0.0.weight", "features.1.0.layer_scale", "features.1.0.block.3.weight", "features.3.0.block.2.weight", "classifier.0.bias"]),
    "vit": (vit, ["conv_proj.weight", "encoder.pos_embedding", "encoder.layers.encoder_layer_0.self_attention.in_proj_weight", "encoder.layers.encoder_layer_1.ln_1.weight", "encoder.layers.encoder_layer_1.mlp.3.bias"]),
}


def randomize(net):
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.3, 0.3)
            module.eps = 1e-5
    head = [module for module in net.modules() if isinstance(module, nn.Linear)][-1]
    count = head.weight.numel()
    head.weight.data = torch.tensor([((i * 7) % 11 - 5) / 10 for i in range(count)]).reshape(head.weight.shape)
    head.bias.data = torch.tensor([0.1 * i for i in range(GENRES)])
    return net.eval()


def picture():
    y, x, c = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), torch.arange(3), indexing="ij")
    pixels = ((3 * y + 5 * x + 50 * c + torch.div(x * y, 4, rounding_mode="floor")) % 256).double()
    mean = torch.tensor([123.675, 116.28, 103.53], dtype=torch.float64)
    deviation = torch.tensor([58.395, 57.12, 57.375], dtype=torch.float64)
    return ((pixels - mean) / deviation).permute(2, 0, 1)[None]


def export(net, name, batch, **options):
    example = torch.zeros(batch, 3, SIZE, SIZE)
    torch.onnx.export(net, example, FOLDER / name, input_names=["pixels"], output_names=["scores"], **options)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    golden = {}
    for family, (make, names) in FAMILIES.items():
        torch.manual_seed(1)
        net = randomize(make())
        plain = dict(opset_version=11, do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE)
        export(net, f"{family}.plain.onnx", 1, **plain)
        axes = {"pixels": {0: "n"}, "scores": {0: "n"}}
        export(net, f"{family}.folded.onnx", 2, opset_version=17, dynamic_axes=axes)
        exact = copy.deepcopy(net).double().eval()
        logits = exact(picture())
        (logits * torch.tensor([1.0, -0.5, 0.25])).sum().backward()
        gradients = []
        for name in names:
            parameter = dict(exact.named_parameters())[name]
            flat = parameter.grad.flatten()
            places = sorted({(i * 7919 + 13) % flat.numel() for i in range(12)})
            gradients.append(
                {
                    "name": name,
                    "shape": list(parameter.shape),
                    "largest": flat.abs().max().item(),
                    "places": places,
                    "weights": [parameter.flatten()[place].item() for place in places],
                    "values": [flat[place].item() for place in places],
                }
            )
        golden[family] = {"logits": logits.flatten().tolist(), "gradients": gradients}
    text = json.dumps({"size": SIZE, "families": golden}, indent=1)
    (FOLDER / "families.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
