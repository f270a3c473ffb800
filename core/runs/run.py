"""A run: one recipe trained once on one data set, and how it went. Plain data; the arrays lie beside it in the store."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from core.evaluation import thresholds
from core.recipe import EXTERNAL, Recipe

FORMAT_VERSION = 1
_SHORT = {
    "cnn": "CNN", "transfer": "Transfer", "lstm": "LSTM", "svm": "SVM", "forest": "Forest", "logistic": "Logistic", "ensemble": "Ensemble",
}  # fmt: skip


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
class OperatingPoint(thresholds.OperatingPoint):
    """The thresholds that a run decides by; `metrics` are "<split>/<metric>" at them."""

    metrics: Mapping[str, float | None]

    def on(self, split: str) -> dict[str, float | None]:
        """The metrics of a split; none where the run has no scores on it."""
        return {name.removeprefix(f"{split}/"): value for name, value in self.metrics.items() if name.startswith(f"{split}/")}


@dataclass(frozen=True)
class Run:
    """A complete run.

    `seconds` is wall-clock time of training, `created` seconds since 1970. `folder` is where it lies in the store. `details` is what
    the model says of its own training, as JSON can hold it: the best epoch, settings that a search chose, the library that sped it up.
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
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """A short name for a person, which tells runs apart ("SVM a621"); of a model trained elsewhere, the name that it was given."""
        if not self.has_weights:
            return self.recipe.model.name
        return f"{_SHORT[self.recipe.family]} {_tail(self.run_id)}"

    @property
    def description(self) -> str:
        """What was trained, in a few words ("SVM on tf_efficientnet_lite0")."""
        return run_name(self.recipe)

    @property
    def has_weights(self) -> bool:
        """False for a model that was trained elsewhere: its scores are here to be compared, it cannot be asked about an image."""
        return self.recipe.family != EXTERNAL

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
            "details": dict(self.details), "versions": dict(self.versions), "git_commit": self.git_commit, "created": self.created,
        }  # fmt: skip


def run_name(recipe: Recipe) -> str:
    """What a recipe makes, in a few words ("SVM on tf_efficientnet_lite0")."""
    model = recipe.model
    if recipe.family == "cnn":
        filters = model.filters if isinstance(model.filters, int) else model.filters[0]
        return f"CNN, {model.blocks} blocks from {filters} filters"
    if recipe.family == "transfer":
        how = {"head": "frozen", "last": f"last {model.last_stages} stages trained", "all": "fine-tuned"}[model.trainable]
        return f"{model.backbone}, {how}"
    if recipe.family == "lstm":
        return f"LSTM of {model.hidden_size}, row by row"
    if recipe.family == "ensemble":
        return f"Mean of {len(recipe.member_runs)} runs"
    if recipe.family == EXTERNAL:
        return "Trained elsewhere"
    source = f"run {recipe.base_run}" if recipe.base_run else model.features
    return f"{_SHORT[recipe.family]} on {source}"


def _tail(run_id: str) -> str:
    """The first digits of a run's own part of its id."""
    return run_id.rsplit("-", 1)[-1][:4]
