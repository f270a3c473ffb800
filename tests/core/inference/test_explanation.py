"""Why a run scores a picture as it does: on the picture itself, on one scale, for every family, with the scores of the same pass."""

import numpy as np
import pytest

from core.errors import ExplanationError
from core.images.decode import Decoded, decode
from core.inference.explanation import Explanation, SquareMaps
from core.inference.occlusion import occlusion_maps
from core.inference.predictor import Predictor

FAMILIES = ("cnn", "transfer", "svm", "forest")


@pytest.fixture(scope="module")
def film() -> Decoded:
    """A noisy picture, wider than high."""
    return Decoded(np.random.default_rng(2).integers(0, 255, (90, 120)).astype(np.uint8), "array", "L")


def explanation(*models: SquareMaps) -> Explanation:
    return Explanation(np.array([0.7], np.float32), ("ill",), models, "Grad-CAM", "well")


def spot(row: int, column: int, value: float = 1.0) -> SquareMaps:
    maps = np.zeros((1, 4, 4), np.float32)
    maps[0, row, column] = value
    return SquareMaps(maps, "squeeze")


@pytest.mark.parametrize("family", FAMILIES)
def test_an_explanation_has_the_scores_of_the_answer_and_a_map_of_the_picture(family, trained, store, film):
    predictor = Predictor(store, trained[family])
    found = predictor.explain(film)
    assert np.abs(found.scores - predictor.scores(film)).max() <= 1e-5
    one = found.heat_map(found.labels[0], *film.pixels.shape)
    assert one.values.shape == film.pixels.shape and one.values.dtype == np.float32
    assert one.is_flat or (one.values.min() >= 0 and one.values.max() == 1)


def test_occlusion_has_the_same_scores_tells_its_progress_and_works_for_a_forest(trained, store, film):
    predictor, told = Predictor(store, trained["forest"]), []
    found = predictor.occlude(film, progress=lambda done, total: told.append((done, total)))
    assert np.abs(found.scores - predictor.scores(film)).max() <= 1e-5 and found.method == "occlusion"
    assert told[-1][0] == told[-1][1] == 15 * 15


def test_occlusion_finds_the_only_place_that_matters_and_says_how_much():
    def brightness(pixels: np.ndarray) -> np.ndarray:
        return pixels[:, 4:8, 20:24].mean(axis=(1, 2))[:, None] / 255

    pixels = np.zeros((32, 32), np.uint8)
    pixels[4:8, 20:24] = 255
    scores, maps = occlusion_maps(brightness, pixels, [0], patch=4, step=4)
    grey = round(pixels.mean())
    assert scores.tolist() == [1.0] and np.allclose(maps[0, 4:8, 20:24], 1 - grey / 255)
    outside = maps[0].copy()
    outside[4:8, 20:24] = 0
    assert not outside.any()


def test_a_strange_label_is_refused(trained, store, film):
    predictor = Predictor(store, trained["cnn"])
    with pytest.raises(ExplanationError, match="no label"):
        predictor.explain(film, ["fracture"])
    with pytest.raises(ExplanationError, match="no map"):
        predictor.explain(film).heat_map("fracture", 10, 10)


def test_the_map_of_an_ensemble_is_the_mean_of_its_members_each_on_its_own_scale():
    found = explanation(spot(0, 0, 100.0), spot(3, 3, 0.01)).heat_map("ill", 4, 4)
    assert found.values[0, 0] == found.values[3, 3] == 1 and found.values[1, 2] == 0
    assert explanation(spot(0, 0), spot(0, 0), spot(3, 3)).heat_map("ill", 4, 4).values[3, 3] == pytest.approx(0.5)


def test_a_flat_map_says_so_and_what_speaks_against_the_label_speaks_for_the_other_class():
    against = explanation(spot(2, 3, -5.0))
    flat = against.heat_map("ill", 40, 40)
    assert flat.is_flat and flat.peak is None and flat.words == "nothing speaks for ill"
    other = against.heat_map("well", 40, 40)
    across, down = other.peak
    assert 0.75 <= across <= 1 and 0.5 <= down <= 0.75  # in the square of its place
    assert other.words == "highest in the middle right"


def test_the_highest_place_is_told_in_words():
    for place, words in (((0, 0), "upper left"), ((3, 3), "lower right"), ((0, 3), "upper right"), ((3, 0), "lower left")):
        assert explanation(spot(*place)).heat_map("ill", 30, 50).words == f"highest in the {words}"


def test_a_real_picture_is_explained_in_its_own_pixels(trained, store, shared):
    file = next(path for path in sorted((shared / "data").rglob("*.jpeg")))
    picture = decode(file.read_bytes())
    found = Predictor(store, trained["cnn"]).explain(picture).heat_map("PNEUMONIA", *picture.pixels.shape)
    assert found.values.shape == picture.pixels.shape
