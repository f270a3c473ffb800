import numpy as np

from core.data.radiograph.curves import cosine, decay, sine, softplus


def test_tables_are_close_to_the_functions():
    x = np.linspace(0, 15.9, 5000)
    assert np.abs(decay(x) - np.exp(-x)).max() < 1e-5
    assert np.abs(softplus(x - 8) - np.log1p(np.exp(x - 8))).max() < 1e-5
    assert np.abs(sine(40 * x - 300) - np.sin(40 * x - 300)).max() < 1e-5
    assert np.abs(cosine(x) - np.cos(x)).max() < 1e-5


def test_beyond_its_bounds_a_table_stays_as_it_is_there():
    assert decay(np.array([-3.0]))[0] == 1
    assert 0 <= decay(np.array([99.0]))[0] < 1e-5
