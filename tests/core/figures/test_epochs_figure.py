"""Metrics over epochs are drawn with a line per threshold, told apart by more than colour, and the real AUC beside."""

import numpy as np

from core.evaluation.epochs import EpochMetrics
from core.figures.epochs import epochs_figure

FOUND = EpochMetrics(
    np.array([2, 4, 6]), (0.4, 0.6), {"f1": np.array([[0.1, 0.2, 0.3], [np.nan, 0.1, 0.2]])}, {"roc_auc": np.array([0.5, 0.6, 0.7])}
)


def test_each_threshold_has_a_line_of_its_own_and_the_auc_stands_beside():
    lines = epochs_figure(FOUND, "f1", "F1")["data"]
    assert [line["name"] for line in lines] == ["threshold 0.4", "threshold 0.6", "ROC AUC"]
    assert lines[0]["x"] == [2, 4, 6] and lines[0]["y"] == [0.1, 0.2, 0.3] and lines[2]["y"] == [0.5, 0.6, 0.7]
    assert len({(line["line"]["color"], line["line"]["dash"]) for line in lines}) == 3
    assert len({line["line"]["dash"] for line in lines}) == 3


def test_an_epoch_without_a_value_is_a_gap():
    line = epochs_figure(FOUND, "f1", "F1")["data"][1]
    assert line["y"] == [None, 0.1, 0.2] and line["connectgaps"] is False


def test_a_metric_that_knows_no_threshold_has_one_line():
    lines = epochs_figure(FOUND, "roc_auc", "ROC AUC")["data"]
    assert [line["name"] for line in lines] == ["ROC AUC"]


def test_the_axes_hold_every_value():
    layout = epochs_figure(FOUND, "f1", "F1")["layout"]
    low, high = layout["yaxis"]["range"]
    assert low < 0.1 and high > 0.7 and layout["xaxis"]["range"][0] < 2 and layout["xaxis"]["range"][1] > 6
