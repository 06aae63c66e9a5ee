"""Figures of histograms against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import ndtr

from exocast.laws.size_distribution import (
    geometric_spread,
    moments,
    percentile,
    rebinning,
    robust_spread,
)

EDGES = np.geomspace(5e-9, 3e-6, 2001)
CENTRES = np.sqrt(EDGES[1:] * EDGES[:-1])


def log_normal(median: float, sigma: float) -> np.ndarray:
    return np.diff(ndtr(np.log(EDGES / median) / sigma))[None]


@pytest.mark.parametrize("sigma", [0.1, 0.3, 0.6])
def test_log_normal_figures(sigma):
    counts = log_normal(118e-9, sigma)
    assert percentile(EDGES, counts, 0.5)[0] == pytest.approx(118e-9, rel=1e-4)
    assert percentile(EDGES, counts, 0.9)[0] == pytest.approx(
        118e-9 * np.exp(1.2816 * sigma), rel=1e-3
    )
    assert geometric_spread(CENTRES, counts)[0] == pytest.approx(np.exp(sigma), rel=1e-3)
    assert robust_spread(EDGES, counts)[0] == pytest.approx(np.exp(sigma), rel=1e-3)
    mean, deviation = moments(CENTRES, counts)
    expected = 118e-9 * np.exp(sigma**2 / 2)
    assert mean[0] == pytest.approx(expected, rel=1e-3)
    assert deviation[0] == pytest.approx(expected * np.sqrt(np.expm1(sigma**2)), rel=5e-3)


def test_a_few_aggregates_do_not_move_the_robust_spread():
    counts = log_normal(100e-9, 0.08)
    counts[0, np.searchsorted(EDGES, 600e-9)] += 0.02
    assert geometric_spread(CENTRES, counts)[0] > 1.25
    assert robust_spread(EDGES, counts)[0] < 1.1


def test_nothing_has_no_size():
    nothing = np.zeros((1, CENTRES.size))
    assert np.isnan(percentile(EDGES, nothing, 0.5)).all()
    assert np.isnan(moments(CENTRES, nothing)[0]).all()


@given(arrays(np.float64, 20, elements=st.floats(0, 1e9)), st.integers(2, 60))
def test_moving_counts_onto_covering_bins_conserves_them(counts, bins):
    old = np.linspace(0, 100, 21)
    moved = counts @ rebinning(old, np.linspace(0, 100, bins))
    assert moved.sum() == pytest.approx(counts.sum(), rel=1e-12, abs=1e-9)
