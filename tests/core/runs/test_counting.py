import shutil
import time

import pytest

from core.evaluation.scorecard import NOT_AVAILABLE
from core.runs.counting import Counting
from core.runs.kept_estimates import Wanted, known
from core.runs.store import Store

NAMES = ("roc_auc", "f1")
PATIENCE = 60.0


@pytest.fixture
def own_store(store, tmp_path):
    shutil.copytree(store.root, tmp_path / "store", ignore=shutil.ignore_patterns("estimates"))
    return Store(tmp_path / "store")


def wanted_of(runs, names=NAMES, label=None):
    return [Wanted(run.run_id, "test", label, names) for run in runs]


def test_who_does_not_wait_gets_what_is_there_and_later_the_rest(own_store):
    runs, counter = own_store.runs(), Counting(own_store)
    first = counter.entries(runs, wanted_of(runs))
    assert all(len(one) < len(NAMES) for one in first)
    found = counter.entries(runs, wanted_of(runs), PATIENCE)
    assert [set(one) for one in found] == [set(NAMES)] * len(runs)
    assert found == [known(own_store, run, wanted) for run, wanted in zip(runs, wanted_of(runs), strict=True)]


def test_what_may_be_asked_for_next_is_counted_when_nothing_else_waits(own_store):
    runs, counter = own_store.runs(), Counting(own_store)
    counter.ahead(wanted_of(runs))
    ends = time.monotonic() + PATIENCE
    while any(not known(own_store, run, one) for run, one in zip(runs, wanted_of(runs), strict=True)):
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_what_cannot_be_counted_says_why_instead_of_waiting_for_ever(own_store):
    run, counter = own_store.get("svm-small"), Counting(own_store)
    (found,) = counter.entries([run], wanted_of([run], label="Hernia"), PATIENCE)
    assert {one.value for one in found.values()} == {None}
    assert all(one.method.startswith(f"{NOT_AVAILABLE}there is no label 'Hernia'") for one in found.values())


def test_a_run_that_was_deleted_meanwhile_stops_nobody(own_store):
    run, other, counter = own_store.get("svm-small"), own_store.get("cnn-small"), Counting(own_store)
    own_store.delete(run)
    counter.ahead(wanted_of([run]))
    (found,) = counter.entries([other], wanted_of([other]), PATIENCE)
    assert set(found) == set(NAMES)
