"""What a lesson is: one idea, a short text, a live figure, two or three tasks, what to remember, notes for the teacher. Plain data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.evaluation.predictions import Predictions
from core.lessons.material import Material, need_both_classes
from core.lessons.task import Task


@dataclass(frozen=True)
class Section:
    """A short piece of text in Markdown; it may name facts of the lesson: "{label}"."""

    title: str
    text: str


@dataclass(frozen=True)
class Notes:
    """For the teacher: what the class can do afterwards, how the minutes are spent, what to ask, where people stumble."""

    goals: tuple[str, ...]
    timing: str
    ask: tuple[str, ...]
    stumbles: str


def shown_test(material: Material) -> dict[str, Predictions]:
    """The one scene of most lessons: the label on test."""
    return {"Test": material.one()}


def no_facts(material: Material) -> dict[str, str]:
    """Of a lesson that names nothing but what every material has."""
    return {}


@dataclass(frozen=True)
class Lesson:
    """`lesson_id` stands in links. `figure` is what is live: "lab", "prevalence", "calibration", "difference" or "hospitals".

    `draw` makes its simulated data. `check` raises EvaluationError for scores that it cannot be taught on. `scenes` gives what the lab
    can show, by name, each a binary task; the first is shown first. `facts` are what its texts name beside those of the material.
    `missed_costs`: one missed case costs as much as so many false alarms. `start` is where the line begins, None for the frozen one.
    """

    lesson_id: str
    title: str
    minutes: int
    goal: str
    sections: tuple[Section, ...]
    tasks: tuple[Task, ...]
    remember: tuple[str, ...]
    notes: Notes
    draw: Callable[[], Material]
    check: Callable[[Material], None]
    scenes: Callable[[Material], Mapping[str, Predictions]] = shown_test
    facts: Callable[[Material], Mapping[str, str]] = no_facts
    figure: str = "lab"
    missed_costs: float = 10.0
    start: float | None = None

    def told(self, text: str, material: Material) -> str:
        """A text with the facts of a material put in."""
        return text.format_map({**material.facts, **self.facts(material)})

    def begins(self, material: Material) -> float:
        """Where the line stands when the lesson opens, 0..1."""
        return material.threshold if self.start is None else self.start

    def task(self, name: str) -> Task:
        """A task by its name; KeyError where there is none."""
        return {task.name: task for task in self.tasks}[name]


def check_test(material: Material) -> None:
    """What every lesson needs: test images with and without the label. Raises EvaluationError."""
    need_both_classes(material.of("test"), material.label)


def check_both_splits(material: Material) -> None:
    """Of a lesson that chooses on validation and reports on test. Raises EvaluationError."""
    check_test(material)
    need_both_classes(material.of("val"), material.label)
