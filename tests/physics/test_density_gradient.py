"""Bands: Stokes in a uniform liquid, rest in a linear gradient, Meselson's width, conservation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from exocast.laws import density_gradient as law
from exocast.laws.centrifugation import (
    angular_velocity_squared,
    pelleted_fraction_swing_out,
    sedimentation_coefficient,
)
from exocast.laws.wall_adsorption import diffusivity

TOP, BOTTOM, CELLS = 0.0667, 0.1588, 2000
EDGES = np.linspace(TOP, BOTTOM, CELLS + 1)
MIDDLE = (EDGES[1:] + EDGES[:-1]) / 2
FIELD = float(angular_velocity_squared(1e5 * 9.80665, 0.1128))
ETA = 2e-3
MOBILITY = (FIELD * MIDDLE / (18 * ETA))[None, :]


def test_a_uniform_liquid_is_the_swing_out_law() -> None:
    """Share of a full tube at the bottom: the particle formula of differential centrifugation."""
    time, size, excess = 600.0, 90e-9, 60.0
    start = TOP + (BOTTOM - TOP) * (np.arange(4000) + 0.5) / 4000
    place, _, _ = law.resting_place(
        EDGES, MOBILITY, np.full((1, CELLS), excess), start[None, :], [[size**2 * time]]
    )
    found = np.mean(place[0, :, 0] >= BOTTOM * (1 - 1e-9))
    s = sedimentation_coefficient(size, 1000 + excess, 1000.0, ETA)
    asked = float(pelleted_fraction_swing_out(s, FIELD, time, TOP, BOTTOM))
    assert 0.1 < asked < 0.9
    assert found == pytest.approx(asked, abs=2e-3)


@pytest.mark.parametrize("size", [40e-9, 100e-9, 200e-9])
@pytest.mark.parametrize("first", [0.07, 0.155])
def test_a_linear_gradient_is_its_equation_of_motion(size, first) -> None:
    """From above and from below, against an integrator of ordinary differential equations."""
    medium = 1000 + 250 * (MIDDLE - TOP) / (BOTTOM - TOP)
    time = 3 * 3600.0
    place, _, rest = law.resting_place(
        EDGES, MOBILITY, (1120 - medium)[None, :], [[first]], [[size**2 * time]]
    )

    def speed(_, r):
        dense = 1000 + 250 * (r - TOP) / (BOTTOM - TOP)
        return size**2 * FIELD * r / (18 * ETA) * (1120 - dense)

    solved = solve_ivp(speed, (0, time), [first], rtol=1e-9, atol=1e-12)
    assert float(place[0, 0, 0]) == pytest.approx(solved.y[0, -1], abs=2e-4)
    assert float(rest[0]) == pytest.approx(TOP + 0.48 * (BOTTOM - TOP), abs=1e-4)


def test_floating_and_sinking_end_at_the_ends() -> None:
    for excess, end in ((-30.0, TOP), (30.0, BOTTOM)):
        place, _, rest = law.resting_place(
            EDGES, MOBILITY, np.full((1, CELLS), excess), [[0.1]], [[1e-6]]
        )
        assert place.ravel() == pytest.approx([end])
        assert rest == pytest.approx([end])


@given(
    size=st.floats(20e-9, 500e-9), density=st.floats(950, 1300), first=st.floats(0.0, 1.0),
    hours=st.floats(0.01, 100),
)  # fmt: skip
def test_nothing_passes_its_place_or_turns_back(size, density, first, hours) -> None:
    medium = 1000 + 250 * (MIDDLE - TOP) / (BOTTOM - TOP)
    start = TOP + first * (BOTTOM - TOP)
    progress = size**2 * hours * 3600 * np.array([0.5, 1.0])
    place, cell, rest = law.resting_place(
        EDGES, MOBILITY, (density - medium)[None, :], [[start]], progress[None, :]
    )
    first_half, whole = place[0, 0]
    low, high = sorted((start, float(rest[0])))
    assert low - 1e-12 <= first_half <= high + 1e-12
    assert abs(whole - rest[0]) <= abs(first_half - rest[0]) + 1e-12
    assert ((cell >= 0) & (cell < CELLS)).all()


def test_late_bands_are_those_of_meselson() -> None:
    """kT over the stiffness of the buoyant force, whatever the viscosity."""
    size, steep, radius, kelvin = 60e-9, 2500.0, 0.11, 277.15
    for eta in (1e-3, 5e-3):
        rate = law.relaxation_rate(size, FIELD * radius / (18 * eta), steep)
        found = law.band_spread(diffusivity(size, kelvin, eta), rate, 1e7)
        stiff = np.pi / 6 * size**3 * steep * FIELD * radius
        assert float(found) == pytest.approx(1.380649e-23 * kelvin / stiff, rel=1e-9)


def test_early_bands_spread_as_free_diffusion() -> None:
    assert float(law.band_spread(4e-12, 1e-9, 100.0)) == pytest.approx(8e-10, rel=1e-6)
    assert float(law.band_spread(4e-12, 0.0, 100.0)) == pytest.approx(8e-10)


@given(place=st.floats(TOP, BOTTOM), spread=st.floats(0, 1e-3), cut=st.floats(TOP, BOTTOM))
def test_cuts_that_tile_the_tube_hold_the_band(place, spread, cut) -> None:
    parts = [law.band_share(place, spread, a, b)
             for a, b in ((-np.inf, cut), (cut, np.inf))]  # fmt: skip
    assert float(sum(parts)) == pytest.approx(1.0, abs=1e-12)


def test_layers_keep_their_mass_and_run_into_each_other() -> None:
    x = np.linspace(0, 0.09, 4001)
    sharp, soft = (
        law.layered_concentration(x, [0.03, 0.06], [100.0, 300.0, 500.0], s) for s in (1e-12, 4e-6)
    )
    assert np.mean(soft) == pytest.approx(np.mean(sharp), rel=1e-4)
    assert (np.diff(soft) >= 0).all()
    assert np.abs(np.diff(soft)).max() < 0.02 * np.abs(np.diff(sharp)).max()
