"""Weighed cores under coats: moments against quadrature, shares against their limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.solid_particle import (
    core_area,
    core_mass,
    effective_density,
    shifted_shares,
    spread_of,
)

MEANS = st.floats(2e-9, 2e-7)
SPREADS = st.floats(0.01, 0.5)


def bell(mean: float, variation: float) -> tuple[np.ndarray, np.ndarray]:
    """Return diameters and number weights of the log-normal cores, on a fine grid."""
    spread = float(spread_of(variation))
    z = np.linspace(-9, 9, 4001)
    weight = np.exp(-0.5 * z**2)
    return mean * np.exp(-0.5 * spread**2 + spread * z), weight / weight.sum()


@given(MEANS, SPREADS)
def test_mass_and_area_are_the_moments_of_the_cores(mean: float, variation: float) -> None:
    diameter, weight = bell(mean, variation)
    assert (weight * diameter).sum() == pytest.approx(mean, rel=1e-6)
    mass = (weight * np.pi / 6 * diameter**3).sum() * 19300.0
    assert float(core_mass(mean, variation, 19300.0)) == pytest.approx(mass, rel=1e-6)
    area = (weight * np.pi * diameter**2).sum()
    assert float(core_area(mean, variation)) == pytest.approx(area, rel=1e-6)


@given(MEANS, SPREADS, st.floats(0.0, 2e-8))
def test_shares_are_those_of_the_cores_shifted_by_the_coat(
    mean: float, variation: float, layer: float
) -> None:
    edges = (mean + 2 * layer) * np.geomspace(0.2, 5.0, 31)
    shares = shifted_shares(edges, [layer], [mean], [variation])
    assert shares.sum() == pytest.approx(1.0, rel=1e-12)
    assert (shares >= 0).all()
    diameter, weight = bell(mean, variation)
    below = weight[diameter + 2 * layer < edges[15]].sum()
    assert shares[0, :15].sum() == pytest.approx(below, abs=2e-3)


def test_density_lies_between_solid_and_liquid() -> None:
    assert float(effective_density(50e-9, 50e-9, 19300.0, 1000.0)) == pytest.approx(19300.0)
    assert float(effective_density(1e-9, 100e-9, 19300.0, 1000.0)) == pytest.approx(
        1000.0, rel=1e-3
    )
