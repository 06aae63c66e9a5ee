"""Collins-Kimball: the diffusion ceiling of physics decision 12, and what may lower it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.phagocyte_encounter import (
    brownian_diffusivity,
    encounter_ceiling,
    uptake_clearance,
)

PER_MINUTE = 60e6  # m^3/s to mL/min
positive = st.floats(1e-20, 1e-10)


def test_ceiling_of_one_kupffer_cell():
    ceiling = encounter_ceiling(brownian_diffusivity(100e-9, 1.2e-3, 310.15), 6.5e-6)
    assert float(ceiling) * PER_MINUTE == pytest.approx(1.9e-8, rel=0.03)


def test_ceiling_of_a_mouse_and_a_rat_liver():
    cell = float(encounter_ceiling(brownian_diffusivity(100e-9, 1.2e-3), 6.5e-6)) * PER_MINUTE
    mouse = [cell * density * 1.1 for density in (14e6, 20e6)]
    assert mouse[0] == pytest.approx(0.3, rel=0.1)
    assert mouse[1] < 0.5
    rat = [cell * density * mass for density, mass in ((14e6, 9.2), (20e6, 9.2))]
    assert rat == pytest.approx([2.4, 3.4], rel=0.02)


def test_the_same_law_gives_a_human_half_life_of_minutes():
    """Physics decision 12: 5 to 9 min with 1.6 kg of liver, the rat's cells a gram and 5 L."""
    cell = float(encounter_ceiling(brownian_diffusivity(100e-9, 1.2e-3), 6.5e-6)) * PER_MINUTE
    halves = [np.log(2) * 5000 / (cell * density * 1600) for density in (20e6, 14e6)]
    assert 5 < halves[0] < halves[1] < 9


def test_diffusivity_of_water_against_a_known_value():
    # 100 nm in water at 25 degC: 4.9e-12 m^2/s.
    assert float(brownian_diffusivity(100e-9, 0.89e-3, 298.15)) == pytest.approx(4.9e-12, rel=0.01)


@given(ceiling=positive, reaction=positive)
def test_series_is_below_both_and_symmetric(ceiling, reaction):
    clearance = float(uptake_clearance(ceiling, reaction))
    assert 0 < clearance <= min(ceiling, reaction) * (1 + 1e-12)
    assert clearance == pytest.approx(float(uptake_clearance(reaction, ceiling)), rel=1e-12)


def test_fast_binding_leaves_diffusion_and_slow_binding_leaves_binding():
    assert float(uptake_clearance(1.0, 1e9)) == pytest.approx(1.0)
    assert float(uptake_clearance(1e9, 1.0)) == pytest.approx(1.0)
    assert float(uptake_clearance(0.0, 0.0)) == 0.0


def test_shielding_matters_less_where_binding_limits():
    open_, half = (uptake_clearance(encounter_ceiling(1.0, 1.0, 1.0, s), 0.01) for s in (1.0, 0.5))
    assert float(half / open_) > 0.99
    open_, half = (uptake_clearance(encounter_ceiling(1.0, 1.0, 1.0, s), 1e6) for s in (1.0, 0.5))
    assert float(half / open_) == pytest.approx(0.5, rel=1e-3)
