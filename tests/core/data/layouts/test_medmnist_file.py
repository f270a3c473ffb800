"""MedMNIST files: the counts of the published set, and clear errors for what is none."""

import numpy as np
import pytest

from core.data.inspection.audit import audit
from core.data.layouts.medmnist import load_medmnist
from core.errors import DataError


def test_pneumoniamnist_is_counted_to_the_image(shared):
    dataset = load_medmnist(shared / "data/pneumoniamnist/pneumoniamnist.npz")
    assert {split: counts["images"] for split, counts in dataset.counts().items()} == {"train": 4708, "val": 524, "test": 624}
    assert dataset.classes == ("normal", "pneumonia") and dataset.native_size == 28
    found = audit(dataset)
    assert found.duplicates_across == 8 and found.split_level == "image" and found.patients_across is None


def write(tmp_path, **changes):
    arrays = {}
    for split in ("train", "val", "test"):
        arrays[f"{split}_images"] = np.zeros((4, 28, 28), np.uint8)
        arrays[f"{split}_labels"] = np.array([[0], [1], [0], [1]])
    arrays |= changes
    np.savez(tmp_path / "x.npz", **{name: value for name, value in arrays.items() if value is not None})
    return tmp_path / "x.npz"


def test_colour_images_become_grey_as_pillow_makes_them(tmp_path, rng):
    from PIL import Image

    colour = rng.integers(0, 256, (4, 28, 28, 3), np.uint8)
    pixels = load_medmnist(write(tmp_path, **{f"{split}_images": colour for split in ("train", "val", "test")})).reader.read(0)
    assert np.abs(pixels.astype(int) - np.asarray(Image.fromarray(colour[0]).convert("L"))).max() <= 1


@pytest.mark.parametrize(
    "changes",
    [
        {"val_labels": None}, {"train_images": np.zeros((4, 28, 28), np.float32)}, {"train_images": np.zeros((4, 28), np.uint8)},
        {"test_labels": np.zeros((3, 1), int)}, {"train_labels": np.array([object()] * 4)},
    ],
    ids=["a missing array", "floats", "flat", "too few labels", "objects"],
)  # fmt: skip
def test_an_npz_that_is_no_medmnist_file_is_one_clear_error(changes, tmp_path):
    with pytest.raises(DataError) as told:
        load_medmnist(write(tmp_path, **changes))
    assert "\n" not in str(told.value)


def test_a_file_that_is_no_npz_is_one_clear_error(tmp_path):
    for data in (b"", b"PK\x03\x04 nothing", b"\x80\x04 pickle?"):
        (tmp_path / "x.npz").write_bytes(data)
        with pytest.raises(DataError, match="npz"):
            load_medmnist(tmp_path / "x.npz")


def test_a_single_array_named_npz_is_one_clear_error(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((4, 28, 28), np.uint8))
    (tmp_path / "x.npy").rename(tmp_path / "x.npz")
    with pytest.raises(DataError, match="x.npz is no npz file"):
        load_medmnist(tmp_path / "x.npz")


def test_the_download_without_a_network_says_what_to_do_instead(tmp_path, monkeypatch):
    import urllib.request

    from core.data.registry import load

    def no_network(*anything, **more):
        raise OSError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", no_network)
    with pytest.raises(DataError, match="network.*Copy pneumoniamnist.npz"):
        load("pneumoniamnist", tmp_path)


def test_a_file_in_the_downloads_folder_is_found_by_name(tmp_path, shared):
    from core.data.registry import entries, load

    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads/pneumoniamnist.npz").symlink_to(shared / "data/pneumoniamnist/pneumoniamnist.npz")
    assert {entry.name: entry.here for entry in entries(tmp_path)}["pneumoniamnist"]
    assert len(load("pneumoniamnist", tmp_path)) == 5856
