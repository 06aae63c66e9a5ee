"""Membranes that open: geometry, Laplace and Fick against anchors worked out apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.stats import poisson

from exocast.laws.cargo_statistics import mix, thinned
from exocast.laws.heating import cooled_rise
from exocast.laws.lumen import sphere_volume
from exocast.laws.membrane_opening import (
    bursts,
    confined_strain,
    entry_pressure,
    exchange_rate,
    exchanged_level,
    held_concentration,
    relaxing_pore,
)
from exocast.laws.steric import accessible_volume, lumen_capacity, molecule_volume


@given(diameter=st.floats(1.0, 10.0))
def test_a_squeezed_vesicle_keeps_its_volume_and_needs_that_much_more_area(diameter):
    # A cylinder of width 1 and length l with round ends, of the volume of the sphere.
    length = (np.pi / 6 * diameter**3 - np.pi / 6) / (np.pi / 4)
    area = np.pi * length + np.pi
    assert confined_strain(diameter, 1.0) == pytest.approx(area / (np.pi * diameter**2) - 1)


def test_small_vesicles_bear_water_and_large_ones_do_not():
    held = held_concentration(8e-3, np.array([40e-9, 400e-9]), 298.15)
    assert held[0] > 300 > held[1]  # isotonic
    assert bursts(290.0, 0.0, held, 0.1)[0] == 0 < bursts(290.0, 0.0, held, 0.1)[1]
    # Laplace's pressure of a cap in the pore less that of the sphere before it.
    assert entry_pressure(8e-3, 1e-7, 2e-7) == pytest.approx(2 * 8e-3 * (1 / 5e-8 - 1 / 1e-7))


def test_bursts_stop_where_the_membrane_bears_what_is_left():
    held, each = 129.0, 0.06
    number = bursts(280.0, 10.0, held, each)
    assert 280.0 * np.exp(-each * number) == pytest.approx(10.0 + held)


def test_the_pore_is_as_large_as_what_the_membrane_was_stretched_by():
    pore = relaxing_pore(100e-9, 0.04)
    assert np.pi * pore**2 == pytest.approx(0.04 * np.pi * 100e-9**2)


def test_filling_follows_fick_and_never_passes_what_is_outside():
    rate = float(exchange_rate(1.2e-10, 4e-9, 20e-9, 5e-9, 3e-22))
    solved = solve_ivp(lambda t, c: rate * (1 - c), (0, 2e-4), [0.0], rtol=1e-9, atol=1e-12)
    assert exchanged_level(0.0, rate, 2e-4) == pytest.approx(solved.y[0, -1], rel=1e-6)
    assert exchange_rate(1e-10, 41e-9, 20e-9, 5e-9, 3e-22) == 0  # wider than the pore
    assert exchange_rate(1e-10, 4e-9, 20e-9, 5e-9, 0.0) == 0  # no room


@given(events=st.floats(1e-3, 20.0), each=st.floats(1e-6, 5.0))
def test_the_level_is_the_mean_over_a_poisson_number_of_openings(events, each):
    number = np.arange(1, 200)
    weight = poisson.pmf(number, events)
    mean = (weight * (1 - np.exp(-each * number))).sum() / weight.sum()
    assert exchanged_level(events, each, 1.0) == pytest.approx(mean, rel=1e-9)


@given(st.floats(0.1, 1.0), st.floats(0.01, 20.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_leak_is_thinning_of_a_zero_inflated_poisson(carrying, rate, share, level):
    held = (carrying * rate, 1 + carrying * np.expm1(-rate), carrying * rate**2)
    copies = np.arange(200)
    before = carrying * poisson.pmf(copies, rate)
    before[0] += 1 - carrying
    open_ones = carrying * poisson.pmf(copies, rate * (1 - level))
    open_ones[0] += 1 - carrying
    after = (1 - share) * before + share * open_ones
    mean, empty, second = mix([1 - share, share], [held, thinned(held, 1 - level)])
    assert mean == pytest.approx((copies * after).sum(), rel=1e-6, abs=1e-12)
    assert empty == pytest.approx(after[0], rel=1e-6)
    assert second == pytest.approx((copies * (copies - 1) * after).sum(), rel=1e-6, abs=1e-12)


def test_room_is_that_of_hard_spheres_and_ends_at_the_width_of_the_lumen():
    assert accessible_volume(90e-9, 0.0) == sphere_volume(90e-9)
    assert accessible_volume(90e-9, 90e-9) == 0
    volume = molecule_volume(66.5, 0.73e-3)
    most = lumen_capacity(90e-9, 7e-9, volume, 0.4)
    assert most * volume == pytest.approx(0.4 * sphere_volume(90e-9))
    assert lumen_capacity(90e-9, 100e-9, volume, 0.4) == 0


def test_heating_without_cooling_is_energy_over_heat_capacity():
    assert cooled_rise(4.18e6, 10.0, 1e12) == pytest.approx(1.0)
    steady = 4.18e6 / 1e4 * 5.0 / 4.18e6  # power times the time constant, long after
    assert cooled_rise(4.18e6, 1e4, 5.0) == pytest.approx(steady, rel=1e-6)
