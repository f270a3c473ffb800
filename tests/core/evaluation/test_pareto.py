from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.pareto import pareto_front

POINTS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12)


@given(POINTS, st.booleans())
def test_a_model_is_left_out_just_where_another_is_as_good_in_both_and_better_in_one(points, higher_is_better):
    costs, values = zip(*points, strict=True)
    front = set(pareto_front(costs, values, higher_is_better))
    for index, (cost, value) in enumerate(points):
        beaten = False
        for other_cost, other_value in points:
            as_good = other_value >= value if higher_is_better else other_value <= value
            beaten |= as_good and other_cost <= cost and (other_cost, other_value) != (cost, value)
        assert (index in front) != beaten


def test_the_front_goes_from_cheap_to_good():
    assert pareto_front([30, 10, 20, 20], [0.95, 0.8, 0.9, 0.85]) == [1, 2, 0]
    assert pareto_front([1, 2], [0.1, 0.2], higher_is_better=False) == [0]
