import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.spread import spread


@given(st.lists(st.floats(0, 1) | st.none(), min_size=1, max_size=12))
def test_it_is_what_the_standard_library_says_of_the_values_that_are_there(values):
    known = [value for value in values if value is not None]
    found = spread(values)
    if not known:
        assert found is None
        return
    assert (found.n, found.low, found.high) == (len(known), min(known), max(known))
    assert found.mean == pytest.approx(statistics.fmean(known))
    assert found.sd == (pytest.approx(statistics.stdev(known), abs=1e-12) if len(known) > 1 else None)
