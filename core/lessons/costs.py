"""Lesson 3: sensitivity against specificity, and who pays."""

from core.evaluation.thresholds import sweep
from core.evaluation.utility import expected_cost
from core.lessons.lesson import Lesson, Notes, Section, check_test
from core.lessons.material import Material, value_of
from core.lessons.simulated import CLASSES, LABEL, Population, calibrated, drawn
from core.lessons.task import ChoiceTask, NumberTask, Option, Trap

_PEOPLE = Population(images=600, prevalence=0.25, separation=1.7)
_GOAL = 0.95
_MISSED_COSTS = 20.0
_LINES = (0.05, 0.3, 0.5, 0.8)


def _draw() -> Material:
    return Material("Simulated scores", LABEL, CLASSES, {"test": drawn(_PEOPLE, calibrated(_PEOPLE), "test", 3)})


def _highest_line(material: Material) -> float:
    """The rightmost place of the line, in thousandths, that keeps the sensitivity."""
    swept = sweep(*material.one().column(material.label))
    return float(swept.thresholds[swept.metrics["sensitivity"] >= _GOAL].max())


def _price(material: Material) -> float:
    return value_of(material.one(), "specificity", _highest_line(material))


def _cheapest(material: Material) -> tuple[int, ...]:
    costs = [float(expected_cost(material.counts(line), _MISSED_COSTS)) for line in _LINES]
    return tuple(place for place, cost in enumerate(costs) if cost == min(costs))


LESSON = Lesson(
    lesson_id="costs",
    title="Sensitivity against specificity, and who pays",
    minutes=8,
    goal="Choose a line by what its mistakes cost, and say who bears them.",
    sections=(
        Section("Two shares", "**Sensitivity**: of the images with {label}, the share that is called: TP / (TP + FN).\n\n"
                "**Specificity**: of the images without it, the share that is left alone: TN / (TN + FP).\n\n"
                "Move the line. Where one rises, the other falls, or at best stays. With the same scores you cannot raise both."),
        Section("Who pays", "A **miss** is paid for by someone who is ill and is sent home. A **false alarm** is paid for by someone who "
                "is healthy: worry, another scan, perhaps a needle. These are different people. No formula decides between them. But "
                "one can say aloud how one weighs them."),
        Section("Say it as a number", "*1 missed case costs as much as 20 false alarms.* Then an image costs on average\n\n"
                "(20 · FN + FP) / all.\n\nThe card and the curve **Cost per image** show it. Drag the line to the bottom of the curve."),
    ),
    tasks=(
        NumberTask("line", "Of the images with {label}, at least 95 % shall be found. How far to the right may the line stand?",
                   "Move the line right as long as the sensitivity stays at 0.950 or above; then note where it stands.",
                   "Yes. A line further left finds as many or more, and alarms as many or more.", _highest_line, 0.005, traps=(
                       Trap(lambda one: 1 - _highest_line(one), "Read where the line stands, from the left: the score at the line."),
                   )),
        NumberTask("price", "And the price: what is the specificity there?",
                   "Leave the line where the last task put it, and read the card Specificity.",
                   "Yes. All others without {label} are alarmed: that is what 95 % sensitivity costs with these scores.", _price, 0.015,
                   traps=(Trap(lambda one: 1 - _price(one), "That is the share of false alarms. Specificity is the share left alone."),)),
        ChoiceTask("cheapest", "1 missed case costs as much as 20 false alarms. Which of these lines costs least?",
                   "Try the four lines and read the card Cost per image.",
                   "Yes. Of the four, the cost per image is lowest there.", (
                       Option("0.05", "If misses weigh 20 times as much, a line far to the left pays: few are missed. Does the card Cost "
                              "per image say so too?"),
                       Option("0.3", "Read the card Cost per image at each of the four lines: which is the lowest?"),
                       Option("0.5", "0.5 would be right if a miss and a false alarm cost the same, and scores were probabilities."),
                       Option("0.8", "Here few are alarmed, but many are missed, and each miss counts 20."),
                   ), _cheapest),
    ),
    remember=(
        "A threshold weighs misses against false alarms, whether one says so or not. 0.5 too is a choice.",
        "The more a miss costs, the further left the line. Where scores are probabilities and 1 miss costs as much as N false alarms, it "
        "stands at 1 / (1 + N).",
        "Ask who pays for each kind of mistake before you ask for the best threshold.",
    ),
    notes=Notes(
        goals=("read the price of a sensitivity", "turn a judgement of value into a line", "see that 0.5 is a choice"),
        timing="2 min text, 3 min lab, 3 min tasks",
        ask=("How many false alarms is one missed pneumonia worth to you? To the clinic? To the person alarmed?",
             "Where stands the line if a miss costs as much as one false alarm? As much as 99?"),
        stumbles="Sensitivity and PPV are mixed up: one asks of the ill how many are called, the other of the called how many are ill.",
    ),
    draw=_draw,
    check=check_test,
    missed_costs=_MISSED_COSTS,
    start=0.5,
)  # fmt: skip
