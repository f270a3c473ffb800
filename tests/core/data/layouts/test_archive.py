"""ZIP archives: what is unpacked, and what is refused before a byte is written."""

import io
import stat
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.data.layouts import archive
from core.data.layouts.archive import unpacked
from core.data.registry import load
from core.errors import DataError
from tests.conftest import write_class_folders


def png(number: int = 0) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(number).integers(0, 255, (20, 20), dtype=np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def pack(file, names, data=None, **changes):
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            entry = zipfile.ZipInfo(name)
            for what, value in changes.items():
                setattr(entry, what, value)
            packed.writestr(entry, png() if data is None else data)
    return file


def left_behind(root):
    return [path for path in (root / archive.FOLDER).glob("*") if path.suffix != ".lock"] if (root / archive.FOLDER).exists() else []


def test_a_packed_data_set_is_the_same_as_its_folder(tmp_path):
    folder = write_class_folders(tmp_path / "wrapped/chests", images=40)
    file = tmp_path / "chests.zip"
    with zipfile.ZipFile(file, "w") as packed:
        for path in sorted(folder.rglob("*")):
            packed.write(path, path.relative_to(tmp_path / "wrapped"))
        packed.writestr("__MACOSX/chests/._train", "x")
    told = []
    unpacked(file, tmp_path / "store", lambda done, total: told.append(done / total))
    dataset, plain = load(str(file), tmp_path / "store"), load(str(folder), tmp_path / "store")
    assert dataset.title == "chests" and dataset.source == str(file) and dataset.fingerprint == plain.fingerprint
    assert np.array_equal(dataset.reader.read(3), plain.reader.read(3)) and told == sorted(told)


@pytest.mark.parametrize(
    "name",
    ["../evil.png", "a/../../evil.png", "/etc/evil.png", "C:/evil.png", "a\\b.png", "a//b.png", "./a.png", "a/con.png", "a/b.png.",
     "a/x:stream.png", "inner.zip", "a/inner.TAR", "a/" + "x" * 300, "bell\a.png"],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_cannot_be_written_are_refused(name, tmp_path):
    file = pack(tmp_path / "bad.zip", ["a/ok.png", name])
    with pytest.raises(DataError, match="bad.zip"):
        unpacked(file, tmp_path / "store")
    assert not left_behind(tmp_path / "store") and sorted(path.name for path in tmp_path.iterdir()) == ["bad.zip"]


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o600], ids=["link", "pipe"])
def test_links_and_pipes_are_refused(mode, tmp_path):
    with pytest.raises(DataError, match="link"):
        unpacked(pack(tmp_path / "bad.zip", ["a.png"], external_attr=mode << 16), tmp_path / "store")


def test_an_encrypted_archive_is_refused(tmp_path):
    data = bytearray(pack(tmp_path / "bad.zip", ["a.png"]).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "bad.zip").write_bytes(data)
    with pytest.raises(DataError, match="encrypted"):
        unpacked(tmp_path / "bad.zip", tmp_path / "store")


@pytest.mark.parametrize("names", [["a.png", "A.PNG"], ["a", "a/b.png"]])
def test_names_that_clash_are_refused(names, tmp_path):
    with pytest.raises(DataError, match="twice|both"):
        unpacked(pack(tmp_path / "bad.zip", names), tmp_path / "store")


def test_what_blows_up_is_refused_unwritten(tmp_path):
    with pytest.raises(DataError, match="times its size"):
        unpacked(pack(tmp_path / "bad.zip", ["a.png"], bytes(30_000_000), compress_type=zipfile.ZIP_DEFLATED), tmp_path / "store")
    assert not left_behind(tmp_path / "store")


def test_a_head_that_lies_about_the_size_and_damage_are_refused_and_leave_nothing(tmp_path):
    file = pack(tmp_path / "bad.zip", ["a.png", "b.png"], bytes(range(256)) * 40)
    data = bytearray(file.read_bytes())
    middle = data.index(b"b.png") + 9
    data[middle : middle + 8] = b"\xff" * 8
    file.write_bytes(data)
    with pytest.raises(DataError, match="cannot be unpacked|no whole"):
        unpacked(file, tmp_path / "store")
    assert not left_behind(tmp_path / "store")


@pytest.mark.parametrize("name", ["bad_traversal.zip", "bad_absolute.zip", "bad_symlink.zip", "bad_bomb.zip", "bad_many_entries.zip",
                                  "bad_truncated.zip", "bad_zip_named.png"])  # fmt: skip
def test_the_odd_archives_are_refused_with_one_line(name, shared, tmp_path):
    with pytest.raises(DataError) as refused:
        load(str(shared / "badinputs/files" / name), tmp_path / "store")
    assert len(str(refused.value)) > 40 and "\n" not in str(refused.value) and not left_behind(tmp_path / "store")


def test_the_good_odd_archive_is_two_images_in_two_classes(shared, tmp_path):
    dataset = load(str(shared / "badinputs/files/ok_dataset.zip"), tmp_path / "store")
    assert dataset.counts()["train"]["per_class"] == {"NORMAL": 1, "PNEUMONIA": 1} and "too few images" in dataset.split_rule
