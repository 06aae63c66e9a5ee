"""Electroporation against closed forms and the project's computed anchors (decision 9)."""

import numpy as np
import pytest

from exocast.laws.electroporation import (
    FARADAY,
    charging_time,
    dissolved_metal,
    induced_voltage,
    opened_share,
    passed_charge,
    pore_filling,
    temperature_rise,
    threshold_field,
)


def test_a_kilovolt_per_centimetre_induces_millivolts_across_a_vesicle():
    assert induced_voltage(1e5, 50e-9) == pytest.approx(7.5e-3, rel=1e-12)


def test_pores_need_tens_of_kilovolts_per_centimetre():
    fields = threshold_field([0.2, 0.5], 50e-9) / 1e5
    assert fields == pytest.approx([26.7, 66.7], abs=0.05)
    assert induced_voltage(threshold_field(0.35, 60e-9), 60e-9) == pytest.approx(0.35)


def test_a_short_pulse_charges_the_membrane_by_its_time_constant():
    tau = charging_time(5e-6, 0.01, 1.0, 1.0)
    assert tau == pytest.approx(5e-6 * 0.01 * 1.5)
    assert induced_voltage(1e5, 5e-6, tau, tau) == pytest.approx(0.75 * (1 - np.exp(-1)))
    assert charging_time(50e-9, 0.01, 1.0, 1.0) < 1e-9


def test_half_the_vesicles_open_at_their_median_threshold_and_none_without_field():
    share = opened_share(np.array([0.0, 0.1, 0.35, 2.0]), 0.35, 0.25)
    assert share[0] == 0.0
    assert share[2] == 0.5
    assert np.all(np.diff(share) > 0)
    assert opened_share(7.5e-3, 0.35, 0.25) < 1e-30


def test_pores_fill_a_lumen_as_the_exact_solution_of_its_rate_equation():
    rate = 3 * (1e-10 * 1e-3 / 5e-9) / 45e-9
    time, level = 1e-3, 0.0
    for _ in range(20000):
        level += (1 - level) * rate * time / 20000
    assert pore_filling(1e-10, 1e-3, 5e-9, 45e-9, time) == pytest.approx(level, rel=1e-4)


def test_charge_metal_and_heat_are_consistent_with_the_energy_of_a_capacitor():
    # A capacitor that empties through the sample: charge C U, energy C U^2 / 2.
    conductivity, volume, gap, field = 1.5, 0.4e-6, 4e-3, 4e4
    resistance = gap / (conductivity * volume / gap)
    capacitance = 125e-6
    tau, voltage = resistance * capacitance, field * gap
    charge = passed_charge(field, conductivity, volume, gap, tau)
    assert charge == pytest.approx(capacitance * voltage)
    assert dissolved_metal(charge, 1.0, 3.0) == pytest.approx(charge / 3 / FARADAY)
    heat = temperature_rise(field, conductivity, tau) * volume * 4.18e6
    assert heat == pytest.approx(capacitance * voltage**2 / 2)
