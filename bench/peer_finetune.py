"""The peer of `npm run bench -- finetune`: the same MobileNetV2 of width 1.4 in PyTorch, batch norm folded.

The protocol, loss and optimizer are those of peer_train.py. Strided layers are padded by 1 on all sides, which
gives maps of the same sizes without the copies that TensorFlow's uneven padding would cost PyTorch.
"""
import torch
from torch import nn
from torch.nn import functional as F

from peer_train import main

STAGES = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]


def scaled(channels, width):
    exact = channels * width
    rounded = max(8, int(exact + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * exact else rounded


class Block(nn.Module):
    def __init__(self, before, channels, expansion, stride):
        super().__init__()
        hidden = before * expansion
        layers = [] if expansion == 1 else [nn.Conv2d(before, hidden, 1), nn.ReLU6(inplace=True)]
        layers += [nn.Conv2d(hidden, hidden, 3, stride, 1, groups=hidden), nn.ReLU6(inplace=True)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(hidden, channels, 1))
        self.residual = stride == 1 and before == channels

    def forward(self, x):
        return x + self.layers(x) if self.residual else self.layers(x)


class MobileNetV2(nn.Module):
    def __init__(self, options, genres):
        super().__init__()
        width = options["width"]
        before = scaled(32, width)
        self.first = nn.Conv2d(3, before, 3, 2, 1)
        blocks = []
        for expansion, channels, count, stride in STAGES:
            for i in range(count):
                blocks.append(Block(before, scaled(channels, width), expansion, stride if i == 0 else 1))
                before = scaled(channels, width)
        self.blocks = nn.Sequential(*blocks)
        last = scaled(1280, max(width, 1))
        self.last = nn.Conv2d(before, last, 1)
        self.dropout = nn.Dropout(options["dropout"])
        self.dense = nn.Linear(last + before, genres)

    def forward(self, image):
        x = F.relu6(self.first(image.permute(0, 3, 1, 2).float() / 127.5 - 1))
        x = self.blocks(x)
        features = F.relu6(self.last(x))
        return self.dense(self.dropout(torch.cat([features.mean((2, 3)), x.amax((2, 3))], 1)))


if __name__ == "__main__":
    main(MobileNetV2)
