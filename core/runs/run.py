"""A run: one recipe trained once on one data set, and how it went. Plain data; the arrays lie beside it in the store."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from core.recipe import Recipe

FORMAT_VERSION = 1
_SHORT = {"cnn": "CNN", "transfer": "Transfer", "svm": "SVM", "forest": "Forest"}


@dataclass(frozen=True)
class DataRecord:
    """What the run was trained on, enough to say it and to find it again."""

    source: str
    name: str
    title: str
    fingerprint: str
    task: str
    classes: tuple[str, ...]
    labels: tuple[str, ...]
    split_level: str
    split_rule: str
    patients_across: int | None
    synthetic: bool
    images: Mapping[str, int]


@dataclass(frozen=True)
class BaseRecord:
    """The run whose network yields this run's features; its recipe, so that the network can be built when that run is gone."""

    run_id: str
    recipe: Recipe
    task: str
    outputs: int


@dataclass(frozen=True)
class OperatingPoint:
    """A threshold per label, by which rule and on which split it was chosen; `metrics` are "<split>/<metric>" at it."""

    rule: str
    chosen_on: str
    thresholds: Mapping[str, float]
    metrics: Mapping[str, float | None]


@dataclass(frozen=True)
class Run:
    """A complete run.

    `seconds` is wall-clock time of training, `created` seconds since 1970. `folder` is where it lies in the store.
    """

    run_id: str
    recipe: Recipe
    data: DataRecord
    base: BaseRecord | None
    operating_point: OperatingPoint
    created: float
    seconds: float
    device: str
    versions: Mapping[str, str]
    git_commit: str | None
    parameters: int
    folder: Path

    @property
    def title(self) -> str:
        """A short name for a person, which tells runs apart ("SVM a621")."""
        return f"{_SHORT[self.recipe.family]} {_tail(self.run_id)}"

    @property
    def description(self) -> str:
        """What was trained, in a few words ("SVM on tf_efficientnet_lite0")."""
        return run_name(self.recipe)

    @property
    def metrics(self) -> Mapping[str, float | None]:
        """ "<split>/<metric>" at the saved operating point."""
        return self.operating_point.metrics

    def summary(self) -> dict:
        """The run as the command line prints it."""
        return {
            "run_id": self.run_id, "status": "done", "title": self.title, "description": self.description,
            "recipe": self.recipe.as_dict(), "data": asdict(self.data),
            "operating_point": {"rule": self.operating_point.rule, "chosen_on": self.operating_point.chosen_on,
                                "thresholds": dict(self.operating_point.thresholds)},
            "metrics": dict(self.metrics), "seconds": self.seconds, "device": self.device, "parameters": self.parameters,
            "versions": dict(self.versions), "git_commit": self.git_commit, "created": self.created,
        }  # fmt: skip


def run_name(recipe: Recipe) -> str:
    """What a recipe makes, in a few words ("SVM on tf_efficientnet_lite0")."""
    if recipe.family == "cnn":
        return f"CNN, {recipe.model.blocks} blocks from {recipe.model.filters} filters"
    if recipe.family == "transfer":
        how = "frozen" if recipe.model.trainable == "head" else "fine-tuned"
        return f"{recipe.model.backbone}, {how}"
    source = f"run {recipe.base_run}" if recipe.base_run else recipe.model.features
    return f"{_SHORT[recipe.family]} on {source}"


def _tail(run_id: str) -> str:
    """The first digits of a run's own part of its id."""
    return run_id.rsplit("-", 1)[-1][:4]
