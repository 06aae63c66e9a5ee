"""Precipitation: stoichiometry, sizes and conservation."""

import numpy as np
import pytest

from exocast.laws.precipitation import (
    aggregate_counts,
    copies_in_aggregate,
    lognormal_weights,
    neutralised_copies,
)


def test_the_scarcer_of_charge_and_metal_decides():
    ions = np.array([0.0, 1e3, 1e9])
    fallen = neutralised_copies(1e4, 40.0, ions, 3.0, 0.6, 0.9)
    assert fallen == pytest.approx([0.0, 50.0, 1e4])
    assert neutralised_copies(1e4, 0.0, 1e9, 3.0, 1.0, 0.9) == 0.0


def test_aggregates_hold_exactly_what_fell_out():
    edges = np.geomspace(30e-9, 1e-6, 41)
    centres = np.sqrt(edges[1:] * edges[:-1])
    weights = lognormal_weights(edges, np.array([[80e-9], [500e-9]]), np.array([[0.2], [0.7]]))
    each = copies_in_aggregate(centres, 1250.0, 0.2, 2.2e-23)
    copies = np.array([[1e12], [3e14]])
    counts = aggregate_counts(copies, weights, np.broadcast_to(each, weights.shape))
    assert (counts * each).sum(axis=1) == pytest.approx(copies[:, 0], rel=1e-12)
    assert weights.sum(axis=1) == pytest.approx(1.0, abs=1e-12)


def test_the_median_of_the_sizes_is_the_median_asked_for():
    edges = np.geomspace(1e-9, 1e-4, 2001)
    weights = lognormal_weights(edges, 200e-9, 0.4)
    middle = np.interp(0.5, np.cumsum(weights), edges[1:])
    assert middle == pytest.approx(200e-9, rel=1e-3)


def test_an_aggregate_grows_with_the_cube_of_its_diameter():
    one, two = copies_in_aggregate(np.array([100e-9, 200e-9]), 1250.0, 0.2, 2.2e-23)
    assert two / one == pytest.approx(8.0)
