"""Solved tasks are kept whole, and a broken file begins anew."""

import json
import threading

import pytest

from core.errors import StoreError
from core.lessons.progress import FILE, Progress


def test_a_fresh_store_has_no_solved_task(tmp_path):
    assert Progress(tmp_path).solved() == {}


def test_a_solved_task_is_there_for_whoever_opens_the_store_next(tmp_path):
    Progress(tmp_path).solve("threshold", "missed")
    Progress(tmp_path).solve("threshold", "still")
    Progress(tmp_path).solve("costs", "line")
    Progress(tmp_path).solve("costs", "line")
    assert Progress(tmp_path).solved() == {"threshold": {"missed", "still"}, "costs": {"line"}}


def test_nothing_but_the_file_and_its_lock_is_left(tmp_path):
    Progress(tmp_path).solve("threshold", "missed")
    assert {path.name for path in tmp_path.iterdir()} <= {FILE, f".{FILE}.lock"}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"format_version": 99, "solved": {"a": ["b"]}}', '{"format_version": 1}', '{"format_version": 1, "solved": 3}',
     '{"format_version": 1, "solved": {"a": 5}}', "\x00\x01", "7"],
)  # fmt: skip
def test_a_broken_file_begins_anew_and_can_be_written_again(text, tmp_path):
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    assert Progress(tmp_path).solved() == {}
    Progress(tmp_path).solve("threshold", "missed")
    assert Progress(tmp_path).solved() == {"threshold": {"missed"}}


def test_bytes_that_are_no_text_begin_anew(tmp_path):
    (tmp_path / FILE).write_bytes(b"\xff\xfe\xff")
    assert Progress(tmp_path).solved() == {}


def test_forgetting_begins_anew(tmp_path):
    Progress(tmp_path).solve("threshold", "missed")
    Progress(tmp_path).forget()
    assert Progress(tmp_path).solved() == {}
    assert json.loads((tmp_path / FILE).read_text(encoding="utf-8"))["solved"] == {}


def test_sessions_that_solve_at_once_lose_nothing(tmp_path):
    threads = [threading.Thread(target=Progress(tmp_path).solve, args=("threshold", f"task {number}")) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Progress(tmp_path).solved()["threshold"]) == 12


def test_a_store_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="lessons.json cannot be written"):
        Progress(tmp_path / "file").solve("threshold", "missed")
