"""The commands export and import: what they print, write and refuse."""

import json

import pytest

from core.runs.store import Store
from tests.core.commands.conftest import run


def test_export_writes_a_model_and_tells_how_near_it_is_to_the_run(capsys, trained, store, tmp_path):
    code, found, _ = run(capsys, store.root, "export", "cnn-small", "--out", tmp_path / "out")
    assert code == 0 and found["run_id"] == "cnn-small" and found["labels"] == ["PNEUMONIA"]
    assert found["parity"]["beyond"] == 0 and found["parity"]["images"] > 0 and "not for diagnosis" in found["use"]
    there = {path.name: path.stat().st_size for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert found["files"] == there and {"model.onnx", "predict.py", "README.txt"} <= set(there)
    assert json.loads((tmp_path / "out/parity.json").read_text()) == found["parity"]


def test_a_whole_run_goes_out_and_comes_in_by_two_commands(capsys, trained, store, tmp_path):
    code, out, _ = run(capsys, store.root, "export", "svm-small", "--whole", "--out", tmp_path / "run.zip")
    assert code == 0 and {"head.skops", "weights.safetensors", "manifest.json"} <= set(out["files"])
    code, found, _ = run(capsys, tmp_path / "there", "import", tmp_path / "run.zip")
    assert code == 0 and (found["run_id"], found["status"]) == ("svm-small", "taken in") and found["notes"]
    assert Store(tmp_path / "there").get("svm-small").recipe == trained["svm"].recipe
    assert run(capsys, tmp_path / "there", "import", tmp_path / "run.zip")[1]["status"] == "here already"


@pytest.mark.parametrize(
    "words",
    [("export", "nothing-1", "--out", "out"), ("export", "../x", "--out", "out"), ("export", "cnn-small", "--whole", "--out", "out"),
     ("export", "cnn-small", "--out", "no/such/folder/out.zip"), ("import", "nothing.zip"), ("import", "."), ("import", "text.zip")],
)  # fmt: skip
def test_a_mistake_is_one_line_and_nothing_is_written(words, capsys, trained, store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.zip").write_text("no archive")
    code, found, told = run(capsys, store.root, *words)
    assert code == 2 and found is None and told.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["text.zip"]
