"""Genres of posters by onnxruntime alone: python predict.py model.onnx folder > predictions.jsonl"""
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pyvips


def prepared(data: bytes, rule: dict) -> np.ndarray:
    """uint8 [height, width, 3]; the model scales and normalizes by itself."""
    image = pyvips.Image.new_from_buffer(data, "", access="sequential").autorot().colourspace("srgb")
    if image.hasalpha():
        image = image.flatten(background=rule["background"])
    assert rule["fit"] == "fill", "this example stretches, as the shipped models do"
    scale = {"vscale": rule["height"] / image.height, "kernel": rule["kernel"]}
    return image.resize(rule["width"] / image.width, **scale).numpy()[:, :, :3]


def main(model: str, folder: str) -> None:
    session = onnxruntime.InferenceSession(model)
    facts = session.get_modelmeta().custom_metadata_map
    genres, rule = json.loads(facts["genres"]), json.loads(facts["resize"])
    for path in sorted(Path(folder).iterdir()):
        pixels = prepared(path.read_bytes(), rule)[np.newaxis]
        (probabilities,) = session.run(["probability"], {"image": pixels})[0]
        values = dict(zip(genres, probabilities.tolist()))
        print(json.dumps({"id": path.stem, "probabilities": values}, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
