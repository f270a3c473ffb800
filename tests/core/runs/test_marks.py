from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import StoreError
from core.runs.marks import Marks


def test_an_untouched_store_has_no_marks_and_no_file(tmp_path):
    assert Marks(tmp_path).of("pinned") == frozenset()
    assert not list(tmp_path.iterdir())


def test_marks_are_there_when_the_store_is_opened_again(tmp_path):
    Marks(tmp_path).put("pinned", ["a", "b"])
    Marks(tmp_path).put("archived", ["c"])
    assert Marks(tmp_path).of("pinned") == {"a", "b"} and Marks(tmp_path).of("archived") == {"c"}


def test_the_later_mark_holds(tmp_path):
    marks = Marks(tmp_path)
    marks.put("pinned", ["a", "b"])
    marks.put("archived", ["a"])
    assert marks.of("pinned") == {"b"} and marks.of("archived") == {"a"}


def test_a_mark_is_taken_off_also_where_there_is_none(tmp_path):
    marks = Marks(tmp_path)
    marks.put("archived", ["a", "b"])
    marks.take(["a", "never marked"])
    assert marks.of("archived") == {"b"}


def test_of_many_who_mark_at_once_none_is_lost(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: Marks(tmp_path).put("pinned", [str(number)]), range(40)))
    assert Marks(tmp_path).of("pinned") == {str(number) for number in range(40)}


def test_a_mark_that_is_none_and_a_damaged_file_are_refused(tmp_path):
    with pytest.raises(StoreError, match="pinned, archived"):
        Marks(tmp_path).put("starred", ["a"])
    (tmp_path / "marks.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match=r"marks\.sqlite cannot be used"):
        Marks(tmp_path).of("pinned")
