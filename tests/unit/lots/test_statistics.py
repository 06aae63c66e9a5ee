"""Components of variance and equivalence: closed forms, published power, coverage of the truth."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import nct

from exocast.learn.equivalence import LARGEST, lots_needed, power, power_of_lots
from exocast.learn.variance_components import (
    Readings,
    fit_posterior,
    most_likely,
    restricted_likelihood,
)

Array = NDArray[np.float64]
COARSE = (16, 18)


def _balanced(seed: int, donors: int = 5, lots: int = 3, repeats: int = 4) -> tuple[Array, Array]:
    """Return readings (donors, lots, repeats), and the deviations that the analysis of variance \
gives."""
    random = np.random.default_rng(seed)
    y = random.normal(0, 0.6, (donors, 1, 1)) + random.normal(0, 0.4, (donors, lots, 1))
    y = y + random.normal(0, 0.15, (donors, lots, repeats))
    by_lot, by_donor = y.mean(2), y.mean((1, 2))
    within = np.sum((y - by_lot[..., None]) ** 2) / (donors * lots * (repeats - 1))
    between = repeats * np.sum((by_lot - by_donor[:, None]) ** 2) / (donors * (lots - 1))
    above = repeats * lots * np.sum((by_donor - y.mean()) ** 2) / (donors - 1)
    squares = [(above - between) / (repeats * lots), (between - within) / repeats, within]
    return y, np.array(squares)


def _reduced(y: Array) -> Readings:
    donors, lots, repeats = y.shape
    return Readings.of(
        y.ravel(), np.repeat(np.arange(donors * lots), repeats), np.repeat(np.arange(donors), lots)
    )


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_the_maximum_is_that_of_the_analysis_of_variance_where_it_is_balanced(seed: int) -> None:
    y, squares = _balanced(seed)
    assert (squares > 0).all()
    assert most_likely(_reduced(y), 0.3) == pytest.approx(np.sqrt(squares), rel=2e-4)


def test_the_likelihood_is_that_of_the_whole_matrix() -> None:
    """Unbalanced lots of two processes, against the definition with every matrix written out."""
    random = np.random.default_rng(3)
    lot = np.array([0, 0, 1, 2, 2, 2, 3, 4, 4, 5])
    donor, new = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 1, 0], dtype=bool)
    y = random.normal(size=lot.size)
    x = np.stack([np.ones(lot.size), new[lot].astype(float)], axis=1)
    grid = np.exp(random.normal(size=(6, 3)))
    found, means, covariance = restricted_likelihood(Readings.of(y, lot, donor, new), grid)
    whole = []
    for (d, b, e), mean, held in zip(grid, means, covariance, strict=True):
        v = d * (donor[lot][:, None] == donor[lot]) + b * (lot[:, None] == lot) + e * np.eye(10)
        inverse = np.linalg.inv(v)
        cov = np.linalg.inv(x.T @ inverse @ x)
        assert held == pytest.approx(cov)
        assert mean == pytest.approx(cov @ x.T @ inverse @ y)
        rest = y - x @ mean
        whole.append(-0.5 * (np.linalg.slogdet(v)[1] - np.linalg.slogdet(cov)[1]
                             + rest @ inverse @ rest))  # fmt: skip
    assert found - found[0] == pytest.approx(np.array(whole) - whole[0], abs=1e-9)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Truths drawn from the priors: 90 % intervals must hold 90 % of them, whatever the design."""
    random, count = np.random.default_rng(11), 240
    lot = np.repeat(np.arange(6), 2)
    donor, new = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1] * 3, dtype=bool)
    held = np.zeros((count, 5))
    for i in range(count):
        true = 0.3 * np.abs(random.standard_cauchy(3)).clip(1e-3, 50.0)
        add = random.normal(0, 1, (3, lot.size)) * true[:, None]
        y = add[0][donor[lot]] + add[1][lot] + add[2]
        found = fit_posterior(Readings.of(y, lot, donor, new), 0.3, COARSE)
        deviations, means = found.draws(600, i)
        later = true * random.normal(size=3)
        centre, variance = found.mean_of(new=True)
        spread = np.sqrt(variance + found.between(1))
        ends = [found.quantile(share, centre, spread) for share in (0.05, 0.95)]
        low, high = np.quantile(deviations, (0.05, 0.95), axis=0)
        held[i, :3] = (low < true) & (true < high)
        held[i, 3] = ends[0] < later.sum() < ends[1]
        held[i, 4] = np.quantile(means[:, 1], 0.05) < 0 < np.quantile(means[:, 1], 0.95)
    assert held.mean(axis=0) == pytest.approx(0.9, abs=0.058)  # 3 standard errors


