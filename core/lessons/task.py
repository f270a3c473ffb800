"""A question of a lesson. Its right answer is computed from the scores that are shown, never written down."""

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import EvaluationError
from core.lessons.material import Material

_ROUNDING = 1e-9
_PERCENT = 100.0


@dataclass(frozen=True)
class Judgement:
    """Whether an answer is right, and a sentence that says why or helps."""

    right: bool
    words: str


@dataclass(frozen=True)
class Trap:
    """A wrong number that is often given, computed as the right one is, and what to say to it."""

    compute: Callable[[Material], float]
    words: str


@dataclass(frozen=True)
class NumberTask:
    """A question whose answer is a number. `question`, `hint`, `praise` and the words of traps may name facts of the lesson: "{label}".

    `digits` after the point are shown; an answer is right within `tolerance`.
    """

    name: str
    question: str
    hint: str
    praise: str
    compute: Callable[[Material], float]
    tolerance: float
    digits: int = 3
    traps: tuple[Trap, ...] = ()

    def answer(self, material: Material) -> float:
        """The right number. Raises EvaluationError where it cannot be had from this material."""
        return float(self.compute(material))

    def answer_text(self, material: Material) -> str:
        """The right number as it is shown, with what is allowed beside it."""
        allowed = f" (give or take {self.tolerance:g})" if self.tolerance else ""
        return f"{self.answer(material):,.{self.digits}f}{allowed}"

    def judge(self, given: float, material: Material) -> Judgement:
        """Of a number."""
        right = self.answer(material)
        if self._is_near(given, right):
            return Judgement(True, self.praise)
        for trap in self.traps:
            if self._is_trapped(given, trap, material):
                return Judgement(False, trap.words)
        if 0 < right <= 1 < given and self._is_near(given / _PERCENT, right):
            return Judgement(False, "The number is right, but write it as a share of 1: .95 instead of 95 %.")
        return Judgement(False, f"That is too {'high' if given > right else 'low'}. {self.hint}")

    def _is_trapped(self, given: float, trap: Trap, material: Material) -> bool:
        try:
            return self._is_near(given, float(trap.compute(material)))
        except EvaluationError:  # the wrong number cannot be had here: then nobody can have read it off
            return False

    def _is_near(self, given: float, number: float) -> bool:
        return abs(given - number) <= self.tolerance + _ROUNDING


@dataclass(frozen=True)
class Option:
    """An answer to choose, and what to say where it is chosen and wrong."""

    text: str
    words: str


@dataclass(frozen=True)
class ChoiceTask:
    """A question with answers to choose from. `compute` gives the places of the right ones among the options, at least one.

    `praise` is said to any right one, so it must hold whichever that is.
    """

    name: str
    question: str
    hint: str
    praise: str
    options: tuple[Option, ...]
    compute: Callable[[Material], tuple[int, ...]]

    def answer(self, material: Material) -> tuple[int, ...]:
        """The places of the right options. Raises EvaluationError where this material has none."""
        return self.compute(material)

    def answer_text(self, material: Material) -> str:
        """The right option, or options, in words."""
        return " or ".join(self.options[place].text for place in self.answer(material))

    def judge(self, given: int, material: Material) -> Judgement:
        """Of the place of an option."""
        right = given in self.answer(material)
        return Judgement(right, self.praise if right else self.options[given].words)


Task = NumberTask | ChoiceTask
