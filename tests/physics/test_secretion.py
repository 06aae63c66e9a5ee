"""Cells over time and sizes on a grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws import secretion as law
from exocast.laws.water import water_viscosity


@given(growth=st.floats(-1e-5, 1e-5), time=st.floats(1.0, 1e6))
def test_cell_time_is_the_integral_of_the_cells(growth, time) -> None:
    grid = np.linspace(0, time, 4001)
    expected = np.trapezoid(1e8 * np.exp(growth * grid), grid)
    assert float(law.cell_time(1e8, growth, time)) == pytest.approx(expected, rel=1e-5)


@given(median=st.floats(2e-8, 2e-6), sd=st.floats(1.01, 3.0))
def test_no_particle_is_lost_to_the_grid(median, sd) -> None:
    shares = law.lognormal_shares(np.geomspace(30e-9, 1e-6, 41), [median], [sd])
    assert shares.sum() == pytest.approx(1.0, abs=1e-12)
    assert (shares >= 0).all()


def test_moments_on_a_fine_grid() -> None:
    edges = np.geomspace(5e-9, 5e-6, 2001)
    centres = np.sqrt(edges[1:] * edges[:-1])
    shares = law.lognormal_shares(edges, [80e-9], [1.4])[0]
    log = np.log(centres)
    mean = shares @ log
    assert np.exp(mean) == pytest.approx(80e-9, rel=1e-3)
    assert np.exp(np.sqrt(shares @ (log - mean) ** 2)) == pytest.approx(1.4, rel=1e-3)


def test_water_is_as_viscous_as_handbooks_say() -> None:
    # 1.55 cP, which a public calculator labels 20 degC, is water at 4 degC.
    assert float(water_viscosity(293.15)) == pytest.approx(1.002e-3)
    assert float(water_viscosity(277.15)) == pytest.approx(1.55e-3, rel=0.015)
