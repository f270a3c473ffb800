"""Settings that do nothing beside the others."""

import pytest

from core.idle import idle_settings
from core.recipe import FAMILIES, family_defaults, limits_of


def idle(family: str, task: str | None = None, **changed) -> dict[str, str]:
    return idle_settings(family, family_defaults(family) | changed, task)


@pytest.mark.parametrize(("family", "setting", "switch"), [
    ("cnn", "focal_gamma", {"loss": "focal"}),
    ("cnn", "plateau_factor", {"schedule": "plateau"}),
    ("cnn", "warm_up_epochs", {"schedule": "cosine"}),
    ("transfer", "momentum", {"optimizer": "sgd"}),
    ("transfer", "momentum", {"optimizer": "rmsprop"}),
    ("lstm", "monitor", {"patience": 2}),
    ("lstm", "monitor", {"keep": "best"}),
    ("lstm", "sampling_to", {"sampling": "under"}),
    ("cnn", "dense_units", {"dense_layers": 1}),
    ("cnn", "dropout_kind", {"block_dropout": (0.0, 0.1, 0.0)}),
    ("transfer", "last_stages", {"trainable": "last"}),
    ("transfer", "backbone_rate", {"trainable": "all"}),
    ("transfer", "freeze_epochs", {"trainable": "last"}),
    ("transfer", "rotate", {"trainable": "last"}),
    ("transfer", "flip", {"trainable": "all"}),
    ("svm", "gamma", {"kernel": "rbf"}),
])  # fmt: skip
def test_a_setting_is_idle_until_what_it_belongs_to_is_chosen(family, setting, switch):
    assert idle(family)[setting]
    assert setting not in idle(family, **switch)


@pytest.mark.parametrize(("family", "setting", "switch"), [
    ("cnn", "pool_size", {"pooling": ("none", "none")}),
    ("cnn", "batch_norm_place", {"batch_norm": False}),
    ("lstm", "beta1", {"optimizer": "sgd"}),
    ("lstm", "epsilon", {"optimizer": "sgd"}),
    ("forest", "image_size", {"features": "run:cnn-1"}),
])  # fmt: skip
def test_a_setting_acts_until_what_it_belongs_to_is_left_out(family, setting, switch):
    assert setting not in idle(family)
    assert idle(family, **switch)[setting]


def test_one_block_that_pools_is_enough_for_the_pooling_settings_to_act():
    assert "pool_size" not in idle("cnn", pooling=("none", "max"))


def test_classes_to_sample_mean_nothing_where_images_carry_several_labels():
    assert "sampling_classes" in idle("cnn", "multilabel", sampling="over")
    assert "sampling_classes" not in idle("cnn", "binary", sampling="over")


def test_one_weight_for_all_of_several_classes_means_nothing():
    assert "focal_alpha" in idle("cnn", "multiclass", loss="focal")
    assert "focal_alpha" not in idle("cnn", "binary", loss="focal")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_idle_setting_is_one_of_the_family(family):
    assert set(idle(family)) <= set(limits_of(family))
