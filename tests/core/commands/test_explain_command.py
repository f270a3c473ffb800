"""The command explain: maps of files, and the pointing game, as one JSON document."""

import numpy as np
import pytest
from PIL import Image

from core.runs.pointing_record import kept_pointing
from tests.core.commands.conftest import run


def test_each_file_has_a_map_for_each_label_or_the_reason_why_not(capsys, store, trained, class_folders, shared, tmp_path):
    good = class_folders / store.predictions(trained["cnn"], "test").image_ids[0]
    bad = shared / "badinputs/files/bad_html.jpg"
    code, found, _ = run(capsys, store.root, "explain", "cnn-small", good, bad, "--out", tmp_path / "maps")
    assert code == 0 and [one["accepted"] for one in found] == [True, False] and found[1]["reason"]
    one = found[0]["maps"]["PNEUMONIA"]
    assert found[0]["method"] == "Grad-CAM" and ("highest in the" in one["in_words"] or "nothing speaks" in one["in_words"])
    written = np.asarray(Image.open(one["image"]))
    assert written.shape == (*np.asarray(Image.open(good)).shape, 3)
    predicted = run(capsys, store.root, "predict", "cnn-small", good)[1][0]
    assert found[0]["scores"] == pytest.approx(predicted["scores"], abs=1e-5)


def test_the_pointing_game_is_told_with_its_chance_and_kept(capsys, copy):
    source = "phantom:binary:images=60:size=48:seed=3"
    code, found, told = run(capsys, copy.root, "explain", "cnn-small", "--pointing", "--data", source, "--most", 4)
    assert code == 0 and "4/4" in told and (found["turns"], found["split"]) == (4, "test")
    assert found["hits"]["low"] <= found["hits"]["value"] <= found["hits"]["high"] and 0 < found["chance"] < 0.5
    assert [game.whole.turns for game in kept_pointing(copy.get("cnn-small"))] == [4]


@pytest.mark.parametrize(("words", "reason"), [(("--pointing", "--most", "0"), "--most"), ((), "nothing to explain"),
                                               (("no.png", "--pointing"), "Leave one of them out"),
                                               (("no.png", "--label", "fracture"), "file")])  # fmt: skip
def test_what_cannot_be_explained_is_told(capsys, store, words, reason):
    code, found, told = run(capsys, store.root, "explain", "cnn-small", *words)
    assert (code != 0 and reason in told) or reason in found[0]["reason"]


def test_maps_of_pictures_of_one_name_lie_side_by_side(capsys, store, trained, class_folders, tmp_path):
    ids = store.predictions(trained["cnn"], "test").image_ids[:2]
    places = [tmp_path / folder / "x.png" for folder in ("one", "other")]
    for image_id, place in zip(ids, places, strict=True):
        place.parent.mkdir()
        place.write_bytes((class_folders / image_id).read_bytes())
    found = run(capsys, store.root, "explain", "cnn-small", *places, "--out", tmp_path / "maps")[1]
    written = [np.asarray(Image.open(one["maps"]["PNEUMONIA"]["image"])) for one in found]
    assert not np.array_equal(*written)