def test_equivalence_is_seldom_shown_where_there_is_none() -> None:
    """At a true difference of exactly the margin, 5 % at most, but for chance."""
    random, count, margin = np.random.default_rng(4), 400, np.log(1.5)
    lot, new = np.repeat(np.arange(8), 2), np.arange(8) >= 4
    shown = 0
    for _ in range(count):
        y = (random.normal(0, 0.12, 8) + margin * new)[lot] + random.normal(0, 0.1, 16)
        found = fit_posterior(Readings.of(y, lot, None, new), 0.3, COARSE)
        delta, error = found.coefficients[:, 1], np.sqrt(found.covariance[:, 1, 1])
        shown += found.quantile(0.95, delta, error) < margin
    assert shown / count < 0.05 + 3 * np.sqrt(0.05 * 0.95 / count)


@pytest.mark.parametrize(
    ("variation", "subjects", "published"), [(0.3, 40, 0.8158453), (0.25, 28, 0.8074395)]
)
def test_power_is_that_of_the_tables(variation: float, subjects: int, published: float) -> None:
    """Crossover, ratio 0.95 within 0.8 to 1.25: as PowerTOST documents by Owen's Q."""
    error = np.sqrt(np.log1p(variation**2)) * np.sqrt(2 / subjects)
    found = power(error, subjects - 2, np.log(1.25), np.log(0.95))
    assert found == pytest.approx(published, abs=2e-5)


def test_power_against_one_side_is_the_noncentral_t() -> None:
    """With one margin far away the two tests are one."""
    error, freedom, margin = 0.1, 6, 5.0
    one = 1 - nct.cdf(1.943180, freedom, (margin - 4.8) / error)
    assert power(error, freedom, margin, 4.8) == pytest.approx(one, abs=1e-4)


def test_more_lots_show_more_and_pairs_need_fewer() -> None:
    deviations = np.array([[0.4, 0.2, 0.1], [0.0, 0.0, 0.05]])
    margin = np.log(1.5)
    curve = power_of_lots((3, 6, 12, 24), deviations, 2, margin)
    assert (np.diff(curve, axis=1) >= -1e-9).all()
    (needed,) = lots_needed(deviations, 2, margin, [0.8])
    (pairs,) = lots_needed(deviations, 2, margin, [0.8], paired=True)
    assert pairs[0] < needed[0]
    assert power_of_lots(needed[:1], deviations[:1], 2, margin)[0, 0] >= 0.8
    assert power_of_lots(needed[:1] - 1, deviations[:1], 2, margin)[0, 0] < 0.8
    assert lots_needed(np.full((1, 3), 9.0), 1, margin, [0.8]) > LARGEST


def test_what_cannot_be_told_apart_is_one_number() -> None:
    values, lot = np.array([1.0, 2.0, 4.0]), np.arange(3)
    assert Readings.of(values, lot).free == ("lot",)
    assert Readings.of(values, lot, lot).free == ("lot",), "a donor for each lot"
    twice = np.concatenate([values, values + 0.1])
    assert Readings.of(twice, np.tile(lot, 2)).free == ("lot", "repeat")
    assert Readings.of(values, lot, np.array([0, 0, 1])).free == ("donor", "lot")
