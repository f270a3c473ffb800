"""What each metric is called and means, and which tasks have it. Plain data."""

from dataclasses import dataclass

BINARY, MULTICLASS, MULTILABEL = "binary", "multiclass", "multilabel"


@dataclass(frozen=True)
class Metric:
    """How a metric is shown. `definition` is one sentence for a tooltip; `tasks` are those that have it as a whole."""

    title: str
    definition: str
    needs_threshold: bool
    higher_is_better: bool
    tasks: tuple[str, ...] = (BINARY, MULTICLASS, MULTILABEL)


_WHOLE = {
    "accuracy": Metric(
        "Accuracy", "The share of decisions that are right; with several findings, over all images and findings.", True, True
    ),
    "balanced_accuracy": Metric(
        "Balanced accuracy",
        "The mean of sensitivity and specificity; with several classes, the mean sensitivity of the classes.",
        True,
        True,
    ),
    "sensitivity": Metric(
        "Sensitivity", "Of the images that have the label, the share called positive (recall): TP / (TP + FN).", True, True
    ),
    "specificity": Metric("Specificity", "Of the images without the label, the share called negative: TN / (TN + FP).", True, True),
    "precision": Metric("Precision", "Of the images called positive, the share that have the label (PPV): TP / (TP + FP).", True, True),
    "npv": Metric("NPV", "Of the images called negative, the share without the label: TN / (TN + FN).", True, True),
    "f1": Metric("F1", "The harmonic mean of precision and sensitivity: 2 TP / (2 TP + FP + FN).", True, True),
    "mcc": Metric(
        "Matthews correlation",
        "The correlation of decisions and truth, -1 to 1, where 0 is chance; with several classes, of the whole confusion matrix.",
        True,
        True,
    ),
    "youden": Metric("Youden's J", "Sensitivity plus specificity minus 1, where 0 is chance.", True, True),
    "decision_roc_auc": Metric(
        "AUC of the decision",
        "The ROC AUC of the decisions, 0 or 1, in the place of the scores: it moves with the threshold and is no ROC AUC of the scores.",
        True,
        True,
    ),
    "roc_auc": Metric(
        "ROC AUC", "The chance that an image with the label scores higher than one without it, equal scores counting one half.", False, True
    ),
    "average_precision": Metric(
        "Average precision", "The area under the precision-recall curve: precision at each threshold times its step in recall.", False, True
    ),
    "brier": Metric(
        "Brier score", "The mean squared difference between score and truth (0 or 1); with classes, summed over them.", False, False
    ),
    "log_loss": Metric("Log loss", "The mean of minus the natural logarithm of the score that the truth was given.", False, False),
    "ece": Metric(
        "Calibration error",
        "The mean gap between score and share of positives (ECE), in ten bins of equal width, the last one closed; with several classes, "
        "between the highest score and the share of right decisions.",
        False,
        False,
    ),
    "subset_accuracy": Metric(
        "Subset accuracy", "The share of images on which the decisions on all labels are right.", True, True, (MULTILABEL,)
    ),
    "hamming_accuracy": Metric(
        "Hamming accuracy", "The share of right decisions over all pairs of an image and a label.", True, True, (MULTILABEL,)
    ),
}
_AVERAGES = {
    "micro": "over all pairs of an image and a label taken together",
    "macro": "as the plain mean over the labels that have both classes",
    "weighted": "as the mean over the labels, each weighing as many images as have it",
    "samples": "over the labels of each image, as the mean over images, where an image with nothing to divide by counts 0",
}
_OF_DECISIONS, _OF_SCORES = ("precision", "sensitivity", "f1"), ("roc_auc", "average_precision")


def _average(average: str, name: str) -> Metric:
    of_label = _WHOLE[name]
    title = of_label.title if of_label.title.isupper() or name == "roc_auc" else of_label.title.lower()
    tasks = (MULTILABEL,) if average == "samples" else (MULTICLASS, MULTILABEL)
    definition = f"{of_label.title} {_AVERAGES[average]}."
    return Metric(f"{average.capitalize()} {title}", definition, of_label.needs_threshold, of_label.higher_is_better, tasks)


def _averages() -> dict[str, Metric]:
    wanted = {average: _OF_DECISIONS if average == "samples" else _OF_DECISIONS + _OF_SCORES for average in _AVERAGES}
    return {f"{average}_{name}": _average(average, name) for average, names in wanted.items() for name in names}


METRICS = _WHOLE | _averages()


def metrics_of(task: str) -> tuple[str, ...]:
    """The names of a task's metrics, in the order of METRICS."""
    return tuple(name for name, metric in METRICS.items() if task in metric.tasks)


LABEL_METRICS = metrics_of(BINARY)  # what one label has against the rest
