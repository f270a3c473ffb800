"""The operating point that a run begins with: a threshold of 0.5, or the one that it was asked for with."""

from collections.abc import Mapping
from pathlib import Path

from core.errors import EvaluationError
from core.evaluation.predictions import Predictions
from core.evaluation.threshold_rules import parse_rule
from core.evaluation.thresholds import choose
from core.jobs.job_folder import JobFolder
from core.runs.operating import FIRST_RULE, point_of
from core.runs.run import OperatingPoint

_FILE = "first_rule.txt"


def begin_with(root: Path, run_id: str, rule: str) -> None:
    """Let a run that is not complete yet begin with another threshold, in the place of one asked for before.

    Raises EvaluationError for a rule that looks at scores: it may be impossible to meet, and a training must not be lost for it.
    """
    if parse_rule(rule).needs_data:
        raise EvaluationError(f"a run cannot begin with the rule {rule}", "a number from 0 to 1 is needed", "Choose that rule afterwards")
    folder = JobFolder(root, run_id).path
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{_FILE}.draft"
    draft.write_text(rule, encoding="utf-8")
    draft.replace(folder / _FILE)


def first_point(root: Path, run_id: str, predictions: Mapping[str, Predictions]) -> OperatingPoint:
    """The operating point that a run begins with, and all metrics at it."""
    file = JobFolder(root, run_id).path / _FILE
    rule = file.read_text(encoding="utf-8") if file.exists() else FIRST_RULE
    return point_of(rule, choose(rule, predictions["val"]).thresholds, predictions)
