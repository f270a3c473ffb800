import json
import shutil
from dataclasses import replace

import pytest

from core.errors import EvaluationError, StoreError
from core.evaluation.estimates import estimates
from core.runs import kept_estimates
from core.runs.kept_estimates import Wanted, count, known
from core.runs.store import Store

NAMES = ("roc_auc", "f1")


@pytest.fixture
def run(own_store):
    return own_store.get("svm-small")


@pytest.fixture
def own_store(store, tmp_path):
    """A copy of the store, whose runs may be changed."""
    shutil.copytree(store.root, tmp_path / "store", ignore=shutil.ignore_patterns("estimates"))
    return Store(tmp_path / "store")


def test_nothing_is_known_before_it_is_counted_and_then_it_is_the_estimate(own_store, run):
    wanted = Wanted(run.run_id, "test", None, NAMES)
    assert known(own_store, run, wanted) == {}
    count(own_store, run, wanted)
    assert known(own_store, run, wanted) == estimates(own_store.predictions(run, "test"), run.operating_point.thresholds, NAMES)


def test_what_is_there_already_is_not_counted_again_and_stays_when_more_is_counted(own_store, run, monkeypatch):
    count(own_store, run, Wanted(run.run_id, "test", None, ("roc_auc",)))
    first = known(own_store, run, Wanted(run.run_id, "test", None, NAMES))
    asked, real = [], kept_estimates.estimates
    monkeypatch.setattr(kept_estimates, "estimates", lambda *given: asked.append(given[-1]) or real(*given))
    count(own_store, run, Wanted(run.run_id, "test", None, NAMES))
    assert asked == [("f1",)]
    assert known(own_store, run, Wanted(run.run_id, "test", None, NAMES))["roc_auc"] == first["roc_auc"]


def test_other_thresholds_or_another_way_of_counting_are_not_answered_with_old_numbers(own_store, run, monkeypatch):
    wanted = Wanted(run.run_id, "test", None, NAMES)
    count(own_store, run, wanted)
    moved = own_store.save_operating_point(run, replace(run.operating_point, thresholds=dict.fromkeys(run.data.labels, 0.9)))
    assert known(own_store, moved, wanted) == {} and known(own_store, run, wanted)
    monkeypatch.setattr(kept_estimates, "VERSION", kept_estimates.VERSION + 1)
    assert known(own_store, run, wanted) == {}


def test_each_split_and_label_has_numbers_of_its_own(own_store, run):
    label = run.data.labels[0]
    for split in ("val", "test"):
        count(own_store, run, Wanted(run.run_id, split, None, NAMES))
    count(own_store, run, Wanted(run.run_id, "test", label, NAMES))
    val, test = (known(own_store, run, Wanted(run.run_id, split, None, NAMES)) for split in ("val", "test"))
    assert val["roc_auc"] != test["roc_auc"]
    of_label = known(own_store, run, Wanted(run.run_id, "test", label, NAMES))
    assert set(of_label) == set(NAMES) and of_label["roc_auc"].value == test["roc_auc"].value


def test_a_damaged_file_keeps_nothing_and_is_written_anew(own_store, run):
    wanted = Wanted(run.run_id, "test", None, ("roc_auc",))
    count(own_store, run, wanted)
    (file,) = (run.folder / kept_estimates.FOLDER).iterdir()
    file.write_text("{")
    assert known(own_store, run, wanted) == {}
    count(own_store, run, wanted)
    assert json.loads(file.read_text())["split"] == "test" and known(own_store, run, wanted)


def test_a_label_that_is_none_and_a_run_that_is_gone_are_told(own_store, run):
    with pytest.raises(EvaluationError, match="there is no label 'Hernia'"):
        count(own_store, run, Wanted(run.run_id, "test", "Hernia", NAMES))
    own_store.delete(run)
    with pytest.raises(StoreError):
        count(own_store, run, Wanted(run.run_id, "test", None, NAMES))
