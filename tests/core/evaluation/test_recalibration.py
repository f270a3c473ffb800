import pytest

from core.evaluation.recalibration import recalibration_note, recalibration_reasons
from core.recipe import build

SHIFTED = [
    ("cnn", {"class_weight": "balanced"}, "rare classes were weighed up"),
    ("cnn", {"sampling": "under"}, "common classes were left out"),
    ("transfer", {"sampling": "over"}, "rare classes were repeated"),
    ("cnn", {"loss": "f1"}, "F1"),
    ("lstm", {"loss": "focal"}, "easy images"),
    ("cnn", {"loss": "focal", "focal_gamma": 0.0, "focal_alpha": 0.25}, "positives and negatives differently"),
    ("cnn", {"label_smoothing": 0.1}, "smoothed"),
    ("forest", {"class_weight": "balanced"}, "rare classes were weighed up"),
    ("logistic", {"class_weight": "balanced"}, "rare classes were weighed up"),
]


@pytest.mark.parametrize(("family", "settings", "words"), SHIFTED)
def test_what_shifts_scores_is_named(family, settings, words):
    recipe = build(family, settings)
    assert len(recalibration_reasons(recipe, "binary")) == 1
    note = recalibration_note(recipe, "binary")
    assert words in note and "need recalibration" in note


@pytest.mark.parametrize("family", ["cnn", "transfer", "lstm", "svm", "forest", "logistic"])
def test_a_plain_loss_on_all_images_needs_no_note(family):
    assert recalibration_note(build(family, {"class_weight": "none"}), "binary") is None


def test_an_svm_is_fitted_to_the_classes_afterwards():
    assert recalibration_note(build("svm", {"class_weight": "balanced"}), "binary") is None


def test_one_cross_entropy_over_several_findings_is_named_only_where_there_are_several():
    recipe = build("cnn", {"loss": "cross_entropy"})
    assert recalibration_note(recipe, "multiclass") is None
    assert "as if only one" in recalibration_note(recipe, "multilabel")


def test_an_ensemble_inherits_what_its_members_did():
    members = [build("cnn", {"class_weight": "balanced"}), build("cnn"), build("forest", {"class_weight": "balanced"})]
    assert recalibration_reasons(build("ensemble", {"members": "a,b"}), "binary", members) == ("rare classes were weighed up",)
    assert recalibration_note(build("ensemble", {"members": "a,b"}), "binary", members[1:2]) is None


def test_several_settings_are_told_together():
    note = recalibration_note(build("cnn", {"class_weight": "balanced", "sampling": "over"}), "binary")
    assert "weighed up and images of rare classes were repeated" in note


def test_of_a_model_trained_elsewhere_nothing_is_claimed():
    note = recalibration_note(build("external", {"name": "theirs", "file_hash": "ab12"}), "binary")
    assert "not known here" in note and "calibration curve" in note


def test_classes_trained_one_by_one_are_named_only_where_an_image_has_one_of_several():
    recipe = build("cnn", {"loss": "bce"})
    assert "each class was trained by itself" in recalibration_note(recipe, "multiclass")
    assert recalibration_note(recipe, "binary") is None and recalibration_note(recipe, "multilabel") is None
