"""The peer of `npm run bench -- train`: the same cnn-rnn, batch, loss and optimizer in PyTorch.

The protocol is peer.py's; a unit of work is a training step. Settings beside those of peer.py: optimizer.
"""
import torch
from torch import nn
from torch.nn import functional as F

from peer import compiled, laid_out, read_job, serve


class Stage(nn.Module):
    def __init__(self, before, channels, halve, blocks):
        super().__init__()
        self.halve = halve
        self.conv = nn.Conv2d(before, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU())
            for _ in range(blocks)
        )

    def forward(self, x):
        x = self.conv(x)
        x = F.relu(self.norm(F.max_pool2d(x, 2) if self.halve else x))
        for block in self.blocks:
            x = x + block(x)
        return x


class CnnRnn(nn.Module):
    def __init__(self, options, genres):
        super().__init__()
        self.fold = options["fold"]
        stages, before = [], 3 * self.fold**2
        for stage in options["stages"]:
            stages.append(Stage(before, **stage))
            before = stage["channels"]
        self.stages = nn.Sequential(*stages)
        hidden = options["hidden"]
        kind = nn.GRU if options["recurrence"] == "gru" else nn.LSTM
        self.recurrence = kind(2 * before, hidden, bidirectional=True, batch_first=True)
        self.projection = nn.Linear(2 * hidden, options["attention"])
        self.query = nn.Linear(options["attention"], 1, bias=False)
        self.dropout = nn.Dropout(options["dropout"])
        self.dense = nn.Linear(2 * hidden, genres)
        self.register_buffer("mean", torch.tensor([123.675, 116.28, 103.53]).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor([58.395, 57.12, 57.375]).view(1, 3, 1, 1))

    def forward(self, image):
        x = (image.permute(0, 3, 1, 2).float() - self.mean) / self.deviation
        x = self.stages(F.pixel_unshuffle(x, self.fold) if self.fold > 1 else x)
        rows = torch.cat([x.mean(3), x.amax(3)], 1).permute(0, 2, 1)
        sequence, _ = self.recurrence(rows)
        weights = torch.softmax(self.query(torch.tanh(self.projection(sequence))), 1)
        return self.dense(self.dropout((weights * sequence).sum(1)))


def main(build):
    job = read_job()
    network = laid_out(build(job["network"], job["genres"]).train(), job)
    decayed = [p for p in network.parameters() if p.dim() > 1]
    kept = [p for p in network.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.05}, {"params": kept, "weight_decay": 0}],
        lr=1e-3,
        fused=job["optimizer"] == "fused AdamW",
    )
    image = torch.randint(0, 256, (job["batch"], job["height"], job["width"], 3), dtype=torch.uint8)
    labels = (torch.rand(job["batch"], job["genres"]) < 0.13).float()

    def loss_of(image, labels):
        return F.binary_cross_entropy_with_logits(network(image), labels)

    forward = compiled(loss_of, job)

    def steps(count):
        for _ in range(count):
            loss = forward(image, labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            loss.item()

    serve(steps, version=torch.__version__, parameters=sum(p.numel() for p in network.parameters()))


if __name__ == "__main__":
    main(CnnRnn)
