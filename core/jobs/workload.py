"""How much there is to compute and to hold for a recipe on a data set: counted, before anything is built. It imports no torch.

The unit of work is one multiply-add of a large matrix product in float32. A network costs more than its multiply-adds: values that
layers give out go through memory, and come back. The factors below were measured on one core against NumPy's product (six networks
from 64 to 160 px, float32): they tell half to twice the true time.
"""

from dataclasses import dataclass

from core.data.dataset import SPLITS, Dataset
from core.layers import Cost
from core.recipe import LSTM, Recipe, Transfer
from core.training.sampling import sampled_rows
from core.training.views import epoch_views

# Of a step: forwards and backwards.
_PER_MULTIPLY_ADD = 2.3
_PER_ACTIVATION = 170.0
_PER_PIXEL = 1000.0  # augmentation
_LSTM_IN_ORDER = 2.5  # rows wait for each other
_FORWARD_SHARE = 1 / 3

_FLOAT = 4  # bytes
_ACTIVATIONS_HELD = 1.1  # of all that layers give out, measured: 0.9 to 1.1
_LSTM_STATES = 16  # values held for one that is given out: gates and cells
_FORWARD_HELD = 0.3
_EXTRACTION_BATCH = 32
_LIBRARIES = 800e6  # bytes of a process with torch and nothing to do
_COPIES_OF_FEATURES = 3
_STAGES = 5  # of a backbone


@dataclass(frozen=True)
class Images:
    """Images of a data set per epoch of training, and in its splits."""

    train: int
    shown: int
    val: int
    all: int

    @classmethod
    def of(cls, recipe: Recipe, dataset: Dataset) -> "Images":
        """Raises CoreError where the sampling does not fit the classes."""
        rows = {split: dataset.rows(split) for split in SPLITS}
        shown = len(rows["train"])
        if recipe.training and recipe.training.sampling != "as_is":
            shown = len(sampled_rows(recipe.training, dataset.y[rows["train"]], dataset.task, dataset.classes, recipe.seed))
        return cls(len(rows["train"]), shown, len(rows["val"]), sum(map(len, rows.values())))


def is_frozen(recipe: Recipe) -> bool:
    """Whether a network is trained on features that are computed once."""
    return isinstance(recipe.model, Transfer) and recipe.model.trainable == "head"


def step_work(recipe: Recipe, cost: Cost) -> float:
    """The work of one training image: forwards, and backwards through what is trained."""
    whole = _whole_step(recipe, cost)
    if isinstance(recipe.model, LSTM):
        return whole * _LSTM_IN_ORDER
    if isinstance(recipe.model, Transfer) and recipe.model.trainable == "last":
        backward = min(recipe.model.last_stages / _STAGES, 1.0)
        return whole * (_FORWARD_SHARE + (1 - _FORWARD_SHARE) * backward)
    return whole


def frozen_work(recipe: Recipe, cost: Cost) -> float:
    """The work of one training image while the backbone is still frozen."""
    return _whole_step(recipe, cost) * _FORWARD_SHARE


def _whole_step(recipe: Recipe, cost: Cost) -> float:
    return cost.multiply_adds * _PER_MULTIPLY_ADD + cost.activations * _PER_ACTIVATION + recipe.image.image_size**2 * _PER_PIXEL


def forward_work(recipe: Recipe, cost: Cost) -> float:
    """The work of one image that is scored, or whose features are computed."""
    order = _LSTM_IN_ORDER if isinstance(recipe.model, LSTM) else 1.0
    return (cost.multiply_adds * _PER_MULTIPLY_ADD + cost.activations * _PER_ACTIVATION) * _FORWARD_SHARE * order


def memory_bytes(recipe: Recipe, cost: Cost, images: Images, features: int) -> int:
    """What training holds at most: weights, gradients, optimizer, activations of a batch, features where they are computed once."""
    if recipe.training is None or is_frozen(recipe):
        held = cost.parameters * _FLOAT + cost.activations * _EXTRACTION_BATCH * _FLOAT * _FORWARD_HELD
        more = images.val * (len(epoch_views(recipe.training)) - 1) if recipe.training else 0  # those of the other views are held too
        return round(_LIBRARIES + held + (images.all * _COPIES_OF_FEATURES + more) * features * _FLOAT)
    values = cost.activations * (_LSTM_STATES if isinstance(recipe.model, LSTM) else 1)
    batch = min(recipe.training.batch_size, max(images.shown, 1))
    return round(_LIBRARIES + cost.parameters * _copies(recipe) * _FLOAT + values * batch * _FLOAT * _ACTIVATIONS_HELD)


def _copies(recipe: Recipe) -> int:
    """How often each weight is held: itself, its gradient, what the optimizer remembers, a running mean, the best epoch's."""
    training = recipe.training
    remembered = {"adam": 2, "adamw": 2, "sgd": int(training.momentum > 0), "rmsprop": 1 + int(training.momentum > 0)}
    return 2 + remembered[training.optimizer] + int(training.ema > 0) + int(training.keep == "best")


def fit_seconds(recipe: Recipe, images: Images, features: int, labels: int) -> float:
    """Seconds of one core that a classical model takes to be fitted on features: its order of magnitude."""
    n, trials = images.train, _GRID if recipe.model.search == "grid" else 1
    if recipe.family == "forest":
        return trials * recipe.model.n_estimators * n * max(n, 2).bit_length() * features**0.5 * 2e-8
    per_label = n**2 * features * 1.2e-9 if recipe.family == "svm" else n * features * 1e-7
    return trials * labels * per_label


_GRID = 30  # fits of a search: settings times folds
