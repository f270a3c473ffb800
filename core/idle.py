"""Settings that do nothing beside the others, and why: a page need not show them, and a person need not wonder.

What a setting does is decided where it acts; here stands only when it cannot act.
"""

from collections.abc import Callable, Mapping

from core.limits import AUGMENT_LIMITS, RUN_PREFIX

Rule = tuple[tuple[str, ...], Callable[[Mapping], bool], str]

_ADAMS = ("adam", "adamw")


def idle_settings(family: str, values: Mapping, task: str | None = None) -> dict[str, str]:
    """Why a setting changes nothing, by name, for those that change nothing.

    Parameters
    ----------
    values : all settings of the family by name, as in `Recipe.settings`. task : of the data, where it is known.

    Raises nothing: values that do not fit each other are judged elsewhere.
    """
    rules = (*_RULES.get(family, ()), *(_TRAINING_RULES if "optimizer" in values else ()))
    found = {name: reason for names, is_idle, reason in rules if is_idle(values) for name in names}
    if task == "multilabel" and "sampling_classes" in values:
        found.setdefault("sampling_classes", "all labels of multi-label data are balanced together")
    if task == "multiclass" and "focal_alpha" in values:
        found.setdefault("focal_alpha", "it would weigh all classes alike; class_weight weighs each")
    return found


def _all(value, wanted) -> bool:
    """Whether a setting, one value or one per layer, is the wanted value everywhere."""
    return all(one == wanted for one in (value if isinstance(value, tuple | list) else (value,)))


def _is_frozen(values: Mapping) -> bool:
    return values["trainable"] == "head"


def _reads_a_run(values: Mapping) -> bool:
    return str(values["features"]).startswith(RUN_PREFIX)


_OF_THE_BASE: Rule = (("image_size", "aspect"), _reads_a_run, "those of the run that is read are taken")

_RULES: dict[str, tuple[Rule, ...]] = {
    "cnn": (
        (("batch_norm_place",), lambda values: not values["batch_norm"], "batch norm is off"),
        (("pool_size", "pool_stride", "pool_padding"), lambda values: _all(values["pooling"], "none"), "pooling is none"),
        (("dropout_kind",), lambda values: _all(values["block_dropout"], 0), "block dropout is 0"),
        (("dense_units", "dense_batch_norm"), lambda values: not values["dense_layers"], "dense layers is 0"),
    ),
    "transfer": (
        (("last_stages",), lambda values: values["trainable"] != "last", "trainable is not last"),
        (("backbone_rate", "freeze_epochs"), _is_frozen, "the backbone is frozen"),
        (tuple(AUGMENT_LIMITS), _is_frozen, "the backbone is frozen: its features are computed once, of unchanged images"),
    ),
    "svm": (_OF_THE_BASE, (("gamma",), lambda values: values["kernel"] != "rbf", "kernel is not rbf")),
    "forest": (_OF_THE_BASE,),
    "logistic": (_OF_THE_BASE,),
    "ensemble": ((("image_size", "aspect", "seed"), lambda values: True, "the members have their own"),),
}

_TRAINING_RULES: tuple[Rule, ...] = (
    (("focal_gamma", "focal_alpha"), lambda values: values["loss"] != "focal", "loss is not focal"),
    (("plateau_factor", "plateau_patience"), lambda values: values["schedule"] != "plateau", "schedule is not plateau"),
    (("warm_up_epochs",), lambda values: values["schedule"] == "one_cycle", "one cycle warms up by itself"),
    (("momentum",), lambda values: values["optimizer"] in _ADAMS, "optimizer is not sgd or rmsprop"),
    (("beta1",), lambda values: values["optimizer"] not in _ADAMS, "optimizer is not adam or adamw"),
    (("beta2", "epsilon"), lambda values: values["optimizer"] == "sgd", "optimizer is sgd"),
    (
        ("monitor",),
        lambda values: not values["patience"] and values["keep"] == "last" and values["schedule"] != "plateau",
        "nothing looks at it: patience is 0, keep is last, schedule is not plateau",
    ),
    (("sampling_to", "sampling_classes"), lambda values: values["sampling"] == "as_is", "sampling is as is"),
)
