"""Escape against competing exits is exact, and cargo thins as its moments should."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.escape import escape_rate, surviving_share

share = st.floats(1e-9, 0.999)
rate = st.floats(1e-7, 1e2)


@given(probability=share, lysosome=rate, re_export=rate)
def test_the_probability_comes_back_exactly(probability, lysosome, re_export):
    escape = float(escape_rate(probability, lysosome + re_export))
    assert escape / (escape + lysosome + re_export) == pytest.approx(probability, rel=1e-12)


def test_the_shortcut_would_be_low_by_one_minus_p():
    assert 0.3 * 2.0 / float(escape_rate(0.3, 2.0)) == pytest.approx(0.7)
    assert float(escape_rate(0.0, 2.0)) == 0.0


@given(loss=rate, first=rate, second=rate, moment=st.integers(1, 3))
def test_survival_is_the_laplace_transform_of_the_time_spent(loss, first, second, moment):
    expected = first / (first + moment * loss) * second / (second + moment * loss)
    assert float(surviving_share(loss, (first, second), moment)) == pytest.approx(expected)


def test_survival_against_drawn_times():
    generator = np.random.default_rng(3)
    time = generator.exponential(1 / 4.0, 200_000) + generator.exponential(1 / 1.0, 200_000)
    for moment in (1, 2):
        drawn = np.exp(-moment * 0.5 * time).mean()
        assert float(surviving_share(0.5, (4.0, 1.0), moment)) == pytest.approx(drawn, rel=5e-3)
