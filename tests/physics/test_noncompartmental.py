"""Non-compartmental analysis against compartments that have closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.noncompartmental import analyse, first_half_life

FIGURES = ("clearance", "residence", "volume", "exposure", "terminal_rate")


def one(found):
    return {name: float(values[0]) for name, values in found.items()}


@given(
    volume=st.floats(1e-7, 1e-4),
    rate=st.floats(1e-6, 1e-2),
    dose=st.floats(1e-3, 1e12),
    times=st.lists(st.floats(0.02, 6.0), min_size=3, max_size=12, unique_by=lambda x: round(x, 2)),
)
def test_one_compartment_is_exact_on_any_times(volume, rate, dose, times):
    """On one exponential the logarithmic rule, the start drawn back and the tail are exact."""
    time = np.sort(times) / rate
    found = one(analyse(time, dose / volume * np.exp(-rate * time)[None], dose))
    expected = (rate * volume, 1 / rate, volume, dose / volume / rate, rate)
    for name, value in zip(FIGURES, expected, strict=True):
        assert found[name] == pytest.approx(value, rel=1e-6), name
    assert found["start"] == pytest.approx(dose / volume, rel=1e-6)
    assert found["extrapolated"] == pytest.approx(np.exp(-rate * time[-1]), rel=1e-6)
    assert found["points"] == len(times)


def two(time, a=0.9, alpha=1 / 120, b=0.1, beta=1 / 7200):
    return a * np.exp(-alpha * time) + b * np.exp(-beta * time)


def test_two_compartments_in_closed_form():
    time = np.unique(np.concatenate([np.linspace(0, 1200, 600), np.linspace(1200, 50000, 600)]))
    found = one(analyse(time, two(time)[None], 1.0))
    area = 0.9 * 120 + 0.1 * 7200
    moment = 0.9 * 120**2 + 0.1 * 7200**2
    assert found["exposure"] == pytest.approx(area, rel=1e-5)
    assert found["clearance"] == pytest.approx(1 / area, rel=1e-5)
    assert found["residence"] == pytest.approx(moment / area, rel=1e-4)
    assert found["volume"] == pytest.approx(moment / area**2, rel=1e-4)
    # Fits within 1e-4 count as equal, so the line begins a little early.
    assert found["half_life"] == pytest.approx(np.log(2) * 7200, rel=1e-2)
    assert found["first_half_life"] == pytest.approx(first_half_life(time, two(time)[None])[0])


def test_an_extravascular_dose_in_closed_form():
    """The clearance over availability, and a residence that holds the absorption."""
    k, absorption, volume, share = 1 / 3600, 1 / 600, 2e-6, 0.45
    time = np.concatenate([np.linspace(10, 7200, 2000), np.linspace(7300, 60000, 300)])
    rise = absorption / (volume * (absorption - k))
    curve = share * rise * (np.exp(-k * time) - np.exp(-absorption * time))
    found = one(analyse(time, curve[None], 1.0, route="extravascular"))
    assert found["clearance"] == pytest.approx(k * volume / share, rel=1e-4)
    assert found["residence"] == pytest.approx(3600 + 600, rel=1e-4)
    assert found["half_life"] == pytest.approx(np.log(2) * 3600, rel=1e-2)
    assert found["start"] == 0.0


def test_readings_that_are_missing_are_left_out_of_each_curve_alone():
    time = np.array([300.0, 1800.0, 3600.0, 7200.0, 14400.0])
    curve = np.exp(-time / 3600)
    gaps = np.stack([curve, curve, curve])
    gaps[1, 2] = np.nan
    gaps[2, 3:] = np.nan
    found = analyse(time, gaps, 1.0)
    np.testing.assert_allclose(found["clearance"], 1 / 3600, rtol=1e-9)
    np.testing.assert_array_equal(found["points"], [5, 4, 3])
    assert found["extrapolated"][2] > found["extrapolated"][0]


def test_what_the_readings_do_not_support_is_not_a_number():
    time = np.array([60.0, 600.0, 3600.0])
    nothing = np.full((1, 3), np.nan)
    for signal in (nothing, np.zeros((1, 3)), np.array([[1.0, np.nan, np.nan]])):
        assert all(np.isnan(one(analyse(time, signal))[name]) for name in FIGURES)
    falling = one(analyse(time, np.array([[1.0, 0.5, np.nan]])))
    assert np.isnan(falling["clearance"])
    assert falling["exposure_last"] > 0
    rising = one(analyse(time, np.array([[1.0, 2.0, 3.0]])))
    assert np.isnan(rising["terminal_rate"])
    assert rising["exposure_last"] > 0


def test_the_longest_of_equally_good_fits_is_taken_and_noise_shortens_it():
    time = np.arange(1.0, 9.0)
    assert one(analyse(time, np.exp(-time)[None]))["points"] == 8
    bent = np.where(time < 4, np.exp(-5 * time + 16), np.exp(-time))
    found = one(analyse(time, bent[None]))
    assert found["terminal_rate"] == pytest.approx(1.0)
    assert found["points"] == 5


def test_a_bolus_that_does_not_fall_at_once_starts_at_its_first_reading():
    time = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    assert one(analyse(time, np.array([[2.0, 3.0, 2.0, 1.0, 0.5]])))["start"] == 2.0
    assert one(analyse(time, np.array([[4.0, 2.0, 1.0, 0.5, 0.25]])))["start"] == pytest.approx(8.0)
    at_once = np.array([0.0, 1.0, 2.0, 3.0])
    assert one(analyse(at_once, np.array([[5.0, 2.0, 1.0, 0.5]])))["start"] == 5.0


@given(st.integers(0, 2**32 - 1))
def test_every_curve_is_analysed_as_if_alone(seed):
    random = np.random.default_rng(seed)
    time = np.sort(random.uniform(1, 100, 7))
    curves = np.exp(random.normal(0, 1, (5, 7)).cumsum(axis=1) - time / 30)
    curves[random.random((5, 7)) < 0.2] = np.nan
    together = analyse(time, curves, 3.0)
    for row in range(5):
        alone = analyse(time, curves[[row]], 3.0)
        for name, values in together.items():
            np.testing.assert_array_equal(values[[row]], alone[name], err_msg=name)


def test_sparse_times_change_a_whole_curve_clearance():
    """Why such a clearance is no parameter: the same curve gives another on other times."""
    fine = np.linspace(0, 36000, 3601)
    coarse = np.array([0.0, 300.0, 1800.0, 3600.0])
    clearances = [one(analyse(time, two(time)[None]))["clearance"] for time in (fine, coarse)]
    assert abs(clearances[1] / clearances[0] - 1) > 0.2


def test_half_life_of_an_exponential_and_of_a_curve_that_never_halves():
    time = np.linspace(0, 600, 13)
    signal = np.stack([np.exp(-np.log(2) / 120 * time), np.ones_like(time)])
    found = first_half_life(time, signal)
    assert found[0] == pytest.approx(120.0)
    assert np.isnan(found[1])
