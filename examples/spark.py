"""The same in Spark, a batch of rows at a time: python spark.py model.onnx folder > predictions.jsonl"""
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd
from pyspark.sql import SparkSession

sys.path.insert(0, str(Path(__file__).parent))
from predict import prepared  # noqa: E402

BATCH = 16


def main(model: str, folder: str) -> None:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else its workers take the system's Python
    spark = SparkSession.builder.appName("genres").getOrCreate()
    spark.sparkContext.addPyFile(str(Path(__file__).parent / "predict.py"))
    # On a cluster: spark.sparkContext.addFile(model), and SparkFiles.get() in the function.
    path = str(Path(model).resolve())

    def predict(parts: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        session = onnxruntime.InferenceSession(path)  # once a partition
        facts = session.get_modelmeta().custom_metadata_map
        genres, rule = json.loads(facts["genres"]), json.loads(facts["resize"])
        for rows in parts:
            for start in range(0, len(rows), BATCH):
                batch = rows[start : start + BATCH]
                pixels = np.stack([prepared(content, rule) for content in batch["content"]])
                found = session.run(["probability"], {"image": pixels})[0]
                names = [Path(each).stem for each in batch["path"]]
                values = [json.dumps(dict(zip(genres, row.tolist()))) for row in found]
                yield pd.DataFrame({"id": names, "probabilities": values})

    posters = spark.read.format("binaryFile").load(folder).select("path", "content")
    for row in posters.mapInPandas(predict, "id string, probabilities string").orderBy("id").collect():
        print(json.dumps({"id": row.id, "probabilities": json.loads(row.probabilities)}, ensure_ascii=False))
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
