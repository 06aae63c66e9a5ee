"""Contact of a vesicle with a phagocyte: charge, wrapping, what is let go."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.phagocyte_surface import (
    charge_factor,
    contact_energy,
    debye_length,
    kept_share,
    wrapped_share,
)

potential = st.floats(-0.06, 0.06)
GAP, WARM = 3e-9, 310.15
SCREENING = float(debye_length(154.0, WARM))


def energy(particle, cell=-15e-3, radius=50e-9, gap=GAP):
    return float(contact_energy(particle, cell, radius, 50e-9, gap, SCREENING, WARM))


def test_screening_in_saline_is_the_handbook_length():
    """0.304 nm over the root of the ionic strength in mol/L, at 25 degC in water of 78.5."""
    at_25 = float(debye_length(154.0, 298.15)) * np.sqrt(78.5 / 74.2)
    assert at_25 == pytest.approx(0.304e-9 / np.sqrt(0.154), rel=0.01)
    assert float(debye_length(15.4, WARM)) == pytest.approx(SCREENING * np.sqrt(10))


def test_weak_potentials_have_the_energy_of_debye_and_huckel():
    """4 pi eps psi1 psi2 a r / (a + r) exp(-h / lambda), over kT."""
    small, eps, thermal = 1e-3, 8.8541878128e-12 * 74.2, 1.380649e-23 * WARM
    closed = 4 * np.pi * eps * small**2 * 25e-9 * np.exp(-GAP / SCREENING) / thermal
    assert energy(small, small) == pytest.approx(closed, rel=1e-3)


@given(one=potential, other=potential)
def test_more_positive_vesicles_are_drawn_more_to_a_negative_cell(one, other):
    low, high = sorted((one, other))
    assert energy(high) <= energy(low)


@given(zeta=potential)
def test_energy_is_odd_in_a_potential_and_fades_with_distance(zeta):
    assert energy(zeta) == pytest.approx(-energy(-zeta))
    assert abs(energy(zeta, gap=2 * GAP)) <= abs(energy(zeta))
    assert abs(energy(zeta, gap=100 * GAP)) < 1e-12


def test_charge_is_one_factor_and_bounded():
    assert float(charge_factor(0.7, 0.7)) == 1.0
    assert float(charge_factor(energy(0.03), energy(-0.015))) > 1.0
    assert np.isfinite(charge_factor(-1e6, 0.0))
    assert float(charge_factor(1e6, 0.0)) > 0.0


@given(one=st.floats(1e-9, 2e-6), other=st.floats(1e-9, 2e-6))
def test_larger_vesicles_are_wrapped_more_surely(one, other):
    low, high = sorted((one, other))
    share = [float(wrapped_share(d, 20e-9)) for d in (low, high)]
    assert 0.0 <= share[0] <= share[1] <= 1.0


def test_the_share_wrapped_is_that_of_contacts_with_enough_adhesion():
    """Adhesion log-normal about the energy that pays for bending at the smallest diameter."""
    rng = np.random.default_rng(2)
    adhesion = np.exp(rng.normal(0.0, 1.0, 200_000))
    wrapped = (adhesion * (30.0 / 20.0) ** 2 > 1.0).mean()
    assert float(wrapped_share(30e-9, 20e-9)) == pytest.approx(wrapped, abs=0.005)


@given(copies=st.floats(0.0, 1e5), largest=st.floats(0.0, 1.0), half=st.floats(0.1, 1e4))
def test_what_is_kept_falls_to_what_cannot_be_let_go(copies, largest, half):
    kept = float(kept_share(copies, half, largest))
    assert 1.0 - largest - 1e-12 <= kept <= 1.0
    assert kept >= float(kept_share(2 * copies, half, largest)) - 1e-12
