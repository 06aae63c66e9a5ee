"""Smoluchowski aggregation: equal sizes in closed form, a mixture against the kinetic equations."""

from __future__ import annotations

import numpy as np
import pytest

from exocast.laws import aggregation as law

ONE = np.ones(1)


def test_half_time_of_the_physics_decisions() -> None:
    assert float(law.half_time(1e18, 1.0, 298.15, 0.89e-3)) == pytest.approx(0.16, abs=0.005)


@pytest.mark.parametrize("times", [0.1, 1.0, 30.0])
def test_equal_sizes_follow_smoluchowski(times) -> None:
    half = law.half_time(1e17, 1e5, 277.15, 1.57e-3)
    left = law.singlet_fraction(
        [[1e17]], [1e-7], times * half * ONE, 1e5 * ONE, 277.15, 1.57e-3 * ONE
    )
    assert float(left[0, 0]) == pytest.approx((1 + times) ** -2, rel=1e-12)


def test_mixture_starts_at_the_exact_rate() -> None:
    size = np.array([40e-9, 100e-9, 400e-9])
    number = np.array([[3e16, 1e17, 1e15]])
    ratio, dt = 1e6, 1.0
    kernel = law.collision_kernel(size[:, None], size, 277.15, 1.57e-3)
    exact = -(kernel @ number[0]) / ratio
    left = law.singlet_fraction(number, size, dt * ONE, ratio * ONE, 277.15, 1.57e-3 * ONE)
    assert (left[0] - 1) / dt == pytest.approx(exact, rel=1e-2)
    assert left[0, 0] < left[0, 1]  # unequal partners meet more often


def test_empty_and_still_are_left_alone() -> None:
    empty = law.singlet_fraction(
        np.zeros((2, 3)), [1e-7, 2e-7, 3e-7], np.ones(2), np.ones(2), 277.0, 1e-3
    )
    assert np.array_equal(empty, np.ones((2, 3)))
    still = law.singlet_fraction([[1e17]], [1e-7], 0 * ONE, ONE, 277.0, 1e-3)
    assert float(still[0, 0]) == 1.0
