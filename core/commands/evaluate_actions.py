"""The commands of predictions as tables: scores of any model evaluated from a file, and the scores of a run written to one."""

import argparse
import hashlib
from pathlib import Path

from core.errors import EvaluationError
from core.evaluation.metrics import METRICS
from core.evaluation.prediction_table import PredictionTable, read_prediction_table, write_prediction_table
from core.evaluation.scorecard import Entry, Scorecard, scorecard
from core.runs.operating import FIRST_RULE
from core.runs.run import Run
from core.runs.store import Store

_CLASSES = (
    "Of several classes the highest score decides: the rule gives each class a threshold against the rest, and changes no metric here."
)


def evaluate(root: Path, arguments: argparse.Namespace) -> dict:
    """Every metric of the scores in a file; with a name they become a run."""
    table, file_hash = _read(arguments.file, arguments.task)
    splits, kept = table.splits, {}
    if arguments.name is not None:
        from core.jobs.external_run import keep_external

        run = keep_external(root, arguments.name, splits, file_hash, arguments.rule)
        splits = {split: Store(root).predictions(run, split) for split in splits}  # with the patients that are known of these images
        kept = _run_facts(run)
    found = scorecard(splits, FIRST_RULE if arguments.rule is None else arguments.rule)
    remarks = table.remarks + ([_CLASSES] if table.task == "multiclass" and arguments.rule else [])
    return {**kept, **(found.as_dict() if arguments.json else _in_words(table, found)), **({"remarks": remarks} if remarks else {})}


def export(root: Path, arguments: argparse.Namespace) -> dict:
    """All predictions of a run, written as a table that `evaluate` reads."""
    store = Store(root)
    run = store.get(arguments.run_id)
    splits = [store.predictions(run, split) for split in run.data.images]
    with arguments.out.open("w", newline="", encoding="utf-8") as stream:
        rows = write_prediction_table(splits, stream)
    return {"run_id": run.run_id, "file": str(arguments.out), "rows": rows, "n": {one.split: one.n for one in splits}}


def _read(file: Path, task: str | None) -> tuple[PredictionTable, str]:
    """The table in a file, and the sha256 of the file."""
    try:
        with file.open("rb") as stream:
            table = read_prediction_table(stream, task)
            stream.seek(0)
            return table, hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise EvaluationError(
            f"{str(file)[:200]} cannot be read ({error.strerror})", "a CSV file of predictions", "Check the path"
        ) from None


def _run_facts(run: Run) -> dict:
    return {"run_id": run.run_id, "title": run.title, "data": run.data.title}


def _in_words(table: PredictionTable, found: Scorecard) -> dict:
    """The scorecard for a person: a block per split, and one per label where there are several."""
    unused = {"columns not used": list(table.unused)} if table.unused else {}
    groups = list(next(iter(table.splits.values())).groups)
    head = {"task": found.task, "labels": list(found.labels), "images": found.n, **({"subgroups": groups} if groups else {}), **unused,
            "rule": f"{found.point.rule}, {found.point.chosen_on}", "thresholds": found.point.thresholds}  # fmt: skip
    blocks: dict[str, dict] = {}
    for key, estimate in found.metrics.items():
        split, name, *label = key.split("/", 2)
        if not (label and found.task == "binary"):
            blocks.setdefault(", ".join((split, *label)), {})[METRICS[name].title] = _words(estimate)
    return head | blocks


def _words(estimate: Entry) -> str:
    """ "0.9450 (0.9250 to 0.9620, DeLong)", or why there is no such number."""
    if estimate.value is None:
        return estimate.method
    if estimate.low is None:
        return f"{estimate.value:.4f} (interval {estimate.method})"
    return f"{estimate.value:.4f} ({estimate.low:.4f} to {estimate.high:.4f}, {estimate.method})"
