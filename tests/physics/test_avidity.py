"""Bonds: limits, closed forms, and what no number of ligands can pass."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.avidity import (
    avidity,
    binding_clearance,
    bond_strength,
    bonds_in_reach,
    capture_share,
    wall_clearance,
)
from exocast.laws.displayed_copies import displaying
from exocast.laws.insertion import inserted_copies
from exocast.laws.magnetic_pull import magnetic_drift, pulled_clearance

positive = st.floats(1e-6, 1e6)


@pytest.mark.parametrize("bonds", [1, 2, 3, 7])
@pytest.mark.parametrize("strength", [1e-3, 0.5, 40.0])
def test_avidity_is_a_mean_time_of_a_chain_of_bonds(bonds, strength):
    """The hold of a vesicle that walks between 1 and m bonds, from rates, not from weights.

    Free ligands bind at xi, bound ones leave at 1, each: the mean time until the last bond ends,
    from one, is exactly the avidity in units of one bond.
    """
    up = [(bonds - j) * strength for j in range(1, bonds)]
    weights = np.cumprod([1.0, *(u / (j + 2) for j, u in enumerate(up))])
    assert avidity(bonds, strength) == pytest.approx(weights.sum() / weights[0], rel=1e-9)
    # Mean first-passage time from one bond to none, by the tridiagonal equations.
    generator = np.zeros((bonds, bonds))
    for j in range(1, bonds + 1):
        rate_up = (bonds - j) * strength
        generator[j - 1, j - 1] = -(j + rate_up)
        if j < bonds:
            generator[j - 1, j] = rate_up
        if j > 1:
            generator[j - 1, j - 2] = j
    time = np.linalg.solve(generator, -np.ones(bonds))[0]
    assert avidity(bonds, strength) == pytest.approx(time, rel=1e-6)


@given(positive, st.floats(1.0, 200.0), st.floats(1.0, 2.0))
def test_avidity_grows_with_bonds_and_never_overflows(strength, bonds, more):
    first, second = avidity(bonds, strength), avidity(bonds * more, strength)
    assert 1.0 <= first <= second * (1 + 1e-12)
    assert np.isfinite(second)


def test_bonds_need_ligands_and_receptors():
    assert bonds_in_reach(1.0, 1e-7, 1e-8, 1e15) == 1.0
    few = bonds_in_reach(1000.0, 1e-7, 1e-8, 1e12)
    assert few == 1.0
    assert bonds_in_reach(1000.0, 1e-7, 1e-8, 1e18) == pytest.approx(1 + 999 * 0.1)
    assert bond_strength(0.0, 1e-8, 1e-6) == 0.0


@given(st.floats(0.0, 1e3), st.floats(0.01, 1.0))
def test_vesicles_with_ligands_hold_them_all(copies, share):
    some, each = displaying(copies, share)
    assert 0.0 <= some <= share
    assert some * each == pytest.approx(copies, rel=1e-9, abs=1e-300)
    assert each >= 1.0 - 1e-9


@given(positive, positive, positive)
def test_a_wall_takes_no_more_than_either_step_allows(diffusivity, radius, reaction):
    taken = wall_clearance(diffusivity, radius, reaction)
    assert taken <= min(reaction, 3.66 * diffusivity / (2 * radius)) * (1 + 1e-12)
    assert wall_clearance(diffusivity, radius, 2 * reaction) >= taken


def test_no_ligand_no_receptor_no_clearance():
    assert binding_clearance(100.0, 0.0, 1e5) == 0.0
    assert binding_clearance(100.0, 10.0, 0.0) == 0.0
    assert capture_share(1.0, 0.0, 1.0) == 1.0


def test_a_magnet_pulls_in_proportion():
    drift = magnetic_drift(2e-18, 100.0, 1e-7, 1.2e-3)
    assert drift == pytest.approx(2e-16 / (3 * np.pi * 1.2e-3 * 1e-7))
    assert magnetic_drift(2e-18, 1.0, 1e-7, 1.2e-3) == pytest.approx(drift / 100)
    assert pulled_clearance(0.0, 1e-9, 5e-6) == 0.0


@given(st.floats(1.0, 1e20), st.floats(0.01, 1.0), st.floats(1e12, 1e18), st.floats(1e-6, 10.0))
def test_a_membrane_takes_what_is_there_and_what_it_holds(added, share, capacity, area):
    held = inserted_copies(added, share, capacity, area) * area
    assert held <= min(share * added, capacity * area) * (1 + 1e-9)
    assert inserted_copies(added, share, capacity, 0.0) == 0.0


def test_insertion_takes_arrays_of_amounts():
    held = inserted_copies(np.array([0.0, 1e10, 1e20]), 0.3, 1e16, 1e-3)
    assert held.shape == (3,)
    assert held[0] == 0.0
    assert held[2] == pytest.approx(1e16)
