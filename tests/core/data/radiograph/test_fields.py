import numpy as np
from scipy.ndimage import gaussian_filter

from core.data.radiograph import fields
from core.data.radiograph.chance import Chance
from core.data.radiograph.fields import Strokes, View, clouds, frame, soft_lines

STRAIGHT = View(1.0, 0.0, 0.0, 0.0)


def test_clouds_are_the_same_at_every_size_and_of_unit_deviation():
    small, large = clouds(Chance(1), 7, 64), clouds(Chance(1), 7, 256).reshape(64, 4, 64, 4).mean(axis=(1, 3))
    assert np.corrcoef(small.ravel(), large.ravel())[0, 1] > 0.999
    drawn = np.stack([clouds(Chance(2, number), 12, 64) for number in range(40)])
    assert abs(drawn.mean()) < 0.08 and 0.9 < drawn.std() < 1.1


def test_the_sums_of_clouds_are_exact_so_that_no_order_of_adding_matters():
    lattice, spread = Chance(3).normals(27, 27).astype(np.float64), fields._spline(24, 96).astype(np.float64)
    exact = np.einsum("ik,kl,jl->ij", spread, lattice, spread)
    assert np.array_equal(clouds(Chance(3), 24, 96), exact.astype(np.float32) * np.float32(1 / 0.479))


def test_a_soft_line_is_a_gaussian_of_its_density():
    along = np.arange(-0.3, 0.3, 0.002)
    drawn = soft_lines(frame(STRAIGHT, 128), Strokes(along, np.full(along.shape, 0.5), np.full(along.shape, 0.8), 0.002), 0.02)
    assert abs(drawn[:, 64].max() - 0.8) < 0.03
    dots = np.zeros((128, 128))
    dots[63:65, 30:98] = 0.5
    wanted = gaussian_filter(dots, 0.02 * 128, truncate=2.5)[:, 64]
    assert np.abs(drawn[:, 64] / drawn[:, 64].max() - wanted / wanted.max()).max() < 0.02


def test_a_frame_and_the_way_back_agree():
    ground = frame(View(1.1, 0.04, 0.01, -0.02), 50)
    column, row = ground.pixel_place(ground.u, ground.v)
    assert np.abs(column - np.arange(50)[None, :]).max() < 0.01
    assert np.abs(row - np.arange(50)[:, None]).max() < 0.01
