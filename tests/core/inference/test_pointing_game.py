"""The pointing game: maps that are drawn get the score that they must, and a run's game is played, kept and found again."""

import numpy as np
import pytest

from core.data import registry
from core.data.dataset import Box
from core.errors import DataError, StoreError
from core.inference.explanation import HeatMap
from core.inference.pointing import inside, play, turn
from core.inference.predictor import Predictor
from core.runs.pointing_record import keep_pointing, kept_pointing, own_pointing

BOXES = (Box("mass", 0.5, 0.25, 0.25, 0.25), Box("mass", 0.0, 0.0, 0.1, 0.1))


def drawn(row: int, column: int) -> HeatMap:
    values = np.zeros((100, 200), np.float32)
    values[row, column] = 1
    return HeatMap("mass", values, "drawn")


def test_boxes_take_their_share_of_the_picture_and_more_with_the_tolerance():
    assert inside(BOXES, 100, 200).mean() == pytest.approx(0.25**2 + 0.1**2, abs=0.005)
    grown = inside(BOXES[:1], 100, 200, 0.03)  # by 6 px of 200 each way
    rows, columns = np.nonzero(grown)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (19, 55, 94, 155)


@pytest.mark.parametrize(
    ("row", "column", "hit", "near"), [(30, 120, True, True), (5, 5, True, True), (22, 110, False, True), (80, 20, False, False)]
)
def test_a_hit_is_a_maximum_in_a_box(row, column, hit, near):
    found = turn("mass", "a", "p", drawn(row, column), BOXES)
    assert (found.hit, found.near, found.inside) == (hit, near, float(hit))


def test_an_even_map_has_the_share_of_the_boxes_in_them_and_a_flat_one_misses():
    even = turn("mass", "a", "p", HeatMap("mass", np.ones((100, 200), np.float32), "drawn"), BOXES)
    assert even.inside == pytest.approx(even.chance)
    flat = turn("mass", "a", "p", HeatMap("mass", np.zeros((100, 200), np.float32), "drawn"), BOXES)
    assert (flat.hit, flat.near, flat.inside) == (False, False, None)


def test_a_game_on_the_phantom_is_played_kept_and_found_again(trained, copy):
    run = copy.get("cnn-small")
    phantom, told = registry.load("phantom:binary:images=60:size=48:seed=3", copy.root), []
    game = play(Predictor(copy, run), phantom, "test", most=5, progress=lambda done, total: told.append((done, total)))
    ill = int(phantom.y[phantom.rows("test"), 0].sum())
    assert game.whole.turns == 5 and told[-1] == (5, 5) and game.method == "Grad-CAM" and game.synthetic
    assert game.left_out == {"more are there than are played": ill - 5}
    assert 0 < game.whole.chance < game.whole.chance_near < 0.5 and [one.label for one in game.labels] == ["PNEUMONIA"]
    keep_pointing(run, game)
    keep_pointing(run, game)
    assert kept_pointing(run) == [game] and own_pointing(run) is None
    assert f"of 5 on test of {phantom.title}" in game.words
    (run.folder / "pointing.json").write_text("[{]")
    with pytest.raises(StoreError, match="play the game again"):
        kept_pointing(run)


def test_data_without_boxes_are_refused(trained, store, class_folders):
    with pytest.raises(DataError, match="no image with a box"):
        play(Predictor(store, trained["cnn"]), registry.load(str(class_folders), store.root))
