#!/usr/bin/python3
"""scikit-learn's answers on small random cases -> test/evaluate/golden/measures.json.

Needs Debian's python3-sklearn 1.2.1:  /usr/bin/python3 tools/goldens/measures.py
The cases come from fixed seeds, so that running it again writes the same file.
"""
import itertools
import json
import pathlib
import warnings

import numpy as np
import sklearn
from scipy.optimize import minimize
from scipy.special import expit
from sklearn import metrics
from sklearn.calibration import calibration_curve

warnings.simplefilter("ignore")
AVERAGES = ["micro", "macro", "weighted", "samples", "none"]
OUTPUT = pathlib.Path(__file__).parents[2] / "test" / "evaluate" / "golden" / "measures.json"


def make_case(seed, posters, genres, prevalence=0.3, decimals=4):
    """Labels, scores that know something about them, and decisions at 0.5, as nested lists."""
    random = np.random.RandomState(seed)
    y_true = (random.rand(posters, genres) < prevalence).astype(int)
    y_score = np.round(expit(2 * y_true - 1 + 1.5 * random.randn(posters, genres)), decimals)
    return y_true, y_score, (y_score >= 0.5).astype(int)


def make_cases():
    cases = {
        "random": make_case(1, 60, 7),
        "many genres": make_case(2, 150, 19, prevalence=0.12),
        "ties in scores": make_case(3, 80, 6, decimals=1),
        "single genre": make_case(6, 30, 1),
        "tiny": (
            np.array([[1, 0, 1], [0, 1, 1]]),
            np.array([[0.9, 0.2, 0.4], [0.3, 0.8, 0.1]]),
            np.array([[1, 0, 0], [0, 1, 1]]),
        ),
        "nothing predicted": (make_case(7, 20, 4)[0], make_case(7, 20, 4)[1], np.zeros((20, 4), int)),
        "nothing true": (
            np.zeros((10, 3), int),
            make_case(8, 10, 3)[1],
            np.array([[1, 0, 0]] + [[0, 0, 0]] * 9),
        ),
        "nothing true nor predicted": (np.zeros((4, 3), int), make_case(9, 4, 3)[1], np.zeros((4, 3), int)),
        "constant scores": (make_case(10, 25, 5)[0], np.full((25, 5), 0.5), np.ones((25, 5), int)),
        "a genre that all posters have": make_case(11, 24, 4),
    }
    y_true, y_score, y_pred = make_case(13, 40, 5)
    y_true[:, 0] = np.arange(40) % 2
    y_true[:, 1] = 1 - y_true[:, 0]
    cases["a true and a false genre on every poster"] = (y_true, y_score, y_pred)
    y_true, y_score, y_pred = make_case(4, 50, 6)
    y_true[:, [1, 4]] = 0
    y_pred[:, 4] = 0
    cases["genres without positives"] = (y_true, y_score, y_pred)
    y_true, y_score, y_pred = make_case(5, 50, 6)
    y_true[:15] = 0
    y_pred[10:20] = 0
    y_true[20] = 1
    cases["posters without genres"] = (y_true, y_score, y_pred)
    cases["a genre that all posters have"][0][:, 2] = 1
    return cases


def with_spare_column(matrix, value):
    """scikit-learn reads one column as a binary problem; a column that never matters makes it multi-label."""
    return np.hstack([matrix, np.full((len(matrix), 1), value, matrix.dtype)])


def decision_measures(y_true, y_pred):
    padded = with_spare_column(y_true, 0), with_spare_column(y_pred, 0)
    labels = list(range(y_true.shape[1]))
    scores = {
        "precision": lambda **options: metrics.precision_score(*padded, labels=labels, **options),
        "recall": lambda **options: metrics.recall_score(*padded, labels=labels, **options),
        "f1": lambda **options: metrics.f1_score(*padded, labels=labels, **options),
        "f0.5": lambda **options: metrics.fbeta_score(*padded, beta=0.5, labels=labels, **options),
        "f2": lambda **options: metrics.fbeta_score(*padded, beta=2, labels=labels, **options),
        "jaccard": lambda **options: metrics.jaccard_score(*padded, labels=labels, **options),
    }
    result = {
        name: {
            str(zero_division): {
                average: np.asarray(
                    score(average=None if average == "none" else average, zero_division=zero_division)
                ).tolist()
                for average in AVERAGES
            }
            for zero_division in (0, 1)
        }
        for name, score in scores.items()
    }
    single = y_true.shape[1] == 1
    arrays = (y_true[:, 0], y_pred[:, 0]) if single else (y_true, y_pred)
    result["hammingLoss"] = metrics.hamming_loss(*arrays)
    result["accuracy"] = metrics.accuracy_score(*arrays)
    return result


