"""The figures of the README's table, from the command line as a user would type it.

    .venv/bin/python benchmarks/main_job.py [--data ../shared/data]

It trains in an empty store, in about ten minutes on two cores, and prints one line per claim with the machine and versions.
"""

import argparse
import importlib.metadata
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.machine import this_machine  # noqa: E402  (after the path is set)


def command(store: Path, *words: str) -> tuple[object, float]:
    """What a command printed, and its seconds of wall clock, start of all processes included."""
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "core", "--store", str(store), *words, "--json"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout), time.perf_counter() - begun


def told(run: dict, seconds: float, what: str) -> str:
    """A run's line: ROC AUC and accuracy on test with intervals' counts, and time."""
    images = run["data"]["images"]["test"]
    metrics = run["metrics"]
    return (
        f"{what}: test ROC AUC {metrics['test/roc_auc']:.3f}, accuracy {metrics['test/accuracy']:.3f} at 0.5, n = {images}, {seconds:.0f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    data = parser.parse_args().data
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("torch", "timm", "scikit-learn"))
    print(f"{this_machine().processor}, {this_machine().title}; {versions}")
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        runs, seconds = command(store, "starter")
        print(f"starter comparison, four runs on the phantom: {seconds:.0f} s")
        for run in runs:
            print("  " + told(run, run["seconds"], run["description"]))
        print(
            told(
                *command(store, "train", "--data", str(data / "pneumoniamnist/pneumoniamnist.npz"), "--model", "cnn"), "PneumoniaMNIST, CNN"
            )
        )
        run, seconds = command(store, "train", "--data", str(data / "chest_xray"), "--model", "svm")
        print(told(run, seconds, "chest_xray at 224 px, SVM on frozen tf_efficientnet_lite0"))
        point, _ = command(store, "threshold", run["run_id"], "--rule", "youden")
        print(f"  at Youden's threshold of validation: test accuracy {point['test']['accuracy']:.3f}, sensitivity "
              f"{point['test']['sensitivity']:.3f}, specificity {point['test']['specificity']:.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
