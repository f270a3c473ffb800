"""Lesson 5: prevalence, or the same test among other people."""

from collections.abc import Mapping

from core.errors import EvaluationError
from core.evaluation.prevalence import adjusted_ppv, of_people
from core.lessons.lesson import Lesson, Notes, Section, check_test
from core.lessons.material import FIRST_LINE, Material, value_of
from core.lessons.simulated import CLASSES, LABEL, exact
from core.lessons.task import ChoiceTask, NumberTask, Option, Trap

SHARES = (0.625, 0.20, 0.05, 0.01)  # of people with the label: the test set of PneumoniaMNIST, a clinic, a practice, a screening
PEOPLE = 1000
_ASKED, _RAREST = 0.20, 0.01
_MOVED = 0.01  # a change that counts


def _draw() -> Material:
    return Material("Simulated scores", LABEL, CLASSES, {"test": exact(960, SHARES[0], 0.95, 0.80, "test", 5)}, {LABEL: FIRST_LINE})


def rates_of(material: Material) -> tuple[float, float]:
    """Sensitivity and specificity at the frozen threshold, on test."""
    return tuple(value_of(material.one(), name, material.threshold) for name in ("sensitivity", "specificity"))


def ppv_at(material: Material, share: float) -> float:
    """PPV with the test's own sensitivity and specificity among people of whom this share has the label."""
    return float(adjusted_ppv(*rates_of(material), share))


def _alarmed(material: Material) -> float:
    return of_people(*rates_of(material), _ASKED, PEOPLE).fp


def _moving(material: Material) -> tuple[int, ...]:
    """What differs between the commonest and the rarest: 0 sensitivity, 1 specificity, 2 PPV."""
    sensitivity, specificity = rates_of(material)
    people = [of_people(sensitivity, specificity, share, 10**6) for share in (SHARES[0], _RAREST)]
    shares = [(one.tp / (one.tp + one.fn), one.tn / (one.tn + one.fp), one.tp / max(one.tp + one.fp, 1)) for one in people]
    moved = tuple(place for place in range(3) if abs(shares[0][place] - shares[1][place]) > _MOVED)
    if not moved:
        raise EvaluationError("nobody is falsely alarmed at this threshold", "then a positive answer is right at any prevalence")
    return moved


def _facts(material: Material) -> Mapping[str, str]:
    sensitivity, specificity = rates_of(material)
    return {"sensitivity": f"{sensitivity:.2f}", "specificity": f"{specificity:.2f}"}


LESSON = Lesson(
    lesson_id="prevalence",
    title="Prevalence: the same test among other people",
    minutes=8,
    goal="Say what a positive answer is worth where the finding is rare.",
    sections=(
        Section("One test, four places", "A test has sensitivity {sensitivity} and specificity {specificity}. It goes from a hospital "
                "ward, where most people have {label}, to a clinic, to a practice, to a screening. The machine stays the same. What "
                "changes is the **prevalence**: the share of people who have {label}."),
        Section("Count people", "Do not compute with percentages; count **1,000 people**. Set the prevalence above the picture. Some have "
                "{label}: most of them are found. The others do not: a part of them is alarmed all the same. Now look only at those who "
                "are called, and ask how many of them have it."),
        Section("Its name", "That share is the **positive predictive value**, PPV:\n\nPPV = Se · p / (Se · p + (1 - Sp) · (1 - p))\n\nwith "
                "sensitivity Se, specificity Sp and prevalence p. It holds as long as the ill are as easy to see, and the healthy as easy "
                "to clear, as before."),
    ),
    tasks=(
        NumberTask("alarmed", "1,000 people, prevalence 20 %. How many without {label} are alarmed?",
                   "800 of them do not have it. Specificity says which share of those is left alone.",
                   "Yes. And now compare them with those who are found.", _alarmed, 2, digits=0, traps=(
                       Trap(lambda one: of_people(*rates_of(one), _ASKED, PEOPLE).tp, "Those are found: they have {label}. Asked is who is "
                            "alarmed without having it."),
                       Trap(lambda one: PEOPLE * (1 - rates_of(one)[1]), "Specificity speaks of those without {label} only: 800 of the "
                            "1,000."),
                       Trap(lambda one: of_people(*rates_of(one), _ASKED, PEOPLE).tn, "Those are left alone. The others are alarmed."),
                   )),
        NumberTask("screening", "In a screening, 1 % have {label}. Someone is called positive. How likely is it that this person has it? "
                   "Answer with a share from 0 to 1.",
                   "Set the prevalence to 1 % and look only at those who are called: found / (found + alarmed).",
                   "Yes. The test is the same as before. The people are not.", lambda one: ppv_at(one, _RAREST), 0.01, digits=2,
                   traps=(
                       Trap(lambda one: rates_of(one)[0], "That is the sensitivity: of the ill, the share that is called. Asked is: of the "
                            "called, the share that is ill."),
                       Trap(lambda one: ppv_at(one, 0.05), "That is at 5 %. Set the prevalence to 1 %."),
                   )),
        ChoiceTask("moving", "The prevalence falls from 62.5 % to 1 %. What changes?",
                   "Which of the three mixes people with and without {label}?",
                   "Yes. It looks at all who are called, and that crowd is made of people with and without {label}.", (
                       Option("Sensitivity", "It looks only at people who have {label}. Fewer of them does not change their share."),
                       Option("Specificity", "It looks only at people without {label}. More of them does not change their share."),
                       Option("PPV", "Set both prevalences and compare."),
                   ), _moving),
    ),
    remember=(
        "Sensitivity and specificity belong to the test. PPV belongs to the test *and the people*.",
        "Sensitivity .95 and specificity .80 give a PPV of .89, .54, .20 and .05 at 62.5, 20, 5 and 1 %.",
        "A PPV from a test set full of ill people says nothing about a screening. Ask for the prevalence first.",
    ),
    notes=Notes(
        goals=("count natural frequencies", "compute a PPV at any prevalence", "question a PPV that comes without a prevalence"),
        timing="2 min text, 3 min picture, 3 min tasks",
        ask=("A product promises 95 % sensitivity. Should everyone be screened with it?", "Which specificity would a screening need?"),
        stumbles="The answer to the screening question is often \".95\". It is the oldest mistake there is; let them count people.",
    ),
    draw=_draw,
    check=check_test,
    facts=_facts,
    figure="prevalence",
)  # fmt: skip
