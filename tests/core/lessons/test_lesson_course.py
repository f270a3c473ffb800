"""Every lesson: its answers are those of scikit-learn, right ones are judged right, wrong ones wrong, and its texts hold."""

import re
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    confusion_matrix,
    f1_score,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)
from statsmodels.stats.proportion import proportion_confint

from core.errors import EvaluationError
from core.lessons import calibration, curves, difference, labels, prevalence, shortcut, validation
from core.lessons.course import LESSONS, lesson_of, place_of
from core.lessons.material import Material
from core.lessons.task import NumberTask
from tests.made_scores import LABELS, made_scores

BY_ID = {lesson.lesson_id: lesson for lesson in LESSONS}
DRAWN = {lesson_id: lesson.draw() for lesson_id, lesson in BY_ID.items()}
TASKS = [(lesson, task) for lesson in LESSONS for task in lesson.tasks]
NUMBERS = [(lesson, task) for lesson, task in TASKS if isinstance(task, NumberTask)]
CHOICES = [(lesson, task) for lesson, task in TASKS if not isinstance(task, NumberTask)]


def of_run(task: str, number: int = 1, label: str | None = None) -> Material:
    """Material as of two runs of a visitor."""
    splits = {split: made_scores(task, split, number) for split in ("val", "test")}
    label = label or LABELS[task][0]
    thresholds = dict.fromkeys(LABELS[task], 0.4)
    second = made_scores(task, "test", number + 1)
    return Material("mine", label, (f"no {label}", label), splits, thresholds, second, 0.6, ("one", "two"), is_drawn=False)


def scores(material: Material, split: str = "test") -> tuple[np.ndarray, np.ndarray]:
    return material.of(split).column(material.label)


def called(score: np.ndarray, threshold: float) -> np.ndarray:
    return score >= np.float32(threshold)


# Independent answers. Each takes the material of its lesson, drawn or of a run.


def _missed(material):
    truth, score = scores(material)
    return confusion_matrix(truth, called(score, 0.7))[1, 0]


def _never(material):
    truth, _ = scores(material)
    return accuracy_score(truth, np.zeros_like(truth))


def _found(material):
    truth, score = scores(material)
    return recall_score(truth, called(score, 0.5))


def _line(material):
    """To a thousandth below the score that scikit-learn names."""
    false_alarms, found, thresholds = roc_curve(*scores(material), drop_intermediate=False)
    return np.floor(1000 * thresholds[found >= 0.95].max()) / 1000


def _price(material):
    truth, score = scores(material)
    return recall_score(truth, called(score, _line(material)), pos_label=0)


def _rare(material):
    truth, score = scores(material)
    ill = np.flatnonzero(truth)
    kept = ill[np.argsort(score[ill], kind="stable")][10::20]
    rows = np.concatenate([np.flatnonzero(truth == 0), kept])
    return truth[rows], score[rows]


def _area(material):
    return average_precision_score(*_rare(material))


def _alarms(material):
    truth, score = _rare(material)
    return 100 * precision_score(truth, called(score, 0.7))


def _rates(material):
    truth, score = scores(material)
    (tn, fp), (fn, tp) = confusion_matrix(truth, called(score, material.threshold))
    return Fraction(int(tp), int(tp + fn)), Fraction(int(tn), int(tn + fp))


def _alarmed(material):
    return round(800 * float(1 - _rates(material)[1]))


def _screening(material):
    found, left = _rates(material)
    return float(found / (found + 99 * (1 - left)))


def _choose(material):
    """The lowest thousandth that leaves as many alone as scikit-learn's curve allows."""
    truth, score = scores(material, "val")
    for place in range(1001):
        if recall_score(truth, called(score, place / 1000), pos_label=0) >= 0.95:
            return place / 1000
    return None


def _travelled(material):
    truth, score = scores(material)
    return recall_score(truth, called(score, _choose(material)), pos_label=0)


def _half(material):
    truth, score = scores(material)
    return f1_score(truth, called(score, 0.5))


def _own(material):
    truth, score = scores(material, "val")
    best = max(np.unique(score)[::-1], key=lambda one: f1_score(truth, score >= one))
    truth, score = scores(material)
    return f1_score(truth, called(score, round(float(best), 3)))


