"""The peer of `npm run bench -- predict-cold` and `predict-batch`: the same MobileNetV2 in PyTorch, posters by PIL.

`prepare JOB` writes the weights to a file, `cold JOB POSTER` predicts one poster, `batch JOB` answers every line of
standard input with the seconds that all posters of the list took, so that both sides can be timed in turns.
JPEG is decoded at a reduced scale (draft) and resized bilinearly: the fastest that PIL offers.
"""
import json
import sys
import time

import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms.functional import pil_to_tensor

from peer_finetune import MobileNetV2


def build(job):
    torch.set_num_threads(job["threads"])
    return MobileNetV2(job["network"], job["genres"]).eval()


class Posters(Dataset):
    def __init__(self, job, paths):
        self.size = (job["width"], job["height"])
        self.paths = paths

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        image = Image.open(self.paths[index])
        image.draft("RGB", self.size)
        return pil_to_tensor(image.convert("RGB").resize(self.size, Image.BILINEAR)).permute(1, 2, 0)


def load(job):
    network = build(job)
    network.load_state_dict(torch.load(job["weights"]))
    return network.to(memory_format=torch.channels_last) if job.get("channelsLast") else network


def main(command, job, *rest):
    if command == "prepare":
        torch.manual_seed(0)
        network = build(job)
        torch.save(network.state_dict(), job["weights"])
        print(sum(p.numel() for p in network.parameters()))
    elif command == "cold":
        network = load(job)
        with torch.no_grad():
            probabilities = network(Posters(job, rest)[0][None]).sigmoid()[0]
        print(json.dumps({"id": rest[0], "probabilities": probabilities.tolist()}))
    else:
        network = load(job)
        with open(job["list"]) as lines:
            posters = Posters(job, lines.read().split("\n"))
        for _ in sys.stdin:
            start = time.perf_counter()
            loader = DataLoader(posters, batch_size=job["batch"], num_workers=job["workers"])
            with torch.no_grad():
                rows = [network(batch).sigmoid() for batch in loader]
            assert sum(len(row) for row in rows) == len(posters)
            print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), *sys.argv[3:])