def averaged(score, y_true, y_score):
    """A binary score for each average of a multi-label one, as sklearn.metrics._base does; single genre too."""
    if y_true.shape[1] > 1:
        return {
            average: np.asarray(
                score(y_true, y_score, average=None if average == "none" else average)
            ).tolist()
            for average in AVERAGES
        }
    whole = score(y_true[:, 0], y_score[:, 0])
    return {"micro": whole, "macro": whole, "weighted": whole, "none": [whole]}


def precision_at_k(y_true, y_score, k):
    """Mean over every order in which tied scores could stand, by enumeration."""
    shares = []
    for truth, score in zip(y_true, y_score):
        last = sorted(score, reverse=True)[k - 1]
        above = [g for g, value in enumerate(score) if value > last]
        tied = [g for g, value in enumerate(score) if value == last]
        fills = list(itertools.combinations(tied, k - len(above)))
        shares.append(np.mean([truth[above + list(fill)].sum() / k for fill in fills]))
    return float(np.mean(shares))


def score_measures(y_true, y_score):
    # a score far below all others and a label that is never true
    padded = with_spare_column(y_true, 0), with_spare_column(y_score, -1e9)
    result = {
        "averagePrecision": averaged(metrics.average_precision_score, y_true, y_score),
        "labelRankingAveragePrecision": metrics.label_ranking_average_precision_score(y_true, y_score),
        "coverageError": float(metrics.coverage_error(*padded)),
        "precisionAtK": {
            str(k): precision_at_k(y_true, y_score, k) for k in (1, 2, 3) if k <= y_true.shape[1]
        },
    }
    if y_true.shape[1] > 1:
        result["labelRankingLoss"] = metrics.label_ranking_loss(y_true, y_score)
    if all(0 < column.sum() < len(column) for column in y_true.T):
        result["rocAuc"] = averaged_roc(y_true, y_score)
    precision, recall, thresholds = metrics.precision_recall_curve(y_true[:, 0], y_score[:, 0])
    result["precisionRecallCurve"] = {
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "thresholds": thresholds.tolist(),
    }
    return result


def averaged_roc(y_true, y_score):
    """As averaged, but samples only where every poster has a true and a false genre: else scikit-learn raises."""
    if y_true.shape[1] == 1:
        return averaged(metrics.roc_auc_score, y_true, y_score)
    defined = all(0 < row.sum() < len(row) for row in y_true)
    return {
        average: np.asarray(
            metrics.roc_auc_score(y_true, y_score, average=None if average == "none" else average)
        ).tolist()
        for average in AVERAGES
        if average != "samples" or defined
    }


def reliability(y_true, y_score, bins, strategy):
    """Expected calibration error from the points of calibration_curve and each bin's share of the pairs."""
    edges = np.linspace(0, 1, bins + 1)
    if strategy == "quantile":
        edges = np.percentile(y_score, edges * 100)
    counts = np.bincount(np.searchsorted(edges[1:-1], y_score), minlength=bins)
    rate, predicted = calibration_curve(y_true, y_score, n_bins=bins, strategy=strategy)
    counts = counts[counts > 0]
    return {
        "counts": counts.tolist(),
        "positiveRate": rate.tolist(),
        "meanProbability": predicted.tolist(),
        "error": float(np.sum(counts / len(y_true) * np.abs(rate - predicted))),
    }


