"""Liposomes by geometry: limits, scaling and a textbook count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.liposome import bilayer_lipids, lumen_concentration, mean_lipid
from exocast.laws.lumen import AVOGADRO


@given(st.floats(3e-8, 4e-7), st.floats(4e-9, 5e-9), st.floats(0.4e-18, 0.7e-18))
def test_a_large_liposome_is_two_flat_leaflets(size: float, thick: float, area: float) -> None:
    lipids = float(bilayer_lipids(size, thick, area))
    flat = 2 * np.pi * (size - thick) ** 2 / area
    assert lipids == pytest.approx(flat, rel=2 * (thick / (size - thick)) ** 2 + 1e-12)


def test_a_micelle_has_one_leaflet() -> None:
    assert float(bilayer_lipids(8e-9, 4.5e-9, 0.5e-18)) == pytest.approx(np.pi * 64 / 0.5)


@given(st.floats(0, 0.5), st.floats(0, 0.1))
def test_a_mean_lies_between_its_parts(sterol: float, peg: float) -> None:
    mean = float(mean_lipid(0.79, 0.39, 2.8, sterol, peg))
    assert 0.39 <= mean <= 2.8
    assert mean == pytest.approx(0.79 - 0.4 * sterol + 2.01 * peg)


def test_a_lumen_dissolves_what_it_holds() -> None:
    volume = np.pi / 6 * (91e-9) ** 3
    assert float(lumen_concentration(1e4, 100e-9, 4.5e-9)) == pytest.approx(1e4 / AVOGADRO / volume)
