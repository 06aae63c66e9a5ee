"""Lumen, lipids, permeation and binding against computed anchors and independent measurements."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.lumen import (
    AVOGADRO,
    arrhenius,
    crossing_rate,
    lipid_count,
    lumen_ceiling,
    lumen_diameter,
    lumen_volume,
    outer_area,
)
from exocast.laws.partition import copies_from_mass_share, equilibrium_concentration, occupancy


def test_a_micromolar_fills_a_vesicle_with_a_quarter_of_a_copy():
    assert lumen_ceiling(1e-3, lumen_volume(100e-9, 5e-9)) == pytest.approx(0.23, abs=5e-3)


def test_a_shell_that_fills_the_sphere_leaves_no_lumen():
    assert lumen_volume(10e-9, 5e-9) == 0.0
    assert lumen_volume(8e-9, 5e-9) == 0.0
    assert crossing_rate(1e-6, 0.0, 0.0) == 0.0


def test_lipids_of_a_small_vesicle_agree_with_the_published_estimate():
    assert lipid_count(70e-9, 5e-9, 0.45e-18) == pytest.approx(60_000, rel=0.05)
    assert 0.9e5 < lipid_count(100e-9, 5e-9, 0.55e-18) < 1.1e5


def test_permeability_and_binding_give_the_flip_flop_that_was_measured_apart():
    # Doxorubicin, 100 nm phosphatidylcholine with cholesterol: permeability 0.5 um/s
    # (Speelmans 1994, abstract), 8600 lipid/water (Regev 2005, abstract).
    area = outer_area(lumen_diameter(100e-9, 5e-9))
    leaflet = area * 2.5e-9
    rate = crossing_rate(0.5e-6, area, lumen_volume(100e-9, 5e-9), 8600 * leaflet)
    assert math.log(2) / rate == pytest.approx(0.7 * 60, rel=0.6)


def test_the_enthalpy_of_paclitaxel_gives_its_fall_by_four_in_ten_kelvin():
    factor = arrhenius(-25e3 * 4.184, 308.15, 298.15)
    assert 1 / factor == pytest.approx(4.0, rel=0.05)
    assert arrhenius(5e4, 300.0, 300.0) == 1.0


amounts = st.floats(1e-18, 1e-3)


@given(n=amounts, v=st.floats(1e-12, 1e-3), s=st.floats(0, 1e-3), k=st.floats(1e-6, 1e9))
def test_binding_conserves_the_ligand(n, v, s, k):
    free = equilibrium_concentration(n, v, s, k)
    assert free >= 0
    assert free * v + s * occupancy(free, k) == pytest.approx(n, rel=1e-6)


def test_binding_has_its_limits():
    assert equilibrium_concentration(1e-9, 1e-6, 0.0, 1e3) == pytest.approx(1e-3)
    assert equilibrium_concentration(0.0, 1e-6, 1e-6, 1e3) == 0.0
    assert equilibrium_concentration(1e-9, 0.0, 0.0, 1e3) == 0.0
    saturated = equilibrium_concentration(3e-6, 1e-6, 1e-6, 1e12)
    assert saturated == pytest.approx(2.0, rel=1e-6)


def test_a_reported_paclitaxel_load_is_far_above_what_a_bilayer_holds():
    # 28 % by mass on a vesicle of 1e5 lipids and as much protein: drug particles, not bilayer.
    dry = 2 * 1e5 * 0.75 / AVOGADRO
    reported = copies_from_mass_share(0.2829, dry, 0.8539)
    assert reported == pytest.approx(7e4, rel=0.05)
    assert reported > 10 * 0.06 * 1e5
    assert np.all(np.diff(copies_from_mass_share([0.01, 0.05, 0.3], dry, 0.8539)) > 0)
