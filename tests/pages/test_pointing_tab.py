"""The pointing game on the compare page: played, kept, told; and why it cannot be."""

import json
import shutil

from core.data import registry
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.runs.pointing_record import own_pointing
from core.runs.store import Store
from core.training.history import Silence
from tests.pages.conftest import texts

BOXED = "phantom:multilabel:images=150:size=32:seed=0"
SMALL = {"image_size": 32, "max_epochs": 1, "blocks": 1}


def pointing(opened, root, runs):
    app = opened(root, "start")
    app.session_state["runs"], app.session_state["tab"] = runs, "Pointing game"
    return app.switch_page("pages/compare.py").run()


def test_a_game_is_played_on_the_page_kept_and_told(opened, tmp_path):
    recipe = fitting_recipe(tmp_path, registry.load(BOXED, tmp_path), "cnn", SMALL)
    train_run(tmp_path, "boxed", BOXED, recipe, Silence())
    app = pointing(opened, tmp_path, ["boxed"])
    assert not app.exception and "a hit is a map whose highest place lies in the box" in texts(app)
    app.button(key="pointing_play").click().run(timeout=120)
    game = own_pointing(Store(tmp_path).get("boxed"))
    table = next(one.value for one in app.dataframe if "Highest in the box" in one.value)
    assert table["Highest in the box"][0].startswith(f"{game.whole.hits.value:.3f} (") and table["Images and labels"][0] == game.whole.turns
    assert not app.exception and not [one for one in app.button if one.key == "pointing_play"]


def test_data_without_boxes_says_why_there_is_no_game(opened, store, tmp_path):
    shutil.copytree(store.root, tmp_path / "copy")
    app = pointing(opened, tmp_path / "copy", ["cnn-small"])
    app.button(key="pointing_play").click().run(timeout=120)
    assert not app.exception and "The pointing game of CNN smal: not available" in texts(app)


def test_no_game_is_played_on_data_that_has_changed_since_training(opened, copy, monkeypatch):
    manifest = copy.get("cnn-small").folder / "run.json"
    document = json.loads(manifest.read_text())
    document["data"]["fingerprint"] = "0" * 16
    manifest.write_text(json.dumps(document))
    played = []
    monkeypatch.setattr("pages.components.compare_pointing.play", lambda *anything, **more: played.append(anything))
    app = pointing(opened, copy.root, ["cnn-small"])
    app.button(key="pointing_play").click().run(timeout=120)
    assert not app.exception and "has changed since this run was trained" in texts(app) and not played
