"""Fits: closed forms, an outside solver, the truth found again, and honest words about the rest."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares

from exocast.errors import FitError
from exocast.evidence.ensemble import quantile
from exocast.evidence.parameter import Value
from exocast.learn.fit import Fit, Readings, fit
from exocast.learn.identifiability import directions, learnt, verdict
from exocast.learn.least_squares import jacobian, minimise
from exocast.learn.sampler import sample

TIMES = np.array([0.25, 0.5, 1.0, 2.0, 3.0, 5.0])


def prior(key, value, fold=5.0, distribution="lognormal"):
    return Value(
        key,
        value,
        value / fold,
        value * fold,
        0.0,
        distribution,
        "1",
        "nowhere",
        "",
        "none",
        "assumed",
    )


def single(observed, own, between=0.0, group="all"):
    observed = np.asarray(observed, float)
    size = len(observed)
    return Readings(observed, np.full(size, own), np.full(size, between), (group,) * size)


ROWS = (prior("amount", 10.0), prior("rate", 1.0))


def decay(scores):
    amount, rate = (quantile(row, scores[:, k])[:, None] for k, row in enumerate(ROWS))
    return amount * np.exp(-rate * TIMES)


def test_a_linear_posterior_is_the_closed_form():
    """One log-normal value read directly: precision-weighted mean of prior and readings."""
    row = prior("amount", 10.0)
    spread = np.log(5.0) / 1.6448536269514722
    readings = single([20.0, 30.0, 25.0], 0.2)
    found = fit([row], lambda z: np.repeat(quantile(row, z), 3, axis=1), readings, starts=1)
    precision = 1 / spread**2 + 3 / 0.2**2
    mean = (np.log(10.0) / spread**2 + np.log([20.0, 30.0, 25.0]).sum() / 0.2**2) / precision
    assert np.log(found.value[0]) == pytest.approx(mean, abs=1e-6)
    assert found.covariance[0, 0] == pytest.approx(1 / precision / spread**2, rel=1e-6)


def test_readings_of_one_study_count_once_for_what_they_share():
    """Many readings with a common error say no more than one with that error."""
    row = prior("amount", 10.0)
    spread = np.log(5.0) / 1.6448536269514722
    readings = single(np.full(50, 20.0), 1e-3, between=0.5)
    found = fit([row], lambda z: np.repeat(quantile(row, z), 50, axis=1), readings, starts=1)
    precision = 1 / spread**2 + 1 / (0.5**2 + 1e-6 / 50)
    assert found.covariance[0, 0] * spread**2 == pytest.approx(1 / precision, rel=1e-5)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.lists(st.floats(0.05, 0.6), min_size=4, max_size=4), st.lists(st.floats(0, 1), min_size=2)
)
def test_whitening_is_the_inverse_of_the_covariance(own, between):
    group = ("a", "b", "a", "a")
    shared = np.array([between[0], between[1], between[0], between[0]])
    readings = Readings(np.ones(4), np.array(own), shared, group)
    gap = np.random.default_rng(0).normal(size=(3, 4))
    white = readings.whitened(np.exp(gap))
    same = np.equal.outer(group, group)
    covariance = np.diag(np.square(own)) + same * np.outer(shared, shared)
    expected = np.einsum("mi,ij,mj->m", gap, np.linalg.inv(covariance), gap)
    np.testing.assert_allclose((white**2).sum(axis=1), expected, rtol=1e-8)


def test_minimise_agrees_with_scipy():
    generator = np.random.default_rng(3)
    observed = decay(np.array([[0.7, -0.4]]))[0] * np.exp(0.1 * generator.normal(size=len(TIMES)))
    readings = single(observed, 0.1)

    def residual(z):
        return np.concatenate([readings.whitened(decay(z)), z], axis=1)

    ours = minimise(residual, generator.normal(size=(5, 2)))
    scipy = least_squares(lambda z: residual(z[None])[0], [0.0, 0.0], xtol=1e-12, ftol=1e-12)
    np.testing.assert_allclose(ours.point[0], scipy.x, atol=1e-5)
    np.testing.assert_allclose(ours.cost, scipy.cost, rtol=1e-5)
    np.testing.assert_allclose(ours.jacobian, scipy.jac, rtol=1e-3, atol=1e-3)


def test_the_truth_is_found_again_and_covered():
    """Over made-up experiments, 90 % intervals hold the truth about 90 % of the time."""
    generator = np.random.default_rng(11)
    held = []
    for _ in range(60):
        truth = generator.normal(size=(1, 2))
        noise = np.exp(0.2 * generator.normal(size=len(TIMES)))
        found = fit(ROWS, decay, single(decay(truth)[0] * noise, 0.2), starts=3)
        z = (truth[0] - found.score) / np.sqrt(np.diag(found.covariance))
        held += list(np.abs(z) < 1.645)
    assert 0.82 <= np.mean(held) <= 0.97


def test_every_start_ends_in_the_same_place():
    found = fit(ROWS, decay, single(decay(np.array([[0.5, 0.5]]))[0], 0.1), starts=8, seed=4)
    assert found.minimum.converged.all()
    np.testing.assert_allclose(found.minimum.cost, found.minimum.cost[0], rtol=1e-3)


def test_what_no_reading_depends_on_stays_at_its_prior():
    rows = (*ROWS, prior("idle", 3.0))
    found = fit(rows, lambda z: decay(z[:, :2]), single(decay(np.ones((1, 2)))[0], 0.1), starts=2)
    said = learnt(found, found.laplace(4000))
    assert [one.verdict for one in said] == ["identified", "identified", "not identified"]
    assert said[2].posterior == pytest.approx(said[2].prior, rel=0.1)
    assert directions(found)[-1].weights == {"idle": pytest.approx(1.0, abs=1e-3)} or directions(
        found
    )[-1].weights == {"idle": pytest.approx(-1.0, abs=1e-3)}


def test_what_is_known_together_only_is_said_to_be_tied():
    """Only the product is read: the ratio stays at the prior, the two are anticorrelated."""
    rows = (prior("one", 1.0), prior("two", 1.0))
    readings = single([4.0], 0.01)

    def product(z):
        return (quantile(rows[0], z[:, 0]) * quantile(rows[1], z[:, 1]))[:, None]

    found = fit(rows, product, readings, starts=2)
    said = learnt(found, found.laplace(4000))
    assert said[0].tied == (("two", pytest.approx(-1.0, abs=0.01)),)
    stiff, sloppy = directions(found)
    assert stiff.left < 0.02
    assert sloppy.left == pytest.approx(1.0, abs=1e-3)


def test_a_member_that_fails_is_stepped_around():
    def fragile(z):
        shown = decay(z)
        shown[z[:, 0] > 1.0] = np.nan
        return shown

    found = fit(ROWS, fragile, single(decay(np.array([[0.8, 0.2]]))[0], 0.05), starts=4)
    assert found.score[0] == pytest.approx(0.8, abs=0.1)


def test_the_sampler_agrees_where_laplace_is_right():
    found = fit(ROWS, decay, single(decay(np.array([[0.5, -0.5]]))[0], 0.1), starts=2)
    drawn = sample(found, decay, steps=400, seed=1)
    assert drawn.agrees
    assert drawn.independent > 100
    again = sample(found, decay, steps=400, seed=1)
    np.testing.assert_array_equal(drawn.scores, again.scores)


def test_the_sampler_says_so_where_laplace_is_wrong():
    """Only the difference of two exponentials is bounded, from above: skewed, not normal."""
    rows = (prior("one", 1.0, fold=30.0),)

    def bent(z):
        return np.exp(-0.2 * np.abs(np.asarray(z)) ** 3)

    found = fit(rows, bent, single([1.0], 0.1), starts=1)
    drawn = sample(found, bent, steps=300)
    assert not drawn.agrees


def test_derivatives_are_second_order():
    slopes = jacobian(lambda x: np.exp(x), np.zeros((1, 1)))
    assert slopes[0, 0, 0] == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    ("left", "word"), [(0.49, "identified"), (0.7, "partly"), (0.95, "not identified")]
)
def test_verdicts(left, word):
    assert verdict(left) == word


def test_what_cannot_be_fitted_is_refused():
    with pytest.raises(FitError, match="nothing is free"):
        fit([], decay, single([1.0], 0.1))
    with pytest.raises(FitError, match="without spread"):
        fit([prior("a", 1.0, fold=1.0)], decay, single([1.0], 0.1))
    with pytest.raises(FitError, match="every start"):
        fit(ROWS, lambda z: np.full((len(z), 1), np.nan), single([1.0], 0.1))
    with pytest.raises(FitError, match="positive"):
        single([0.0], 0.1)


def test_values_keep_the_prior_s_own_scale():
    row = prior("share", 0.5, fold=1.5, distribution="logitnormal")
    held = Fit((row,), single([1.0], 0.1), None, None, None, np.eye(1))
    assert 0 < held.values(np.array([[-5.0]]))[0, 0] < held.values(np.array([[5.0]]))[0, 0] < 1
