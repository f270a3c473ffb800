"""A run as JSON in `run.json`, and back. The one place that knows the stored form."""

from collections.abc import Mapping
from dataclasses import asdict
from math import isfinite
from pathlib import Path

from core.errors import StoreError
from core.evaluation.thresholds import chosen_on
from core.recipe import Recipe
from core.runs.run import FORMAT_VERSION, BaseRecord, DataRecord, OperatingPoint, Run


def to_document(run: Run) -> dict:
    """The run as JSON can hold it, without its folder and its operating point, which may change later."""
    base = run.base and {**asdict(run.base), "recipe": run.base.recipe.as_dict()}
    return {
        "format_version": FORMAT_VERSION, "run_id": run.run_id, "recipe": run.recipe.as_dict(), "data": asdict(run.data), "base": base,
        "created": run.created, "seconds": run.seconds, "device": run.device, "versions": dict(run.versions),
        "git_commit": run.git_commit, "parameters": run.parameters, "details": dict(run.details),
    }  # fmt: skip


def from_document(document: Mapping, operating_point: Mapping, folder: Path) -> Run:
    """The run of a stored document. Raises StoreError for a form that this version does not know."""
    if document.get("format_version") != FORMAT_VERSION:
        raise StoreError(
            f"{folder.name} has format {document.get('format_version')}", f"this version reads format {FORMAT_VERSION}", "Update Cutpoint"
        )
    if document["run_id"] != folder.name:
        raise StoreError(f"{folder.name} says that it is run {str(document['run_id'])[:80]!r}", "a run lies in a folder of its own name")
    data = {**document["data"], "classes": tuple(document["data"]["classes"]), "labels": tuple(document["data"]["labels"])}
    if set(operating_point["thresholds"]) != set(data["labels"]):
        raise StoreError(f"the operating point of {folder.name} does not fit its labels", "", "Choose it again, or train the run again")
    base = document["base"] and BaseRecord(**{**document["base"], "recipe": Recipe.from_dict(document["base"]["recipe"])})
    plain = {name: document[name] for name in ("run_id", "device", "git_commit")}
    numbers = {name: _number(document[name]) for name in ("created", "seconds", "parameters")}
    return Run(recipe=Recipe.from_dict(document["recipe"]), data=DataRecord(**data), base=base, folder=folder,
               operating_point=_point(operating_point), details=dict(document.get("details", {})), versions=dict(document["versions"]),
               **plain, **numbers)  # fmt: skip


def _point(document: Mapping) -> OperatingPoint:
    """Older runs say of a fixed number that validation chose it."""
    thresholds = {label: _number(value) for label, value in document["thresholds"].items()}
    metrics = {name: None if value is None else _number(value) for name, value in document["metrics"].items()}
    origin = chosen_on(document["rule"])
    return OperatingPoint(**{**document, "chosen_on": origin, "thresholds": thresholds, "metrics": metrics})


def _number(value: object) -> int | float:
    """Raises ValueError for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"{str(value)[:40]!r} is no number")
    return value
