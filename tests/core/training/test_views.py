"""Which views are scored follows from two settings, and the image as it is comes first."""

import subprocess
import sys

import pytest

from core.jobs.processes import CODE_FOLDER
from core.recipe import build
from core.training.views import AS_IT_IS, View, views_of


def asked(flip: bool, stretch: bool) -> tuple[View, ...]:
    return views_of(build("cnn", {"flip_at_test": flip, "stretch_at_test": stretch}).training)


@pytest.mark.parametrize(("flip", "stretch", "count"), [(False, False, 1), (True, False, 2), (False, True, 5), (True, True, 10)])
def test_each_setting_multiplies_the_views_and_the_first_is_the_image_itself(flip, stretch, count):
    views = asked(flip, stretch)
    assert len(set(views)) == len({view.name for view in views}) == len(views) == count
    assert views[0] == AS_IT_IS and views[0].name == ""
    assert {view.is_mirrored for view in views} == {False, flip}


def test_widths_lie_evenly_from_narrow_to_wide_and_each_is_mirrored_too():
    widths = sorted(view.width for view in asked(False, True))
    assert widths == pytest.approx([0.816497, 0.903602, 1, 1.106682, 1.224745], abs=1e-6)
    assert sorted(view.width for view in asked(True, True) if view.is_mirrored) == widths


def test_the_name_of_the_mirrored_view_is_that_by_which_older_features_are_kept():
    assert [view.name for view in asked(True, False)] == ["", "mirrored"]


def test_views_load_no_torch():
    code = "import sys, core.training.views; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=CODE_FOLDER).returncode == 0
