"""Runs of the store side by side: metrics with intervals, paired tests, and the settings that differ."""

from collections.abc import Callable
from dataclasses import asdict

from core.errors import EvaluationError
from core.evaluation.comparison import Entry, pairs, rows
from core.evaluation.intervals import Interval
from core.evaluation.pair import Pair
from core.runs.run import Run
from core.runs.store import Store


def entry_of(store: Store, run: Run, split: str) -> Entry:
    """A run to be compared. Whoever keeps it has its bootstrap draws and areas found once for all comparisons."""
    return Entry(run.run_id, store.predictions(run, split), run.operating_point.thresholds)


def compare_runs(store: Store, runs: list[Run], split: str = "test", metric: str = "roc_auc", entry: Callable = entry_of) -> dict:
    """Rows, one per run, and pairs, each two runs once, in one metric: `{split, metric, rows, pairs}`, as JSON can hold it.

    `entry` is `entry_of`, or something that keeps what it gave. Raises EvaluationError for no run at all, a split that is neither val
    nor test, or a name that is no metric.
    """
    entries, differing = _entries(store, runs, split, entry), differing_settings(runs)
    made = [_row(run, row, differing) for run, row in zip(runs, rows(entries), strict=True)]
    return {"split": split, "metric": metric, "rows": made, "pairs": [_pair(pair, runs) for pair in pairs(entries, metric)]}


def paired(store: Store, runs: list[Run], split: str = "test", metric: str = "roc_auc", entry: Callable = entry_of) -> list[dict]:
    """The pairs alone, in another metric."""
    return [_pair(pair, runs) for pair in pairs(_entries(store, runs, split, entry), metric)]


def _entries(store: Store, runs: list[Run], split: str, entry: Callable) -> list[Entry]:
    if not runs or split not in ("val", "test"):
        raise EvaluationError(f"{len(runs)} runs on split {split!r}", "at least one run, on val or test, is expected")
    return [entry(store, run, split) for run in runs]


def differing_settings(runs: list[Run]) -> list[str]:
    """The names of settings that are not the same in all runs, in their usual order; "family" first."""
    settings = [{"family": run.recipe.family, **run.recipe.settings} for run in runs]
    names = dict.fromkeys(name for one in settings for name in one)
    return [name for name in names if len({repr(one.get(name)) for one in settings}) > 1]


def _row(run: Run, row, differing: list[str]) -> dict:
    settings = {"family": run.recipe.family, **run.recipe.settings}
    return {
        "run_id": run.run_id, "title": run.title, "description": run.description, "family": run.recipe.family,
        "data": run.data.title, "split": row.split,
        "images": row.images, "rule": run.operating_point.rule, "thresholds": dict(run.operating_point.thresholds),
        "metrics": {f"{row.split}/{name}": value for name, value in row.metrics.items()},
        "intervals": {f"{row.split}/{name}": _interval(one) for name, one in row.intervals.items()},
        "unavailable": row.unavailable, "settings": {name: settings.get(name) for name in differing},
        "seconds": run.seconds, "parameters": run.parameters, "device": run.device, "split_level": run.data.split_level,
    }  # fmt: skip


def _interval(one: Interval | None) -> dict | None:
    return None if one is None else asdict(one)


def _pair(pair: Pair, runs: list[Run]) -> dict:
    """A pair with run ids; its sentence names the runs by their titles."""
    sentence = pair.sentence
    for run in runs:
        sentence = sentence.replace(run.run_id, run.title)
    return {**asdict(pair), "sentence": sentence}
