"""The ten lessons in their order."""

from core.errors import EvaluationError
from core.lessons import (
    accuracy,
    calibration,
    costs,
    curves,
    difference,
    labels,
    prevalence,
    shortcut,
    threshold,
    validation,
)
from core.lessons.lesson import Lesson

LESSONS: tuple[Lesson, ...] = tuple(
    module.LESSON for module in (threshold, accuracy, costs, curves, prevalence, validation, labels, calibration, difference, shortcut)
)


def lesson_of(lesson_id: str) -> Lesson:
    """A lesson by its id. Raises EvaluationError where there is none."""
    for lesson in LESSONS:
        if lesson.lesson_id == lesson_id:
            return lesson
    known = ", ".join(lesson.lesson_id for lesson in LESSONS)
    raise EvaluationError(f"there is no lesson {str(lesson_id)[:40]!r}", f"the lessons are {known}")


def place_of(lesson: Lesson) -> int:
    """1 for the first."""
    return LESSONS.index(lesson) + 1
