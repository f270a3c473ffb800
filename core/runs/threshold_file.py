"""Thresholds of a run as a small JSON text that can be copied, kept and read again.

The form: {"run": "cnn-7f3a9c21", "rule": "youden", "thresholds": {"Mass": 0.31, "Edema": 0.5}}. `thresholds` is needed and has a number
from 0 to 1 for each label of the run that reads it, among the scores as they are; `run` and `rule` say where they come from, and may be
missing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import EvaluationError

LARGEST = 1_000_000  # characters
_FORM = 'the form is {"run": "...", "rule": "...", "thresholds": {"label": 0.5}}'
_KEYS = ("run", "rule", "thresholds")


@dataclass(frozen=True)
class ThresholdFile:
    """`run` and `rule` are what the file says of itself, "" where it does not."""

    run: str
    rule: str
    thresholds: Mapping[str, float]


def threshold_text(run_id: str, rule: str, thresholds: Mapping[str, float]) -> str:
    """The text that `read_thresholds` reads; numbers come back as they were."""
    return json.dumps({"run": run_id, "rule": rule, "thresholds": dict(thresholds)}, indent=1, ensure_ascii=False)


def read_thresholds(text: str, labels: Sequence[str]) -> ThresholdFile:
    """Thresholds for these labels, in their order.

    Raises EvaluationError for a text that is no JSON or has another form, for a label that is missing, unknown or there twice, and for
    what is no number from 0 to 1.
    """
    document = _document(text)
    _need_form(document)
    found = document["thresholds"]
    missing, unknown = [label for label in labels if label not in found], [label for label in found if label not in labels]
    if missing:
        raise EvaluationError(f"there is no threshold for {_listed(missing)}", "each label of the run needs one")
    if unknown:
        raise EvaluationError(f"there is a threshold for {_listed(unknown)}", f"the labels of the run are {_listed(labels)}")
    thresholds = {label: _number(label, found[label]) for label in labels}
    return ThresholdFile(str(document.get("run", "")), str(document.get("rule", "")), thresholds)


def _document(text: str) -> object:
    if len(text) > LARGEST:
        raise EvaluationError(f"the text has {len(text):,} characters", f"at most {LARGEST:,} are read")
    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise EvaluationError(f"this is no JSON: {error.msg}, line {error.lineno}", _FORM) from None
    except (RecursionError, ValueError):  # nested too deep; a number of too many digits
        raise EvaluationError("this JSON cannot be read", _FORM) from None


def _once(pairs: list[tuple[str, object]]) -> dict:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise EvaluationError(f"{name[:60]!r} stands there twice", "each name stands once")
        found[name] = value
    return found


def _need_form(document: object) -> None:
    if not isinstance(document, dict) or not isinstance(document.get("thresholds"), dict):
        raise EvaluationError("there are no thresholds in this JSON", _FORM)
    foreign = [name for name in document if name not in _KEYS]
    if foreign:
        raise EvaluationError(f"this JSON has {_listed(foreign)} beside the thresholds", _FORM)
    for name in ("run", "rule"):
        if not isinstance(document.get(name, ""), str):
            raise EvaluationError(f"{name} is {str(document[name])[:60]}", f"it is a text; {_FORM}")


def _number(label: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise EvaluationError(f"the threshold for {label} is {json.dumps(value)[:60]}", "it must be a number from 0 to 1")
    return float(value)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:60] for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
