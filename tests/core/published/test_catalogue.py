"""The published recipes: complete, true to themselves, and found again in a recipe."""

from collections import Counter

import numpy as np
import pytest

from core.errors import RecipeError
from core.published.catalogue import PUBLISHED, cost, get, of
from core.published.published import FACTS
from core.recipe import build

AUGMENTED = {"portsmouth-cnn", "novaims-1", "novaims-2", "novaims-3", "novaims-4"}
EVERY = pytest.mark.parametrize("published", PUBLISHED.values(), ids=list(PUBLISHED))


def figures(published) -> dict:
    return {figure.metric: figure.value for figure in published.figures}


def test_there_are_twenty_eight_recipes_of_five_reports():
    reports = Counter(published_id.split("-")[0] for published_id in PUBLISHED)
    assert reports == {"tomeh": 5, "guita": 13, "beltran": 3, "portsmouth": 3, "novaims": 4}
    assert {published.id for published in PUBLISHED.values()} == set(PUBLISHED)


@EVERY
def test_a_recipe_says_all_that_there_is_to_say(published):
    assert published.title and published.source and published.open_points and published.figures
    assert published.task == published.original.task and published.recipe.family == published.family
    assert all(figure.split in ("train", "val", "test", FACTS) for figure in published.figures)
    assert len({figure.metric for figure in published.figures}) == len(published.figures)
    classes = set(published.original.classes)
    assert all(figure.label in classes for figure in published.figures if figure.label)


@EVERY
def test_a_recipe_augments_only_where_its_report_does(published):
    training = published.recipe.training
    if training is not None:
        assert any(vars(training.augmentation).values()) is (published.id in AUGMENTED)
        assert (training.weight_decay, training.optimizer) == (0, "adam") and training.schedule in ("constant", "cosine", "plateau")


@pytest.mark.parametrize(("number", "parameters"), [(1, 5_319_204), (2, 5_319_204), (3, 536_660), (4, 771_172)])
def test_four_recipes_have_the_published_parameters_exactly(number, parameters):
    published = get(f"novaims-{number}")
    assert cost(published).parameters == parameters == figures(published)["facts/parameters"]


@pytest.mark.parametrize("model", ["cnn", "svm", "forest"])
def test_figures_of_pneumonia_follow_from_the_published_confusion_matrix(model):
    found = figures(get(f"portsmouth-{model}"))
    (tn, fp), (fn, tp) = found["test/confusion_matrix"]
    assert (tn + fp, fn + tp) == (234, 390)
    assert found["test/accuracy"] == pytest.approx((tn + tp) / 624, abs=6e-5)
    assert found["test/f1"] == pytest.approx(2 * tp / (2 * tp + fp + fn), abs=6e-4)
    assert found["test/sensitivity/NORMAL"] == pytest.approx(tn / 234, abs=0.0051)
    assert found["test/sensitivity/PNEUMONIA"] == pytest.approx(tp / 390, abs=0.0051)


def test_the_best_covid_model_agrees_with_itself():
    found, original = figures(get("novaims-4")), get("novaims-4").original
    support = original.per_class["test"]
    assert sum(support.values()) == original.images["test"] and sum(original.images[one] for one in ("train", "val", "test")) == 16_974
    recall, precision, f1 = (np.array([found[f"test/{name}/{one}"] for one in support]) for name in ("sensitivity", "precision", "f1"))
    assert np.allclose(f1, 2 * precision * recall / (precision + recall), atol=0.01)
    assert found["test/f1"] == pytest.approx(f1.mean(), abs=0.006)
    assert found["test/accuracy"] == pytest.approx(recall @ np.array(list(support.values())) / 1698, abs=0.006)


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("split", ["train", "val"])
def test_printed_f1_lies_near_that_of_printed_precision_and_recall(number, split):
    found = figures(get(f"tomeh-{number}"))
    precision, recall = (found[f"{split}/micro_{name}"] for name in ("precision", "sensitivity"))
    assert found[f"{split}/keras_f1"] == pytest.approx(2 * precision * recall / (precision + recall), abs=0.005)
    per_class = [found[f"val/precision/label{label}"] for label in (1, 2, 3)]
    assert min(per_class) < found["val/micro_precision"] < max(per_class)


def test_the_scores_of_one_report_rise_in_the_order_of_its_table():
    scores = [published.figures[0].value for published in PUBLISHED.values() if published.id.startswith(("guita-cnn", "guita-vgg"))]
    assert len(scores) == 12 and scores == sorted(scores) and (scores[0], scores[-1]) == (0.1273, 0.7433)


@EVERY
def test_a_recipe_is_found_again_with_any_seed(published):
    features = {"features": "run:cnn-1"} if published.base else {}
    base = get(published.base).recipe if published.base else None
    assert published in of(build(published.family, {**published.settings, **features, "seed": 7}), base)


def test_a_changed_recipe_is_no_published_one():
    cnn, svm = get("portsmouth-cnn"), get("portsmouth-svm")
    assert of(build("cnn", {**cnn.settings, "max_epochs": 11})) == () == of(build("cnn"))
    assert of(build("svm", svm.settings)) == ()  # on a backbone, not on the network of a run
    on_a_run = build("svm", {**svm.settings, "features": "run:cnn-1"})
    assert of(on_a_run, cnn.recipe) == (svm,) and of(on_a_run, build("cnn", {**cnn.settings, "seed": 3})) == (svm,)
    assert of(on_a_run) == of(on_a_run, build("cnn", {**cnn.settings, "max_epochs": 1})) == ()


def test_three_thresholds_are_one_training():
    three = [get(f"beltran-resnet50{end}") for end in ("-t40", "", "-t60")]
    assert [published.rule for published in three] == ["0.4", "0.5", "0.6"]
    assert list(of(three[0].recipe)) == three
    assert all(len(of(one.recipe)) == 1 for one in PUBLISHED.values() if one not in three and not one.base)


def test_an_unknown_id_is_refused_with_those_that_are_close():
    with pytest.raises(RecipeError, match="portsmouth-svm"):
        get("portsmouth_svm")
    with pytest.raises(RecipeError, match="python -m core recipes"):
        get("../../etc/passwd")