def probability_measures(y_true, y_score):
    truth, probability = y_true.ravel(), y_score.ravel()
    return {
        "brierScore": metrics.brier_score_loss(truth, probability, pos_label=1),
        "logLoss": metrics.log_loss(truth, probability, labels=[0, 1]),
        "reliability": {
            f"{strategy} {bins}": reliability(truth, probability, bins, strategy)
            for strategy in ("uniform", "quantile")
            for bins in (5, 15)
        },
        "genreErrors": [
            reliability(y_true[:, g], y_score[:, g], 15, "uniform")["error"] for g in range(y_true.shape[1])
        ],
    }


def scaling(y_true, logits, regularization):
    """Platt and temperature scaling by a general optimizer, to judge the Newton steps."""

    def cross_entropy(truth, values):
        return np.sum(np.logaddexp(0, values) - truth * values)

    def platt(truth, values):
        def loss(parameters):
            scale, bias = parameters
            penalty = regularization / 2 * ((scale - 1) ** 2 + bias**2)
            return cross_entropy(truth, scale * values + bias) + penalty

        def gradient(parameters):
            scale, bias = parameters
            error = expit(scale * values + bias) - truth
            return np.array(
                [error @ values + regularization * (scale - 1), error.sum() + regularization * bias]
            )

        return minimize(loss, [1, 0], jac=gradient, method="BFGS", options={"gtol": 1e-10}).x

    fits = np.array([platt(y_true[:, g], logits[:, g]) for g in range(y_true.shape[1])])
    truth, values = y_true.ravel(), logits.ravel()
    temperature = minimize(
        lambda scale: cross_entropy(truth, scale[0] * values),
        [1],
        jac=lambda scale: np.array([(expit(scale[0] * values) - truth) @ values]),
        method="BFGS",
        options={"gtol": 1e-10},
    ).x[0]
    return {"scale": fits[:, 0].tolist(), "bias": fits[:, 1].tolist(), "temperatureScale": temperature}


def make_partial_cases():
    """Cases of which a part is unknown: labels, scores, decisions and what is known, 0 or 1 each."""
    random = np.random.RandomState(14)
    known = (random.rand(70, 6) < 0.7).astype(int)
    some = (*make_case(15, 70, 6), known)
    known = np.ones((60, 5), int)
    known[:, 3] = 0
    known[20:40, [0, 1]] = 0
    known[50:55] = 0
    known[55, 1:] = 0
    whole = (*make_case(16, 60, 5, decimals=1), known)
    known = (random.rand(40, 3) < 0.4).astype(int)
    without = (*make_case(17, 40, 3), known)
    without[0][without[3][:, 1] == 1, 1] = 0
    return {
        "a third unknown": some,
        "a genre and some posters wholly unknown": whole,
        "a genre whose positives are unknown": without,
    }


