from dataclasses import replace

from core.recipe import build
from core.runs.differing import settings_of, telling_settings


def with_settings(run, **settings):
    return replace(run, recipe=build(run.recipe.family, {**run.recipe.settings, **settings}))


def test_runs_of_one_family_differ_in_what_has_several_values_and_in_nothing_else(trained):
    cnn = trained["cnn"]
    assert telling_settings([cnn, with_settings(cnn, learning_rate=0.01, blocks=1)]) == ["blocks", "learning_rate"]
    assert telling_settings([cnn, cnn]) == [] and telling_settings([cnn]) == []


def test_families_are_told_apart_by_what_was_chosen_not_by_what_the_other_cannot_have(trained):
    cnn, svm = trained["cnn"], trained["svm"]
    names = telling_settings([cnn, svm])
    assert names[0] == "family" and {"image_size", "filters", "blocks", "max_epochs"} <= set(names)
    assert not {"momentum", "padding", "rotate", "features"} & set(names)
    assert all(settings_of(cnn).get(name) != settings_of(svm).get(name) for name in names)