def _promise(material):
    truth, score = scores(material)
    return precision_score(truth, called(score, 0.9))


def _kept(material):
    truth, score = scores(material, "val")
    logits = logit(np.clip(score.astype(float), 1e-7, 1 - 1e-7))
    fitted = minimize_scalar(lambda t: log_loss(truth, expit(logits / t)), bounds=(0.05, 20), method="bounded").x
    truth, score = scores(material)
    return precision_score(truth, expit(logit(np.clip(score.astype(float), 1e-7, 1 - 1e-7)) / fitted) >= 0.9)


def _width(material):
    truth, score = scores(material)
    right = int((called(score, material.threshold) == truth).sum())
    low, high = proportion_confint(right, truth.size, method="wilson")
    return 50 * (high - low)


def _parts(material):
    test = material.of("test")
    truth, _ = test.column(material.label)
    names = [name for name in test.groups if len({value for value in test.groups[name] if value}) > 1]
    shares = {name: {value: truth[test.groups[name] == value].mean() for value in sorted(set(test.groups[name]) - {""})} for name in names}
    group = max(shares, key=lambda name: max(shares[name].values()) - min(shares[name].values()))
    return test.groups[group], shares[group]


def _within(material):
    group, shares = _parts(material)
    truth, score = scores(material)
    rows = group == next(iter(shares))
    return roc_auc_score(truth[rows], score[rows])


def _blind(material):
    group, shares = _parts(material)
    truth, _ = scores(material)
    known = group != ""
    return roc_auc_score(truth[known], [shares[value] for value in group[known]])


ORACLES = {
    ("threshold", "missed"): _missed, ("accuracy", "never"): _never, ("accuracy", "found"): _found, ("costs", "line"): _line,
    ("costs", "price"): _price, ("curves", "area"): _area, ("curves", "alarms"): _alarms, ("prevalence", "alarmed"): _alarmed,
    ("prevalence", "screening"): _screening, ("validation", "choose"): _choose, ("validation", "travelled"): _travelled,
    ("labels", "half"): _half, ("labels", "own"): _own, ("calibration", "promise"): _promise, ("calibration", "kept"): _kept,
    ("difference", "width"): _width, ("shortcut", "within"): _within, ("shortcut", "blind"): _blind,
}  # fmt: skip
RIGHT = {  # of the choices, for the simulated data: what every teacher of the matter expects
    ("threshold", "direction"): "Grow or stay, never shrink", ("threshold", "still"): "ROC AUC", ("accuracy", "telling"): "Sensitivity",
    ("costs", "cheapest"): "0.05", ("curves", "changed"): "Average precision alone", ("prevalence", "moving"): "PPV",
    ("validation", "honest"): "the same or higher", ("labels", "gain"): "higher", ("calibration", "still"): "ROC AUC",
    ("difference", "verdict"): "They cannot tell the two apart", ("difference", "narrower"): "half as wide",
    ("shortcut", "flattered"): "lower",
}  # fmt: skip


def named(value) -> str:
    return getattr(value, "lesson_id", None) or getattr(value, "name", None)


def test_there_are_ten_lessons_of_five_to_ten_minutes_with_two_or_three_tasks_each():
    assert len(LESSONS) == 10 and len(BY_ID) == 10
    for number, lesson in enumerate(LESSONS, 1):
        assert place_of(lesson) == number and lesson_of(lesson.lesson_id) is lesson
        assert 5 <= lesson.minutes <= 10 and 2 <= len(lesson.tasks) <= 3
        assert len({task.name for task in lesson.tasks}) == len(lesson.tasks)


def test_a_lesson_that_is_none_is_refused_with_the_list():
    with pytest.raises(EvaluationError, match="there is no lesson 'x'; the lessons are threshold, accuracy"):
        lesson_of("x")


def test_every_task_has_an_independent_answer():
    assert set(ORACLES) == {(lesson.lesson_id, task.name) for lesson, task in NUMBERS}
    assert set(RIGHT) == {(lesson.lesson_id, task.name) for lesson, task in CHOICES}


@pytest.mark.parametrize(("lesson", "task"), NUMBERS, ids=named)
def test_a_number_is_what_others_compute(lesson, task):
    material = DRAWN[lesson.lesson_id]
    assert task.answer(material) == pytest.approx(ORACLES[lesson.lesson_id, task.name](material), abs=1e-6)


