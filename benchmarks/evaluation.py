"""How quickly labels are swept over thresholds, and how quickly intervals are had, beside scikit-learn in a loop, in one run.

    .venv/bin/python benchmarks/evaluation.py [--quick]

Scores and labels are simulated: 25,596 images and 14 labels that are about as frequent as NIH's. scikit-learn's loops take minutes, so a
part of them is run (of the thresholds a quarter, of the 1,000 draws 40; with --quick fewer, and its own times once) and scaled. Each
number is checked against scikit-learn's before it is timed. Seconds are wall time: on a busy machine trust the ratios.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.evaluation.bootstrap import bootstrap_label_metrics  # noqa: E402  (after the path is set)
from core.evaluation.comparison import Entry, pairs  # noqa: E402
from core.evaluation.draws import draw_weights  # noqa: E402
from core.evaluation.intervals import drawn_interval, label_metric_intervals, metric_intervals  # noqa: E402
from core.evaluation.label_sweep import sweep_labels  # noqa: E402
from core.evaluation.metrics import metrics_of  # noqa: E402
from core.evaluation.predictions import Predictions  # noqa: E402
from core.machine import this_machine  # noqa: E402

IMAGES, POINTS, DRAWS = 25_596, 1001, 1000
SHARES = np.array([0.10, 0.02, 0.12, 0.18, 0.05, 0.06, 0.013, 0.05, 0.04, 0.02, 0.022, 0.015, 0.03, 0.002])  # about those of NIH's labels
AREAS = ("roc_auc", "average_precision")


def simulated(skill: float = 1.5, patients: bool = False) -> Predictions:
    """The same images for every skill; where `patients`, about nine of each."""
    truth, noise = np.random.default_rng(0), np.random.default_rng(int(1000 * skill))
    y_true = truth.random((IMAGES, SHARES.size)) < SHARES
    y_score = 1 / (1 + np.exp(-(noise.normal(size=y_true.shape) + skill * y_true - 2)))
    labels = tuple(f"label {number}" for number in range(SHARES.size))
    known = np.arange(IMAGES) // 9 if patients else None
    return Predictions("multilabel", "test", labels, np.arange(IMAGES).astype(str), known, y_true, y_score)


def seconds(work: Callable, times: int) -> float:
    """The median of some runs."""
    return statistics.median(_once(work) for _ in range(times))


def sweeping(predictions: Predictions, thresholds: np.ndarray, times: int) -> None:
    """AUROC, AP, and F1 at 1,001 thresholds."""
    y_true, y_score, every = predictions.y_true, predictions.y_score, np.arange(POINTS) / (POINTS - 1)

    def peer() -> list[np.ndarray]:
        return [f1_score(y_true, y_score >= np.float32(threshold), average=None, zero_division=0) for threshold in every[thresholds]]

    def areas() -> np.ndarray:
        return np.stack([score(y_true, y_score, average=None) for score in (roc_auc_score, average_precision_score)])

    ours, theirs = sweep_labels(predictions, every), areas()
    apart = max(
        np.abs(np.stack([ours.roc_auc, ours.average_precision]) - theirs).max(),
        np.abs(np.nan_to_num(ours.metrics["f1"][:, thresholds]) - np.stack(peer(), axis=1)).max(),
    )
    mine, scaled = seconds(lambda: sweep_labels(predictions, every), 3 * times), _once(peer) * POINTS / thresholds.size + _once(areas)
    print(f"AUROC, AP and F1 at {POINTS:,} thresholds, {SHARES.size} labels at once ({len(thresholds)} thresholds run by scikit-learn):")
    _beside(mine, scaled, f"apart by {apart:.0e} at most")


def resampling(predictions: Predictions, draws: int, times: int) -> None:
    """Intervals of AUROC and AP of each label, from the same 1,000 draws of images for all labels."""
    y_true, y_score, rows = predictions.y_true, predictions.y_score, np.arange(IMAGES)
    weights = next(draw_weights(predictions, DRAWS, 0))[:2].astype(int)
    ours = bootstrap_label_metrics(predictions, dict.fromkeys(predictions.labels, 0.5), AREAS, 2, 0)
    apart = 0.0
    for draw, drawn in enumerate(np.repeat(rows, weight) for weight in weights):
        for name, score in zip(AREAS, (roc_auc_score, average_precision_score), strict=True):
            apart = max(apart, np.abs(ours[name][draw] - score(y_true[drawn], y_score[drawn], average=None)).max())
    mine, scaled = seconds(lambda: _area_intervals(predictions), times), _once(lambda: _peer_draws(y_true, y_score, draws)) * DRAWS / draws
    print(f"\n{DRAWS:,} bootstrap draws of AUROC and AP, {SHARES.size} labels, intervals ({draws} draws run by scikit-learn):")
    _beside(mine, scaled, f"no draw apart by more than {apart:.0e}")


def whole(predictions: Predictions, by_patient: Predictions, times: int) -> None:
    """What a page asks for, without a peer."""
    half = dict.fromkeys(predictions.labels, 0.5)
    names = metrics_of("multilabel")
    jobs = {
        f"all {len(names)} metrics of a run with intervals": lambda: metric_intervals(predictions, half),
        "the same by patient": lambda: metric_intervals(by_patient, half),
        "all metrics of each label with intervals": lambda: label_metric_intervals(predictions, half),
    }
    print()
    for title, job in jobs.items():
        print(f"{title}: {seconds(job, times):.1f} s")
    entries = [Entry(str(number), simulated(1.2 + 0.05 * number), half) for number in range(4)]
    print(f"4 runs, every pair tested in AUROC: {_once(lambda: pairs(entries)):.1f} s, again {_once(lambda: pairs(entries)):.2f} s")
    print(f"the same in macro F1, its draws included: {_once(lambda: pairs(entries, 'f1')):.1f} s, then in macro AP: ", end="")
    print(f"{_once(lambda: pairs(entries, 'average_precision')):.2f} s")


def _area_intervals(predictions: Predictions) -> list:
    drawn = bootstrap_label_metrics(predictions, dict.fromkeys(predictions.labels, 0.5), AREAS, DRAWS, 0)
    return [drawn_interval(name, 0.5, column) for name in AREAS for column in drawn[name].T]


def _peer_draws(y_true: np.ndarray, y_score: np.ndarray, draws: int) -> list:
    chance, found = np.random.default_rng(0), []
    for _ in range(draws):
        rows = chance.integers(len(y_true), size=len(y_true))
        true, score = y_true[rows], y_score[rows]
        found.append([[area(*column) for area in (roc_auc_score, average_precision_score)] for column in zip(true.T, score.T, strict=True)])
    return np.quantile(found, [0.025, 0.975], axis=0)


def _once(work: Callable) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _beside(mine: float, peer: float, agreement: str) -> None:
    print(f"  Cutpoint {mine:.3g} s, scikit-learn {peer:.3g} s: {peer / mine:,.0f} times as fast; {agreement}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="less of scikit-learn's loops, each time of ours once")
    quick = parser.parse_args().quick
    machine = this_machine()
    print(
        f"{machine.processor}, {machine.title}; numpy {np.__version__}, scikit-learn {sklearn.__version__}; load {os.getloadavg()[0]:.1f}"
    )
    predictions = simulated()
    sweeping(predictions, np.arange(0, POINTS, 100 if quick else 4), 1 if quick else 5)
    resampling(predictions, 4 if quick else 40, 1 if quick else 3)
    whole(predictions, simulated(patients=True), 1 if quick else 3)


if __name__ == "__main__":
    main()
