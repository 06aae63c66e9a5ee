"""Fit: catalogue values to readings, from priors, with what the data say and what they do not.

A value is moved by its *score*: the standard-normal number whose quantile in the catalogue row is
the value. Every prior is then a standard normal, whatever its distribution, and bounds hold by
themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.stats import qmc

from exocast.errors import FitError
from exocast.evidence.ensemble import quantile
from exocast.evidence.parameter import Value
from exocast.learn.least_squares import Minimum, minimise

__all__ = ["Fit", "Readings", "fit"]

Array = NDArray[np.float64]
Predict = Callable[[Array], Array]
Report = Callable[[int, float], None]

BOUND = 5.0
"""No score is tried further out: beyond lies less than a millionth of the prior."""


@dataclass(frozen=True)
class Readings:
    """What was observed, with the errors of its logarithm.

    Attributes
    ----------
    observed : array (p,)
        Readings, in any unit that the predictions have as well; positive.
    own : array (p,)
        SD of ln of each reading by itself: animals, assay.
    between : array (p,)
        SD of ln that all readings of a group share: what differs between studies.
    group : tuple of str
        Group of each reading, such as ``paper, organ``.
    """

    observed: Array
    own: Array
    between: Array
    group: tuple[str, ...]

    def __post_init__(self) -> None:
        if not (np.isfinite(self.observed).all() and (self.observed > 0).all()):
            raise FitError("a reading that is not a positive number cannot be fitted on its log")
        if not (self.own > 0).all():
            raise FitError("every reading needs an error of its own above 0")

    def whitened(self, predicted: Array) -> Array:
        r"""Return residuals of ln that are independent with SD 1 if the model holds, array (m, p).

        Of one group the covariance is :math:`\mathrm{diag}(\sigma^2) + \tau^2 1 1^T`; the
        residuals are multiplied by the inverse of its Cholesky factor.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            gap = np.log(predicted) - np.log(self.observed)
        white = np.empty_like(gap)
        for name in dict.fromkeys(self.group):
            of = np.flatnonzero([one == name for one in self.group])
            shared = np.outer(self.between[of], self.between[of])
            factor = np.linalg.cholesky(np.diag(self.own[of] ** 2) + shared)
            fine = np.isfinite(gap[:, of]).all(axis=1)
            white[:, of] = np.nan
            white[np.ix_(fine, of)] = solve_triangular(factor, gap[fine][:, of].T, lower=True).T
        return white


@dataclass(frozen=True)
class Fit:
    """A maximum of the posterior and its neighbourhood.

    Attributes
    ----------
    rows : tuple of Value
        The prior of each free value, in order.
    readings : Readings
        What was fitted.
    minimum : Minimum
        Scores at the end of every start, and derivatives at the best.
    predicted : array (p,)
        Predictions at the best.
    before : array (p,)
        Predictions at the medians of the priors.
    covariance : array (q, q)
        Of the scores, after Laplace.
    """

    rows: tuple[Value, ...]
    readings: Readings
    minimum: Minimum
    predicted: Array
    before: Array
    covariance: Array

    @property
    def score(self) -> Array:
        """Return the scores at the maximum, array (q,)."""
        return np.asarray(self.minimum.point[0])

    @property
    def value(self) -> Array:
        """Return the values at the maximum, array (q,), in SI-coherent units."""
        return np.asarray(self.values(self.score[None])[0])

    @property
    def chi_square(self) -> float:
        """Return the sum of squared whitened residuals of the readings at the maximum."""
        return float(np.sum(self.minimum.residual[: len(self.readings.observed)] ** 2))

    def values(self, scores: Array) -> Array:
        """Return the values at scores, both arrays (m, q)."""
        columns = [quantile(row, scores[:, k]) for k, row in enumerate(self.rows)]
        return np.stack(columns, axis=1)

    def laplace(self, size: int, seed: int = 0) -> Array:
        """Return scores drawn from the normal distribution about the maximum, array (size, q)."""
        generator = np.random.default_rng(seed)
        normal = generator.standard_normal((size, len(self.rows)))
        drawn = self.score + normal @ np.linalg.cholesky(self.covariance).T
        return np.clip(drawn, -BOUND, BOUND)


def fit(
    rows: Sequence[Value],
    predict: Predict,
    readings: Readings,
    *,
    starts: int = 8,
    seed: int = 0,
    iterations: int = 40,
    report: Report | None = None,
) -> Fit:
    """Find the most probable values.

    Parameters
    ----------
    rows : sequence of Value
        Priors of the free values. A row without spread cannot be fitted.
    predict : callable
        Takes scores, array (m, q), and returns what would be read, array (m, p); NaN where the
        model fails.
    readings : Readings
        What was read.
    starts : int
        Starts: the medians of the priors, then points that fill the prior evenly.
    seed : int
        Of the starts.
    iterations : int
        At most so many rounds.
    report : callable, optional
        Called after each round with its number and the lowest cost.

    Returns
    -------
    Fit

    Raises
    ------
    FitError
        If nothing is free, a row has no spread, or the model fails at every start.

    Notes
    -----
    Least squares of the whitened residuals of ln and of the scores (maximum a posteriori);
    the covariance is the inverse of :math:`J^T J`, the Gauss-Newton form of Laplace's
    approximation. Starts are a Latin hypercube within 1.5 standard deviations (McKay, Beckman and
    Conover 1979, doi 10.1080/00401706.1979.10489755), as SciPy makes it.
    """
    if not rows:
        raise FitError("nothing is free: name the values to fit")
    fixed = [row.identity for row in rows if row.distribution == "fixed" or row.low == row.high]
    if fixed:
        raise FitError(f"{', '.join(fixed)}: a value without spread has no prior to fit from")
    q = len(rows)

    def residual(scores: Array) -> Array:
        return np.concatenate([readings.whitened(predict(scores)), scores], axis=1)

    first = np.zeros((1, q))
    if starts > 1:
        spread = qmc.LatinHypercube(q, rng=np.random.default_rng(seed)).random(starts - 1)
        first = np.concatenate([first, 3.0 * spread - 1.5])
    try:
        found = minimise(residual, first, bound=BOUND, iterations=iterations, report=report)
    except ValueError:
        message = "the model fails at every start: run one case by itself to see why"
        raise FitError(message) from None
    covariance = np.asarray(np.linalg.inv(found.jacobian.T @ found.jacobian), dtype=float)
    ends = predict(np.stack([found.point[0], np.zeros(q)]))
    return Fit(tuple(rows), readings, found, ends[0], ends[1], covariance)
