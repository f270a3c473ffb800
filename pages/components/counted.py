"""The metrics that the page asked for, as far as they are counted; the rest is counted while the page is read."""

from pathlib import Path

from core.evaluation.scorecard import Entry
from core.runs.counting import counting
from core.runs.kept_estimates import Wanted
from core.runs.run import Run
from pages.components.compare_head import Asked
from pages.components.view import shared_labels

IN_WORK = "its interval is being counted"
_PATIENCE = 1.0  # seconds; small data is counted within them
_SPLITS = ("test", "val")


def entries(root: Path, runs: list[Run], asked: Asked, patience: float = 0.0) -> dict[str, dict[str, Entry]]:
    """{run id: {metric: entry}} of all that is asked for; an entry whose `method` is IN_WORK will have its interval soon."""
    wanted = [_wanted(run, asked) for run in runs]
    found = counting(str(root)).entries(runs, wanted, patience)
    return {run.run_id: {name: have.get(name) or _meanwhile(run, name, asked) for name in asked.metrics}
            for run, have in zip(runs, found, strict=True)}  # fmt: skip


def begin(root: Path, runs: list[Run], asked: Asked) -> bool:
    """Count what is asked for; True where that takes longer than a moment. What may be asked for next is counted after it."""
    found = entries(root, runs, asked, _PATIENCE)
    counter = counting(str(root))
    for split in _SPLITS:
        counter.ahead([Wanted(run.run_id, split, asked.label, asked.metrics) for run in runs if split in run.data.images])
    for label in shared_labels(runs) if any(run.data.task != "binary" for run in runs) else ():
        counter.ahead([Wanted(run.run_id, asked.split, label, asked.metrics) for run in runs])
    return is_in_work(found)


def is_in_work(found: dict[str, dict[str, Entry]]) -> bool:
    """True where something is still being counted."""
    return any(entry.method == IN_WORK for entries_of in found.values() for entry in entries_of.values())


def _wanted(run: Run, asked: Asked) -> Wanted:
    return Wanted(run.run_id, asked.split, asked.label, asked.metrics)


def _meanwhile(run: Run, name: str, asked: Asked) -> Entry:
    """The value that the run has on record, until its interval is counted."""
    value = None if asked.label else run.metrics.get(f"{asked.split}/{name}")
    return Entry(value, None, None, IN_WORK)
