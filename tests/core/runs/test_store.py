"""The shelf of runs: complete or absent, found again, deleted whole, and a damaged run spoils no other."""

import json
from dataclasses import replace

import pytest

from core.errors import EvaluationError, StoreError
from core.runs.document import to_document
from core.runs.files import verify, write_manifest
from core.runs.operating import choose_point, freeze
from core.runs.store import STORE_VARIABLE, store_root


@pytest.mark.parametrize("spoil", ["empty", "missing", "other format", "no point"])
def test_a_damaged_run_is_named_and_spoils_no_other(spoil, copy):
    folder = copy.get("cnn-small").folder
    if spoil == "empty":
        (folder / "run.json").write_text("")
    elif spoil == "missing":
        (folder / "run.json").unlink()
    elif spoil == "no point":
        (folder / "operating_point.json").unlink()
    else:
        (folder / "run.json").write_text('{"format_version": 99}')
    assert len(copy.runs()) == 3 and len(copy.damaged()) == 1 and "cnn-small" in copy.damaged()[0]
    with pytest.raises(StoreError, match="cnn-small"):
        copy.get("cnn-small")


def test_a_folder_without_a_manifest_is_no_run(copy):
    (copy.get("svm-small").folder / "manifest.json").unlink()
    assert len(copy.runs()) == 3


@pytest.mark.parametrize(
    "run_id", ["", ".", "..", "../copy/runs/cnn-small", "/etc", "cnn-small/", "CNN-SMALL", "x" * 5000, "a\0b", "cnn-small\n"]
)
def test_an_id_is_looked_up_and_never_joined_to_a_path(run_id, copy):
    with pytest.raises(StoreError, match="there is no run"):
        copy.get(run_id)


def test_a_deleted_run_is_gone_with_its_files(copy):
    run = copy.get("svm-small")
    copy.delete(run)
    assert not run.folder.exists() and len(copy.runs()) == 3 and not list((copy.root / "trash").iterdir())


def test_changed_predictions_are_found(copy):
    run = copy.get("cnn-small")
    file = run.folder / "predictions-test.npz"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(StoreError, match="predictions-test.npz of cnn-small is changed"):
        copy.predictions(run, "test")


def test_a_frozen_choice_is_what_everyone_reads_from_then_on(copy):
    run = copy.get("cnn-small")
    choice = choose_point(copy, run, "youden")
    frozen = freeze(copy, run, choice)
    assert copy.get("cnn-small").operating_point == frozen.operating_point
    assert frozen.metrics["test/sensitivity"] == choice.on("test")["sensitivity"] and frozen.operating_point.rule == "youden"


@pytest.mark.parametrize(("rule", "origin"), [("0.3", "prespecified"), ("0.00001", "prespecified"), ("youden", "val")])
def test_a_run_says_whether_validation_chose_its_thresholds(rule, origin, copy):
    run = copy.get("cnn-small")
    point = freeze(copy, run, choose_point(copy, run, rule)).operating_point
    assert point.chosen_on == origin and point.origin.endswith("beforehand") == (origin == "prespecified")
    file = run.folder / "operating_point.json"
    document = json.loads(file.read_text())
    assert document["chosen_on"] == origin
    file.write_text(json.dumps(document | {"chosen_on": "val"}))  # as older runs have it
    assert copy.get("cnn-small").operating_point == point


def test_a_rule_that_is_none_changes_nothing(copy):
    run = copy.get("cnn-small")
    with pytest.raises(EvaluationError, match="the rules are"):
        choose_point(copy, run, "sensitivity=2")
    assert copy.get("cnn-small").operating_point == run.operating_point


def test_the_run_says_what_it_was_made_of(copy, class_folders):
    run = copy.get("transfer-small")
    assert run.data.source == str(class_folders) and run.data.split_level == "patient" and run.versions["torch"]
    assert run.device.startswith(("cpu", "cuda")) and run.seconds > 0 and run.parameters == 1281


