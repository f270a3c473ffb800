"""Whether a recipe trains scores that are no probabilities: weights, resampling and some losses shift them (TRIPOD+AI, item 13)."""

from collections.abc import Iterable

from core.parts import SVM, Training
from core.recipe import EXTERNAL, Recipe

_SAMPLED = {"under": "images of common classes were left out", "over": "images of rare classes were repeated"}


def recalibration_reasons(recipe: Recipe, task: str, members: Iterable[Recipe] = ()) -> tuple[str, ...]:
    """Clauses, one for each setting that keeps scores from being probabilities; none for a plain loss on all images.

    `task` as in Predictions. `members` are the recipes whose scores an ensemble averages. An SVM needs no note: its scores are
    fitted to the classes as they are in train (Platt), whatever its weights.
    """
    inherited = [reason for member in members for reason in recalibration_reasons(member, task)]
    training = [] if recipe.training is None else _of_training(recipe.training, task)
    weighted = recipe.settings.get("class_weight", "none") != "none" and not isinstance(recipe.model, SVM)
    own = ["rare classes were weighed up"] if weighted else []
    return tuple(dict.fromkeys([*own, *training, *inherited]))


def recalibration_note(recipe: Recipe, task: str, members: Iterable[Recipe] = ()) -> str | None:
    """What a page says beside the scores of such a recipe, or None."""
    if recipe.family == EXTERNAL:
        return "How this model was trained is not known here: its calibration curve tells whether its scores can be read as probabilities."
    reasons = recalibration_reasons(recipe, task, members)
    if not reasons:
        return None
    return (
        f"In training {' and '.join(reasons)}: its scores need recalibration before they can be read as probabilities. "
        "A temperature corrects how extreme they are, not a shift to one side; the calibration curve shows what remains."
    )


def _of_training(training: Training, task: str) -> list[str]:
    found = [_SAMPLED[training.sampling]] if training.sampling in _SAMPLED else []
    if training.loss == "f1":
        found.append("the loss was F1, which rewards decisions and not probabilities")
    if training.loss == "focal" and training.focal_gamma:
        found.append("focal loss turned easy images down")
    if training.loss == "focal" and training.focal_alpha not in (0, 0.5):
        found.append("focal loss weighed positives and negatives differently")
    if training.loss == "cross_entropy" and task == "multilabel":
        found.append("findings of an image were trained as if only one could be there")
    if training.loss == "bce" and task == "multiclass":
        found.append("each class was trained by itself, as if an image could be of several")
    if training.label_smoothing:
        found.append("labels were smoothed")
    return found
