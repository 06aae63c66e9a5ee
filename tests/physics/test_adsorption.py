"""Adsorption on unequal sites: room, balance, memory and pace, and pores that differ."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp
from scipy.stats import lognorm

from exocast.laws.adsorption import (
    approached_occupancy,
    equivalent_concentration,
    jammed_sites,
    uneven_concentration,
)
from exocast.laws.membrane_opening import passing_radii, passing_share
from exocast.laws.partition import equilibrium_concentration, occupancy
from exocast.laws.release import binding_pools
from exocast.laws.wall_adsorption import JAMMING_COVERAGE


def test_room_is_that_of_a_plane_on_wide_particles_and_less_inside_than_out():
    wide, molecule = 1e-4, 1e-8
    plane = JAMMING_COVERAGE / (np.pi / 4 * molecule**2) * np.pi * wide**2
    assert jammed_sites(wide, molecule, 0.3) == pytest.approx(0.3 * plane, rel=1e-12)
    out, within = jammed_sites([1e-7 + molecule, 9e-8 - molecule], molecule, 1.0)
    assert 0 < within < out
    assert jammed_sites(5e-9 - molecule, molecule, 1.0) == 0


@settings(max_examples=60, deadline=None)
@given(
    amount=st.floats(1e-15, 1e-6),
    sites=st.floats(0.0, 1e-6),
    constant=st.floats(1e-2, 1e6),
    spread=st.floats(0.0, 4.0),
)
def test_what_is_free_and_bound_is_what_there_was(amount, sites, constant, spread):
    slower, share = binding_pools(np.array([spread]), 11)
    affinity = constant / slower
    n, v, s = (np.array([value]) for value in (amount, 1e-6, sites))
    c = uneven_concentration(n, v, s, affinity, share)
    bound = s * (share * occupancy(c[:, None], affinity)).sum(axis=1)
    assert c * v + bound == pytest.approx(n, rel=1e-10)
    assert np.all(c * v + bound <= n * (1 + 1e-12))
    if spread == 0:
        assert c == pytest.approx(equilibrium_concentration(n, v, s, constant), rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(taken=st.floats(1e-9, 0.999), constant=st.floats(1e-2, 1e6), spread=st.floats(0.0, 3.0))
def test_what_is_held_says_at_which_concentration_it_would_be(taken, constant, spread):
    slower, share = binding_pools(np.array([spread]), 11)
    c = equivalent_concentration(np.array([[taken]]), constant / slower, share)
    back = (share * occupancy(c, constant / slower)).sum()
    assert back == pytest.approx(taken, rel=1e-6)


def test_sites_fill_and_empty_as_the_rate_law_says():
    c, k, a = 3e-4, 2e3, 0.7
    law = solve_ivp(
        lambda _, y: a * c * (1 - y) - a / k * y, (0, 4e3), [0.9], rtol=1e-10, atol=1e-12
    )
    assert approached_occupancy(0.9, c, k, a, 4e3) == pytest.approx(law.y[0, -1], rel=1e-8)
    half = approached_occupancy(0.9, c, k, a, 2e3)
    assert approached_occupancy(half, c, k, a, 2e3) == pytest.approx(law.y[0, -1], rel=1e-8)


def test_pores_that_differ_are_cut_off_at_the_molecule_and_counted_in_equal_parts():
    pore, spread, molecule = 4e-9, 0.5, 10.5e-9
    pores = lognorm(spread, scale=pore)
    assert passing_share(pore, spread, molecule) == pytest.approx(pores.sf(molecule / 2))
    parts = passing_radii(np.array([pore]), np.array([spread]), np.array([molecule]), 400)
    assert parts.min() > molecule / 2
    area = quad(lambda r: pores.pdf(r) * r**2, molecule / 2, 2e-7)[0] / pores.sf(molecule / 2)
    assert (parts**2).mean() == pytest.approx(area, rel=0.01)
    # Far too narrow: none pass, and the radii are still those of the molecule.
    none = passing_radii(np.array([1e-10]), np.array([0.01]), np.array([molecule]))
    assert passing_share(1e-10, 0.01, molecule) == 0
    assert none == pytest.approx(np.full((1, 8), molecule / 2))
