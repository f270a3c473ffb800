"""The files of a folder: links are followed once, and nothing that is not read vanishes without a word."""

import os

from core.data.layouts.tree import LINK, walk
from core.inference.sources import of_paths


def fill(folder, *names):
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode())
    return folder


def test_linked_folders_and_files_are_read_as_if_they_lay_here(tmp_path):
    elsewhere = fill(tmp_path / "elsewhere", "A/1.png", "A/deep/2.png", "3.png")
    root = fill(tmp_path / "set", "B/4.png", "C/5.png")
    (root / "A").symlink_to(elsewhere / "A")
    (root / "B/3.png").symlink_to(elsewhere / "3.png")
    tree = walk(root)
    assert tree.pictures == ("A/1.png", "A/deep/2.png", "B/3.png", "B/4.png", "C/5.png") and not tree.skipped
    assert [source.name for source in of_paths([root])] == [f"set/{name}" for name in tree.pictures]


def test_a_folder_of_nothing_but_linked_folders_is_read(tmp_path):
    elsewhere = fill(tmp_path / "elsewhere", "A/1.png", "B/2.png")
    (tmp_path / "set").mkdir()
    for name in "AB":
        (tmp_path / "set" / name).symlink_to(elsewhere / name)
    assert walk(tmp_path / "set").pictures == ("A/1.png", "B/2.png")


def test_links_that_lead_round_or_nowhere_are_told_and_no_picture_is_read_twice(tmp_path):
    root = fill(tmp_path / "data" / "set", "A/1.png", "B/2.png", "notes/x.txt")
    fill(tmp_path / "data", "stranger.png")
    links = {"A/all": root, "A/up": root.parent, "0_copy": root / "B", "B/gone.png": root / "gone.png", "itself": root / "itself"}
    for name, target in links.items():
        (root / name).symlink_to(target)
    tree = walk(root)
    assert tree.pictures == ("A/1.png", "B/2.png") and {line.kind for line in tree.skipped} == {LINK}
    assert {line.file: line.reason for line in tree.skipped} == {
        "0_copy": "a link to a folder that is read already", "A/all": "a link to a folder that is read already",
        "A/up": "a link to a folder around this one", "B/gone.png": "a link to nothing that can be read",
        "itself": "a link to nothing that can be read",
    }  # fmt: skip


def test_what_is_no_plain_file_is_told(tmp_path):
    root = fill(tmp_path / "set", "A/1.png", "B/2.png")
    os.mkfifo(root / "A/pipe.png")
    assert [(line.file, line.reason) for line in walk(root).skipped] == [("A/pipe.png", "no plain file")]


def test_files_that_are_named_by_a_uid_or_a_number_may_be_pictures(tmp_path):
    names = ("A/1.2.840.113619.2.5.1762583153.215519", "A/IM.0001", "B/noted.2nd")
    assert walk(fill(tmp_path, *names)).pictures == names[:2]
