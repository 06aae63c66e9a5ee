"""Member by member: what is shared cancels, zeros are counted, failed members are left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from exocast.material.paired import paired

amounts = arrays(float, 12, elements=st.floats(0.0, 1e12).filter(lambda x: x == 0 or x > 1e-9))


@given(amounts)
def test_an_amount_against_itself_differs_by_nothing(values: np.ndarray) -> None:
    found = paired(values, values, uncertainty=4)
    assert found.identical
    assert (found.equal, found.greater, found.from_nothing) == (1.0, 0.0, 0.0)
    assert (found.difference.median, *found.difference.uncertainty) == (0.0, 0.0, 0.0)
    if (values > 0).any():
        assert (found.ratio.median, *found.ratio.uncertainty) == (1.0, 1.0, 1.0)


@given(st.floats(1e-6, 1e6).filter(lambda x: abs(x - 1) > 1e-3))
def test_a_common_factor_is_found_without_spread(factor: float) -> None:
    values = np.geomspace(1e-9, 1e9, 12)
    found = paired(values, factor * values, uncertainty=4)
    ends = (found.ratio.median, *found.ratio.uncertainty, *found.ratio.variability)
    assert ends == pytest.approx((factor,) * 5, rel=1e-9)
    assert found.greater == (1.0 if factor > 1 else 0.0)


def test_both_intervals_are_those_of_a_known_split() -> None:
    unknown, differs = np.geomspace(1, 100, 101), np.geomspace(0.5, 2.0, 201)
    base = np.ones((101, 201))
    other = base * unknown[:, None] * differs[None, :]
    found = paired(base.ravel(), other.ravel(), uncertainty=101)
    assert found.ratio.median == pytest.approx(10.0)
    assert found.ratio.uncertainty == pytest.approx((100**0.05, 100**0.95))
    assert found.ratio.variability == pytest.approx((10 * 0.5 * 4**0.05, 10 * 0.5 * 4**0.95))


def test_zeros_are_counted_and_kept_out_of_the_ratio() -> None:
    base = np.array([0.0, 0.0, 2.0, 2.0])
    other = np.array([0.0, 5.0, 0.0, 4.0])
    found = paired(base, other, uncertainty=2)
    assert found.ratio.median == pytest.approx(2.0)
    assert (found.equal, found.greater, found.from_nothing) == (0.25, 0.5, 0.25)
    assert found.ratio.zero_share == 0.5  # of the two in which the base has some
    assert found.difference.finished == 4


def test_a_member_that_failed_on_one_side_is_left_out_of_both() -> None:
    base = np.array([1.0, np.nan, 3.0, 4.0])
    other = np.array([2.0, 5.0, np.nan, 8.0])
    found = paired(base, other, uncertainty=2)
    assert found.difference.finished == 2
    assert found.ratio.median == pytest.approx(2.0)
    assert found.greater == 1.0


def test_rounding_is_no_difference_and_no_identity() -> None:
    base = np.array([1.0, 2.0])
    found = paired(base, base * (1 + 1e-7), uncertainty=2)
    assert (found.equal, found.greater, found.identical) == (1.0, 0.0, False)


def test_nothing_finished() -> None:
    nothing = np.full(4, np.nan)
    found = paired(nothing, np.ones(4), uncertainty=2)
    assert (found.greater, found.equal, found.difference.finished) == (0.0, 0.0, 0)
