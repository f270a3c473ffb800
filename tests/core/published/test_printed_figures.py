"""The published confusion matrices and tables give, by our formulas, the figures that their reports print, to the digit."""

import numpy as np
import pytest

from core.evaluation.classification_report import classification_report
from core.evaluation.metrics import evaluate, per_label
from core.evaluation.predictions import Predictions
from core.published.catalogue import get
from core.published.published import class_key

DIGITS = {"accuracy": 4, "f1": 3, "sensitivity": 2}  # as Portsmouth's report prints them: percent with two, ...
NOVA = np.array([[535, 20, 41, 4], [40, 290, 29, 3], [56, 14, 517, 14], [3, 2, 2, 128]])  # one of those that its table allows


def _predictions(task, labels, truth, called):
    return Predictions(task, "test", labels, np.arange(len(truth)).astype(str), None, truth, called)


def _rows(matrix):
    """True and called class, one row per image of a confusion matrix."""
    return (np.repeat(index.ravel(), np.ravel(matrix)) for index in np.indices(np.shape(matrix)))


@pytest.mark.parametrize("model", ["cnn", "svm", "forest"])
def test_the_matrices_of_portsmouth_give_its_figures(model):
    figures = {figure.metric: figure.value for figure in get(f"portsmouth-{model}").figures}
    truth, called = _rows(figures["test/confusion_matrix"])
    predictions = _predictions("binary", ("PNEUMONIA",), truth[:, None], called[:, None])
    found, thresholds = evaluate(predictions, {"PNEUMONIA": 0.5}), {"PNEUMONIA": 0.5}
    ours = {"test/accuracy": found["accuracy"], "test/f1": found["f1"], "test/sensitivity/PNEUMONIA": found["sensitivity"]}
    ours["test/sensitivity/NORMAL"] = found["specificity"]
    for metric, value in ours.items():
        digits = DIGITS[metric.split("/")[1]]
        assert f"{value:.{digits}f}" == f"{figures[metric]:.{digits}f}", metric
    recalls = classification_report(predictions, thresholds, classes=("NORMAL", "PNEUMONIA")).as_dict()
    for name in ("NORMAL", "PNEUMONIA"):
        assert f"{recalls[name]['recall']:.2f}" == f"{figures[f'test/sensitivity/{name}']:.2f}"


def test_the_table_of_nova_gives_its_macro_averages():
    published = get("novaims-4")
    labels, support = published.original.classes, published.original.per_class["test"]
    assert NOVA.sum(axis=1).tolist() == [support[label] for label in labels]
    truth, called = (np.eye(4)[row] for row in _rows(NOVA))
    predictions = _predictions("multiclass", labels, truth, called)
    whole, each = evaluate(predictions, {}), {class_key(label): one for label, one in per_label(predictions, {}).items()}
    for figure in published.figures:
        if figure.split == "test":
            value = each[class_key(figure.label)][figure.name] if figure.label else whole[figure.name]
            digits = 3 if figure.name == "accuracy" else 2
            assert f"{value:.{digits}f}" == f"{figure.value:.{digits}f}", figure.metric
    printed = {metric: [one.value for one in published.figures if one.metric.startswith(f"test/{metric}/")] for metric in DIGITS}
    for metric in ("sensitivity", "f1"):
        assert whole[f"macro_{metric}"] == whole[metric] == pytest.approx(np.mean(printed[metric]), abs=0.005)


def test_the_report_on_the_table_of_nova_reads_as_printed():
    truth, called = (np.eye(4)[row] for row in _rows(NOVA))
    predictions = _predictions("multiclass", ("Normal", "COVID", "Opacity", "Viral"), truth, called)
    lines = [line.split() for line in classification_report(predictions, {}).as_text().splitlines() if line]
    assert lines == [
        ["precision", "recall", "f1-score", "support"],
        ["Normal", "0.84", "0.89", "0.87", "600"],
        ["COVID", "0.89", "0.80", "0.84", "362"],
        ["Opacity", "0.88", "0.86", "0.87", "601"],
        ["Viral", "0.86", "0.95", "0.90", "135"],
        ["accuracy", "0.87", "1698"],
        ["macro", "avg", "0.87", "0.88", "0.87", "1698"],
        ["weighted", "avg", "0.87", "0.87", "0.87", "1698"],
    ]
