import plotly.graph_objects as go
import pytest

from core.evaluation.pair import Pair
from core.figures.pair_grid import pair_grid_figure

PAIRS = [
    Pair("a", "b", "roc_auc", 600, 0.05, 0.02, 0.08, 0.001, 0.002, None, "DeLong", "a beats b"),
    Pair("a", "c", "roc_auc", 600, -0.01, -0.03, 0.01, 0.3, 0.3, None, "DeLong", "c beats a"),
    Pair("b", "c", "roc_auc", 600, unavailable="the images differ"),
]


def heat(higher_is_better: bool = True):
    return go.Figure(pair_grid_figure(["a", "b", "c"], PAIRS, "ROC AUC, test", higher_is_better)).data[0]


def test_a_cell_is_the_row_minus_the_column_in_points():
    found = heat()
    assert found.text[0][1] == "<b>+5.0</b><br>2.0 to 8.0" and found.text[1][0] == "<b>-5.0</b><br>-8.0 to -2.0"


@pytest.mark.parametrize(("higher_is_better", "colour"), [(True, 1), (False, -1)])
def test_a_resolved_difference_is_coloured_by_who_is_better(higher_is_better, colour):
    found = heat(higher_is_better)
    assert found.z[0][1] == colour and found.z[1][0] == -colour


def test_what_is_not_resolved_is_grey_and_what_is_not_available_is_open_and_says_why():
    found = heat()
    assert found.z[0][2] == found.z[2][0] == 0
    assert found.z[1][2] is None and found.customdata[1][2] == "not available: the images differ"
    assert "not resolved" in found.customdata[0][2]
