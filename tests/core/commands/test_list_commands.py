"""The commands that list published recipes and models."""

import pytest

from core.__main__ import main
from core.published.catalogue import PUBLISHED
from core.recipe import FAMILIES, build
from tests.core.commands.conftest import run

KEYS = {"id", "title", "task", "family", "parameters", "source", "published", "open_points"}


def test_recipes_lists_all_with_figures_and_open_points(capsys, tmp_path):
    code, found, _ = run(capsys, tmp_path, "recipes")
    assert code == 0 and [one["id"] for one in found] == list(PUBLISHED) and len(found) == 28
    for one in found:
        assert set(one) == KEYS and one["parameters"] > 1000 and one["published"] and all(one["open_points"])
        assert all(set(figure) == {"metric", "value", "words"} for figure in one["published"])
    parameters = {one["id"]: one["parameters"] for one in found}
    assert [parameters[f"novaims-{number}"] for number in (1, 2, 3, 4)] == [5_319_204, 5_319_204, 536_660, 771_172]
    assert parameters["portsmouth-svm"] == parameters["portsmouth-cnn"]


def test_one_recipe_is_shown_whole_and_its_settings_build_it(capsys, tmp_path):
    code, found, _ = run(capsys, tmp_path, "recipes", "novaims-3")
    assert code == 0 and found["data"]["images"]["test"] == 1698 and found["rule"] == "0.5" and found["base"] is None
    assert build(found["family"], found["settings"]) == PUBLISHED["novaims-3"].recipe
    code, _, told = run(capsys, tmp_path, "recipes", "novaims-5")
    assert code == 2 and told.count("\n") == 1 and "novaims-4" in told


def test_models_lists_every_hyperparameter_with_default_and_limits(capsys, tmp_path):
    code, found, _ = run(capsys, tmp_path, "models")
    assert code == 0 and [one["family"] for one in found] == list(FAMILIES)
    for one in found:
        told = one["hyperparameters"]
        assert {name: what["default"] for name, what in told.items()} == build(one["family"]).settings
        for what in told.values():
            assert what["help"] and what["group"] and what["type"] in ("int", "float", "str", "bool")
            assert what["low"] is None or what["low"] <= what["default"] <= what["high"]
            assert not what["choices"] or what["open_choices"] or what["default"] in what["choices"]


def test_models_lists_the_offered_backbones_with_their_cost(capsys, tmp_path):
    found = {one["family"]: one for one in run(capsys, tmp_path, "models")[1]}
    backbones = {one["name"]: one for one in found["transfer"]["backbones"]}
    assert found["svm"]["backbones"] == found["transfer"]["backbones"] and "backbones" not in found["cnn"]
    assert backbones["resnet50"]["parameters"] == 25_557_032 - (2048 * 1000 + 1000)  # torchvision's total without its last layer
    assert backbones["resnet18"]["parameters"] == 11_689_512 - (512 * 1000 + 1000)
    assert all(one["multiply_adds"] > 1e6 for one in backbones.values())


@pytest.mark.parametrize("word", ["recipes", "models"])
def test_lists_are_readable_without_json(word, capsys, tmp_path):
    assert main(["--store", str(tmp_path), word]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 100 and all(line == line.rstrip() and "{" not in line and "None" not in line for line in lines)
    expected = "  test/accuracy  0.9006" if word == "recipes" else "  batch_size: 64 (2 to 1024). Images in one step."
    assert expected in lines
