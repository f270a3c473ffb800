"""The command that lists and writes notes on images."""

import csv

from core.__main__ import main
from core.runs.image_notes import FILE, ImageNotes
from tests.core.commands.conftest import run


def test_notes_are_listed_newest_first_and_of_one_data_set(capsys, tmp_path):
    code, found, _ = run(capsys, tmp_path, "notes")
    assert code == 0 and found == []
    notes = ImageNotes(tmp_path)
    notes.put("aaaa", "Chests", "x.png", "turned", looks_wrong=True)
    notes.put("bbbb", "Other", "y.png", "fine", looks_wrong=False)
    code, found, _ = run(capsys, tmp_path, "notes")
    assert code == 0 and [one["image_id"] for one in found] == ["y.png", "x.png"]
    assert set(found[0]) == {"data", "title", "image_id", "text", "looks_wrong", "changed"} and found[1]["looks_wrong"] is True
    for name in ("aaaa", "Chests"):
        assert [one["image_id"] for one in run(capsys, tmp_path, "notes", "--data", name)[1]] == ["x.png"]


def test_notes_are_written_to_a_file_and_damage_is_told_on_stderr(capsys, tmp_path):
    ImageNotes(tmp_path).put("aaaa", "Chests", "x.png", "turned", looks_wrong=True)
    with (tmp_path / FILE).open("ab") as stream:
        stream.write(b"{\n")
    code, found, told = run(capsys, tmp_path, "notes", "--out", str(tmp_path / "notes.csv"))
    assert code == 0 and found["notes"] == 1 and "1 lines" in told
    with (tmp_path / "notes.csv").open(newline="", encoding="utf-8") as stream:
        assert [row["image_id"] for row in csv.DictReader(stream)] == ["x.png"]
    assert main(["--store", str(tmp_path), "notes", "--out", str(tmp_path / "no" / "such" / "folder.csv")]) == 2
