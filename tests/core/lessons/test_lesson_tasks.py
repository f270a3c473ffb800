"""Questions judge as they should, whatever the lesson."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import EvaluationError
from core.lessons.material import Material
from core.lessons.simulated import CLASSES, LABEL, Population, calibrated, drawn
from core.lessons.task import ChoiceTask, NumberTask, Option, Trap

PEOPLE = Population(40, 0.5, 1.0)
MATERIAL = Material("drawn", LABEL, CLASSES, {"test": drawn(PEOPLE, calibrated(PEOPLE), "test", 0)})


def number(answer: float, tolerance: float, *traps: Trap) -> NumberTask:
    return NumberTask("n", "How much?", "Look.", "Yes.", lambda material: answer, tolerance, traps=traps)


@given(answer=st.floats(-1e3, 1e3), tolerance=st.floats(0, 10), off=st.floats(-20, 20))
def test_a_number_is_right_within_its_tolerance_and_nowhere_else(answer, tolerance, off):
    judgement = number(answer, tolerance).judge(answer + off, MATERIAL)
    if abs(abs(off) - tolerance) > 1e-6:
        assert judgement.right == (abs(off) < tolerance)
    assert judgement.words


def test_a_wrong_number_is_told_its_side_and_the_hint():
    assert number(5, 0.1).judge(6, MATERIAL).words == "That is too high. Look."
    assert number(5, 0.1).judge(-6, MATERIAL).words == "That is too low. Look."


def test_a_share_written_in_percent_is_told_so():
    judgement = number(0.95, 0.01).judge(95, MATERIAL)
    assert not judgement.right and "share of 1" in judgement.words


def test_a_known_mistake_gets_its_own_words_and_a_trap_never_catches_the_right_answer():
    trap = Trap(lambda material: 0.3, "That is something else.")
    assert number(0.5, 0.01, trap).judge(0.3, MATERIAL).words == "That is something else."
    assert number(0.305, 0.01, trap).judge(0.3, MATERIAL).right


def test_a_trap_that_cannot_be_computed_catches_nobody():
    def fail(material):
        raise EvaluationError("it cannot be had")

    assert number(0.5, 0.01, Trap(fail, "no")).judge(0.3, MATERIAL).words == "That is too low. Look."


@pytest.mark.parametrize("given_place", [0, 1, 2])
def test_a_choice_is_right_where_it_is_among_the_computed_ones(given_place):
    options = tuple(Option(text, f"not {text}") for text in "abc")
    task = ChoiceTask("c", "Which?", "Look.", "Yes.", options, lambda material: (0, 2))
    judgement = task.judge(given_place, MATERIAL)
    assert judgement.right == (given_place in (0, 2))
    assert judgement.words == ("Yes." if judgement.right else "not b")
    assert task.answer_text(MATERIAL) == "a or c"
