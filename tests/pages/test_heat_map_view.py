"""The map on the picture: whose, made how, for which class, how strong; and the reason where there is none."""

import pytest

from core.images.decode import decode
from core.inference.predictor import Predictor
from tests.pages.conftest import texts


@pytest.fixture
def mapped(opened, store, class_folders):
    """The page with a picture of pneumonia and some of its state."""
    file = sorted((class_folders / "test/PNEUMONIA").iterdir())[0]

    def opening(**state):
        app = opened(store.root, "single_image")
        app.button(key="accept").click().run()
        for key, value in state.items():
            app.session_state[key] = value
        app.get("file_uploader")[0].upload(file.name, file.read_bytes(), "image/png")
        return app.run()

    return opening, decode(file.read_bytes())


@pytest.mark.parametrize("family", ["cnn", "forest"])
def test_the_map_is_the_run_s_own_and_told_in_words(family, mapped, store, trained):
    opening, picture = mapped
    app = opening(heat_run=trained[family].run_id)
    assert not app.exception
    found = Predictor(store, trained[family]).explain(picture).heat_map("PNEUMONIA", 48, 48)
    assert f"{trained[family].title}, {found.method}: {found.words}" in texts(app)
    other = opening(heat_run=trained[family].run_id, heat_class="NORMAL")
    against = Predictor(store, trained[family]).explain(picture).heat_map("NORMAL", 48, 48)
    assert f"{trained[family].title}, {against.method}: {against.words}" in texts(other)


def test_without_a_map_the_picture_stands_alone(mapped):
    opening, _ = mapped
    app = opening(heat_kind="Off")
    assert not app.exception and "Grad-CAM:" not in texts(app)
    assert not [one for one in app.slider if one.key == "heat_opacity"]


def test_patches_are_another_way_that_every_model_takes(mapped, store, trained):
    opening, picture = mapped
    app = opening(heat_kind="By patches", heat_run=trained["forest"].run_id)
    found = Predictor(store, trained["forest"]).occlude(picture).heat_map("PNEUMONIA", 48, 48)
    assert not app.exception and f"{trained['forest'].title}, occlusion: {found.words}" in texts(app)