@pytest.mark.parametrize(("lesson", "task"), NUMBERS, ids=named)
def test_a_number_is_right_for_a_run_too(lesson, task):
    material = of_run("multilabel" if lesson.lesson_id == "labels" else "binary")
    lesson.check(material)
    assert task.answer(material) == pytest.approx(ORACLES[lesson.lesson_id, task.name](material), abs=1e-6)


@pytest.mark.parametrize(("lesson", "task"), CHOICES, ids=named)
def test_the_computed_choice_is_the_known_one(lesson, task):
    assert task.answer_text(DRAWN[lesson.lesson_id]) == RIGHT[lesson.lesson_id, task.name]


@pytest.mark.parametrize(("lesson", "task"), NUMBERS, ids=named)
def test_the_right_number_as_it_is_shown_is_judged_right_and_others_wrong(lesson, task):
    material = DRAWN[lesson.lesson_id]
    right = task.answer(material)
    assert task.judge(round(right, task.digits), material).right, "what the lab shows must be accepted"
    for wrong in (right + 3 * task.tolerance + 1, right - 3 * task.tolerance - 1, right + 1.5 * task.tolerance + 2e-9, -right - 1):
        assert not task.judge(wrong, material).right
    for trap in task.traps:
        judgement = task.judge(trap.compute(material), material)
        assert not judgement.right and judgement.words == trap.words


@pytest.mark.parametrize(("lesson", "task"), CHOICES, ids=named)
def test_the_computed_choice_is_judged_right_and_every_other_wrong(lesson, task):
    material = DRAWN[lesson.lesson_id]
    for place, option in enumerate(task.options):
        judgement = task.judge(place, material)
        assert judgement.right == (place in task.answer(material))
        assert judgement.words == (task.praise if judgement.right else option.words)


def texts_of(lesson) -> list[str]:
    found = [section.text for section in lesson.sections] + list(lesson.remember)
    for task in lesson.tasks:
        found += [task.question, task.hint, task.praise]
        found += [trap.words for trap in getattr(task, "traps", ())]
        found += [words for option in getattr(task, "options", ()) for words in (option.text, option.words)]
    return found


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_every_text_can_be_told_with_the_facts_of_its_data(lesson):
    for material in (DRAWN[lesson.lesson_id], of_run("multilabel" if lesson.lesson_id == "labels" else "binary")):
        for text in texts_of(lesson):
            assert not re.search(r"[{}]|\bnan\b|None", lesson.told(text, material))


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_the_text_is_short(lesson):
    words = sum(len(section.text.split()) for section in lesson.sections)
    assert words <= 210, "two minutes of reading"


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_the_notes_spend_the_minutes_of_the_lesson(lesson):
    assert sum(map(int, re.findall(r"(\d+) min", lesson.notes.timing))) == lesson.minutes
    assert lesson.notes.goals and lesson.notes.ask and lesson.notes.stumbles


@pytest.mark.parametrize("lesson", LESSONS, ids=named)
def test_every_scene_has_both_classes_and_the_line_begins_on_it(lesson):
    material = DRAWN[lesson.lesson_id]
    lesson.check(material)
    assert 0 <= lesson.begins(material) <= 1
    for scene in lesson.scenes(material).values():
        assert scene.task == "binary" and 0 < scene.y_true.sum() < scene.n


def test_the_program_that_never_calls_has_the_accuracy_of_the_text():
    assert BY_ID["accuracy"].task("never").answer(DRAWN["accuracy"]) == pytest.approx(0.947)
    assert any("**.947**" in section.text for section in BY_ID["accuracy"].sections)


def test_the_prevalence_lesson_gives_the_four_values_that_it_names():
    material = DRAWN["prevalence"]
    assert prevalence.rates_of(material) == (0.95, 0.80)
    assert [round(prevalence.ppv_at(material, share), 2) for share in prevalence.SHARES] == [0.89, 0.54, 0.20, 0.05]


