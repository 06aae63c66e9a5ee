"""Smoluchowski aggregation: equal sizes in closed form, a mixture against the kinetic equations."""

from __future__ import annotations

import numpy as np
import pytest

from exocast.laws import aggregation as law
from exocast.material.suspension import default_grid

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


def _clumped(times, ratio=1e5):
    grid = default_grid()
    start = np.zeros((4, grid.size))
    start[:, 13] = 1e17
    half = law.half_time(1e17, 1e5, 277.15, 1.57e-3) * np.full(4, times)
    met = law.encounters(1e17, 1.0, half, ratio, 277.15, 1.57e-3)
    moved = law.clumped(start, grid, met)
    volume = np.einsum("nk,nkt->nt", start * grid**3, moved[:, :, :-1])
    return grid, start, moved, volume / grid**3


@pytest.mark.parametrize("times", [1e-4, 0.01, 1.0, 30.0])
def test_clumps_keep_their_volume_and_follow_the_number_of_smoluchowski(times) -> None:
    grid, start, moved, number = _clumped(times)
    assert moved.sum(axis=2) == pytest.approx(1.0, rel=1e-12)
    assert (moved[:, 13, -1] < 1e-9).all()
    assert number @ grid**3 == pytest.approx(start @ grid**3, rel=1e-9)
    # Clumps of all sizes meet up to 7 % more often than equal spheres (self-preserving spectrum).
    expected = 1 / (1 + times)
    assert (number.sum(axis=1) / 1e17 <= expected * (1 + 1e-9)).all()
    assert number.sum(axis=1) / 1e17 == pytest.approx(expected, rel=0.07 * times / (1 + times))
    mean = (number @ grid) / number.sum(axis=1)
    assert (mean > grid[13]).all()
    assert (moved >= 0).all()


def test_clumps_leave_the_grid_at_last_and_nothing_moves_without_encounters() -> None:
    _, _, moved, number = _clumped(1e5)
    assert (moved[:, 13, -1] > 0.9).all()
    assert (number.sum(axis=1) < 1e-5 * 1e17).all()
    still = np.broadcast_to(np.eye(40, 41), moved.shape)
    for times, ratio in ((1e5, 1e30), (0.0, 1e5)):
        assert np.array_equal(_clumped(times, ratio)[2], still)
    assert np.array_equal(law.clumped(np.zeros((4, 40)), default_grid(), np.ones(4)), still)
