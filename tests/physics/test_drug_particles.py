"""Particles of drug grow, break and are strained: closed forms, limits and what adds up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from exocast.laws.aggregation import encounters
from exocast.laws.drug_particles import (
    broken_diameter,
    clustering_growth,
    growth_ratio,
    ripening_growth,
)
from exocast.laws.straining import THROAT, WEDGE, bed_height, unstrained_share

WARM, WATER = 310.15, 0.69e-3


@given(
    wide=st.floats(3e-8, 3e-6), solid=st.floats(1e-9, 1e-2), stability=st.floats(1, 1e6),
    time=st.floats(1, 1e6),
)  # fmt: skip
def test_what_meets_grows_as_its_number_falls(wide, solid, stability, time) -> None:
    """The volume stays while Smoluchowski's number falls."""
    met = encounters(solid / (np.pi / 6 * wide**3), 1.0, time, stability, WARM, WATER)
    growth = clustering_growth(solid, stability, WARM, WATER)
    assert growth_ratio(wide, 0.0, growth, time) ** 3 == pytest.approx(1 + met, rel=1e-9)


@given(first=st.floats(0, 1e5), second=st.floats(0, 1e5), spread=st.floats(0, 0.8))
def test_to_stand_twice_is_to_stand_once(first, second, spread) -> None:
    growth, wide = 3e-22, 2e-7
    once = growth_ratio(wide, spread, growth, first + second)
    half = growth_ratio(wide, spread, growth, first)
    again = half * growth_ratio(wide * half, spread, growth, second)
    assert again == pytest.approx(once, rel=1e-9)
    assert growth_ratio(wide, spread, growth, 0.0) == 1.0


def test_the_cube_of_the_mean_radius_grows_at_the_rate_of_the_theory() -> None:
    energy, moved, dissolved, molar = 0.03, 4e-10, 5e-4, 6.8e-4
    rate = 8 * energy * moved * dissolved * molar**2 / (9 * 8.31446 * WARM)
    growth = ripening_growth(energy, moved, dissolved, molar, WARM)
    assert 4 / 3 * np.pi * rate == pytest.approx(growth, rel=1e-6)
    assert ripening_growth(energy, moved, 0.0, molar, WARM) == 0


@given(wide=st.floats(5e-7, 1e-4), energy=st.floats(1e6, 1e9), fineness=st.floats(1e-4, 1e-2))
def test_sound_breaks_by_the_square_of_the_width(wide, energy, fineness) -> None:
    def shrink(_, width):
        return -fineness * width**2 * wide * energy

    end = solve_ivp(shrink, (0, 1), [1.0], rtol=1e-9, atol=1e-13, method="LSODA").y[0, -1]
    found = broken_diameter(wide, energy, fineness, 0.0)
    assert found == pytest.approx(end * wide, rel=1e-6)
    half = broken_diameter(wide, energy / 2, fineness, 0.0)
    assert broken_diameter(half, energy / 2, fineness, 0.0) == pytest.approx(found, rel=1e-9)


def test_sound_makes_nothing_wider_and_ends_at_the_finest() -> None:
    widths = np.geomspace(1e-8, 1e-4, 50)
    assert np.array_equal(broken_diameter(widths, 0.0, 4e-3, 2e-7), widths)
    after = broken_diameter(widths, 1e12, 4e-3, 2e-7)
    assert np.array_equal(after, np.minimum(widths, 2e-7))


def test_a_bed_strains_by_the_ratio_of_diameters_alone() -> None:
    widths, bead = np.geomspace(3e-8, 5e-5, 80), 1e-4
    share = unstrained_share(widths, bead, 0.1, 0.3)
    assert np.all(np.diff(share) <= 0)
    assert np.all(share[widths <= WEDGE * bead] == 1)
    assert np.all(share[widths >= THROAT * bead] == 0)
    between = (widths > WEDGE * bead) & (widths < THROAT * bead)
    assert -np.log(share[between]) == pytest.approx(
        0.1 / bead * 0.3 * (widths[between] / bead - WEDGE), rel=1e-9
    )
    # As much wider, as much coarser, as much higher: the same.
    assert unstrained_share(7 * widths, 7 * bead, 0.7, 0.3) == pytest.approx(share, rel=1e-9)
    # Boulders strain nothing, and no bed does not either.
    assert np.all(unstrained_share(widths, 1e3, 0.1, 0.3) == 1)
    assert np.all(unstrained_share(widths[widths < THROAT * bead], bead, 0.0, 0.3) == 1)


def test_three_beads_that_touch_leave_the_throat() -> None:
    corners = np.array([[0, 0], [1, 0], [0.5, np.sqrt(3) / 2]])
    middle = corners.mean(axis=0)
    gap = np.linalg.norm(corners - middle, axis=1) - 0.5
    assert 2 * gap == pytest.approx(THROAT, rel=1e-12)


@given(more=st.floats(1.01, 1e3))
def test_beds_of_one_shape_are_higher_by_the_cube_root(more) -> None:
    assert bed_height(more * 1e-5, 0.07, 1e-5) ** 3 == pytest.approx(more * 0.07**3, rel=1e-9)
