"""The peer of the parts that predict: the same network in PyTorch, posters decoded by PIL.

`prepare JOB` writes the weights to a file, `cold JOB POSTER` predicts one poster, `warm` serves by peer.py's protocol:
a unit of work is one poster of the job's list. JPEG is decoded at a reduced scale (draft) and resized bilinearly: the
fastest that PIL offers. Settings beside those of peer.py: decoding (in turn, in threads, in processes), batch.
"""
import json
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy
import torch
from PIL import Image

from peer import compiled, laid_out, read_job, serve
from peer_finetune import Trunk


def pixels_of(path, job):
    """uint8 [height, width, 3]"""
    size = (job["width"], job["height"])
    image = Image.open(path)
    image.draft("RGB", size)
    return torch.from_numpy(numpy.array(image.convert("RGB").resize(size, Image.BILINEAR)))


def load(job):
    with torch.device("meta"):
        network = Trunk(job["network"], job["genres"])
    network.load_state_dict(torch.load(job["weights"], mmap=True), assign=True)
    return laid_out(network.eval(), job)


class Posters(torch.utils.data.Dataset):
    def __init__(self, job, paths):
        self.job, self.paths = job, paths

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        return pixels_of(self.paths[index], self.job)


def batches_of(job, paths):
    """A function of a count -> batches of so many decoded posters; none is decoded before or after."""
    size = job["batch"]

    def in_turn(count):
        for at in range(0, count, size):
            yield torch.stack([pixels_of(path, job) for path in paths[at : min(at + size, count)]])

    def in_threads(count):
        ahead, names = deque(), iter(paths[:count])
        for at in range(0, count, size):
            ahead.extend(pool.submit(pixels_of, path, job) for path in islice(names, 3 * size - len(ahead)))
            yield torch.stack([ahead.popleft().result() for _ in range(min(size, count - at))])

    def in_processes(count):
        sampler.count = count
        yield from loader

    decoding = job["decoding"].removeprefix("decoded ")
    if decoding == "in threads":
        pool = ThreadPoolExecutor(job["threads"])
    if decoding == "in processes":
        # The processes stay between runs, as starting them anew would be counted against them.
        sampler = First()
        loader = torch.utils.data.DataLoader(
            Posters(job, paths), batch_size=size, sampler=sampler, num_workers=job["threads"], persistent_workers=True
        )
    return {"in turn": in_turn, "in threads": in_threads, "in processes": in_processes}[decoding]


class First(torch.utils.data.Sampler):
    count = 0

    def __iter__(self):
        return iter(range(self.count))

    def __len__(self):
        return self.count


def main_warm():
    job = read_job()
    network = load(job)
    if job["execution"] == "compiled":
        from torch._inductor import config

        config.freezing = True
    forward = compiled(network, job)
    with open(job["list"]) as lines:
        posters = batches_of(job, lines.read().split("\n"))

    def work(count):
        with torch.inference_mode():
            rows = [row for batch in posters(count) for row in forward(batch).sigmoid().tolist()]
        assert len(rows) == count

    serve(work, version=torch.__version__)


def main_cold(job, poster):
    torch.set_num_threads(job["threads"])
    with torch.inference_mode():
        probabilities = load(job)(pixels_of(poster, job)[None]).sigmoid()[0]
    print(json.dumps({"id": poster, "probabilities": probabilities.tolist()}))


def main_prepare(job):
    torch.manual_seed(0)
    network = Trunk(job["network"], job["genres"])
    torch.save(network.state_dict(), job["weights"])
    print(sum(p.numel() for p in network.parameters()))


if __name__ == "__main__":
    command, *words = sys.argv[1:]
    if command == "warm":
        main_warm()
    elif command == "cold":
        main_cold(json.loads(words[0]), words[1])
    else:
        main_prepare(json.loads(words[0]))
