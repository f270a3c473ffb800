"""Which published models a run is, their figures beside its own, and whether the two may be compared."""

from collections.abc import Callable
from dataclasses import dataclass

from core.data.dataset import Dataset
from core.errors import CoreError
from core.jobs.published_figures import Beside, beside
from core.jobs.published_runs import not_comparable
from core.published import catalogue
from core.published.published import Published
from core.runs.run import Run
from core.runs.store import Store


@dataclass(frozen=True)
class Report:
    """A published model beside a run of its recipe. `reason` is a clause: why figures cannot be compared; None where they can."""

    published: Published
    reason: str | None
    figures: tuple[Beside, ...]

    def published_value(self, split: str, metric: str) -> float | None:
        """The published figure of a split's metric, over all classes, if there is one and it is a number."""
        values = [one.figure.value for one in self.figures if one.figure.metric == f"{split}/{metric}"]
        return values[0] if values and isinstance(values[0], int | float) else None


def reports_of(store: Store, run: Run, load: Callable[[str], Dataset]) -> list[Report]:
    """All published models with figures that a run's recipe is; often none. `load` opens a data set by its source."""
    known = [model for model in catalogue.of(run.recipe, run.base and run.base.recipe) if model.figures and model.task == run.data.task]
    if not known:
        return []
    return [Report(model, _reason(run, model, load), tuple(beside(store, run, model))) for model in known]


def _reason(run: Run, model: Published, load: Callable[[str], Dataset]) -> str | None:
    try:
        dataset = load(run.data.source)
    except CoreError:
        return "the data set is not there any more, so that it cannot be told whether its images are the report's"
    if dataset.fingerprint != run.data.fingerprint:
        return "the data set was changed since the run was trained"
    return not_comparable(model, dataset)