def test_the_ranking_travels_and_the_threshold_does_not():
    material = DRAWN["validation"]
    areas = [roc_auc_score(*scores(material, split)) for split in ("val", "test")]
    assert areas[0] == pytest.approx(0.996, abs=0.004) and areas[1] == pytest.approx(0.95, abs=0.012)
    assert BY_ID["validation"].task("travelled").answer(material) < 0.7
    assert validation.LESSON.task("choose").answer(material) < 0.5


def test_the_rarer_a_finding_the_more_of_it_is_missed_at_one_half():
    test = DRAWN["labels"].of("test")
    found = [recall_score(truth, score >= 0.5) for truth, score in map(test.column, test.labels)]
    assert found == sorted(found, reverse=True) and test.labels == ("Effusion", "Mass", "Hernia")
    half, own = labels.mean_f1(DRAWN["labels"])
    points = labels.chosen(DRAWN["labels"])
    assert half == pytest.approx(f1_score(test.y_true, test.y_score >= 0.5, average="macro"))
    assert own == pytest.approx(f1_score(test.y_true, test.y_score >= np.float32([points[one] for one in test.labels]), average="macro"))


def test_the_overconfident_model_is_cooled_by_what_it_was_heated():
    assert calibration.temperature_of(DRAWN["calibration"]).values["pneumonia"] == pytest.approx(3, abs=0.25)


def test_few_images_do_not_tell_the_two_models_apart_and_many_do():
    material = DRAWN["difference"]
    few = difference.gap_of(material.one(), difference.rival(material))
    many = difference.gap_of(*(material.set_beside(name) for name in difference.LARGER))
    assert few.low < 0 < few.high and many.low > 0
    assert few.difference == pytest.approx(
        roc_auc_score(*scores(material)[:1], material.second.y_score[:, 0]) - roc_auc_score(*scores(material))
    )
    assert material.one().n == 624


def test_the_verdict_names_the_better_model_where_images_tell():
    strong, weak = made_scores("binary", "test", 6), made_scores("binary", "test", 0)
    task = BY_ID["difference"].task("verdict")
    for first, second, right in ((strong, weak, 0), (weak, strong, 1)):
        material = Material("mine", "pneumonia", ("a", "b"), {"test": first}, second=second, is_drawn=False)
        assert task.answer(material) == (right,)


def test_the_shortcut_is_worth_more_than_the_lungs():
    material = DRAWN["shortcut"]
    within, whole = (BY_ID["shortcut"].task("within").answer(material), roc_auc_score(*scores(material)))
    assert whole - within > 0.1
    assert shortcut.group_of(material) == "hospital"


def test_keeping_every_twentieth_keeps_the_ranking():
    one = DRAWN["curves"].one()
    rare = curves.rarer(one)
    assert rare.y_true.sum() == one.y_true.sum() / 20
    assert roc_auc_score(rare.y_true, rare.y_score) == pytest.approx(roc_auc_score(one.y_true, one.y_score), abs=0.01)


def without(material: Material, **changed) -> Material:
    return Material(**{**{name: getattr(material, name) for name in material.__dataclass_fields__}, **changed})


@pytest.mark.parametrize(("lesson_id", "lacking", "why"), [
    ("threshold", {"splits": {"val": made_scores("binary", "val")}}, "mine has no scores on test"),
    ("validation", {"splits": {"test": made_scores("binary", "test")}}, "mine has no scores on validation"),
    ("calibration", {"splits": {"test": made_scores("binary", "test")}}, "mine has no scores on validation"),
    ("labels", {}, "mine does not look for several findings"),
    ("difference", {"second": None}, "mine is alone"),
    ("shortcut", {"splits": {"test": made_scores("binary", "test").select(np.arange(0, 3))}}, "needs"),
    ("curves", {"splits": {"test": made_scores("binary", "test").select(np.arange(30))}}, "keeps every 20th"),
])  # fmt: skip
def test_a_run_that_lacks_something_is_told_what(lesson_id, lacking, why):
    with pytest.raises(EvaluationError, match=why):
        BY_ID[lesson_id].check(without(of_run("binary"), **lacking))


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_one_label_of_a_run_with_several_can_be_taught(task):
    material = of_run(task, label=LABELS[task][1])
    for lesson in LESSONS:
        if lesson.lesson_id == "labels" and task == "multiclass":
            continue
        lesson.check(material)
        assert [one.answer_text(material) for one in lesson.tasks if one.name != "flattered"]
