"""Molecules through pores: limits of sieving, two routes to one permeability, flow as the bound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.fenestrae import hindered_convection, hindered_diffusion
from exocast.laws.molecule_passage import (
    BOLTZMANN,
    capillary_clearance,
    pore_permeability,
    pore_sieving,
    stokes_diameter,
)

BODY = 310.15
PORE = 9.6e-9
PRESSURE = 1600.0


def test_permeability_is_that_of_counted_pores() -> None:
    """N cylinders: Poiseuille for the water, diffusion over their area for the molecule."""
    number, length, eta, d = 1e12, 5e-8, 0.7e-3, 4e-9
    conductance = number * np.pi * (PORE / 2) ** 4 / (8 * eta * length)
    diffusivity = BOLTZMANN * BODY / (3 * np.pi * eta * d)
    area = number * np.pi * (PORE / 2) ** 2
    expected = diffusivity * area / length * hindered_diffusion(d / PORE)
    assert float(pore_permeability(d, PORE, conductance, BODY)) == pytest.approx(float(expected))


def test_the_published_constant_of_the_two_pore_model_comes_back() -> None:
    """4 k T / (3 pi 138 Pa) is the 13197 nm^3 that codes of Li and Shah 2019 carry."""
    assert 4 * BOLTZMANN * BODY / (3 * np.pi * 138) == pytest.approx(13197e-27, rel=0.005)


def test_sieving_has_its_limits() -> None:
    """Water passes; what is wider than the pore does not; fast filtration leaves W alone."""
    assert float(pore_sieving(1e-11, PORE, PRESSURE, BODY)) == pytest.approx(1.0, abs=1e-3)
    assert float(pore_sieving(PORE, PORE, PRESSURE, BODY)) == 0.0
    assert float(pore_sieving(2 * PORE, PORE, PRESSURE, BODY)) == 0.0
    fast = float(pore_sieving(4e-9, PORE, 1e9, BODY))
    assert fast == pytest.approx(float(hindered_convection(4e-9 / PORE)), rel=1e-6)
    slow = float(pore_sieving(4e-9, PORE, 1e-6, BODY))
    assert slow == pytest.approx(1.0, abs=1e-6)


@given(st.floats(1e-10, 1.2e-8), st.floats(1.01, 1.5))
def test_larger_molecules_are_held_back_more(d: float, factor: float) -> None:
    small, large = (float(pore_sieving(x, PORE, PRESSURE, BODY)) for x in (d, factor * d))
    assert 0.0 <= large <= small <= 1.0


def test_the_glomerular_pore_gives_the_sieving_that_it_was_taken_from() -> None:
    """Ficoll of 3.6 to 4.9 nm radius: 0.016 in control rats (Svensson 2015, abstract)."""
    for radius, pore in ((3.6e-9, 8.17e-9), (4.25e-9, 9.64e-9), (4.9e-9, 11.12e-9)):
        found = float(pore_sieving(2 * radius, pore, PRESSURE, BODY))
        assert found == pytest.approx(0.016, rel=0.03)


def test_the_protein_that_the_kidney_keeps() -> None:
    """Albumin, 3.6 nm, is held back more than ten times; an siRNA of 2 nm passes mostly."""
    assert float(pore_sieving(7.1e-9, PORE, PRESSURE, BODY)) < 0.1
    assert float(pore_sieving(4.1e-9, PORE, PRESSURE, BODY)) > 0.7


def test_blood_bounds_what_a_bed_gives() -> None:
    """Renkin and Crone: Q (1 - e^-PS/Q); little permeability is itself, much is the flow."""
    flow = 2.0
    for surface in (1e-6, 0.5, 2.0, 1e6):
        out, back = capillary_clearance(flow, surface, 0.0, 1.0)
        assert float(out) == pytest.approx(flow * -np.expm1(-surface / flow))
        assert float(back) == pytest.approx(float(out))
    out, back = capillary_clearance(0.0, 1.0, 0.0, 1.0)
    assert float(out) == 1.0  # No flow bounds nothing; a bed without blood has no plasma either.
    assert float(capillary_clearance(flow, 0.0, 0.0, 1.0)[0]) == 0.0


def test_stokes_and_einstein() -> None:
    assert float(stokes_diameter(1e-10, 1e-3, 300.0)) == pytest.approx(
        BOLTZMANN * 300 / (3 * np.pi * 1e-3 * 1e-10)
    )
