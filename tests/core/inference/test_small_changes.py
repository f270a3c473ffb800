"""The same picture, mirrored and moved a little."""

import numpy as np
import pytest

from core.data import registry
from core.images.decoded import Decoded
from core.inference.predictor import Predictor
from core.inference.reading import Steadiness
from core.inference.small_changes import CHANGES, small_changes


def test_a_point_moves_where_the_names_say(rng):
    pixels = np.zeros((100, 100), np.uint8)
    pixels[40, 30] = 255
    places = {name: tuple(int(at[0]) for at in np.nonzero(one)) for name, one in zip(CHANGES, small_changes(pixels), strict=True)}
    assert places["as it is"] == (40, 30) and places["mirrored"] == (40, 69)
    assert places["moved left"] == (40, 28) and places["moved right"] == (40, 32)
    assert places["moved up"] == (38, 30) and places["moved down"] == (42, 30) and places["mirrored, moved up"] == (38, 69)


def test_the_edge_is_repeated_and_a_small_picture_moves_by_a_pixel(rng):
    pixels = rng.integers(0, 255, (16, 16), np.uint8)
    moved = small_changes(pixels)[CHANGES.index("moved right")]
    np.testing.assert_array_equal(moved[:, 1:], pixels[:, :-1])
    np.testing.assert_array_equal(moved[:, 0], pixels[:, 0])


def test_scores_of_changes_begin_with_the_score_itself_for_every_family(trained, store, rng):
    picture = Decoded(rng.integers(0, 255, (40, 50), np.uint8), "array", "L")
    for run in trained.values():
        predictor = Predictor(store, run)
        found = predictor.changed_scores(picture)
        assert found.shape == (len(CHANGES), 1) and np.ptp(found) > 0
        np.testing.assert_allclose(found[0], predictor.scores(picture), atol=1e-6)
        np.testing.assert_allclose(predictor.member_scores(picture).mean(axis=0), predictor.scores(picture), atol=1e-7)


def test_a_verdict_turns_where_a_change_crosses_its_threshold():
    changed = np.full((len(CHANGES), 2), (0.6, 0.2), np.float32)
    changed[3:5, 0] = 0.4
    steady = Steadiness("multilabel", ("Mass", "Edema"), changed, changed[:2])
    at = {"Mass": 0.5, "Edema": 0.5}
    assert (steady.turned("Mass", at), steady.turned("Edema", at)) == (2, 0)
    assert steady.moved("Mass") == pytest.approx((0.4, 0.6)) and steady.of_members("Edema") == pytest.approx([0.2, 0.2])
    highest = Steadiness("multiclass", ("Mass", "Edema"), changed[:, ::-1], changed[:2])
    assert highest.turned("Edema", {}) == 0


def test_features_of_a_picture_are_those_of_the_data_set(trained, store, class_folders):
    dataset, predictor = registry.load(str(class_folders), store.root), Predictor(store, trained["svm"])
    known, row = predictor.features_of(dataset, "test"), dataset.rows("test")[3]
    alone = predictor.features_of_picture(dataset.reader.decoded(row))
    np.testing.assert_allclose(alone, known.values[known.row(str(dataset.image_ids[row]))], rtol=1e-4, atol=1e-5)
