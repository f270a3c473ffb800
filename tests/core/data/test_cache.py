"""The cache of decoded pixels: the same as decoding, made once, whole or absent."""

import numpy as np
import pytest

from core.data.cache import FOLDER, prepare
from core.data.phantom_dataset import PhantomSpec, make_phantom
from core.data.registry import load
from core.images.decode import read
from core.images.preprocess import resize


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


def test_what_stops_it_leaves_nothing_behind(class_folders, tmp_path):
    class StopNowError(Exception):
        pass

    def stop(done, total):
        if done:
            raise StopNowError

    dataset = load(str(class_folders), tmp_path)
    with pytest.raises(StopNowError):
        prepare(dataset, 32, tmp_path, stop)
    assert not [path for path in (tmp_path / FOLDER).iterdir() if path.suffix != ".lock"]
    assert len(prepare(dataset, 32, tmp_path).pixels) == len(dataset)


def test_a_phantom_is_drawn_once_for_all_sizes(tmp_path):
    made = make_phantom("small", PhantomSpec(24, 64))
    prepare(made, 32, tmp_path)
    native = prepare(made, 64, tmp_path, lambda done, total: pytest.fail("drawn again"))
    assert np.array_equal(native.pixels[3], made.reader.read(3))
    assert np.array_equal(prepare(made, 32, tmp_path).pixels[3], resize(made.reader.read(3), 32))
