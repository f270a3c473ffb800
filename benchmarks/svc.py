"""How much faster scikit-learn-intelex fits the SVM family's machine: with it and without it, turn by turn.

    .venv/bin/python benchmarks/svc.py [--rounds 5] [--images 5000] [--features 512]

The features are synthetic: 40 hidden causes, of which each tells a little, spread over all columns, standardised float32 as an SVM sees
them here. A time is that of `quickest(...).fit` and of `plain`, which turns the result into scikit-learn's own; loading the library is
left out. The bar is a ratio of at least 4, for the linear kernel with the family's default C and for the rbf kernel with C = 1. About
two minutes on two cores.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.svm import SVC

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.machine import SWITCH, this_machine  # noqa: E402  (after the path is set)
from core.models.accelerator import fitted_by, plain, quickest  # noqa: E402

BAR = 4
CAUSES, TELLS = 40, 0.35  # hidden causes, and how far the classes lie apart in each, in standard deviations
KINDS = {"linear": {"kernel": "linear", "C": 0.01}, "rbf": {"kernel": "rbf", "C": 1.0}}


def synthetic(images: int, features: int) -> tuple[np.ndarray, np.ndarray]:
    """Standardised features float32 (images, features) and classes (images,)."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, images)
    causes = rng.normal(size=(images, CAUSES)) + TELLS * y[:, None]
    x = causes @ rng.normal(size=(CAUSES, features)) / 6 + 0.7 * rng.normal(size=(images, features))
    return ((x - x.mean(axis=0)) / x.std(axis=0)).astype(np.float32), y


def fitted(x: np.ndarray, y: np.ndarray, settings: dict, switch: str) -> tuple[float, SVC]:
    """Seconds, and the machine as it is stored."""
    os.environ[SWITCH] = switch
    begun = time.perf_counter()
    made = plain(quickest(SVC(class_weight="balanced", **settings)).fit(x, y))
    return time.perf_counter() - begun, made


def measure(kind: str, x: np.ndarray, y: np.ndarray, rounds: int) -> float:
    """The ratio of the medians, printed with all that it comes from."""
    seconds, decided = {"on": [], "off": []}, {}
    for _ in range(rounds):
        for switch in seconds:
            taken, made = fitted(x, y, KINDS[kind], switch)
            seconds[switch].append(taken)
            decided[switch] = made.decision_function(x[:1000]) > 0
    ratios = [off / on for on, off in zip(seconds["on"], seconds["off"], strict=True)]
    ratio = statistics.median(seconds["off"]) / statistics.median(seconds["on"])
    same = (decided["on"] == decided["off"]).mean()
    times = "; ".join(
        f"{name} {', '.join(f'{one:.2f}' for one in seconds[switch])} s" for name, switch in (("with", "on"), ("without", "off"))
    )
    print(f"{kind:7}{ratio:5.1f} times as fast ({min(ratios):.1f} to {max(ratios):.1f}); {times}; {same:.1%} of 1,000 decisions the same")
    return ratio


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--features", type=int, default=512)
    choice = parser.parse_args()
    x, y = synthetic(choice.images, choice.features)
    fast = fitted_by(quickest(SVC()).fit(x[:200], y[:200]))  # loads the library
    if fast is None:
        sys.exit("scikit-learn-intelex is not installed, or switched off: there is nothing to compare")
    print(f"{this_machine().processor}, {this_machine().title}; scikit-learn {sklearn.__version__}, {fast}")
    print(f"{choice.images} images with {choice.features} features, {choice.rounds} rounds, turn by turn")
    ratios = [measure(kind, x, y, choice.rounds) for kind in KINDS]
    print("bar:", "met" if min(ratios) >= BAR else "missed", f"(at least {BAR} times)")


if __name__ == "__main__":
    main()
