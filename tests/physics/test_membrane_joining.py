"""Membranes that join: closed forms against enumeration, and limits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import poisson

from exocast.laws.membrane_joining import (
    covered_share,
    encounter_hazard,
    joined_area,
    joined_copies,
    joined_mean,
    neighbour_hazard,
)


@pytest.mark.parametrize("mean", [1e-3, 0.3, 2.0, 15.0])
@pytest.mark.parametrize(("share", "copies"), [(0.4, 3.0), (1.0, 0.5)])
def test_copies_brought_by_a_number_of_partners(mean, share, copies):
    """A zero-inflated Poisson each, a Poisson number of them that is at least one: enumerated."""
    each = (share * copies, 1 - share + share * np.exp(-copies), share * copies**2)
    number = np.arange(1, 120)
    weight = poisson.pmf(number, mean)
    weight = weight / weight.sum()
    brought = joined_copies(each, mean)
    assert brought[0] == pytest.approx((weight * number * each[0]).sum(), rel=1e-9)
    assert brought[1] == pytest.approx((weight * each[1] ** number).sum(), rel=1e-9)
    second = number * each[2] + number * (number - 1) * each[0] ** 2
    assert brought[2] == pytest.approx((weight * second).sum(), rel=1e-9)


@pytest.mark.parametrize("mean", [0.2, 1.5, 30.0])
def test_two_areas_have_mean_and_variance_of_the_sum(mean):
    number = np.arange(1, 200)
    weight = poisson.pmf(number, mean) / -np.expm1(-mean)
    area, variance = 3.0, 0.4
    expected = (weight * number).sum() * area
    spread = (weight * (number * variance + (number * area - expected) ** 2)).sum()
    low, high = joined_area(area, variance, mean)
    assert (low + high) / 2 == pytest.approx(expected, rel=1e-9)
    assert ((high - low) / 2) ** 2 == pytest.approx(spread, rel=1e-9)


def test_membrane_is_kept_where_the_spread_is_cut():
    low, high = joined_area(1.0, 4.0, 0.5)
    assert low > 0
    assert (low + high) / 2 == pytest.approx(0.5 / -np.expm1(-0.5))


def test_no_more_join_than_there_are():
    assert joined_mean(1e9, 1e10, 1e6) == pytest.approx(0.1)
    assert joined_mean(1e9, 0.0, 1.0) == 0.0


def test_encounters_are_second_order_and_neighbours_are_not():
    one, ten = (encounter_hazard(1e-17, 1e-5, number, 60.0) for number in (1e16, 1e17))
    assert ten == pytest.approx(10 * one)
    assert neighbour_hazard(4, 0.1, 0.25) == pytest.approx(0.1)


def test_patches_cover_a_core_as_in_a_simulation():
    """Points of a sphere under caps thrown at random, a Poisson number of them."""
    rng = np.random.default_rng(7)
    part, mean, cores = 0.2, 1.7, 4000
    number = rng.poisson(mean, cores)
    points = rng.normal(size=(cores, 1, 3))
    caps = rng.normal(size=(cores, number.max(), 3))
    for held in (points, caps):
        held /= np.linalg.norm(held, axis=-1, keepdims=True)
    under = (points * caps).sum(-1) > 1 - 2 * part  # a cap of that share of the sphere
    under &= np.arange(number.max()) < number[:, None]
    seen = under.any(axis=1)[number > 0].mean()
    assert covered_share(part, 1.0, [[mean]])[0, 0] == pytest.approx(seen, abs=0.03)
