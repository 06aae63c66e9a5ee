"""Openings and copies needed: Poisson limits, single-cell counts, and inverses of one another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from exocast.laws.copies_needed import (
    clustering_of,
    copies_needed,
    least_openings,
    openings_needed,
    share_above,
)
from exocast.laws.copies_per_cell import share_hit, share_of_cells_above

DRAWS = 400_000


def counted(
    threshold: float, openings: float, copies: float, clustering: float, variation: float
) -> float:
    """Count cells, one by one: vesicles that open in each, copies that each brings."""
    random = np.random.default_rng(3)
    rate = random.gamma(variation**-2, variation**2, DRAWS) if variation else np.ones(DRAWS)
    opened = random.poisson(openings * rate)
    if clustering > 1:
        shape = np.maximum(opened / (clustering - 1), 1e-12)
        load = np.where(opened > 0, random.gamma(shape, (clustering - 1) * copies), 0.0)
    else:
        load = opened * copies
    return float(np.mean(random.poisson(load) > threshold))


@pytest.mark.parametrize(
    ("threshold", "openings", "copies", "clustering", "variation"),
    [
        (300, 0.1, 1000, 1.0, 0.0),
        (300, 1.0, 1000, 3.0, 1.5),
        (1000, 10, 100, 4.0, 1.5),
        (1000, 1000, 1.0, 4.0, 0.8),
        (1000, 3e4, 0.03, 1.5, 1.0),
        (1000, 30, 40, 5.0, 1.0),
        (1000, 10, 5000, 13.0, 0.5),
        (1000, 6, 900, 13.0, 1.7),
        (10, 3, 100, 30.0, 1.0),
    ],
)
def test_cells_counted_one_by_one(
    threshold: float, openings: float, copies: float, clustering: float, variation: float
) -> None:
    share = float(share_above(threshold, openings, copies, clustering, variation))
    expected = counted(threshold, openings, copies, clustering, variation)
    noise = 4 * np.sqrt(expected * (1 - expected) / DRAWS)
    assert share == pytest.approx(expected, abs=noise + 1e-3)


def test_full_vesicles_hit_or_miss() -> None:
    """One vesicle is more than enough: every cell that is hit, whatever it holds."""
    openings = np.logspace(-4, 2, 7)
    for variation in (0.0, 0.7, 2.0):
        share = share_above(100.0, openings, 1e9, 1.0, variation)
        assert share == pytest.approx(share_hit(openings, variation), rel=1e-9)


def test_nearly_empty_vesicles_bring_a_poisson_number() -> None:
    openings = np.array([3e6, 1e7, 2e7])
    share = share_above(10.0, openings, 1e-6, 1.0, 0.0)
    assert share == pytest.approx(poisson.sf(10, openings * 1e-6), abs=2e-3)


def test_nearly_empty_vesicles_over_uneven_cells() -> None:
    """Then the number in a cell is negative binomial."""
    share = float(share_above(10.0, 1e7, 1e-6, 1.0, 1.0))
    assert share == pytest.approx(float(nbinom.sf(10, 1.0, 1 / 11)), abs=2e-3)


def test_one_vesicle_in_a_cell_is_its_own_distribution() -> None:
    """So few open that a cell has one at most: the share is openings x P(load > threshold)."""
    clustering, copies = 3.0, 50.0
    shape = 1 / (clustering - 1)
    alone = nbinom.sf(100, shape, shape / (shape + copies))
    share = float(share_above(100.0, 1e-6, copies, clustering, 0.0))
    assert share == pytest.approx(1e-6 * float(alone), rel=1e-5)


def test_many_openings_agree_with_equal_loads() -> None:
    """Where many vesicles open, only mean and variance matter: the law of the report."""
    copies, clustering = 2.0, 3.0
    for openings in (200.0, 600.0, 1500.0):
        equal = share_of_cells_above(1000.0, openings * copies, 1 + clustering * copies, 1.5)
        share = share_above(1000.0, openings, copies, clustering, 1.5)
        assert float(share) == pytest.approx(float(equal), abs=0.01)


def test_nothing_from_nothing() -> None:
    assert share_above(10.0, [0.0, 5.0], [5.0, 0.0], 1.0, 1.0).tolist() == [0.0, 0.0]
    assert np.isinf(openings_needed(10.0, 0.5, 0.0, 1.0, 1.0))
    assert np.isinf(copies_needed(10.0, 0.5, 0.0, 1.0, 1.0, 1.0))


@settings(max_examples=60, deadline=None)
@given(
    share=st.floats(0.02, 0.95),
    copies=st.floats(-5, 6),
    clustering=st.floats(0, 2.5),
    variation=st.floats(0.0, 2.0),
    threshold=st.floats(1, 5000),
)
def test_what_is_needed_gives_the_share(
    share: float, copies: float, clustering: float, variation: float, threshold: float
) -> None:
    load = (10.0**copies, 10.0**clustering, variation)
    openings = openings_needed(threshold, share, *load)
    assert openings >= least_openings(share, variation) * 0.999
    assert float(share_above(threshold, openings * 1.001, *load)) >= share * (1 - 1e-6)
    assert float(share_above(threshold, openings * 0.999, *load)) <= share * (1 + 1e-6)


@settings(max_examples=30, deadline=None)
@given(
    share=st.floats(0.05, 0.9),
    factor=st.floats(1.1, 1e5),
    excess=st.floats(0.0, 500.0),
    full=st.floats(1.0, 10.0),
)
def test_copies_and_openings_are_inverse(
    share: float, factor: float, excess: float, full: float
) -> None:
    variation = 1.2
    openings = float(least_openings(share, variation)) * factor
    copies = float(copies_needed(1000.0, share, openings, excess, full, variation))
    clustering = clustering_of(copies, excess, full)
    again = float(openings_needed(1000.0, share, copies, clustering, variation))
    assert again == pytest.approx(openings, rel=0.02)


def test_more_of_either_is_never_worse() -> None:
    copies = np.logspace(-4, 5, 40)
    openings = openings_needed(1000.0, 0.5, copies, clustering_of(copies, 30.0, 3.0), 1.5)
    assert np.all(np.diff(openings) <= 1e-3 * openings[1:])
    assert openings[-1] >= least_openings(0.5, 1.5)


def test_a_load_is_raised_by_filling_vesicles_and_then_more_in_each() -> None:
    copies = np.array([0.01, 0.1, 1.0, 10.0, 100.0])
    load = 1 + copies * clustering_of(copies, 20.0, 2.0)
    assert load[:4] == pytest.approx(21.0), "the load of a filled vesicle stays"
    assert load[4] == pytest.approx(201.0), "then all are filled, and it grows"
