"""Flows that balance, and extraction by a stirred organ."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from exocast.laws.body_flow import (
    balanced_flows,
    cardiac_output,
    closing_factor,
    extraction,
    node_imbalance,
)

shares = hnp.arrays(float, (3, 5), elements=st.floats(1e-3, 1e3))


@given(weights=shares, taken=st.floats(0, 100))
def test_flows_sum_to_the_output(weights, taken):
    output = np.array([1.0, 10.0, 1e-7])
    organs, graft = balanced_flows(output, weights, taken * output, 2)
    assert (organs > 0).all()
    np.testing.assert_allclose(organs.sum(axis=1) + graft, output, rtol=1e-12)


def test_a_small_graft_is_fed_by_its_giver_alone():
    output, weights = np.array([10.0]), np.array([[2.0, 2.0, 4.0]])
    alone, _ = balanced_flows(output, weights)
    shared, graft = balanced_flows(output, weights, 1.0, 2)
    np.testing.assert_allclose(shared[:, :2], alone[:, :2], rtol=1e-12)
    assert graft[0] == pytest.approx(1.0)
    assert shared[0, 2] == pytest.approx(alone[0, 2] - 1.0)


def test_a_large_graft_leaves_its_giver_a_tenth():
    organs, graft = balanced_flows(np.array([10.0]), np.array([[9.0, 1.0]]), 5.0, 1)
    assert (organs > 0).all()
    assert float(graft[0]) < 5.0


def test_cardiac_output_at_the_reference_weight():
    assert float(cardiac_output(0.028, 11.3, 0.028)) == pytest.approx(11.3)
    assert float(cardiac_output(0.448, 1.0, 0.028, 0.75)) == pytest.approx(8.0)


def test_extraction_limits():
    assert float(extraction(1.0, 1e12)) == pytest.approx(1.0)
    assert float(extraction(1.0, 0.0)) == 0.0
    # Rat liver of item 12's source: 16 mL/min of blood, 0.32/min x 0.69 x 18 mL cleared.
    cleared = 0.32 * 0.69 * 18
    intrinsic = cleared / (1 - cleared / 16)
    assert float(extraction(16.0, intrinsic)) == pytest.approx(0.25, rel=0.01)


def test_a_leak_is_seen():
    flow = np.array([[2.0, 1.0]])
    gap = node_imbalance(flow, np.array([0, 1]), np.array([1, 0]), 2)
    assert gap[0].tolist() == pytest.approx([-2 / 3, 2 / 3])


@given(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=20), st.floats(0.01, 100.0))
def test_closed_volumes_weigh_the_body(drawn, weight):
    volumes = np.array(drawn)
    factor = closing_factor(weight, 1000.0, np.asarray(volumes.sum()))
    assert (factor * volumes).sum() * 1000.0 == pytest.approx(weight, rel=1e-12)
