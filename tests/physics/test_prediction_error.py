"""Fold errors, coverage and the naive prediction against closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from exocast.laws.prediction_error import (
    coverage,
    geometric_mean_fold_error,
    group_means,
    lognormal_share_within,
    mean_ratio,
    mixture_interval,
    mixture_place,
    share_within,
)

RNG = np.random.default_rng(5)


def test_fold_errors_do_not_cancel_and_scale_does_not_matter():
    predicted, observed = np.array([2.0, 0.5, 3.0]), np.ones(3)
    assert geometric_mean_fold_error(predicted, observed) == pytest.approx(12 ** (1 / 3))
    assert geometric_mean_fold_error(7 * predicted, 7 * observed) == pytest.approx(12 ** (1 / 3))
    assert geometric_mean_fold_error(observed, predicted) == pytest.approx(12 ** (1 / 3))


def test_the_edge_of_a_band_is_within_it():
    assert share_within([2.0, 0.5, 2.001], [1.0, 1.0, 1.0], 2.0) == pytest.approx(2 / 3)


def test_nothing_has_no_score():
    assert math.isnan(geometric_mean_fold_error([], []))
    assert math.isnan(share_within([], [], 2.0))
    assert math.isnan(coverage([], [], []))
    assert all(math.isnan(x) for x in mean_ratio([], [], []))


@pytest.mark.parametrize(("gmfe", "share"), [(2.0, 0.57), (1.54, 0.80), (1.71, 0.70)])
def test_what_a_mean_fold_error_means(gmfe, share):
    """The three pairs of the physics decisions (23), and the same by drawing errors."""
    assert lognormal_share_within(gmfe, 2.0) == pytest.approx(share, abs=0.01)
    errors = np.exp(math.sqrt(math.pi / 2) * math.log(gmfe) * RNG.standard_normal(200_000))
    assert geometric_mean_fold_error(errors, np.ones(errors.size)) == pytest.approx(gmfe, rel=0.01)
    assert share_within(errors, np.ones(errors.size), 2.0) == pytest.approx(share, abs=0.01)


def test_papers_count_alike_in_the_mean_ratio():
    predicted = [2.0] * 9 + [1.0]
    ratio, low, high = mean_ratio(predicted, [1.0] * 10, ["a"] * 9 + ["b"])
    assert ratio == pytest.approx(math.sqrt(2))
    half = 6.3138 * (math.log(2) / math.sqrt(2)) / math.sqrt(2)  # t of one degree of freedom
    assert math.log(high / ratio) == pytest.approx(half, rel=1e-4)
    assert ratio / low == pytest.approx(high / ratio)
    assert all(math.isnan(end) for end in mean_ratio([2.0], [1.0], ["a"])[1:])


def test_coverage_counts_both_ends():
    assert coverage([1.0, 2.0, 3.0], [1.0] * 3, [2.0] * 3) == pytest.approx(2 / 3)


@given(st.floats(0.05, 2.0), st.floats(1e-6, 1e6))
def test_one_member_gives_the_lognormal_distribution(error, value):
    ends = mixture_interval([value], error, (0.05, 0.5, 0.95))
    assert np.log(ends / value) / error == pytest.approx(ndtri([0.05, 0.5, 0.95]), abs=1e-6)


def test_without_error_the_interval_is_that_of_the_members():
    members = np.exp(RNG.standard_normal(4001))
    low, high = mixture_interval(members, 0.0)
    assert (low, high) == pytest.approx(np.quantile(members, (0.05, 0.95)), rel=2e-3)


def test_errors_of_members_and_readings_add_in_squares():
    members = np.exp(0.6 * ndtri((np.arange(4000) + 0.5) / 4000))
    low, high = mixture_interval(members, 0.8)
    assert math.log(high) == pytest.approx(1.6449, abs=2e-3)
    assert mixture_place(math.exp(1.0), members, 0.8) == pytest.approx(ndtr(1.0), abs=1e-4)
    assert low == pytest.approx(1 / high, rel=1e-3)


def test_members_that_show_nothing_stay_at_nothing():
    low, high = mixture_interval([0.0, 0.0, 1.0, 1.0], 0.3)
    assert low == 0.0
    assert 1.0 < high < math.exp(0.3 * 1.6449)
    assert mixture_interval([0.0, 0.0], 0.3).tolist() == [0.0, 0.0]
    assert np.isnan(mixture_interval([np.nan], 0.3)).all()
    assert math.isnan(mixture_place(1.0, [np.nan], 0.3))


def test_intervals_cover_what_they_say():
    """Readings made by the very model that the interval is of lie in it nine times in ten."""
    members = np.exp(0.5 * RNG.standard_normal(400))
    errors = np.exp(RNG.normal(-0.8, 0.3, 400))
    low, high = mixture_interval(members, errors)
    pick = RNG.integers(0, 400, 40_000)
    readings = members[pick] * np.exp(errors[pick] * RNG.standard_normal(40_000))
    assert coverage(readings, np.full(40_000, low), np.full(40_000, high)) == pytest.approx(
        0.9, abs=0.006
    )
    places = [mixture_place(x, members, errors) for x in readings[:2000]]
    assert np.mean(places) == pytest.approx(0.5, abs=0.02)


def test_group_means_are_geometric():
    found = group_means(["liver", "liver", "lung"], [10.0, 40.0, 3.0])
    assert found == pytest.approx({"liver": 20.0, "lung": 3.0})
