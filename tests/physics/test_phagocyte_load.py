"""A blocking dose against its closed forms and against a fine integration; marking by antibody."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from exocast.laws.phagocyte_load import blocking_dose, opsonised_share

HOUR = 3600.0


def test_without_digestion_the_dose_is_where_the_logistic_puts_it():
    """b + C x = dose, and b' = -h b (1 - (dose - b) / C): Verhulst's closed form."""
    dose, capacity, rate, time = 3e11, 1e12, 0.005, 200.0
    left, filled = blocking_dose(dose, rate, capacity, 0.0, time)
    room = capacity - dose
    growth = np.exp(-rate * time * room / capacity)
    exact = room * dose * growth / (capacity - dose * growth)
    assert float(left) == pytest.approx(exact, rel=2e-3)
    assert float(left + capacity * filled) == pytest.approx(dose, rel=2e-3)


@pytest.mark.parametrize("dose", [1e10, 8e11, 1e12, 2e13])
@pytest.mark.parametrize("lead", [60.0, HOUR, 48 * HOUR])
def test_it_follows_a_fine_integration(dose, lead):
    rate, capacity, digestion = 0.005, 1e12, 0.3 / HOUR

    def slope(_, y):
        taken = rate * y[0] * (1.0 - y[1])
        return [-taken, taken / capacity - digestion * y[1]]

    exact = solve_ivp(slope, (0.0, lead), [dose, 0.0], method="LSODA", rtol=1e-9, atol=1e-12).y
    left, filled = blocking_dose(dose, rate, capacity, digestion, lead)
    assert float(left) == pytest.approx(exact[0, -1], rel=0.02, abs=1e-4 * dose)
    assert float(filled) == pytest.approx(exact[1, -1], rel=0.02, abs=1e-3)


@settings(max_examples=40)
@given(
    dose=st.floats(0.0, 1e15),
    rate=st.floats(0.0, 1.0),
    capacity=st.floats(0.0, 1e14),
    lead=st.floats(0.0, 1e6),
)
def test_the_filled_share_is_a_share_and_nothing_appears(dose, rate, capacity, lead):
    left, filled = blocking_dose(dose, rate, capacity, 1e-4, lead)
    assert 0.0 <= float(filled) <= 1.0
    assert 0.0 <= float(left) <= dose


def test_capacity_comes_back_with_time_and_a_larger_dose_fills_more():
    _, early = blocking_dose([1e11, 1e12, 1e13], 0.005, 1e12, 0.3 / HOUR, HOUR)
    _, late = blocking_dose([1e11, 1e12, 1e13], 0.005, 1e12, 0.3 / HOUR, 100 * HOUR)
    assert (np.diff(early) > 0).all()
    assert (late < early).all()


@given(antibody=st.floats(0.0, 1e9))
def test_antibody_marks_a_share(antibody):
    share = float(opsonised_share(antibody))
    assert 0.0 <= share <= 1.0
    assert share <= antibody
