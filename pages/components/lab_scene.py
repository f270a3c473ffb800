"""What the lab shows: one label of a run on one split, and how."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from core.evaluation.line_view import LineView
from core.evaluation.predictions import Predictions
from core.runs.run import Run
from pages.components import cached
from pages.components.line import Line
from pages.components.run_lines import RunLines


@dataclass(frozen=True)
class Scene:
    """`calibrated` scores went through the temperature fitted on validation; `missed_costs` false alarms are worth one missed case.

    `together` puts all labels at the line; `plain` shows it with a slider and figures of the server instead of in the browser.
    """

    root: Path
    run: Run
    label: str
    split: str
    calibrated: bool
    missed_costs: float
    together: bool
    plain: bool

    @property
    def classes(self) -> tuple[str, str]:
        """What images without and with the label are called."""
        return self.run.data.classes if self.run.data.task == "binary" else (f"no {self.label}", self.label)

    @cached_property
    def lines(self) -> RunLines:
        """Those of all labels."""
        return RunLines(str(self.root), self.run, self.calibrated, self.split)

    def line(self, label: str | None = None) -> Line:
        """The line of the label, or of another one."""
        return self.lines.by_label[label or self.label]

    def predictions(self) -> Predictions:
        """All scores of the run on the split."""
        return cached.scores(str(self.root), self.run.run_id, self.split, self.calibrated)

    def view(self) -> LineView:
        """What follows a line, for all labels of the run."""
        return cached.line_view(str(self.root), self.run.run_id, self.split, self.calibrated)