@pytest.mark.parametrize("wanted", ["", "  ", "a\0b"])
def test_a_store_that_cannot_be_a_folder_is_one_clear_error(wanted):
    with pytest.raises(StoreError, match="is no folder"):
        store_root(wanted)


def test_the_store_is_the_one_given_or_that_of_the_variable(tmp_path, monkeypatch):
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path / "by variable"))
    assert store_root() == tmp_path / "by variable" and store_root(str(tmp_path / "given")) == tmp_path / "given"
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="is no folder"):
        store_root(str(tmp_path / "file"))


def test_what_the_model_said_of_its_training_is_read_back_and_older_runs_have_none(copy):
    run = copy.get("svm-small")
    file = run.folder / "run.json"
    document = json.loads(file.read_text())
    said = {"chosen": {"C": 0.1}, "tried": [{"C": 0.1, "roc_auc": 0.9}], "accelerator": "scikit-learn-intelex 2026.2.0"}
    assert json.loads(json.dumps(to_document(replace(run, details=said))))["details"] == said
    file.write_text(json.dumps(document | {"details": said}))
    assert copy.get("svm-small").details == said == copy.get("svm-small").summary()["details"]
    del document["details"]
    file.write_text(json.dumps(document))
    assert copy.get("svm-small").details == {} and copy.get("svm-small").recipe == run.recipe


def test_the_manifest_has_the_files_of_folders_within(tmp_path):
    inner = tmp_path / "members" / "a"
    inner.mkdir(parents=True)
    (inner / "run.json").write_text("{}")
    (tmp_path / "run.json").write_text("[]")
    write_manifest(tmp_path)
    verify(tmp_path, ("run.json", "members/a/run.json"))
    (inner / "run.json").write_text("{ }")
    verify(tmp_path, ("run.json",))
    with pytest.raises(StoreError, match="members/a/run.json of .* is changed"):
        verify(tmp_path, ("run.json", "members/a/run.json"))
    (inner / "run.json").unlink()
    with pytest.raises(StoreError, match="is missing"):
        verify(tmp_path, ("members/a/run.json",))


def test_scores_of_epochs_are_kept_where_there_are_epochs_and_damage_is_found(copy):
    assert copy.epoch_scores(copy.get("svm-small")) is None
    run = copy.get("cnn-small")
    assert copy.epoch_scores(run).y_score.shape == (3, copy.predictions(run, "val").n, 1)
    file = run.folder / "epoch-scores.npz"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(StoreError, match="epoch-scores.npz of cnn-small is changed"):
        copy.epoch_scores(run)
    file.unlink()
    with pytest.raises(StoreError, match="epoch-scores.npz of cnn-small is missing"):
        copy.epoch_scores(run)


def test_a_run_from_before_scores_of_epochs_were_kept_opens(copy):
    run = copy.get("cnn-small")
    (run.folder / "epoch-scores.npz").unlink()
    write_manifest(run.folder)
    document = json.loads((run.folder / "run.json").read_text())
    del document["recipe"]["settings"]["epoch_scores"]
    (run.folder / "run.json").write_text(json.dumps(document))
    again = copy.get("cnn-small")
    assert again.recipe == run.recipe and copy.epoch_scores(again) is None


@pytest.mark.parametrize(("file", "change"), [
    ("run.json", {"created": "x"}), ("run.json", {"versions": 1}), ("run.json", {"seconds": float("nan")}),
    ("operating_point.json", {"metrics": None}), ("operating_point.json", {"thresholds": {"PNEUMONIA": "x"}}),
])  # fmt: skip
def test_a_record_of_the_wrong_kind_is_named_and_spoils_no_other(file, change, copy):
    place = copy.get("cnn-small").folder / file
    place.write_text(json.dumps(json.loads(place.read_text()) | change))
    assert len(copy.runs()) == 3 and len(copy.damaged()) == 1 and "cnn-small" in copy.damaged()[0]
