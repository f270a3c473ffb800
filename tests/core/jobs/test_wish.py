"""What a person asks for: looked at, queued, and told as a command line."""

import shlex

import pytest

from core.commands.parser import build_parser
from core.data import registry
from core.errors import RecipeError
from core.jobs.queue import Queue
from core.jobs.series import Series
from core.jobs.wish import Wish
from core.published.catalogue import PUBLISHED


@pytest.fixture
def dataset(class_folders, tmp_path):
    return registry.load(str(class_folders), tmp_path)


def test_seeds_and_values_make_one_recipe_each_and_one_job_each(dataset, tmp_path):
    wish = Wish("cnn", {"image_size": 32, "filters": 8}, Series((0, 1), "blocks", (2, 3)))
    recipes = wish.recipes(tmp_path, dataset)
    assert [(recipe.model.blocks, recipe.seed) for recipe in recipes] == [(2, 0), (2, 1), (3, 0), (3, 1)]
    assert {recipe.model.filters for recipe in recipes} == {8}
    assert [one.recipe for one in wish.submit(tmp_path, dataset)] == recipes
    assert len(wish.submit(tmp_path, dataset)) == 4
    assert len(Queue(tmp_path).jobs()) == 4


def test_a_published_recipe_brings_the_run_whose_features_it_reads(dataset, tmp_path):
    wish = Wish("svm", {}, published=PUBLISHED["portsmouth-svm"])
    assert wish.recipes(tmp_path, dataset)[0].base_run is None
    assert wish.brought(tmp_path, dataset, 0) == PUBLISHED["portsmouth-cnn"].recipe
    (submission,) = wish.submit(tmp_path, dataset)
    jobs = {job.recipe.family: job for job in Queue(tmp_path).jobs()}
    assert set(jobs) == {"cnn", "svm"} and submission.recipe.base_run == jobs["cnn"].id
    assert wish.recipes(tmp_path, dataset) == [submission.recipe]
    assert wish.brought(tmp_path, dataset, 0) is None and wish.brought(tmp_path, dataset, 1) is not None


def test_a_published_recipe_of_another_task_is_refused_before_anything_is_queued(dataset, tmp_path):
    wish = Wish("cnn", {}, published=PUBLISHED["novaims-4"])
    with pytest.raises(RecipeError, match="multiclass"):
        wish.recipes(tmp_path, dataset)
    assert not Queue(tmp_path).jobs()


@pytest.mark.parametrize("wish", [Wish("transfer", {"backbone": "resnet19"}), Wish("svm", {"features": "resnet19"})])
def test_a_network_that_there_is_not_is_refused_before_anything_is_queued(wish, dataset, tmp_path):
    for ask in (wish.recipes, wish.submit):
        with pytest.raises(RecipeError, match="resnet18"):
            ask(tmp_path, dataset)
    assert not Queue(tmp_path).jobs()


@pytest.mark.parametrize(("wish", "words"), [
    (Wish("cnn", {"filters": (8, 16)}), {"model": "cnn", "settings": ["filters=8,16"]}),
    (Wish("svm", {}, Series((3,))), {"model": "svm", "seed": ["3"]}),
    (Wish("cnn", {}, Series((0, 1)), PUBLISHED["portsmouth-cnn"]), {"recipe": "portsmouth-cnn", "seeds": "0,1"}),
])  # fmt: skip
def test_the_command_line_is_understood_and_says_the_same(wish, words):
    (command,) = wish.commands("my folder")
    python, dash_m, core, *arguments = shlex.split(command)
    found = vars(build_parser().parse_args(arguments))
    assert (python, dash_m, core) == ("python", "-m", "core") and found["data"] == "my folder"
    assert {name: found[name] for name in words} == words


def test_each_value_of_a_sweep_is_a_command_of_its_own():
    commands = Wish("cnn", {"filters": 8}, Series((0,), "blocks", (2, 3))).commands("phantom")
    assert [command.split("blocks=")[1] for command in commands] == ["2", "3"]
