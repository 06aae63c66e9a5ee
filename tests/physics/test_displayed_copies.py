"""Copies on vesicles against the distribution that they are said to have, term by term."""

import numpy as np
import pytest
from scipy import stats

from exocast.laws.displayed_copies import at_least, displaying

CASES = [(3.0, 0.4, 0.7), (40.0, 1.0, 1.5), (0.2, 0.5, 3.0), (12.0, 0.3, 1e-9)]
COUNT = np.arange(0, 6000)


def explicit(copies: float, share: float, dispersion: float) -> np.ndarray:
    """Return the probabilities of every number of copies."""
    mean = copies / share
    each = stats.nbinom.pmf(COUNT, 1 / dispersion, 1 / (1 + dispersion * mean))
    return share * each + (1 - share) * (COUNT == 0)


@pytest.mark.parametrize("case", CASES)
def test_loaded_share_and_mean_are_those_of_the_distribution(case):
    chance = explicit(*case)
    some, each = displaying(*case)
    assert float(some) == pytest.approx(1 - chance[0], rel=1e-6)
    assert float(some * each) == pytest.approx((COUNT * chance).sum(), rel=1e-6)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("needed", [1, 3, 5, 40])
def test_tails_are_those_of_the_distribution(case, needed):
    assert float(at_least(needed, *case)) == pytest.approx(
        explicit(*case)[needed:].sum(), rel=1e-5, abs=1e-12
    )


def test_losing_copies_by_chance_lowers_the_mean_alone():
    """Binomial thinning of the explicit distribution is the law at the lower mean."""
    before, kept = explicit(4.0, 0.5, 0.8), 0.3
    after = np.array([(before[:400] * stats.binom.pmf(n, COUNT[:400], kept)).sum()
                      for n in range(30)])  # fmt: skip
    np.testing.assert_allclose(after, explicit(4.0 * kept, 0.5, 0.8)[:30], rtol=1e-9)


def test_without_dispersion_it_is_poisson_and_without_copies_nothing():
    assert float(at_least(4.0, 6.0)) == pytest.approx(stats.poisson.sf(3, 6.0), rel=1e-12)
    assert float(displaying(0.0, 0.3, 1.0)[0]) == 0.0
    assert float(at_least(3.5, 0.0, 0.3, 1.0)) == 0.0
