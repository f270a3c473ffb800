"""What an exported model says of itself: what it was trained on, how pictures are prepared, thresholds, calibration. Plain data."""

from collections.abc import Sequence

from core.errors import EvaluationError
from core.evaluation.calibration import fit_temperature
from core.evaluation.recalibration import recalibration_note
from core.images.model_input import VERSION
from core.parts import Image
from core.runs.run import Run
from core.runs.store import Store

FORM = 1  # of this document
USE = "For teaching and research only. Not a medical device, not for diagnosis."
KEY = "cutpoint"  # the entry of the model's metadata_props that holds the document as JSON


def card_of(store: Store, run: Run, members: Sequence[Run], inputs: Sequence[tuple[str, Image]]) -> dict:
    """The document of a run. `members` are those of an ensemble; `inputs` are names and how pictures are prepared for each."""
    point = run.operating_point
    return {
        "form": FORM, "use": USE, "run_id": run.run_id, "title": run.title, "description": run.description, "family": run.recipe.family,
        "members": [one.run_id for one in members], "task": run.data.task, "labels": list(run.data.labels),
        "classes": list(run.data.classes),
        "inputs": [{"name": name, "size": image.image_size, "aspect": image.aspect, "dtype": "uint8", "shape": "images, size, size"}
                   for name, image in inputs],
        "preparation": VERSION, "flip_at_test": _is_set("flip_at_test", run, members),
        "stretch_at_test": _is_set("stretch_at_test", run, members), "output": "scores",
        "thresholds": dict(point.thresholds), "rule": point.rule, "chosen_on": point.chosen_on, "origin": point.origin,
        "decision": "the highest score" if run.data.task == "multiclass" else "present where score >= threshold",
        "metrics_on_test": point.on("test"), "calibration": _calibration(store, run),
        "scores": recalibration_note(run.recipe, run.data.task, [one.recipe for one in members]),
        "data": {"title": run.data.title, "fingerprint": run.data.fingerprint, "synthetic": run.data.synthetic,
                 "split_level": run.data.split_level, "images": dict(run.data.images)},
        "versions": dict(run.versions), "git_commit": run.git_commit,
    }  # fmt: skip


def _is_set(setting: str, run: Run, members: Sequence[Run]) -> bool:
    """Whether the run or one of its members also scores other views of a picture, by this setting; the graph does so itself."""
    return any(one.recipe.training is not None and getattr(one.recipe.training, setting) for one in (run, *members))


def _calibration(store: Store, run: Run) -> dict:
    """The temperature of each label, fitted on validation, or why there is none. The graph's own scores are not changed by it."""
    try:
        fitted = fit_temperature(store.predictions(run, "val"))
    except EvaluationError as error:
        return {"not_available": str(error)}
    return {
        "kind": "temperature", "fitted_on": "val", "images": fitted.images, "temperatures": dict(fitted.values), "kept": dict(fitted.kept),
        "applied": "not in the graph; predict.py tells the calibrated scores beside the others",
    }  # fmt: skip
