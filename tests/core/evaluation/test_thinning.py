import numpy as np

from core.evaluation.thinning import thin


def test_points_on_a_straight_line_are_dropped():
    assert thin(np.linspace(0, 1, 50), np.linspace(0, 1, 50), 10).tolist() == [0, 49]


def test_corners_are_kept():
    x, y = np.array([0, 0, 0, 0.5, 1, 1]), np.array([0, 0.4, 0.9, 0.9, 0.9, 1])
    assert thin(x, y, 10).tolist() == [0, 2, 4, 5]


def test_a_point_beyond_the_end_of_its_line_is_kept():
    assert thin(np.zeros(3), np.array([1.0, 0.0, 0.5]), 10).tolist() == [0, 1, 2]


def test_a_closed_way_keeps_its_far_point():
    assert thin(np.array([0.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.0]), 10).tolist() == [0, 1, 2]


def test_no_more_points_than_asked_for():
    rng = np.random.default_rng(0)
    assert len(thin(np.linspace(0, 1, 1000), rng.random(1000), 100)) == 100


def test_many_points_are_thinned_to_a_line_a_hair_from_them_all():
    x = np.linspace(0, 1, 30_000)
    y = x**2
    kept = thin(x, y, 300)
    assert kept[0] == 0 and kept[-1] == 29_999 and len(kept) <= 300
    assert np.abs(np.interp(x, x[kept], y[kept]) - y).max() < 2e-3
