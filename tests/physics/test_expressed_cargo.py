"""Cargo made by the donor: classes of expression, and scaffolds that fill up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from exocast.laws.expressed_cargo import empty_share, expression_classes, scaffold_occupancy
from exocast.laws.membrane_area import sheared_copies


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.8, 2.0])
def test_poisson_cargo_over_gamma_cells_is_negative_binomial(spread):
    weights, levels = expression_classes([spread])
    for mean in (1e-4, 0.3, 30.0):
        rates = mean * levels
        assert (weights * rates).sum() == pytest.approx(mean, rel=1e-12)
        second = (weights * rates**2).sum()
        assert second == pytest.approx(mean**2 * (1 + spread**2), rel=1e-12)
        copies = np.arange(20000)
        shape = 1 / spread**2 if spread else np.inf
        law = nbinom(shape, shape / (shape + mean)) if spread else poisson(mean)
        chances = law.pmf(copies)
        assert empty_share(mean, second) == pytest.approx(chances[0], rel=1e-9)
        assert second == pytest.approx((chances * copies * (copies - 1)).sum(), rel=1e-6)


def test_the_empty_share_of_half_full_scaffolds_is_near_that_of_many_cells():
    spread, x, scaffolds = 0.8, 1.0, 4.0
    weights, levels = expression_classes([spread], 8)
    rates = scaffolds * levels * x / (1 + levels * x)
    mean, second = (weights * rates).sum(), (weights * rates**2).sum()
    many = np.random.default_rng(1).gamma(1 / spread**2, spread**2, 400_000)
    drawn = scaffolds * many * x / (1 + many * x)
    assert mean == pytest.approx(drawn.mean(), rel=3e-3)
    assert second == pytest.approx((drawn**2).mean(), rel=3e-3)
    assert empty_share(mean, second) == pytest.approx(np.exp(-drawn).mean(), abs=0.02)


def test_classes_are_shares_of_cells_and_integrate_powers():
    weights, levels = expression_classes(np.array([0.3, 1.0]))
    assert weights.sum(axis=1) == pytest.approx(1.0, rel=1e-12)
    assert np.all(levels >= 0)
    # An exponential (spread 1) has moments of factorials, exact up to the fifteenth.
    for power, moment in ((3, 6.0), (5, 120.0)):
        assert (weights[1] * levels[1] ** power).sum() == pytest.approx(moment, rel=1e-9)


@given(
    passive=st.floats(1e-9, 1e3),
    fold=st.floats(1.0, 1e4),
    scaffolds=st.floats(0.1, 1e3),
    share=st.floats(0.01, 1.0),
)
def test_a_scaffold_enriches_and_never_overfills(passive, fold, scaffolds, share):
    x = float(scaffold_occupancy(passive, fold, scaffolds, share))
    loaded = passive + share * scaffolds * x / (1 + x)
    assert loaded <= min(fold * passive, passive + share * scaffolds) * (1 + 1e-9)
    assert loaded >= passive


def test_limits_of_a_tag():
    assert scaffold_occupancy(0.2, 1.0, 50.0, 0.4) == 0.0
    assert scaffold_occupancy(0.2, 10.0, 0.0, 0.4) == 0.0
    little = scaffold_occupancy(1e-9, 65.0, 50.0, 0.4)
    assert 1e-9 + 20 * little == pytest.approx(65e-9, rel=1e-6)
    plenty = scaffold_occupancy(1e6, 65.0, 50.0, 0.4)
    assert plenty / (1 + plenty) == pytest.approx(1.0, rel=1e-5)


def test_chance_is_the_share_of_the_volume():
    assert sheared_copies(1e6, 2e-15, 2e-22, 1.0, 0.0) == pytest.approx(0.1, rel=1e-12)
