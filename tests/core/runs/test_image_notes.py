"""Notes on images: kept by data set and image, whole, by several at once, and a damaged line spoils no other."""

import csv
import io
import multiprocessing
import threading

import pytest

from core.errors import StoreError
from core.runs.image_notes import FILE, HEAD, LONGEST, ImageNotes, write_csv


def put_many(root, session: int) -> None:
    notes = ImageNotes(root)
    for number in range(25):
        notes.put("data", "Title", f"image-{session}-{number}", f"seen by {session}", looks_wrong=bool(number % 2))


def test_a_note_is_found_again_by_data_set_and_image(tmp_path):
    ImageNotes(tmp_path).put("aaaa", "One", "x.png", "  two lines\nhere ", looks_wrong=True)
    ImageNotes(tmp_path).put("bbbb", "Other", "x.png", "another", looks_wrong=False)
    found = ImageNotes(tmp_path).of("aaaa")
    assert list(found) == ["x.png"] and found["x.png"].text == "two lines\nhere" and found["x.png"].looks_wrong


def test_the_last_note_on_an_image_counts_and_an_empty_one_takes_it_away(tmp_path):
    notes = ImageNotes(tmp_path)
    notes.put("a", "A", "x", "first", looks_wrong=True)
    notes.put("a", "A", "y", "stays", looks_wrong=False)
    notes.put("a", "A", "x", "second", looks_wrong=False)
    assert notes.of("a")["x"].text == "second" and not notes.of("a")["x"].looks_wrong
    notes.put("a", "A", "x", " ", looks_wrong=False)
    assert list(notes.of("a")) == ["y"]


def test_the_newest_note_comes_first(tmp_path):
    notes = ImageNotes(tmp_path)
    for name in ("x", "y", "z", "x"):
        notes.put("a", "A", name, "seen", looks_wrong=False)
    assert [note.image_id for note in notes.all()] == ["x", "z", "y"]


@pytest.mark.parametrize("start", [threading.Thread, multiprocessing.get_context("fork").Process])
def test_sessions_that_note_at_once_lose_nothing(start, tmp_path):
    sessions = [start(target=put_many, args=(tmp_path, number)) for number in range(4)]
    for session in sessions:
        session.start()
    for session in sessions:
        session.join()
    assert len(ImageNotes(tmp_path).of("data")) == 100 and ImageNotes(tmp_path).damaged() == 0


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"\xff\xfe\x00", b"[1, 2]", b"null", b'["a", "A", "x", "t", true, "soon"]', b'["a", "A", "x", "t", true, 1e300]']
)
def test_a_damaged_line_is_left_out_and_spoils_no_other(damage, tmp_path):
    notes = ImageNotes(tmp_path)
    for name in ("x", "y", "z"):
        notes.put("a", "A", name, f"of {name}", looks_wrong=False)
    lines = (tmp_path / FILE).read_bytes().split(b"\n")
    lines[1] = damage
    (tmp_path / FILE).write_bytes(b"\n".join(lines))
    assert set(notes.of("a")) == {"x", "z"} and notes.damaged() == (1 if damage else 0)


def test_a_line_that_was_cut_off_does_not_swallow_the_next(tmp_path):
    notes = ImageNotes(tmp_path)
    notes.put("a", "A", "x", "whole", looks_wrong=False)
    with (tmp_path / FILE).open("ab") as stream:
        stream.write(b'["a", "A", "y", "cut o')
    notes.put("a", "A", "z", "after it", looks_wrong=True)
    assert set(notes.of("a")) == {"x", "z"} and notes.damaged() == 1


def test_a_note_that_is_too_long_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(StoreError, match="2,001 characters"):
        ImageNotes(tmp_path).put("a", "A", "x", "x" * (LONGEST + 1), looks_wrong=False)
    assert not (tmp_path / FILE).exists() and ImageNotes(tmp_path).all() == []


def test_the_csv_holds_every_note_and_nothing_that_a_spreadsheet_computes(tmp_path):
    notes = ImageNotes(tmp_path)
    notes.put("a", "A", "=cmd.png", '+1, "quoted"\nsecond', looks_wrong=True)
    stream = io.StringIO()
    assert write_csv(notes.all(), stream) == 1
    head, row = csv.reader(io.StringIO(stream.getvalue()))
    assert tuple(head) == HEAD
    assert row[:5] == ["a", "A", "'=cmd.png", '\'+1, "quoted"\nsecond', "1"] and row[5].endswith("+00:00")
