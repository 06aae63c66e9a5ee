"""Field-flow fractionation: the retention law, its limits, steric inversion, conserved peaks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws import field_flow as law
from exocast.laws.wall_adsorption import diffusivity


@pytest.mark.parametrize("layer", [0.002, 0.02, 0.1, 0.5, 2.0])
def test_retention_is_the_mean_of_the_profile(layer) -> None:
    """Against the integrals: exponential layer in a parabolic flow."""
    x = np.linspace(0, 1, 400001)
    held, flow = np.exp(-x / layer), 6 * x * (1 - x)
    asked = np.trapezoid(held * flow, x) / np.trapezoid(held, x)
    assert float(law.retention_ratio(layer)) == pytest.approx(asked, rel=1e-4)


def test_limits() -> None:
    assert float(law.retention_ratio(1e-4)) == pytest.approx(6e-4, rel=1e-3)
    assert float(law.retention_ratio(50.0)) == pytest.approx(1.0, abs=1e-3)
    near = law.retention_ratio(1 / (2 * np.array([0.0499999, 0.0500001])))
    assert near[0] == pytest.approx(near[1], rel=1e-6)
    assert float(law.void_time(1e-6, 1e-8, 0.0)) == pytest.approx(100.0)


def test_times_of_vesicles_rise_with_size_and_turn_at_the_inversion() -> None:
    size = np.geomspace(20e-9, 2e-6, 800)
    width, void, cross = 350e-6, 0.9e-6, 1e-6 / 60
    moved = diffusivity(size, 298.15, 0.89e-3)
    layer = law.layer_thickness(moved, void, width, cross)
    ratio = law.retention_ratio(layer, size / 2 / width)
    turn = size[np.argmin(ratio)]
    asked = float(law.steric_inversion(layer[0] * size[0], width))
    assert turn == pytest.approx(asked, rel=0.05)
    assert 0.2e-6 < turn < 1e-6


@given(lam=st.floats(1e-4, 5.0), alpha=st.floats(0, 0.2), steric=st.floats(0.5, 2.0))
def test_retention_is_positive_and_bounded(lam, alpha, steric) -> None:
    assert 0 < float(law.retention_ratio(lam, alpha, steric)) <= 1.5


@given(cut=st.floats(0, 3), spread=st.floats(0.01, 0.5))
def test_fractions_that_tile_hold_the_peak(cut, spread) -> None:
    parts = law.crossed_share(0.0, cut, spread) + law.crossed_share(cut, 9.0, spread)
    assert float(parts) == pytest.approx(float(law.crossed_share(0.0, 9.0, spread)), abs=1e-12)


def test_plates_are_far_from_limiting() -> None:
    height = float(law.plate_height(0.0114, 0.0019, 4.3e-12, 2e-3, 350e-6))
    assert 1e-6 < height < 1e-3
