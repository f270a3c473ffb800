"""Named data sets: what a name stands for, and that a list from before still opens."""

import json

import pytest

from core.data import sources
from core.data.registry import add, entries, load
from core.data.sources import Reading
from core.errors import DataError


def test_a_name_stands_for_a_path_read_in_one_way(class_folders, tmp_path):
    reading = Reading(four_channels=False)
    added = add("Ward 7", str(class_folders), reading, tmp_path)
    again = load("Ward 7", tmp_path)
    assert (again.source, again.title, again.fingerprint) == ("Ward 7", "Ward 7", added.fingerprint)
    assert again.fingerprint != load(str(class_folders), tmp_path).fingerprint
    (entry,) = [entry for entry in entries(tmp_path) if entry.name == "Ward 7"]
    assert entry.here and "four-channel" in entry.how_to_get


def test_a_name_is_given_once_and_can_be_taken_back(class_folders, tmp_path):
    add("Ward 7", str(class_folders), Reading(), tmp_path)
    add("Ward 7", str(class_folders), Reading(), tmp_path)
    with pytest.raises(DataError, match="already"):
        add("Ward 7", str(class_folders), Reading(four_channels=False), tmp_path)
    sources.forget("Ward 7", tmp_path)
    with pytest.raises(DataError, match="no data set"):
        load("Ward 7", tmp_path)
    with pytest.raises(DataError, match="no data set"):
        sources.forget("Ward 7", tmp_path)


@pytest.mark.parametrize("name", ["", " ", "/etc", "../x", "a/b", "a\\b", "x" * 61, "phantom", "pneumoniamnist", "-x", "a\0b", "a\nb"])
def test_names_that_could_be_something_else_are_refused(name, class_folders, tmp_path):
    with pytest.raises(DataError):
        add(name, str(class_folders), Reading(), tmp_path)


def test_a_list_from_before_names_were_given_still_opens(class_folders, tmp_path):
    old = [{"name": "x", "title": "Small chests", "task": "binary", "classes": ["NORMAL", "PNEUMONIA"], "source": str(class_folders)}]
    (tmp_path / sources.FILE).write_text(json.dumps(old))
    assert str(class_folders) in [entry.name for entry in entries(tmp_path)]
    assert load(str(class_folders), tmp_path).source == str(class_folders)


def test_a_damaged_list_is_one_clear_error(tmp_path):
    for text in ("[", "[1]", '{"a": 1}', '[{"name": "x"}]'):
        (tmp_path / sources.FILE).write_text(text)
        with pytest.raises(DataError, match="damaged"):
            entries(tmp_path)
