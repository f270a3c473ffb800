import numpy as np
import pytest
from scipy import stats

from core.data.radiograph.chance import Chance, beta, coarse, normal


def test_a_key_gives_the_same_numbers_and_another_key_others():
    one, same, other = Chance(1, 2), Chance(1, 2), Chance(1, 3)
    values = [one.share() for _ in range(100)]
    assert values == [same.share() for _ in range(100)]
    assert values != [other.share() for _ in range(100)]


def test_the_stream_is_that_of_pcg64():
    raw = np.random.PCG64(np.random.SeedSequence((4, 5))).random_raw(3)
    assert np.array_equal(Chance(4, 5).shares(3), (raw >> np.uint64(11)) / 2.0**53)


SKEW = beta(1.3, 1.1)


@pytest.mark.parametrize(
    ("draw", "law"),
    [
        (lambda chance: chance.share(), stats.uniform()),
        (lambda chance: chance.uniform(-1, 3), stats.uniform(-1, 4)),
        (lambda chance: chance.normal(2, 0.5), stats.norm(2, 0.5)),
        (lambda chance: chance.of(SKEW), stats.beta(1.3, 1.1)),
    ],
)
def test_values_follow_their_law(draw, law):
    chance = Chance(7)
    assert stats.kstest([draw(chance) for _ in range(3000)], law.cdf).pvalue > 0.01


def test_arrays_follow_their_law():
    chance = Chance(8)
    values = chance.normals(200, 50)
    assert values.shape == (200, 50) and values.dtype == np.float32
    assert abs(values.mean()) < 0.03 and abs(values.std() - 1) < 0.03
    assert np.array_equal(values * 32, np.rint(values * 32))
    assert stats.kstest(normal(5, 2).each(chance.shares(5000)), stats.norm(5, 2).cdf).pvalue > 0.01


def test_whole_numbers_steps_and_orders_stay_in_bounds():
    chance = Chance(9)
    assert {chance.whole(3, 7) for _ in range(200)} == {3, 4, 5, 6}
    assert {chance.step((0.5, 0.9)) for _ in range(200)} == {0, 1, 2}
    assert {chance.sign() for _ in range(20)} == {-1.0, 1.0}
    assert sorted(chance.order(50).tolist()) == list(range(50))
    assert len(chance.bytes(13)) == 13


def test_coarse_values_swallow_the_last_digits():
    assert coarse(0.3) == coarse(0.3 + 1e-12)
    assert abs(coarse(0.3) - 0.3) < 1e-5
