"""Formulated particles: the size behind a reading, copies by geometry, neutral charge, the coat."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.lumen import AVOGADRO
from exocast.laws.nanoparticle import (
    FASTEST_LOSS,
    coat_loss_rate,
    copies_by_geometry,
    neutral_copies,
    scattering_lognormal,
)


@given(st.floats(40e-9, 200e-9), st.floats(0.005, 0.2))
def test_cumulants_of_the_distribution_are_the_reading(z: float, pdi: float) -> None:
    """By quadrature: intensity d^6, relaxation rate 1/d; first cumulant and index come back."""
    median, spread = scattering_lognormal(z, pdi)
    sigma = np.log(spread)
    x = np.linspace(-9.0, 15.0, 20001)
    d = median * np.exp(sigma * x)
    weight = np.exp(-0.5 * x**2) * d**6
    mean = np.average(1 / d, weights=weight)
    assert 1 / mean == pytest.approx(z, rel=1e-6)
    assert np.average(d**-2, weights=weight) / mean**2 - 1 == pytest.approx(pdi, rel=1e-5)


def test_one_size_reads_as_itself() -> None:
    median, spread = scattering_lognormal(80e-9, 0.0)
    assert float(median) == pytest.approx(80e-9)
    assert float(spread) == pytest.approx(1.0)


def test_copies_are_mass_over_molar_mass() -> None:
    d, solids, share, molar = 100e-9, 900.0, 0.08, 13.0
    mass = np.pi / 6 * d**3 * solids
    expected = mass * share / molar * AVOGADRO
    assert float(copies_by_geometry(d, 0.0, solids, share, molar)) == pytest.approx(expected)
    # Eight times the volume holds eight times as much, and a layer that fills it leaves none.
    assert float(copies_by_geometry(2 * d, 0.0, solids, share, molar)) == pytest.approx(
        8 * expected
    )
    assert float(copies_by_geometry(d, d / 2, solids, share, molar)) == 0.0


def test_neutral_charge_is_one_phosphate_for_each_ionisable_lipid() -> None:
    """A particle with 20,000 ionisable lipids and siRNA of 40 charges is neutral at 500 copies."""
    lipids, share, lipid_mass, molar = 40_000, 0.5, 0.6, 13.3
    copies = 100.0
    ratio = copies * molar / (lipids * lipid_mass)
    assert float(neutral_copies(copies, ratio, share, lipid_mass, molar, 40.0)) == pytest.approx(
        500
    )


def test_a_coat_lasts_until_half_its_work_is_done() -> None:
    copies, half, rate = 8000.0, 1000.0, 1e-4
    wait = 1 / float(coat_loss_rate(copies, half, rate))
    left = copies * np.exp(-rate * wait)
    assert half / 2 < left < 2 * half
    assert float(coat_loss_rate(0.0, half, rate)) == pytest.approx(FASTEST_LOSS)
    assert float(coat_loss_rate(copies, half, 0.0)) == 0.0


@given(st.floats(0, 1e4), st.floats(1.0, 1e4), st.floats(1e-8, 1e-2))
def test_thicker_and_tighter_coats_last_longer(copies: float, half: float, rate: float) -> None:
    here = float(coat_loss_rate(copies, half, rate))
    assert 0 < here <= FASTEST_LOSS * (1 + 1e-12)
    assert float(coat_loss_rate(2 * copies + 1, half, rate)) <= here
    assert float(coat_loss_rate(copies, half, rate / 2)) <= here
