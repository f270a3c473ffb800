"""The command line: one JSON document on stdout, exit code 0, or 2 with one line on stderr."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import pytest

from core.jobs.queue import Queue
from core.runs.store import Store
from tests.conftest import ROOT
from tests.core.commands.conftest import run
from tests.processes import command

METRICS = {
    "accuracy", "balanced_accuracy", "sensitivity", "specificity", "precision", "f1", "roc_auc", "average_precision", "brier", "log_loss",
}  # fmt: skip


def test_train_goes_through_the_queue_and_is_found_again(capsys, tmp_path, class_folders):
    settings = ("--set", "image_size=64", "--set", "filters=16", "--set", "max_epochs=12", "--seed", "3")  # seconds, to be told of
    words = ("train", "--data", class_folders, "--model", "cnn", *settings)
    code, first, progress = run(capsys, tmp_path / "a store", *words)
    assert code == 0 and first["status"] == "done" and first["cached"] is False and "epoch" in progress
    assert {f"{split}/{metric}" for split in ("val", "test") for metric in METRICS} <= set(first["metrics"])
    assert first["recipe"]["settings"]["seed"] == 3 and first["seconds"] > 0
    again = run(capsys, tmp_path / "a store", *words)[1]
    assert again["cached"] is True and again["run_id"] == first["run_id"]


def test_runs_lists_shows_and_deletes(capsys, trained, store, tmp_path):
    import shutil

    shutil.copytree(store.root, tmp_path / "copy")
    assert {one["run_id"] for one in run(capsys, tmp_path / "copy", "runs")[1]} == {run_.run_id for run_ in trained.values()}
    assert len(run(capsys, tmp_path / "copy", "runs", "show", "cnn-small")[1]["history"]) == 3
    assert run(capsys, tmp_path / "copy", "runs", "delete", "cnn-small")[0] == 0
    code, _, told = run(capsys, tmp_path / "copy", "runs", "show", "cnn-small")
    assert code == 2 and told.count("\n") == 1 and "no run 'cnn-small'" in told


@pytest.mark.parametrize("rule", ["0.5", "youden", "f1", "sensitivity=0.95", "specificity=0.95"])
def test_threshold_is_fixed_or_chosen_on_validation_and_reported_on_test(rule, capsys, trained, store):
    code, found, _ = run(capsys, store.root, "threshold", "cnn-small", "--rule", rule)
    assert code == 0 and found["rule"] == rule and found["chosen_on"] == ("prespecified" if rule == "0.5" else "val")
    assert set(found["thresholds"]) == {"PNEUMONIA"} and set(found["val"]) >= METRICS and set(found["test"]) >= METRICS
    if "=" in rule:
        metric, least = rule.split("=")
        assert found["val"][metric] >= float(least)


def test_a_saved_threshold_moves_the_metrics_and_the_verdicts(capsys, trained, store, tmp_path, class_folders):
    import shutil

    shutil.copytree(store.root, tmp_path / "copy")
    chosen = run(capsys, tmp_path / "copy", "threshold", "svm-small", "--rule", "sensitivity=0.95", "--save")[1]
    shown = run(capsys, tmp_path / "copy", "runs", "show", "svm-small")[1]
    assert shown["metrics"]["test/sensitivity"] == chosen["test"]["sensitivity"]
    file = class_folders / Store(tmp_path / "copy").predictions(trained["svm"], "test").image_ids[0]
    assert run(capsys, tmp_path / "copy", "predict", "svm-small", file)[1][0]["thresholds"] == chosen["thresholds"]


def test_compare_gives_rows_with_intervals_and_every_pair_once(capsys, trained, store):
    code, found, _ = run(capsys, store.root, "compare", *[one.run_id for one in trained.values()])
    assert code == 0 and len(found["rows"]) == 4 and len(found["pairs"]) == 6
    interval = found["rows"][0]["intervals"]["test/roc_auc"]
    assert interval["low"] <= found["rows"][0]["metrics"]["test/roc_auc"] <= interval["high"]
    assert all("points of ROC AUC" in pair["sentence"] or "no difference" in pair["sentence"] for pair in found["pairs"])


@pytest.mark.parametrize(
    "words",
    [
        ("runs", "show", "../../etc/passwd"), ("runs", "delete", "nope"), ("threshold", "nope", "--rule", "0.5"), ("compare", "nope"),
        ("predict", "nope", "a.png"), ("data", "check", "no such thing"), ("data", "check", ""), ("data", "check", "a\0b"),
        ("data", "check", ROOT / "tests"), ("train", "--data", "nope", "--model", "cnn"),
        ("train", "--data", "phantom", "--model", "cnn", "--set", "learning_rate=12"),
        ("train", "--data", "phantom", "--model", "cnn", "--set", "learning_rate"),
        ("train", "--data", "phantom", "--model", "cnn", "--set", "colour=red"),
        ("train", "--data", "phantom", "--model", "cnn", "--seed", "x"),
        ("train", "--data", "phantom", "--model", "svm", "--set", "features=run:nope"),
    ],
    ids=str,
)  # fmt: skip
def test_a_mistake_is_one_line_and_exit_code_2(words, capsys, tmp_path):
    code, found, told = run(capsys, tmp_path, *words)
    assert code == 2 and found is None and told.strip().count("\n") == 0 and len(told) > 20


def test_wrong_words_are_one_line_without_a_traceback(tmp_path):
    for words in (["nonsense"], ["train"], [], ["data", "check"], ["compare"]):
        done = subprocess.run([sys.executable, "-m", "core", *words], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 2 and done.stderr.strip().count("\n") == 0 and "Traceback" not in done.stderr


def test_an_unknown_backbone_fails_in_one_line_that_names_the_offline_choices(capsys, tmp_path, class_folders):
    code, _, told = run(capsys, tmp_path, "train", "--data", class_folders, "--model", "svm", "--set", "features=not_a_network")
    assert code == 2 and "tf_efficientnet_lite0" in told.splitlines()[-1]
    assert Store(tmp_path).runs() == []


@pytest.mark.usefixtures("no_training_left")
def test_a_killed_training_is_started_again_and_ends_when_the_keyboard_says_so(tmp_path, class_folders):
    words = ["train", "--data", str(class_folders), "--model", "cnn", "--set", "max_epochs=500"]
    with command([sys.executable, "-m", "core", "--store", str(tmp_path), *words]) as told:
        killed = wait_for_worker(tmp_path)
        os.kill(killed, signal.SIGKILL)
        assert wait_for_worker(tmp_path, other_than=killed) != killed
        told.send_signal(signal.SIGINT)
        out, err = told.communicate(timeout=60)
    assert told.returncode == 2 and out == "" and err.splitlines()[-1].startswith("cancelled from the keyboard: cnn-")
    until(lambda: [job.state for job in Queue(tmp_path).jobs()] == ["cancelled"])
    assert Store(tmp_path).runs() == [] and not list(tmp_path.glob("jobs/*/draft"))


def wait_for_worker(root, other_than: int | None = None) -> int:
    """The process id of the training, once it has come on."""

    def worker() -> int | None:
        job = next(iter(Queue(root).jobs("running")), None)
        has_begun = job and job.pid not in (None, other_than) and job.progress and job.progress.phase.startswith("epoch")
        return job.pid if has_begun and psutil.pid_exists(job.pid) else None

    return until(worker)


def until(condition: Callable[[], object], seconds: float = 120):
    """The first true answer of a condition; fails the test if it does not come in time."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)
    return answer
