"""Membranes: cut-off as defined, limits of film theory, the least returning size, washout."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws import membrane as law
from exocast.laws.fenestrae import pore_average
from exocast.laws.wall_adsorption import diffusivity

KILODALTON = 1.66053906660e-24


@pytest.mark.parametrize("mass", [10, 100, 500])
@pytest.mark.parametrize("variation", [0.1, 0.3, 0.5])
def test_a_protein_of_the_cut_off_is_held_back_by_nine_tenths(mass, variation) -> None:
    size = law.globular_diameter(mass * KILODALTON)
    pore = law.cut_off_pore(size, variation)
    passing = law.sieving(np.array([size]), pore, variation)
    assert float(passing[0, 0]) == pytest.approx(0.1, abs=1e-4)


def test_pores_let_small_ones_through_and_no_vesicle() -> None:
    pore = law.cut_off_pore(law.globular_diameter(500 * KILODALTON), 0.3)
    sizes = np.array([0.5e-9, 7e-9, 14e-9, 40e-9, 100e-9])
    passing = law.sieving(sizes, pore, 0.3)[0]
    assert passing[0] > 0.97
    assert (np.diff(passing) <= 0).all()
    assert (passing[3:] < 1e-6).all()


@pytest.mark.parametrize("variation", [0.05, 0.3, 0.6])
def test_sieving_is_the_convection_of_holes_in_a_wall(variation) -> None:
    sizes = np.geomspace(1e-9, 60e-9, 50)
    mean = np.array([10e-9, 25e-9])
    _, asked = pore_average(
        sizes, mean, variation, law.NARROWEST * mean, mean * (1 + law.WIDEST * variation)
    )
    assert law.sieving(sizes, mean, variation) == pytest.approx(asked, abs=1e-3)


@given(s=st.floats(0, 1), flux=st.floats(1e-9, 1e-3), back=st.floats(1e-9, 1e-3))
def test_what_passes_lies_between_the_membrane_and_all(s, flux, back) -> None:
    found = float(law.observed_sieving(s, flux, back))
    assert s - 1e-12 <= found <= 1 + 1e-12
    assert float(law.observed_sieving(s, 1e-12, back)) == pytest.approx(s, rel=0.01, abs=1e-12)


@given(
    back=st.floats(1e-7, 1e-4), bulk=st.floats(0.01, 150), s=st.floats(0, 0.99),
    gel=st.floats(160, 400),
)  # fmt: skip
def test_at_the_limiting_flux_the_wall_is_a_gel(back, bulk, s, gel) -> None:
    flux = float(law.limiting_flux(back, gel, bulk, s))
    if not np.isfinite(flux):
        assert bulk <= s * gel
        return
    # Film theory the other way round: (c_w - c_p) / (c_b - c_p) = exp(J / k), c_p = S c_w.
    ratio = gel * (1 - s) / (bulk - s * gel)
    if ratio > 1.02:
        assert np.exp(flux / back) == pytest.approx(ratio, rel=1e-9)


def test_sizes_of_vesicles_return_worst() -> None:
    size = np.geomspace(5e-9, 5e-6, 400)
    moved = diffusivity(size, 293.15, 1e-3)
    back = law.return_by_diffusion(4e3, moved, 0.2) + law.return_by_shear(4e3, size, 0.2)
    assert 80e-9 < size[np.argmin(back)] < 500e-9


def test_a_critical_flux_keeps_particles_off() -> None:
    flux = np.array([1e-7, 9.9e-6, 2e-5, 1e-3])
    assert law.deposited_share(flux, 1e-5) == pytest.approx([0, 0, 0.5, 0.99])


def test_washout_is_the_exponential() -> None:
    assert float(law.washed_out(1.0, 6.0)) == pytest.approx(np.exp(-6))
    assert float(law.washed_out(0.0, 6.0)) == 1.0
    halves = law.washed_out(0.7, 3.0) ** 2
    assert float(halves) == pytest.approx(float(law.washed_out(0.7, 6.0)))


def test_a_cake_of_smaller_particles_is_tighter_by_the_square() -> None:
    fine, coarse = law.cake_resistance(1e-7, np.array([50e-9, 100e-9]), 0.4)
    assert fine == pytest.approx(4 * coarse)
    # 100 nm of 100 nm spheres against the membrane itself.
    assert 0.001 < coarse / law.membrane_resistance(14e-9, 5e-6) < 0.1


def test_water_flux_is_that_of_makers() -> None:
    """10 to 100 L/(m2 h bar) at 10 kDa, 100 to 1000 at 500 kDa: from memory, an order."""
    for mass, low, high in ((10, 5, 100), (100, 30, 500), (500, 100, 1500)):
        pore = law.cut_off_pore(law.globular_diameter(mass * KILODALTON), 0.3)
        flux = 1e5 / (1e-3 * float(law.membrane_resistance(pore, 5e-6)[0])) * 3.6e6
        assert low < flux < high