def partial_measures(y_true, y_score, y_pred, known):
    """Masked by hand: each binary problem is cut to its known pairs, and what has none is left out of every mean."""
    known = known.astype(bool)

    def problems(*matrices):
        """The known pairs of all, of each genre and of each poster, as vectors."""
        genres = [[matrix[mask, g] for matrix in matrices] for g, mask in enumerate(known.T)]
        posters = [[matrix[p, mask] for matrix in matrices] for p, mask in enumerate(known)]
        return [matrix[known] for matrix in matrices], genres, posters

    def averages(score, *matrices, defined=len):
        pairs, genres, posters = problems(*matrices)
        by_genre = [score(*vectors) if defined(vectors[0]) else np.nan for vectors in genres]
        by_poster = [score(*vectors) for vectors in posters if defined(vectors[0])]
        support = np.array([vectors[0].sum() for vectors in genres])
        counted = (support > 0) & ~np.isnan(by_genre)
        return {
            "micro": float(score(*pairs)),
            "macro": float(np.nanmean(by_genre)),
            "weighted": float(np.average(np.array(by_genre)[counted], weights=support[counted])),
            "samples": float(np.mean(by_poster)),
            "none": [None if np.isnan(value) else float(value) for value in by_genre],
        }

    def decided(score, **options):
        return {
            str(zero): averages(
                lambda truth, decision: score(truth, decision, zero_division=zero, **options), y_true, y_pred
            )
            for zero in (0, 1)
        }

    def each_poster(score):
        """The mean over posters with any known genre of a score of one row, a genre that never matters beside it."""
        _, _, posters = problems(y_true, y_score)
        return float(
            np.mean(
                [
                    score(np.append(truth, 0)[None], np.append(values, -1e9)[None])
                    for truth, values in posters
                    if len(truth)
                ]
            )
        )

    (truth, score), genres, posters = problems(y_true, y_score)
    (_, decision), _, decided_posters = problems(y_true, y_pred)
    return {
        "precision": decided(metrics.precision_score),
        "recall": decided(metrics.recall_score),
        "f1": decided(metrics.f1_score),
        "f0.5": decided(metrics.fbeta_score, beta=0.5),
        "f2": decided(metrics.fbeta_score, beta=2),
        "jaccard": decided(metrics.jaccard_score),
        "hammingLoss": metrics.hamming_loss(truth, decision),
        "accuracy": float(np.mean([(a == b).all() for a, b in decided_posters if len(a)])),
        "averagePrecision": averages(metrics.average_precision_score, y_true, y_score),
        "rocAuc": averages(
            metrics.roc_auc_score, y_true, y_score, defined=lambda truth: 0 < truth.sum() < len(truth)
        ),
        # posters without a false genre have no loss, and the genre beside them would be one
        "labelRankingLoss": float(
            np.mean(
                [
                    metrics.label_ranking_loss(a[None], b[None]) if 0 < a.sum() < len(a) else 0
                    for a, b in posters
                    if len(a)
                ]
            )
        ),
        "labelRankingAveragePrecision": each_poster(metrics.label_ranking_average_precision_score),
        "coverageError": each_poster(metrics.coverage_error),
        "precisionAtK": {
            str(k): float(
                np.mean([precision_at_k([a], [b], min(k, len(a))) for a, b in posters if len(a)])
            )
            for k in (1, 2, 3)
        },
        "precisionRecallCurve": dict(
            zip(
                ("precision", "recall", "thresholds"),
                (values.tolist() for values in metrics.precision_recall_curve(*genres[0])),
            )
        ),
        "brierScore": metrics.brier_score_loss(truth, score, pos_label=1),
        "logLoss": metrics.log_loss(truth, score, labels=[0, 1]),
        "reliability": {
            f"{strategy} {bins}": reliability(truth, score, bins, strategy)
            for strategy in ("uniform", "quantile")
            for bins in (5, 15)
        },
        "genreErrors": [
            reliability(*vectors, 15, "uniform")["error"] if len(vectors[0]) else None for vectors in genres
        ],
    }


def make_scaling_case():
    random = np.random.RandomState(12)
    logits = np.round(3 * random.randn(120, 4), 3)
    true_scale, true_bias = np.array([0.4, 1.0, 0.7, 0.5]), np.array([0.0, -2.0, 1.0, -4.0])
    y_true = (random.rand(120, 4) < expit(true_scale * logits + true_bias)).astype(int)
    return {
        "yTrue": y_true.tolist(),
        "logits": logits.tolist(),
        "regularization": 2,
        "expected": scaling(y_true, logits, 2),
    }


def main():
    cases = [
        {
            "name": name,
            "yTrue": y_true.tolist(),
            "yScore": y_score.tolist(),
            "yPred": y_pred.tolist(),
            "expected": {
                **decision_measures(y_true, y_pred),
                **score_measures(y_true, y_score),
                **probability_measures(y_true, y_score),
            },
        }
        for name, (y_true, y_score, y_pred) in make_cases().items()
    ]
    cases += [
        {
            "name": name,
            "yTrue": y_true.tolist(),
            "known": known.tolist(),
            "yScore": y_score.tolist(),
            "yPred": y_pred.tolist(),
            "expected": partial_measures(y_true, y_score, y_pred, known),
        }
        for name, (y_true, y_score, y_pred, known) in make_partial_cases().items()
    ]
    golden = {"scikit-learn": sklearn.__version__, "cases": cases, "scaling": make_scaling_case()}
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(f"{OUTPUT}: {len(cases)} cases, {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
