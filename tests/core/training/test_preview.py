"""Augmented images to look at."""

import numpy as np

from core.recipe import build
from core.training.preview import augmented

NONE = dict.fromkeys(("rotate", "shift", "zoom", "stretch", "contrast", "brightness", "gamma", "noise", "erase"), 0) | {"flip": False}


def augmentation(**changed):
    return build("cnn", NONE | changed).training.augmentation


def test_without_any_change_every_copy_is_the_image_itself(rng):
    pixels = rng.integers(0, 256, (2, 16, 16)).astype(np.uint8)
    assert np.array_equal(augmented(pixels, augmentation(), 3, seed=0), np.repeat(pixels[:, None], 3, axis=1))


def test_a_flip_is_seen_in_some_copies_and_the_same_seed_shows_the_same(rng):
    pixels = rng.integers(0, 256, (1, 16, 16)).astype(np.uint8)
    copies = augmented(pixels, augmentation(flip=True), 12, seed=1)[0]
    mirrored = [np.abs(copy.astype(int) - pixels[0, :, ::-1]).max() <= 1 for copy in copies]
    plain = [np.abs(copy.astype(int) - pixels[0]).max() <= 1 for copy in copies]
    assert any(mirrored) and any(plain) and all(one or other for one, other in zip(mirrored, plain, strict=True))
    assert np.array_equal(copies, augmented(pixels, augmentation(flip=True), 12, seed=1)[0])
