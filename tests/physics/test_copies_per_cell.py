"""Copies per cell: all-or-none deliveries, against exact sums and drawn cells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from exocast.laws.copies_per_cell import (
    copies_per_event,
    equivalent_events,
    mean_occupancy,
    share_hit,
    share_of_cells_above,
)

number = st.floats(1e-6, 1e4)
spread = st.floats(0.05, 3.0)


def draw(events, variation, cells=400_000, seed=5):
    generator = np.random.default_rng(seed)
    multiplier = generator.gamma(1 / variation**2, variation**2, cells) if variation else 1.0
    return generator.poisson(events * np.broadcast_to(multiplier, cells))


def exact_occupancy(events, step, variation):
    """Sum over the negative binomial, far into its tail."""
    shape = 1 / variation**2
    law = stats.nbinom(shape, shape / (shape + events))
    k = np.arange(int(law.isf(1e-9)) + 50)
    return float((law.pmf(k) * k * step / (1 + k * step)).sum())


def test_ten_vesicles_of_a_thousand_copies():
    """Per vesicle a tenth of the cells pass 300 copies; per copy, none would (decision 3)."""
    drawn = np.random.default_rng(1).binomial(10, 0.01, 1_000_000) * 1000
    assert np.mean(drawn > 300) == pytest.approx(0.0956, abs=1e-3)
    assert float(share_of_cells_above(300, 100, 1000, 0.0)) == pytest.approx(0.0956, abs=1e-3)
    assert float(share_of_cells_above(300, 100, 1, 0.0)) < 1e-12


@pytest.mark.parametrize("variation", [0.0, 0.5, 1.5])
@pytest.mark.parametrize("events", [0.01, 0.5, 4.0, 60.0])
def test_share_above_against_drawn_cells(events, variation):
    copies = 50.0 * draw(events, variation)
    for threshold in (0.0, 40.0, 500.0, 4000.0):
        found = float(share_of_cells_above(threshold, 50 * events, 50, variation))
        assert found == pytest.approx(np.mean(copies > threshold), abs=3e-3)


@given(mean=number, load=st.floats(1.0, 1e5), variation=st.floats(0.0, 3.0))
def test_share_above_falls_with_the_threshold_and_ends_at_the_hit(mean, load, variation):
    thresholds = np.geomspace(1e-3, 1e9, 60)
    above = share_of_cells_above(thresholds, mean, load, variation)
    assert (np.diff(above) <= 1e-12).all()
    assert above[0] == pytest.approx(float(share_hit(mean / load, variation)), rel=1e-3, abs=1e-12)


def test_nothing_delivered_is_exactly_nothing():
    assert float(share_of_cells_above(0.0, 0.0, 1.0, 1.5)) == 0.0
    assert float(mean_occupancy(0.0, 0.0, 1.5)) == 0.0
    assert float(mean_occupancy(0.0, 7.0, 1.5)) == 0.0
    assert float(copies_per_event(0.0, 0.0)) == 1.0
    assert [float(x) for x in equivalent_events(0.0, 0.0)] == [0.0, 0.0]


@pytest.mark.parametrize("variation", [0.1, 0.5, 1.5, 3.0])
@pytest.mark.parametrize("events", [1e-3, 0.3, 3.0, 100.0])
@pytest.mark.parametrize("step", [1e-4, 0.05, 1.0, 30.0, 1e4])
def test_mean_occupancy_against_the_exact_sum(events, step, variation):
    exact = exact_occupancy(events, step, variation)
    found = float(mean_occupancy(events, step, variation))
    assert found == pytest.approx(exact, abs=2e-3)
    assert found == pytest.approx(exact, rel=1e-2)


@given(events=number, step=number, variation=spread)
def test_occupancy_is_bounded_by_its_limits(events, step, variation):
    found = float(mean_occupancy(events, step, variation))
    mean = events * step
    # Jensen: spread lowers the mean of a concave function; and no cell without an event responds.
    assert 0 < found <= min(mean / (1 + mean), float(share_hit(events, variation))) * 1.01 + 2e-3


@given(events=st.floats(1e-12, 1e-5), step=st.floats(1e-3, 1e3), variation=spread)
def test_few_events_each_count_for_themselves(events, step, variation):
    found = float(mean_occupancy(events, step, variation))
    assert found == pytest.approx(events * step / (1 + step), rel=1e-2)


def test_many_small_events_are_the_mean_cell():
    """The ODE on the mean is the limit of many events, and wrong by a factor of 75 far from it."""
    assert float(mean_occupancy(1e7, 3e-7, 0.0)) == pytest.approx(0.75, abs=2e-3)
    assert float(mean_occupancy(0.01, 300.0, 0.0)) == pytest.approx(0.00995, rel=1e-2)


def test_campbell_for_a_burst_and_for_a_steady_supply():
    decay = 0.3
    events, step = equivalent_events(0.4 * 20 * decay, 0.4 * 20**2 * decay**2)
    assert (float(events), float(step)) == pytest.approx((0.4, 20 * decay))
    rate, loss, load = 2.0, 0.5, 7.0
    events, step = equivalent_events(load * rate / loss, load**2 * rate / (2 * loss))
    assert (float(events), float(step)) == pytest.approx((2 * rate / loss, load / 2))


def test_size_biased_load_keeps_mean_and_variance():
    generator = np.random.default_rng(2)
    loads = np.where(generator.random(200_000) < 0.1, generator.poisson(30, 200_000), 0)
    first, second = loads.mean(), (loads * (loads - 1)).mean()
    load = float(copies_per_event(first, second))
    hits = draw(3.0, 0.0, 200_000)
    sums = np.add.reduceat(
        generator.choice(loads, hits.sum() + 1), np.r_[0, np.cumsum(hits)[:-1]]
    ) * (hits > 0)
    events = sums.mean() / load
    assert sums.mean() == pytest.approx(3.0 * first, rel=0.02)
    assert sums.var() == pytest.approx(events * load**2, rel=0.03)
