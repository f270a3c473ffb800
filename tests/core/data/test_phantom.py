import subprocess
import sys
import zlib
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.data.phantom import draw, opacity, plan
from core.errors import DataError


@pytest.fixture(scope="module")
def cases():
    return plan(320, 7)


@pytest.fixture(scope="module")
def pixels(cases):
    return np.stack([draw(case, 64) for case in cases])


def by_split(cases):
    groups = defaultdict(list)
    for case in cases:
        groups[case.split].append(case)
    return groups


def test_the_same_seed_plans_the_same_cases_and_another_seed_others():
    assert plan(100, 3) == plan(100, 3)
    assert [case.pneumonia for case in plan(100, 3)] != [case.pneumonia for case in plan(100, 4)]


def test_a_case_has_the_same_bytes_in_any_order(cases, pixels):
    for index in (40, 3, 17, 3):
        assert np.array_equal(draw(cases[index], 64), pixels[index])


def test_a_case_has_the_same_bytes_in_a_fresh_process_which_needs_no_torch(cases):
    script = (
        "import sys, zlib; from core.data.phantom import plan, draw; "
        "print(zlib.crc32(draw(plan(320, 7)[11], 96).tobytes()), 'torch' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert answer.split() == [str(zlib.crc32(draw(cases[11], 96).tobytes())), "False"]


def test_all_images_differ_also_those_of_one_patient(pixels):
    assert len({image.tobytes() for image in pixels}) == len(pixels)


def test_another_seed_draws_another_patient():
    one, other = plan(20, 0)[0], plan(20, 1)[0]
    assert np.abs(draw(one, 64).astype(int) - draw(other, 64)).mean() > 5


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
    assert {case.visibility for case in cases if not case.pneumonia} == {0.0}
    grades = [case.visibility for case in cases if case.pneumonia]
    assert 0 < min(grades) < 0.1
    assert 0.9 < max(grades) <= 1


@pytest.mark.parametrize("feature", [np.mean, np.std, np.median])
def test_overall_grey_does_not_give_the_class_away(cases, pixels, feature):
    auc = roc_auc_score([case.pneumonia for case in cases], [feature(image) for image in pixels])
    assert 0.35 < auc < 0.65


def test_pneumonia_brightens_its_place_and_leaves_the_rest_as_it_is(cases):
    ill = [case for case in cases if case.visibility > 0.5][:15]
    for case in ill:
        with_it, without = (draw(one, 64).astype(int) for one in (case, replace(case, pneumonia=False, visibility=0.0)))
        place = opacity(case, 64)
        assert np.array_equal(with_it[place == 0], without[place == 0])
        assert (with_it - without)[place > 0.2].mean() > 5


def test_a_more_visible_pneumonia_replaces_more_air(cases):
    case = next(case for case in cases if case.pneumonia)
    faint, plain = (opacity(replace(case, visibility=grade), 64) for grade in (0.1, 0.9))
    assert plain.max() > 2 * faint.max() > 0
    assert plain.max() <= 1


def test_a_normal_case_has_no_opacity(cases):
    normal = next(case for case in cases if not case.pneumonia)
    assert not opacity(normal, 64).any()


def test_lungs_are_darker_than_the_heart_and_the_abdomen(pixels):
    typical = np.median(pixels, axis=0)
    lungs, heart, abdomen = typical[26:32, 14:20].mean(), typical[36:42, 31:36].mean(), typical[58:62, 12:24].mean()
    assert lungs + 60 < heart
    assert lungs + 60 < abdomen


def test_grey_values_are_spread_wide_and_seldom_clipped(pixels):
    low, high = np.percentile(pixels, [2, 98], axis=(1, 2))
    assert np.median(high - low) > 150
    assert (high - low).min() > 90
    clipped = ((pixels == 0) | (pixels == 255)).mean(axis=(1, 2))
    assert np.median(clipped) < 0.01
    assert np.percentile(clipped, 95) < 0.15


@pytest.mark.parametrize("size", [32, 128, 224, 1024])
def test_an_image_has_the_size_asked_for(cases, size):
    image = draw(cases[0], size)
    assert image.shape == (size, size)
    assert image.dtype == np.uint8


def test_a_case_looks_the_same_at_every_size(cases):
    for case in cases[:10]:
        small, large = draw(case, 64).astype(float), draw(case, 256).reshape(64, 4, 64, 4).mean(axis=(1, 3))
        assert np.corrcoef(small.ravel(), large.ravel())[0, 1] > 0.95


@pytest.mark.parametrize("size", [31, 1025, 0, -64])
def test_a_size_out_of_bounds_is_refused(cases, size):
    with pytest.raises(DataError, match="between 32 and 1024"):
        draw(cases[0], size)
    with pytest.raises(DataError, match="between 32 and 1024"):
        opacity(cases[0], size)


def test_fewer_than_twenty_images_are_refused():
    with pytest.raises(DataError, match="at least 20"):
        plan(19, 0)


def test_a_negative_seed_is_refused():
    with pytest.raises(DataError, match="0 or more"):
        plan(20, -1)
