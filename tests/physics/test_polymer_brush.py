"""Coats of chains: coverage in closed form, and what they leave open."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.polymer_brush import flory_radius, grafting_coverage, open_share

coverage = st.floats(0.0, 50.0)
floor = st.floats(1e-4, 0.9)


def test_a_chain_of_twice_the_mass_is_2_to_the_three_fifths_larger():
    assert float(flory_radius(0.35e-9, 90.0) / flory_radius(0.35e-9, 45.0)) == pytest.approx(2**0.6)


def test_coverage_is_chains_times_discs_over_the_sphere():
    """Chains whose discs together have the area of the sphere."""
    diameter, radius = 100e-9, 3.45e-9
    copies = 4 * (diameter / 2) ** 2 / radius**2
    assert float(grafting_coverage(copies, np.pi * diameter**2, radius)) == pytest.approx(1.0)


def test_coils_at_random_places_leave_what_a_simulation_finds():
    """Poisson coverage of a flat, periodic square by discs at a coverage of 1.2."""
    rng = np.random.default_rng(5)
    radius, discs = 0.05, round(1.2 / (np.pi * 0.05**2))
    points = rng.random((2000, 2))
    centres = rng.random((discs, 2))
    gap = np.abs(points[:, None] - centres[None])
    gap = np.minimum(gap, 1.0 - gap)
    bare = ((gap**2).sum(-1) > radius**2).all(1).mean()
    assert bare == pytest.approx(float(open_share(1.2, 0.0)), rel=0.1)


@given(one=coverage, other=coverage, floor=floor)
def test_a_thicker_coat_never_opens(one, other, floor):
    low, high = sorted((one, other))
    thin, thick = (float(open_share(c, floor, 3e-9, 3.45e-9)) for c in (low, high))
    assert floor <= thick <= thin <= 1.0


@given(coverage=coverage, floor=floor)
def test_pushing_in_costs_most_where_coils_crowd(coverage, floor):
    plain, pushed = open_share(coverage, floor), open_share(coverage, floor, 3e-9, 3.45e-9)
    assert float(pushed) <= float(plain)
    if coverage < 0.01:
        assert float(pushed) == pytest.approx(float(plain), rel=1e-3)


def test_limits():
    assert float(open_share(0.0, 0.1, 3e-9, 3.45e-9)) == 1.0
    assert float(open_share(1e3, 0.1)) == pytest.approx(0.1)
