"""Several runs at once."""

import pytest

from core.data import registry
from core.errors import RecipeError
from core.jobs.series import Series, read_seeds, read_values, there_already
from core.recipe import build, limits_of

CNN = limits_of("cnn")


def test_seeds_are_read_in_their_order_and_each_once():
    assert read_seeds("2, 0,1, 2") == (2, 0, 1)


@pytest.mark.parametrize("text", ["", " , ", "-1", "one", "1.5"])
def test_seeds_that_are_none_are_refused(text):
    with pytest.raises(RecipeError):
        read_seeds(text)


@pytest.mark.parametrize(("name", "text", "values"), [
    ("learning_rate", "0.001, 1e-2", (0.001, 0.01)),
    ("blocks", "2,3", (2, 3)),
    ("filters", "16, 32", (16, 32)),
    ("filters", "16; 8,16,32", (16, (8, 16, 32))),
])  # fmt: skip
def test_values_are_parted_by_commas_and_lists_by_semicolons(name, text, values):
    assert read_values(name, CNN[name], text) == values


def test_a_value_outside_its_bounds_is_refused_with_them():
    with pytest.raises(RecipeError, match="between 1 and 8"):
        read_values("blocks", CNN["blocks"], "3, 9")


def test_each_value_is_a_variant_of_the_settings():
    series = Series((0, 1), "blocks", (2, 3))
    assert series.variants({"filters": 8, "blocks": 4}) == [{"filters": 8, "blocks": 2}, {"filters": 8, "blocks": 3}]
    assert Series().variants({"filters": 8}) == [{"filters": 8}]


def test_a_flood_of_runs_is_refused():
    with pytest.raises(RecipeError, match="400 runs"):
        Series(tuple(range(200)), "blocks", (2, 3)).variants({})


def test_the_same_recipe_on_the_same_data_is_found(store, trained, class_folders):
    dataset = registry.load(str(class_folders), store.root)
    recipes = [trained["forest"].recipe, build("cnn")]
    assert [run and run.run_id for run in there_already(store.root, dataset, recipes)] == ["forest-small", None]
    other = dataset.select(dataset.rows("train"))
    assert there_already(store.root, other, recipes) == [None, None]
