"""Recipes: checked, frozen, and equal where they are the same."""

import math

import pytest

from core.errors import RecipeError
from core.limits import MODEL_LIMITS
from core.recipe import EXTERNAL, FAMILIES, NETWORK_FAMILIES, Recipe, build, fitting_image_size, limits_of


@pytest.mark.parametrize("family", FAMILIES)
def test_a_recipe_comes_back_from_its_document_and_keeps_its_digest(family):
    recipe = build(family, {"seed": 5})
    again = Recipe.from_dict(recipe.as_dict())
    assert again == recipe and again.digest == recipe.digest and set(recipe.settings) == set(limits_of(family))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_setting_changes_the_digest(family):
    plain = build(family)
    for name, limit in limits_of(family).items():
        if name == "epoch_scores":
            continue
        default = plain.settings[name]
        if limit.choices:
            other = next(choice for choice in limit.choices if choice != default)
        elif isinstance(default, bool):
            other = not default
        elif isinstance(default, str):
            other = "a-1,b-2"
        else:
            other = limit.low if default != limit.low else limit.high
        other = {"kernel_size": 5, "stride": 2, "pool_size": 3}.get(name, other)  # others do not fit the default's maps
        assert build(family, {name: other}).digest != plain.digest, name


@pytest.mark.parametrize("family", NETWORK_FAMILIES)
def test_what_is_only_recorded_makes_no_other_recipe_but_is_kept_in_its_document(family):
    plain, silent = build(family), build(family, {"epoch_scores": "no"})
    assert silent == plain and hash(silent) == hash(plain) and silent.digest == plain.digest
    assert plain.training.epoch_scores and not Recipe.from_dict(silent.as_dict()).training.epoch_scores


@pytest.mark.parametrize("family", FAMILIES)
def test_both_ends_of_every_limit_are_accepted_and_what_lies_beyond_is_not(family):
    for name, limit in limits_of(family).items():
        if limit.low is None:
            continue
        for end in (limit.low, limit.high):
            assert limit.check(name, end) == end
        with pytest.raises(RecipeError, match=name):
            limit.check(name, math.nextafter(limit.high, math.inf) if isinstance(limit.default, float) else limit.high + 1)


@pytest.mark.parametrize("value", ["12", "nan", "inf", "-1", "", "1e400", "0x1", None, [1], True])
def test_a_learning_rate_that_is_none_is_refused_with_its_name(value):
    with pytest.raises(RecipeError, match="learning_rate"):
        build("cnn", {"learning_rate": value})


def test_an_error_says_what_was_found_and_what_was_expected():
    with pytest.raises(RecipeError, match=r"^learning_rate is 12.0; it must lie between 1e-06 and 1\.$"):
        build("cnn", {"learning_rate": 12})


def test_texts_from_the_command_line_mean_the_same_as_numbers():
    assert build("cnn", {"blocks": "2", "batch_norm": "false"}) == build("cnn", {"blocks": 2, "batch_norm": False})


def test_settings_that_do_not_fit_each_other_are_refused():
    with pytest.raises(RecipeError, match="odd"):
        build("cnn", {"kernel_size": 4})
    with pytest.raises(RecipeError, match="block 5: pool_size is 2, and the maps there have 1 px.*fewer blocks"):
        build("cnn", {"image_size": 16, "blocks": 5})
    with pytest.raises(RecipeError, match="image_size is 150; vit_tiny_patch16_224 cuts.*Take 144 or 160"):
        build("transfer", {"backbone": "vit_tiny_patch16_224", "image_size": 150})
    with pytest.raises(RecipeError, match="vgg16 needs at least 32 px"):
        build("svm", {"features": "vgg16", "image_size": 24})
    with pytest.raises(RecipeError, match="last_stages is 6; tf_efficientnet_lite0 has 5"):
        build("transfer", {"trainable": "last", "last_stages": 6})
    with pytest.raises(RecipeError, match="freeze_epochs is 3, and max_epochs 3; the backbone would never learn"):
        build("transfer", {"trainable": "all", "freeze_epochs": 3, "max_epochs": 3})
    assert build("transfer", {"trainable": "head", "freeze_epochs": 3, "max_epochs": 3})


def test_a_recipe_names_the_run_that_its_features_come_from():
    assert build("svm", {"features": "run:cnn-1"}).base_run == "cnn-1"
    assert build("svm").base_run is None and build("cnn").base_run is None


def test_every_family_has_limits_and_a_fitting_size():
    assert set(MODEL_LIMITS) == {*FAMILIES, EXTERNAL}
    assert fitting_image_size("cnn", 28) == 28 and fitting_image_size("svm", 28) == 96 and fitting_image_size("svm", 1024) == 224


def test_a_recipe_stored_before_there_was_an_aspect_opens_as_squeezed_and_keeps_its_digest():
    document = build("cnn").as_dict()
    del document["settings"]["aspect"]
    old = Recipe.from_dict(document)
    assert old == build("cnn") and old.image.aspect == "squeeze"
    assert old.digest == "44ac935062582197"  # as it was then
    assert build("cnn", {"aspect": "pad"}).digest != old.digest


@pytest.mark.parametrize(("family", "digest"), [
    ("cnn", "f866c15a2942a7c1"), ("transfer", "f9c2719bb5dcee9b"), ("lstm", "d5f00ec18a4a1425"),
])  # fmt: skip
def test_a_recipe_stored_before_images_were_stretched_at_test_opens_without_and_keeps_its_digest(family, digest):
    document = build(family, {"flip_at_test": True}).as_dict()
    del document["settings"]["stretch_at_test"]
    old = Recipe.from_dict(document)
    assert old == build(family, {"flip_at_test": True}) and old.training.stretch_at_test is False
    assert old.digest == digest  # as it was then
    assert build(family, {"flip_at_test": True, "stretch_at_test": True}).digest != digest


@pytest.mark.parametrize("value", ["4,", ",4", "4,,8", ","])
def test_a_comma_too_many_is_told(value):
    with pytest.raises(RecipeError, match="filters is .* one value or several with commas"):
        build("cnn", {"filters": value})
