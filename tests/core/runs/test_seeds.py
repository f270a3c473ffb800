from dataclasses import replace

import pytest

from core.recipe import build
from core.runs.run import BaseRecord
from core.runs.seeds import seed_groups


@pytest.fixture
def cnn(trained):
    return trained["cnn"]


def other(run, run_id, **settings):
    return replace(run, run_id=run_id, recipe=build(run.recipe.family, {**run.recipe.settings, **settings}))


def test_runs_that_differ_in_their_seed_alone_are_one_group_in_the_given_order(cnn):
    second, third = other(cnn, "b", seed=5), other(cnn, "c", seed=3)
    groups = seed_groups([second, cnn, third])
    assert [group.runs for group in groups] == [(second, cnn, third)]
    assert groups[0].seeds == (5, 0, 3)


def test_another_setting_or_other_data_is_another_group(cnn):
    rate = other(cnn, "b", seed=1, learning_rate=0.01)
    elsewhere = replace(other(cnn, "c", seed=1), data=replace(cnn.data, fingerprint="another"))
    assert [len(group.runs) for group in seed_groups([cnn, rate, elsewhere])] == [1, 1, 1]


def test_heads_on_the_features_of_two_seeds_of_a_network_are_one_group(trained, cnn):
    forest = trained["forest"]
    second = replace(
        other(forest, "b", seed=1, features="run:other-cnn"),
        base=BaseRecord("other-cnn", build("cnn", {**cnn.recipe.settings, "seed": 1}), forest.base.task, forest.base.outputs),
    )
    third = replace(second, run_id="c", base=replace(second.base, recipe=build("cnn", {**cnn.recipe.settings, "filters": 16})))
    assert [group.runs for group in seed_groups([forest, second, third])] == [(forest, second), (third,)]


def test_models_without_a_training_here_stand_alone(cnn):
    outside = build("external", {"name": "theirs", "file_hash": "0" * 16})
    twins = [replace(cnn, run_id=run_id, recipe=outside) for run_id in ("a", "b")]
    assert [len(group.runs) for group in seed_groups(twins)] == [1, 1]
