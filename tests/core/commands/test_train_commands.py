"""`train` with a published recipe, and with several seeds."""

import signal
import sys
import time

import pytest

from core.__main__ import main
from core.jobs.queue import Queue
from core.jobs.submission import submit_seeds
from core.runs.store import Store
from tests.core.commands.conftest import run
from tests.processes import command

TINY = ("--set", "image_size=16", "--set", "max_epochs=1")


def test_a_published_recipe_is_trained_after_its_base_and_shows_the_published_figures(capsys, tmp_path, class_folders):
    words = ("train", "--data", class_folders, "--recipe", "portsmouth-forest", *TINY, "--set", "n_estimators=5")
    code, found, progress = run(capsys, tmp_path, *words)
    assert code == 0 and found["status"] == "done" and progress.count("done") == 2
    base = found["recipe"]["settings"]["features"].removeprefix("run:")
    assert {one.run_id for one in Store(tmp_path).runs()} == {base, found["run_id"]}
    told = found["published"]
    figures = {one["metric"]: one for one in told["figures"]}
    assert figures["test/accuracy"]["published"] == 0.8606
    assert figures["test/accuracy"]["ours"] == found["metrics"]["test/accuracy"]
    assert figures["test/confusion_matrix"]["published"] == [[169, 65], [22, 368]]
    assert sum(map(sum, figures["test/confusion_matrix"]["ours"])) == found["data"]["images"]["test"]
    assert told["changed_settings"] == {"image_size": 16, "n_estimators": 5, "base.max_epochs": 1}
    assert "48 px" in told["not_comparable"] and any("test set" in point for point in told["open_points"])
    capsys.readouterr()
    assert main(["--store", str(tmp_path), *map(str, words)]) == 0
    text = capsys.readouterr().out
    assert "    test/accuracy: published 0.8606, here " in text and "    - Depth and leaves" in text


def test_several_seeds_are_a_list_in_their_order(capsys, tmp_path, class_folders):
    words = ("train", "--data", class_folders, "--model", "cnn", *TINY, "--set", "filters=4")
    code, found, _ = run(capsys, tmp_path, *words, "--seeds", "1, 0")
    assert code == 0 and [one["recipe"]["settings"]["seed"] for one in found] == [1, 0]
    again = run(capsys, tmp_path, *words, "--seed", "0", "--seed", "1")[1]
    assert [one["run_id"] for one in again] == [one["run_id"] for one in reversed(found)] and all(one["cached"] for one in again)
    assert run(capsys, tmp_path, *words, "--seed", "1")[1]["run_id"] == found[0]["run_id"]
    assert len(run(capsys, tmp_path, *words, "--seeds", "0")[1]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--recipe", "tomeh-1"), ("--recipe", "portsmouth"), ("--recipe", "portsmouth-cnn", "--seeds", "0,x"),
        ("--model", "cnn", "--seeds", ""),
        ("--recipe", "portsmouth-svm", "--set", "features=resnet18"), ("--recipe", "portsmouth-svm", "--set", "kernel=poly"),
        ("--recipe", "novaims-1"), ("--model", "cnn", "--seed", "0", "--seed", "-1"), ("--model", "svm", "--set", "pca=2000"),
        ("--model", "cnn", "--set", "sampling=under", "--set", "sampling_classes=Foo"),
        ("--model", "cnn", "--set", "blocks=2", "--set", "blocks=3"), ("--model", "cnn", "--set", "seed=5", "--seed", "7"),
        ("--model", "cnn", "--set", "seed=5", "--seeds", "5,7"), ("--model", "transfer", "--set", "backbone=resnet19"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_wrong_recipe_or_seed_is_one_line_and_queues_nothing(words, capsys, tmp_path, class_folders):
    code, found, told = run(capsys, tmp_path, "train", "--data", class_folders, *words)
    assert code == 2 and found is None and told.strip().count("\n") == 0 and len(told) > 20
    assert Queue(tmp_path).jobs() == []


def test_a_model_and_a_recipe_at_once_are_refused(capsys, tmp_path):
    for words in (["--model", "cnn", "--recipe", "tomeh-1"], [], ["--model", "cnn", "--seed", "1", "--seeds", "1,2"]):
        with pytest.raises(SystemExit) as done:
            main(["--store", str(tmp_path), "train", "--data", "phantom", *words])
        assert done.value.code == 2 and capsys.readouterr().err.count("\n") == 1


@pytest.mark.usefixtures("no_training_left")
def test_the_keyboard_cancels_what_was_asked_for_and_no_other_work(tmp_path, class_folders):
    from core.data.registry import load

    (other,) = submit_seeds(tmp_path, load(str(class_folders), tmp_path), "cnn", {"max_epochs": 900}, (0,))
    words = ["train", "--data", str(class_folders), "--recipe", "portsmouth-svm", "--seeds", "0,1", "--set", "image_size=16"]
    with command([sys.executable, "-m", "core", "--store", str(tmp_path), *words]) as told:
        jobs = wait_for_jobs(tmp_path, 5)
        told.send_signal(signal.SIGINT)
        out, err = told.communicate(timeout=60)
    assert told.returncode == 2 and out == "" and err.splitlines()[-1].startswith("cancelled from the keyboard: svm-")
    states = {job.id: Queue(tmp_path).get(job.id).state for job in jobs}
    assert states.pop(other.run_id) in ("queued", "running") and set(states.values()) == {"cancelled"}
    Queue(tmp_path).request_cancel(other.run_id)


def wait_for_jobs(root, count: int, seconds: float = 60) -> list:
    """All jobs, once there are so many and the command follows one of them."""
    for _ in range(int(seconds * 5)):
        jobs = Queue(root).jobs()
        if len(jobs) == count and any(job.state == "running" for job in jobs):
            return jobs
        time.sleep(0.2)
    raise AssertionError("the jobs never came")
