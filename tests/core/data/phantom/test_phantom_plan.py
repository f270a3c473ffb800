import csv
from collections import Counter, defaultdict

import numpy as np
import pytest

from core.data.phantom.drawing import plan
from core.data.phantom.frequencies import AP_SHARE, NIH_LABELS, nih_combinations
from core.errors import DataError

TASKS = ("binary", "multiclass", "multilabel")


@pytest.fixture(scope="module")
def cases():
    return plan(320, 7)


@pytest.fixture(scope="module")
def many():
    """20,000 cases with many labels."""
    return plan(20000, 0, "multilabel")


@pytest.fixture(scope="module")
def nih(shared):
    """Labels of the 112,120 images of NIH ChestX-ray14, uint8 (n, 14), and which are AP views."""
    with (shared / "data/nih/Data_Entry_2017.csv").open() as file:
        rows = [(row["Finding Labels"].split("|"), row["View Position"] == "AP") for row in csv.DictReader(file)]
    return np.array([[name in found for name in NIH_LABELS] for found, _ in rows], np.uint8), np.array([ap for _, ap in rows])


def labels_of(cases):
    names = [name.lower() for name in NIH_LABELS]
    return np.array([[name in dict(case.findings) for name in names] for case in cases], float)


def by_split(cases):
    groups = defaultdict(list)
    for case in cases:
        groups[case.split].append(case)
    return groups


def test_the_same_seed_plans_the_same_cases_and_another_seed_others():
    assert plan(100, 3) == plan(100, 3)
    assert [case.pneumonia for case in plan(100, 3)] != [case.pneumonia for case in plan(100, 4)]


def test_image_ids_are_unique(cases):
    assert len({case.image_id for case in cases}) == len(cases)


def test_no_patient_is_in_two_splits(cases):
    patients = [{case.patient for case in group} for group in by_split(cases).values()]
    assert len(set.union(*patients)) == sum(len(group) for group in patients)


def test_splits_hold_sixty_fifteen_and_twenty_five_percent():
    assert Counter(case.split for case in plan(2000, 0)) == {"train": 1200, "val": 300, "test": 500}


def test_patients_have_one_to_three_images(cases):
    images = Counter(Counter(case.patient for case in cases).values())
    assert set(images) == {1, 2, 3}
    assert images[1] > images[2] > images[3]


def test_some_patients_have_pneumonia_in_one_image_and_not_in_another(cases):
    answers = defaultdict(set)
    for case in cases:
        answers[case.patient].add(case.pneumonia)
    assert sum(len(both) == 2 for both in answers.values()) > 10


@pytest.mark.parametrize("images", [20, 21, 40, 101, 1000])
def test_each_split_has_both_classes_and_about_45_percent_pneumonia(images):
    planned = plan(images, 1)
    assert len(planned) == images
    for group in by_split(planned).values():
        ill = sum(case.pneumonia for case in group)
        assert abs(ill - 0.45 * len(group)) <= 0.55
        assert 0 < ill < len(group)


def test_only_pneumonia_has_a_visibility_and_all_grades_occur(cases):
    assert {case.findings for case in cases if not case.pneumonia} == {()}
    grades = [grade for case in cases for _, grade in case.findings]
    assert 0 < min(grades) < 0.1
    assert 0.9 < max(grades) <= 1


@pytest.mark.parametrize("task", TASKS)
def test_no_patient_of_any_task_is_in_two_splits(task):
    planned = plan(500, 2, task)
    assert all(len({case.split for case in planned if case.patient == who}) == 1 for who in {case.patient for case in planned})


def test_four_classes_come_in_their_shares_in_every_split():
    for group in by_split(plan(2000, 4, "multiclass")).values():
        assert {len(case.findings) for case in group} == {0, 1}
        shares = Counter(case.findings[0][0] if case.findings else "normal" for case in group)
        wanted = {"normal": 0.4, "pneumonia": 0.2, "effusion": 0.2, "cardiomegaly": 0.2}
        assert set(shares) == set(wanted)
        assert all(abs(shares[name] - share * len(group)) <= 1 for name, share in wanted.items())


def test_the_table_of_combinations_is_that_of_nih(nih):
    labels, ap = nih
    combinations, counts = nih_combinations()
    wanted = Counter(map(bytes, labels))
    assert {bytes(row): count for row, count in zip(combinations, counts.tolist(), strict=True)} == wanted
    for number, name in enumerate(NIH_LABELS):
        assert AP_SHARE[name] == round(ap[labels[:, number] == 1].mean(), 2)
    assert AP_SHARE[""] == round(ap[labels.sum(axis=1) == 0].mean(), 2)


def test_labels_alone_are_as_frequent_as_in_nih(many, nih):
    ours, theirs = labels_of(many).mean(axis=0), nih[0].mean(axis=0)
    assert np.abs(ours - theirs).max() < 0.001
    assert (np.abs(ours / theirs - 1) < 0.06).all()
    assert abs(np.mean([not case.findings for case in many]) - 0.538) < 0.001


def test_labels_together_are_as_frequent_as_in_nih(many, nih):
    ours, theirs = (y.T.astype(float) @ y / len(y) for y in (labels_of(many), nih[0]))
    pairs = np.triu_indices(14, 1)
    assert np.abs(ours - theirs)[pairs].max() * 20000 < 25  # of up to 550 images in 20,000
    assert np.corrcoef(ours[pairs], theirs[pairs])[0, 1] > 0.995


def test_every_label_is_in_every_split_of_twenty_thousand(many):
    for group in by_split(many).values():
        assert labels_of(group).sum(axis=0).min() >= 3


def test_images_of_a_patient_often_have_the_same_labels_but_not_always(many):
    groups = defaultdict(list)
    for case in many:
        groups[case.patient].append({name for name, _ in case.findings})
    ill = [group[:2] for group in groups.values() if len(group) > 1 and group[0]]
    assert 0.35 < np.mean([one == other for one, other in ill]) < 0.8


def test_patients_keep_sex_and_hospital_and_age_by_a_year_from_image_to_image(many):
    groups = defaultdict(list)
    for case in many[:3000]:
        groups[case.patient].append(case)
    for group in groups.values():
        assert len({(case.sex, case.hospital) for case in group}) == 1
        assert group[-1].age - group[0].age in (0, 1, 2)
    assert {case.sex for case in many} == {"F", "M"} and {case.hospital for case in many} == {"A", "B"}
    assert min(case.age for case in many) >= 18 and max(case.age for case in many) <= 92


def test_ap_views_are_as_frequent_with_edema_as_in_nih(many):
    views = [case.view for case in many if case.findings and case.findings[0][0] == "edema" and len(case.findings) == 1]
    assert 0.78 < views.count("AP") / len(views) < 0.97
    assert 0.3 < [case.view for case in many if not case.findings].count("AP") / (0.538 * len(many)) < 0.4


@pytest.mark.parametrize("task", TASKS)
def test_a_shifted_plan_tests_on_the_other_hospital_alone(task):
    planned = plan(300, 1, task, shifted=True)
    assert {(case.split, case.hospital) for case in planned} == {("train", "A"), ("val", "A"), ("test", "B")}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((19, 0), "at least 20"), ((39, 0, "multiclass"), "at least 40"), ((99, 0, "multilabel"), "at least 100"),
        ((200_001, 0), "at most 200000"), ((20, -1), "0 or more"), ((20, 2**32), "0 or more"),
        ((200, 0, "regression"), "binary, multiclass, multilabel"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned_is_refused(arguments, words):
    with pytest.raises(DataError, match=words):
        plan(*arguments)
