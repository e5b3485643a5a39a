"""The same in Ray Data, one session an actor: python ray_data.py model.onnx folder > predictions.jsonl"""
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import ray

sys.path.insert(0, str(Path(__file__).parent))
from predict import prepared  # noqa: E402


class Predictor:
    def __init__(self, model: bytes) -> None:
        self.session = onnxruntime.InferenceSession(model)
        facts = self.session.get_modelmeta().custom_metadata_map
        self.genres, self.rule = json.loads(facts["genres"]), json.loads(facts["resize"])

    def __call__(self, batch: dict) -> dict:
        pixels = np.stack([prepared(content, self.rule) for content in batch["bytes"]])
        found = self.session.run(["probability"], {"image": pixels})[0]
        values = [json.dumps(dict(zip(self.genres, row.tolist()))) for row in found]
        return {"id": [Path(path).stem for path in batch["path"]], "probabilities": values}


def main(model: str, folder: str) -> None:
    ray.init(log_to_driver=False, runtime_env={"working_dir": str(Path(__file__).parent)})
    posters = ray.data.read_binary_files(str(Path(folder).resolve()), include_paths=True)
    options = {"batch_size": 16, "compute": ray.data.ActorPoolStrategy(size=1)}
    answers = posters.map_batches(Predictor, fn_constructor_args=(Path(model).read_bytes(),), **options)
    for row in sorted(answers.take_all(), key=lambda row: row["id"]):
        line = {"id": row["id"], "probabilities": json.loads(row["probabilities"])}
        print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
