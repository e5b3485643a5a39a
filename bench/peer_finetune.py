"""The peer of `npm run bench -- finetune` and of the parts that predict: the pretrained trunks in PyTorch, batch norm folded.

The protocol, loss and optimizer are those of peer_train.py. Strided layers are padded alike on all sides, which gives
maps of the same sizes without the copies that TensorFlow's uneven padding would cost PyTorch.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

from peer_train import main

# Expansion, channels, repetitions, first stride, size of the filters.
MOBILENET_V2 = [
    (1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 32, 3, 2, 3), (6, 64, 4, 2, 3), (6, 96, 3, 1, 3), (6, 160, 3, 2, 3),
    (6, 320, 1, 1, 3),
]
EFFICIENTNET_LITE = [
    (1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5), (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
]
# Of channels and repetitions, for each variant of EfficientNet-Lite.
FACTORS = [(1, 1), (1, 1.1), (1.1, 1.2), (1.2, 1.4), (1.4, 1.8)]


def scaled(channels, width):
    exact = channels * width
    rounded = max(8, int(exact + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * exact else rounded


class Block(nn.Module):
    def __init__(self, before, channels, expansion, stride, kernel):
        super().__init__()
        hidden = before * expansion
        layers = [] if expansion == 1 else [nn.Conv2d(before, hidden, 1), nn.ReLU6(inplace=True)]
        layers += [nn.Conv2d(hidden, hidden, kernel, stride, kernel // 2, groups=hidden), nn.ReLU6(inplace=True)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(hidden, channels, 1))
        self.residual = stride == 1 and before == channels

    def forward(self, x):
        return x + self.layers(x) if self.residual else self.layers(x)


class Trunk(nn.Module):
    """Inverted residuals between a strided convolution and a wide last one, read by means and the last block's maxima."""

    def __init__(self, options, genres):
        super().__init__()
        lite = options["network"] == "efficientnet-lite"
        width, depth = FACTORS[options["variant"]] if lite else (options["width"], 1)
        stages = EFFICIENTNET_LITE if lite else MOBILENET_V2
        before = 32 if lite else scaled(32, width)
        last = 1280 if lite else scaled(1280, max(width, 1))
        self.shift, self.scale = (127, 128) if lite else (127.5, 127.5)
        self.first = nn.Conv2d(3, before, 3, 2, 1)
        blocks = []
        for at, (expansion, channels, count, stride, kernel) in enumerate(stages):
            repetitions = count if at in (0, len(stages) - 1) else math.ceil(count * depth)
            for i in range(repetitions):
                blocks.append(Block(before, scaled(channels, width), expansion, stride if i == 0 else 1, kernel))
                before = scaled(channels, width)
        self.blocks = nn.Sequential(*blocks)
        self.last = nn.Conv2d(before, last, 1)
        self.dropout = nn.Dropout(options["dropout"])
        self.dense = nn.Linear(last + before, genres)

    def forward(self, image):
        x = F.relu6(self.first((image.permute(0, 3, 1, 2).float() - self.shift) / self.scale))
        x = self.blocks(x)
        features = F.relu6(self.last(x))
        return self.dense(self.dropout(torch.cat([features.mean((2, 3)), x.amax((2, 3))], 1)))


if __name__ == "__main__":
    main(Trunk)
