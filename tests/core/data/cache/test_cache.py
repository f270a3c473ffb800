"""The cache of decoded pixels: the same as decoding, made once, whole or taken up again."""

import os
import resource
import time
from threading import Event, Thread

import numpy as np
import pytest
from PIL import Image

from core.data.cache.prepared import FOLDER, prepare
from core.data.dataset import Dataset
from core.data.file_reader import FileReader
from core.data.phantom.dataset import PhantomSpec, make_phantom
from core.data.registry import load
from core.errors import DataError
from core.images.decode import read
from core.images.model_input import model_input
from core.images.preprocess import resize


def of_files(files, **options) -> Dataset:
    """A data set of picture files, all in train."""
    names = np.array([file.name for file in files])
    return Dataset(
        "few", "few", "few", "binary", ("no", "yes"), ("yes",), names, np.full(len(names), "train"), np.zeros((len(names), 1), np.uint8),
        None, FileReader(tuple(files), **options), 64, "none", content_hashes=names,
    )  # fmt: skip


def test_cached_pixels_are_those_of_the_files(class_folders, tmp_path):
    dataset = load(str(class_folders), tmp_path)
    prepared = prepare(dataset, 32, tmp_path)
    assert isinstance(prepared.pixels, np.memmap) and prepared.pixels.dtype == np.uint8
    for row in (0, 7, len(dataset) - 1):
        file = class_folders / dataset.image_ids[row]
        assert np.array_equal(prepared.of(np.array([row]))[0], resize(read(file).pixels, 32))


def test_it_is_decoded_once(class_folders, tmp_path):
    told = []
    dataset = load(str(class_folders), tmp_path)
    prepare(dataset, 32, tmp_path, lambda done, total: told.append(done))
    assert told[-1] == len(dataset)
    prepare(dataset, 32, tmp_path, lambda done, total: pytest.fail("decoded again"))


def test_the_file_can_be_read_by_numpy(class_folders, tmp_path):
    dataset = load(str(class_folders), tmp_path)
    prepared = prepare(dataset, 32, tmp_path)
    (file,) = (tmp_path / FOLDER).glob("*.npy")
    assert np.array_equal(np.load(file), prepared.pixels)


def test_two_who_ask_at_once_decode_once_and_both_see_how_far_it_is(class_folders, tmp_path):
    dataset, begun, other_saw = load(str(class_folders), tmp_path), Event(), Event()

    def first(done, total):
        begun.set()
        if done:
            assert other_saw.wait(20)

    worker = Thread(target=prepare, args=(dataset, 32, tmp_path, first))
    worker.start()
    assert begun.wait(20)
    told = []

    def second(done, total):
        told.append(done)
        if done:
            other_saw.set()

    again = prepare(dataset, 32, tmp_path, second)
    worker.join()
    assert 0 < max(told) <= len(dataset)
    assert len(again.pixels) == len(dataset)


@pytest.mark.parametrize("aspect", ["squeeze", "pad", "centre-crop"])
def test_every_aspect_has_pixels_of_its_own(tmp_path, aspect):
    file = tmp_path / "wide.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 90), dtype=np.uint8)).save(file)
    dataset = of_files([file])
    for each in ("squeeze", "pad", "centre-crop"):
        prepare(dataset, 32, tmp_path, aspect=each)
    assert np.array_equal(prepare(dataset, 32, tmp_path, aspect=aspect).pixels[0], model_input(read(file), 32, aspect))


def test_what_the_images_were_is_noted_and_read_back(tmp_path):
    grey, pattern = np.random.default_rng(0).integers(0, 256, (60, 90), dtype=np.uint8), Image.Exif()
    pattern[0x0112] = 6
    files = [tmp_path / name for name in ("a.png", "b.jpg", "c.jpg", "d.png", "e.png")]
    Image.fromarray(grey).save(files[0])
    Image.fromarray(np.repeat(np.repeat(grey, 10, 0), 10, 1)).save(files[1], exif=pattern)
    Image.fromarray(grey).convert("RGB").save(files[2])
    files[3].write_text("<html>")
    Image.fromarray(grey.astype(np.uint16) * 200).save(files[4])
    for _ in range(2):
        prepared = prepare(of_files(files), 32, tmp_path)
        assert prepared.facts.rows() == [
            (90, 60, "L", "PNG"), (600, 900, "L", "JPEG"), (90, 60, "RGB", "JPEG"), (90, 60, "I;16", "PNG"),
        ]  # fmt: skip
        assert prepared.dataset.image_ids.tolist() == ["a.png", "b.jpg", "c.jpg", "e.png"]
        (skipped,) = prepared.dataset.skipped
        assert (skipped.file, skipped.kind) == ("d.png", "unreadable picture") and "web page" in skipped.reason
        assert np.array_equal(prepared.of(np.array([3]))[0], model_input(read(files[4]), 32, "squeeze"))


def test_pictures_of_four_channels_are_left_out_only_where_that_is_chosen(tmp_path):
    grey = Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 90), dtype=np.uint8))
    files = [tmp_path / "grey.png", tmp_path / "four.png", tmp_path / "inks.jpg"]
    for file, mode in zip(files, ("L", "RGBA", "CMYK"), strict=True):
        grey.convert(mode).save(file)
    assert len(prepare(of_files(files), 32, tmp_path).dataset) == 3
    strict = prepare(of_files(files, four_channels=False), 32, tmp_path)
    assert [(one.file, one.kind) for one in strict.dataset.skipped] == [("four.png", "four channels"), ("inks.jpg", "four channels")]
    assert len(strict.dataset) == len(strict.index) == len(strict.facts.width) == 1


def test_a_phantom_is_drawn_once_for_all_sizes(tmp_path):
    made = make_phantom("small", PhantomSpec(24, 64))
    prepare(made, 32, tmp_path)
    native = prepare(made, 64, tmp_path, lambda done, total: pytest.fail("drawn again"))
    assert np.array_equal(native.pixels[3], made.reader.read(3))
    assert np.array_equal(prepare(made, 32, tmp_path).pixels[3], resize(made.reader.read(3), 32))
    assert native.facts.rows()[3] == (64, 64, "L", "array")


def test_a_full_disk_is_told_before_the_work_and_costs_nothing(class_folders, tmp_path):
    dataset, told = load(str(class_folders), tmp_path), []
    small = prepare(dataset, 16, tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))  # no file may grow beyond, as on a disk that has no more
    try:
        with pytest.raises(DataError, match=r"no room.*0\.7 MB are needed for 160 images of 64 px.*start again"):
            prepare(dataset, 64, tmp_path, lambda done, total: told.append(done))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not told and not list((tmp_path / FOLDER).glob("*.draft"))
    assert len(prepare(dataset, 64, tmp_path).pixels) == len(small.pixels)


def test_what_nobody_went_on_with_for_days_is_swept(class_folders, tmp_path):
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    names = ("gone-64-squeeze-v2.draft", "gone-64-squeeze-v2.journal", "0123456789abcdef-64.npy")
    for name in (*names, "kept-64-squeeze-v2.npy", "kept-64-squeeze-v2.note"):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (time.time() - 8 * 86400,) * 2)
    (folder / "fresh-64-squeeze-v2.draft").write_bytes(b"x")
    prepare(load(str(class_folders), tmp_path), 16, tmp_path)
    left = {path.name for path in folder.iterdir()}
    assert not left & set(names)
    assert {"kept-64-squeeze-v2.npy", "kept-64-squeeze-v2.note", "fresh-64-squeeze-v2.draft"} <= left
