"""Runs of the store side by side: metrics with intervals, paired tests, and the settings that differ."""

from dataclasses import asdict
from itertools import combinations

from core.errors import EvaluationError
from core.evaluation.comparison import Entry, Row, pairs, rows
from core.evaluation.comparison_words import told
from core.evaluation.intervals import Interval
from core.evaluation.metrics import metrics_of
from core.evaluation.pair import Pair
from core.runs.differing import settings_of, telling_settings
from core.runs.run import Run
from core.runs.store import Store


def compare_runs(store: Store, runs: list[Run], split: str = "test", metric: str = "roc_auc") -> dict:
    """Rows, one per run, and pairs, each two runs once, in one metric: `{split, metric, rows, pairs}`, as JSON can hold it.

    A run without scores on the split has a row and pairs that say so. Raises EvaluationError for no run at all, a split that is neither
    val nor test, or a name that is no metric.
    """
    if not runs or split not in ("val", "test"):
        raise EvaluationError(f"{len(runs)} runs on split {split!r}", "at least one run, on val or test, is expected")
    entries = [Entry(run.run_id, store.predictions(run, split), run.operating_point.thresholds) for run in runs if _has(run, split)]
    scored = {row.name: row for row in rows(entries)}
    differing = telling_settings(runs)
    made = [_row(run, scored.get(run.run_id) or _without(run, split), differing) for run in runs]
    return {"split": split, "metric": metric, "rows": made, "pairs": _pairs(runs, entries, split, metric)}


def _has(run: Run, split: str) -> bool:
    return split in run.data.images


def _why(split: str) -> str:
    return f"it has no scores on {split}"


def _without(run: Run, split: str) -> Row:
    """The row of a run without scores on the split."""
    names = metrics_of(run.data.task)
    return Row(run.run_id, split, None, dict.fromkeys(names), dict.fromkeys(names), dict.fromkeys(names, _why(split)))


def _pairs(runs: list[Run], entries: list[Entry], split: str, metric: str) -> list[dict]:
    """Each two runs once, in their order."""
    tested = {(pair.first, pair.second): pair for pair in pairs(entries, metric)}
    found = []
    for first, second in combinations(runs, 2):
        lacking = ", ".join(run.title for run in (first, second) if not _has(run, split))
        missing = Pair(first.run_id, second.run_id, metric, None, unavailable=f"no scores on {split}: {lacking}")
        found.append(_pair(tested.get((first.run_id, second.run_id)) or told(missing, len(tested)), runs))
    return found


def _row(run: Run, row, differing: list[str]) -> dict:
    settings = settings_of(run)
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
