"""What each finding does to an image: its place, its grade, its boxes."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.phantom.drawing import draw, plan, traces
from core.data.phantom.frequencies import NIH_LABELS
from core.data.radiograph.findings import FINDINGS

NAMES = tuple(FINDINGS)
LOCAL = tuple(name for name, finding in FINDINGS.items() if not finding.everywhere)
SIZE = 96


@pytest.fixture(scope="module")
def normal():
    """Eight quiet images without a finding."""
    return [replace(case, findings=()) for case in plan(200, 11) if case.view == "PA"][:8]


def with_finding(case, name, grade):
    return replace(case, findings=((name, grade),))


def change(case, name, grade):
    """What a finding adds to the grey values of an image."""
    return draw(with_finding(case, name, grade), SIZE).astype(int) - draw(case, SIZE)


def test_every_label_of_nih_can_be_drawn():
    assert {name.lower() for name in NIH_LABELS} == set(FINDINGS)


@pytest.mark.parametrize("name", NAMES)
def test_a_finding_changes_the_image_in_its_place(normal, name):
    for case in normal:
        marks = traces(with_finding(case, name, 0.9), SIZE)
        assert marks and all(mark.finding == name and mark.mask.shape == (SIZE, SIZE) and mark.mask.max() > 0 for mark in marks)
        changed = np.abs(change(case, name, 0.9))
        for mark in marks:
            assert changed[mark.mask > 0.5 * mark.mask.max()].mean() > 6


@pytest.mark.parametrize("name", LOCAL)
def test_a_local_finding_leaves_the_rest_nearly_as_it_is(normal, name):
    inside = outside = 0.0
    for case in normal:
        changed, near = np.abs(change(case, name, 0.9)), np.zeros((SIZE, SIZE), bool)
        for mark in traces(with_finding(case, name, 0.9), SIZE):
            rows, columns = np.nonzero(mark.mask > 0.3 * mark.mask.max())
            near[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = True
        inside, outside = inside + changed[near].sum(), outside + changed[~near].sum()
    assert outside < 0.35 * inside


@pytest.mark.parametrize("name", NAMES)
def test_a_more_visible_finding_changes_more(normal, name):
    faint, middle, plain = (np.mean([np.abs(change(case, name, grade)).sum() for case in normal]) for grade in (0.1, 0.5, 0.95))
    assert 0 < faint < middle < plain
    assert plain > 1.5 * faint


@pytest.mark.parametrize("name", [name for name in LOCAL if name not in ("pneumothorax", "hernia")])
def test_what_is_dense_is_brighter(normal, name):
    for case in normal:
        place = np.maximum.reduce([mark.mask for mark in traces(with_finding(case, name, 0.9), SIZE)])
        assert change(case, name, 0.9)[place > 0.5 * place.max()].mean() > 4


def test_an_enlarged_heart_is_wider_than_half_the_chest(normal):
    for case in normal:
        heart = traces(with_finding(case, "cardiomegaly", 0.6), 128)[0].mask > 0.5
        lungs = sum(mark.mask for mark in traces(with_finding(case, "emphysema", 0.001), 128)) > 0.05
        assert np.ptp(np.flatnonzero(heart.any(axis=0))) > 0.5 * np.ptp(np.flatnonzero(lungs.any(axis=0)))


def test_a_nodule_is_smaller_and_a_mass_larger_than_three_centimetres(normal):
    for case in normal:
        for grade in (0.1, 0.95):
            assert all(np.ptp(np.nonzero(mark.mask)[1]) < 0.1 * 256 for mark in traces(with_finding(case, "nodule", grade), 256))
            mask = traces(with_finding(case, "mass", grade), 256)[0].mask
            assert np.ptp(np.nonzero(mask)[0]) > 0.075 * 256 * 0.9


def test_air_beside_a_sunken_lung_is_darker_and_has_no_vessels(normal):
    for case in normal:
        beyond = traces(with_finding(case, "pneumothorax", 0.95), SIZE)[0].mask > 0.6
        assert change(case, "pneumothorax", 0.95)[beyond].mean() < -2


def test_emphysema_darkens_and_enlarges_the_lungs(normal):
    for case in normal:
        plain, none = (sum(mark.mask for mark in traces(with_finding(case, "emphysema", grade), SIZE)) > 0.1 for grade in (0.95, 0.001))
        assert plain.sum() > 1.1 * none.sum()
        assert change(case, "emphysema", 0.95)[none].mean() < -3


def test_lasting_findings_stay_in_their_place_from_image_to_image(normal):
    first = with_finding(normal[0], "mass", 0.7)
    seed, who, when = first.seed
    later = replace(first, seed=(seed, who, when + 1))
    sides = [np.sign(np.average(np.arange(SIZE) - SIZE / 2, weights=traces(case, SIZE)[0].mask.sum(axis=0))) for case in (first, later)]
    assert sides[0] == sides[1]


def test_a_finding_does_not_move_another(normal):
    alone = traces(with_finding(normal[1], "nodule", 0.8), SIZE)
    beside = [mark for mark in traces(replace(normal[1], findings=(("nodule", 0.8), ("effusion", 0.1))), SIZE) if mark.finding == "nodule"]
    assert all(np.array_equal(one.mask, other.mask) for one, other in zip(alone, beside, strict=True))


def test_all_findings_at_once_can_be_drawn(normal):
    image = draw(replace(normal[2], findings=tuple((name, 0.9) for name in NAMES)), 64)
    assert image.std() > 20


def test_an_ap_view_enlarges_the_heart_and_hospitals_expose_otherwise(normal):
    hearts = []
    for view in ("PA", "AP"):
        masks = [traces(replace(case, view=view, findings=(("cardiomegaly", 0.01),)), SIZE)[0].mask > 0.5 for case in normal]
        hearts.append(np.mean([mask.any(axis=0).sum() for mask in masks]))
    assert hearts[1] >= hearts[0]
    grey = [np.mean([draw(replace(case, hospital=name), SIZE).mean() for case in normal]) for name in "AB"]
    assert grey[1] > grey[0] + 2
