"""Release: exact limits, few pools against the whole distribution, and the exponent it gives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import curve_fit

from exocast.laws.cargo_statistics import thinned
from exocast.laws.release import binding_pools, exchanged, in_series, retained_share
from exocast.laws.weak_base import (
    accumulation,
    ammonium_given,
    citrate_given,
    neutral_share,
    permeability_share,
    trapped,
)

TIME = np.geomspace(1e-3, 1e4, 400)


def left(spread: float, number: int) -> np.ndarray:
    factor, share = binding_pools(np.array([spread]), number)
    return retained_share(TIME, factor[0], share)


@pytest.mark.parametrize(("number", "within"), [(7, 0.002), (3, 0.02)])
def test_few_pools_stand_for_the_distribution(number, within):
    assert np.abs(left(1.2, number) - left(1.2, 201)).max() < within


@pytest.mark.parametrize(("spread", "exponent"), [(1.4, 0.61), (1.2, 0.67), (1.0, 0.74)])
def test_the_spread_of_the_catalogue_gives_the_exponents_in_print(spread, exponent):
    """Zhdanov 2023, abstract: curves with exponents of 0.6 to 0.75."""
    curve = 1 - left(spread, 201)
    sampled = np.linspace(0.025, 1.0, 40) * np.interp(0.8, curve, TIME)
    released = np.interp(sampled, TIME, curve)
    found, _ = curve_fit(lambda t, k, b: 1 - np.exp(-((k * t) ** b)), sampled, released, (1, 0.7))
    assert found[1] == pytest.approx(exponent, abs=0.02)


def test_no_spread_is_one_exponential_and_the_slower_step_governs():
    assert left(0.0, 7) == pytest.approx(np.exp(-TIME), abs=1e-14)
    assert float(in_series(1e-3, 1e6)) == pytest.approx(1e-3, rel=1e-8)


def test_exchange_is_that_of_two_compartments_and_keeps_its_sum():
    """A sink empties, a small volume fills to equilibrium at (k1 + k2)."""
    rate, room = 2e-3, np.array([1e-9, 3e-9])
    between = np.zeros((1, 2, 2))
    between[0, 0, 1] = between[0, 1, 0] = rate * room[0]
    time = np.array([0.0, 100.0, 1000.0, 1e7])
    amount = exchanged(room[None], between, np.array([[1.0, 0.0]]), time)[0]
    both = rate * (1 + room[0] / room[1])
    assert amount[:, 0] == pytest.approx(0.25 + 0.75 * np.exp(-both * time), abs=1e-12)
    assert amount.sum(axis=1) == pytest.approx(np.ones(4), rel=1e-14)
    sink = exchanged(np.array([[1e-9, 1.0]]), between, np.array([[1.0, 0.0]]), time)[0]
    assert sink[:, 0] == pytest.approx(np.exp(-rate * time), abs=2e-8)


def test_thinning_is_exact_for_poisson_and_for_vesicles_that_are_empty_or_full():
    mean = np.array([[0.3, 5.0, 400.0]])
    after = thinned((mean, np.exp(-mean), mean**2), 0.25)
    assert after[1] == pytest.approx(np.exp(-mean / 4), abs=1e-15)
    inflated = thinned((0.2 * mean, 1 - 0.2 * -np.expm1(-mean), 0.2 * mean**2), 0.25)
    assert inflated[1] == pytest.approx(1 - 0.2 * -np.expm1(-mean / 4), abs=1e-14)
    assert thinned((mean, np.exp(-mean), mean**2), 0.0)[1] == pytest.approx(1.0)


def test_a_base_crosses_slowly_in_acid_and_what_is_none_does_not_care():
    ph = np.array([5.0, 6.5, 7.4, 8.2])
    assert (np.diff(permeability_share(8.2, ph, 0.003)) > 0).all()
    assert permeability_share(8.2, 3.0, 0.01) == pytest.approx(
        0.01 / (neutral_share(8.2, 7.4) * 0.99 + 0.01), rel=1e-2
    )
    assert permeability_share(0.0, ph, 0.003) == pytest.approx(1.0, abs=1e-4)


def test_a_gradient_holds_by_henderson_and_hasselbalch_up_to_what_its_buffer_gives():
    """Traces are held at the ratio of protons; much drug at two a sulfate; the sum is kept."""
    outer, lumen, base = np.array([1e-6]), np.array([1e-9]), np.array([8.2])

    def loaded(amount, solubility=1e9):
        return trapped(
            np.array([amount]), outer, lumen, base, np.array([4.4]), 7.4, np.array([solubility]),
            lambda ph: ammonium_given(ph, 7.4, 250.0, 0.5, lumen / outer),
        )  # fmt: skip

    held, ph = loaded(1e-15)
    start = 7.4 - np.log10(500.0 / (0.5 + 500.0 * 0))
    assert ph[0] == pytest.approx(start, abs=1e-3)
    free = (1e-15 - held * lumen) / outer
    assert held / free == pytest.approx(accumulation(8.2, ph, 7.4), rel=1e-6)
    full, _ = loaded(1e-4)
    assert 490 < full[0] <= 500.0
    solid, _ = loaded(4e-7, solubility=2.0)
    dissolved, _ = loaded(4e-7)
    assert solid[0] > dissolved[0]


def test_citrate_gives_its_protons_once():
    ph = np.linspace(4.0, 9.0, 60)
    given = citrate_given(ph, 4.0, 300.0)
    assert given[0] == 0.0
    assert (np.diff(given) > 0).all()
    assert given[-1] == pytest.approx(300.0 * (3.0 - 1.02), rel=0.02)
