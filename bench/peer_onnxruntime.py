"""onnxruntime in Python on the model that onesheet runs, posters decoded by PIL: how fast the same file is elsewhere.

The commands are those of peer_predict.py, `cold JOB POSTER` and `warm`.
"""
import json
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy
import onnxruntime
from PIL import Image

from peer import serve


def pixels_of(path, job):
    size = (job["width"], job["height"])
    image = Image.open(path)
    image.draft("RGB", size)
    return numpy.asarray(image.convert("RGB").resize(size, Image.BILINEAR))


def load(job):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    if job["waiting"] == "passive waiting":
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(job["model"], options, providers=["CPUExecutionProvider"])
    return lambda pixels: session.run(["probability"], {"image": pixels})[0].tolist()


def main_warm():
    job = json.loads(sys.stdin.readline())
    predict = load(job)
    size = job["batch"]
    reach = 3 * size if job["decoding"] == "decoded in threads" else size
    with open(job["list"]) as lines:
        paths = lines.read().split("\n")
    pool = ThreadPoolExecutor(job["threads"])

    def work(count):
        ahead, names = deque(), iter(paths[:count])
        for at in range(0, count, size):
            ahead.extend(pool.submit(pixels_of, path, job) for path in islice(names, reach - len(ahead)))
            predict(numpy.stack([ahead.popleft().result() for _ in range(min(size, count - at))]))

    serve(work, version=onnxruntime.__version__)


if __name__ == "__main__":
    command, *words = sys.argv[1:]
    if command == "warm":
        main_warm()
    else:
        job = json.loads(words[0])
        print(json.dumps({"id": words[1], "probabilities": load(job)(pixels_of(words[1], job)[None])[0]}))
