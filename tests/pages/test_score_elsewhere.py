"""The compare page scores the runs in view on other data, shows it, and removes it; and draws metrics over epochs at any threshold."""

from pathlib import Path

import pytest

from core.data import registry
from core.data.sources import Reading
from core.runs.elsewhere import Elsewhere
from core.runs.store import Store
from tests.conftest import write_class_folders
from tests.pages.conftest import texts
from tests.pages.shown_figures import figures


@pytest.fixture
def compare(opened, copy):
    """The compare page with some runs in view, after a change of its state."""

    def opening(*families: str, **state):
        app = opened(copy.root, "start")
        app.switch_page("pages/compare.py")
        app.session_state["runs"] = [f"{family}-small" for family in families]
        for name, value in state.items():
            app.session_state[name] = value
        return app.run()

    return opening


def bring(store: Store, folder: Path) -> None:
    """Give a folder its own name in the list of data sets."""
    registry.add(folder.name, str(folder), Reading(), store.root)


def lines_of(app) -> list[list]:
    """What the lines of the epoch figures hold."""
    return [line["y"] for figure in figures(app) for line in figure["data"] if str(line.get("name", "")).startswith("threshold")]


def test_runs_in_view_are_scored_and_their_numbers_are_shown(compare, copy, tmp_path):
    bring(copy, write_class_folders(tmp_path / "hospital", images=40, side=40, classes=("Normal", "Pneumonia")))
    app = compare("cnn", "svm", elsewhere=True, elsewhere_data="hospital")
    app.button(key="elsewhere_score").click().run()
    assert not app.exception
    assert not Elsewhere(copy).list(copy.get("transfer-small"))
    (name,) = {one for family in ("cnn", "svm") for one in Elsewhere(copy).list(copy.get(f"{family}-small"))}
    assert app.session_state["split"] == f"on:{name}" and name.startswith("hospital, all (")
    assert any(name in toast.value and "40 images" in toast.value for toast in app.toast)
    app.session_state["tab"] = "Matrices"
    app.run()
    assert not app.exception and len(figures(app)) >= 2
    assert not [one for one in app.get("page_link") if "mistakes" in one.proto.page]  # it shows the run's own images alone
    app.session_state["split"] = "test"
    assert [one for one in app.run().get("page_link") if "mistakes" in one.proto.page]


def test_what_cannot_be_scored_is_said_and_nothing_is_kept(compare, copy, tmp_path):
    bring(copy, write_class_folders(tmp_path / "tb", images=40, classes=("NORMAL", "TB")))
    app = compare("cnn", elsewhere=True, elsewhere_data="tb")
    app.button(key="elsewhere_score").click().run()
    assert "the run tells PNEUMONIA" in app.error[0].value and not Elsewhere(copy).list(copy.get("cnn-small"))


def test_scores_on_other_data_can_be_removed(compare, copy, tmp_path):
    bring(copy, write_class_folders(tmp_path / "hospital", images=40, side=40))
    app = compare("cnn", elsewhere=True, elsewhere_data="hospital")
    app.button(key="elsewhere_score").click().run()
    app.session_state["elsewhere"] = True
    app.run()
    app.button(key="elsewhere_remove_0").click().run()
    assert not app.exception and app.session_state["split"] == "test" and Elsewhere(copy).list(copy.get("cnn-small")) == []


def test_thresholds_move_the_lines_over_epochs(compare):
    app = compare("cnn", "transfer", tab="Training")
    before = lines_of(app)
    assert len(before) == 2 * 3 and "On validation. The ROC AUC of the decisions" in texts(app)
    app.multiselect(key="epoch_thresholds").set_value(["0.3"]).run()
    after = lines_of(app)
    assert len(after) == 2 and after != before[:2]
    app.selectbox(key="epoch_metric").set_value("sensitivity").run()
    assert lines_of(app) != after and not app.exception


def test_a_run_without_epochs_says_so_beside_the_others(compare):
    app = compare("cnn", "svm", tab="Training")
    assert any("not available: it has no epochs" in caption.value for caption in app.caption) and len(lines_of(app)) == 3


def test_a_threshold_that_is_no_number_is_refused_in_words(compare):
    app = compare("cnn", tab="Training", epoch_thresholds=["high"])
    assert "each is a number between 0 and 1" in app.error[0].value
