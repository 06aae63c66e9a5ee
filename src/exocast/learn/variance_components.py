r"""How donors, lots and repeats of an assay share the spread of what was measured.

A reading is the sum of a mean (of its process), what its donor adds, what its lot adds and what the
assay adds; each of the last three is drawn anew for a donor, a lot and a repeat. On the scale of
logarithms for what cannot be negative: spreads are then ratios.

Equation
--------
.. math:: y_{dlr} = \mu + \delta\,x_l + D_d + L_l + e_{lr}, \quad D_d \sim N(0, \sigma_D^2),\;
    L_l \sim N(0, \sigma_L^2),\; e_{lr} \sim N(0, \sigma_e^2)

Symbols
-------
y_{dlr} : reading, or its logarithm [1]
\mu, \delta : mean of the old process, and what the new one adds [1]
x_l : 1 for a lot of the new process [1]
\sigma_D, \sigma_L, \sigma_e : standard deviations between donors, lots and repeats [1]

The means are integrated out, which gives the restricted likelihood (Patterson and Thompson 1971,
doi:10.1093/biomet/58.3.545); in a balanced table its maximum is that of the analysis of variance.
With the few lots that anybody has, its maximum says little. The standard deviations are therefore
integrated as well, each under a half-Cauchy prior (Gelman 2006, doi:10.1214/06-BA117A), whose
median is its scale and whose tail leaves large values to the data. Three numbers at most: a grid
does it, without chains that may not have converged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp, ndtr

__all__ = ["Posterior", "Readings", "fit_posterior", "most_likely", "restricted_likelihood"]

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

COMPONENTS = ("donor", "lot", "repeat")
PASSES = (20, 24, 28)
"""Grid points on each axis: wide, then where the posterior is."""
NEGLIGIBLE = 1e-6
"""Of the largest marginal weight: what lies below is cut from the next grid."""
FORGOTTEN = 1e-5
"""Of the largest weight: cells below it are left out; together they hold less than 0.1 %."""
WIDEST = (1e-3, 50.0)
"""Of the scale of a prior: the ends of the first grid."""


@dataclass(frozen=True)
class Readings:
    """Readings of several lots, reduced to what the likelihood needs.

    Attributes
    ----------
    mean, count : array (lots,)
        Mean of a lot's repeats, and how many there are.
    squares : float
        Sum of squares of repeats about their lot.
    donor : array of int (lots,)
        Which donor a lot comes from.
    new : array of bool (lots,)
        Whether a lot is of the new process.
    free : tuple of str
        The components that this table can tell apart; the others are zero.
    """

    mean: Array
    count: Array
    squares: float
    donor: Labels
    new: NDArray[np.bool_]
    free: tuple[str, ...]

    @classmethod
    def of(
        cls, values: Array, lot: Labels, donor: Labels | None = None,
        new: NDArray[np.bool_] | None = None,
    ) -> Readings:  # fmt: skip
        """Reduce readings.

        Parameters
        ----------
        values : array (n,)
            Readings, on the scale on which they are summed.
        lot : array of int (n,)
            0, 1, ... for each reading.
        donor, new : array (lots,), optional
            Of each lot; one donor and one process by default.
        """
        count = np.bincount(lot).astype(float)
        mean = np.bincount(lot, values) / count
        squares = float(np.sum((values - mean[lot]) ** 2))
        donors = np.zeros(count.size, dtype=np.int64) if donor is None else donor
        process = np.zeros(count.size, dtype=bool) if new is None else new
        several = np.unique(donors).size
        free = [
            *(["donor"] if 1 < several < count.size else []),
            "lot",
            *(["repeat"] if count.max() > 1 else []),
        ]
        return cls(mean, count, squares, donors, process, tuple(free))

    @property
    def design(self) -> Array:
        """Return the columns of the means, (lots, 1 or 2)."""
        one = np.ones(self.mean.size)
        return np.stack([one, self.new.astype(float)] if self.new.any() else [one], axis=1)


@dataclass(frozen=True)
class Posterior:
    """What is known of means and standard deviations, on a grid.

    Attributes
    ----------
    deviations : array (g, 3)
        Standard deviations between donors, lots and repeats.
    weight : array (g,)
        Of each; they sum to 1.
    coefficients : array (g, p)
        Means given the deviations: the old process, and what the new one adds.
    covariance : array (g, p, p)
        Of those.
    step : array (3,)
        Width of a cell in the logarithm of each deviation; 0 where there is none.
    free : tuple of str
        Components that the table tells apart.
    """

    deviations: Array
    weight: Array
    coefficients: Array
    covariance: Array
    step: Array
    free: tuple[str, ...]

    def mean_of(self, new: bool) -> tuple[Array, Array]:
        """Return mean and variance of a process's mean in each cell, (g,)."""
        column = np.ones(self.coefficients.shape[1])
        column[1:] = float(new)
        variance = np.einsum("i,gij,j->g", column, self.covariance, column)
        return self.coefficients @ column, variance

    def between(self, repeats: float = np.inf) -> Array:
        """Return the variance from lot to lot, and of a mean of so many repeats, (g,)."""
        squares = self.deviations**2
        return np.asarray(squares[:, 0] + squares[:, 1] + squares[:, 2] / repeats)

    def within(self, low: float, high: float, new: bool, repeats: float = np.inf) -> float:
        """Return the chance that the next lot lies between two limits."""
        mean, variance = self.mean_of(new)
        spread = np.sqrt(variance + self.between(repeats))
        inside = ndtr((high - mean) / spread) - ndtr((low - mean) / spread)
        return float(self.weight @ inside)

    def quantile(self, share: float, mean: Array, spread: Array) -> float:
        """Return a quantile of the mixture of normals that the cells make, by bisection."""
        low, high = float(np.min(mean - 6 * spread)), float(np.max(mean + 6 * spread))
        for _ in range(40):
            middle = 0.5 * (low + high)
            below = float(self.weight @ ndtr((middle - mean) / spread))
            low, high = (middle, high) if below < share else (low, middle)
        return 0.5 * (low + high)

    def draws(self, count: int, seed: int) -> tuple[Array, Array]:
        """Draw deviations (count, 3) and coefficients (count, p); cells by systematic sampling."""
        random = np.random.default_rng(seed)
        ladder = (np.arange(count) + random.random()) / count
        cell = np.minimum(np.searchsorted(np.cumsum(self.weight), ladder), self.weight.size - 1)
        cell = random.permutation(cell)
        jitter = np.exp(self.step * (random.random((count, 3)) - 0.5))
        root = np.linalg.cholesky(self.covariance[cell])
        noise = random.standard_normal((count, self.coefficients.shape[1]))
        means = self.coefficients[cell] + np.einsum("gij,gj->gi", root, noise)
        return self.deviations[cell] * jitter, means


def restricted_likelihood(readings: Readings, variances: Array) -> tuple[Array, Array, Array]:
    """Return the restricted log-likelihood, and the means that go with it.

    Donors are independent blocks, and a block is a diagonal with one rank added to it, so that no
    matrix of the size of the table is ever inverted.

    Parameters
    ----------
    readings : Readings
        The table.
    variances : array (g, 3)
        Between donors, lots and repeats.

    Returns
    -------
    tuple of array
        Log-likelihood (g,) up to a constant, means (g, p) and their covariance (g, p, p).
    """
    donor, lot, repeat = variances.T
    inverse = 1 / (lot[:, None] + repeat[:, None] / readings.count)
    design = readings.design
    p = design.shape[1]
    columns = np.column_stack([design, readings.mean])
    member = np.zeros((readings.donor.max() + 1, readings.mean.size))
    member[readings.donor, np.arange(readings.mean.size)] = 1.0
    products = np.einsum("li,lj->lij", columns, columns).reshape(columns.shape[0], -1)
    full = (inverse @ products).reshape(-1, p + 1, p + 1)
    by_donor = np.einsum("gl,dl,li->gdi", inverse, member, columns, optimize=True)
    weight = inverse @ member.T
    shrink = donor[:, None] / (1 + donor[:, None] * weight)
    full = full - np.einsum("gd,gdi,gdj->gij", shrink, by_donor, by_donor, optimize=True)
    covariance = np.linalg.inv(full[:, :p, :p])
    means = np.einsum("gij,gj->gi", covariance, full[:, :p, p])
    rest = full[:, p, p] - np.einsum("gi,gi->g", means, full[:, :p, p])
    log_determinant = -np.log(inverse).sum(1) + np.log1p(donor[:, None] * weight).sum(1)
    value = -0.5 * (log_determinant - np.linalg.slogdet(covariance)[1] + rest)
    freedom = readings.count.sum() - readings.count.size
    if freedom > 0:
        value = value - 0.5 * (freedom * np.log(repeat) + readings.squares / repeat)
    return value, means, covariance


def most_likely(readings: Readings, scale: float) -> Array:
    """Return the standard deviations at the maximum of the restricted likelihood, (3,).

    Parameters
    ----------
    readings : Readings
        The table.
    scale : float
        What a deviation is like; the search begins there.
    """
    places = [COMPONENTS.index(name) for name in readings.free]
    least = (1e-9 * scale) ** 2

    def loss(roots: Array) -> float:
        variances = np.zeros((1, 3))
        variances[0, places] = (roots * scale) ** 2
        variances[0, places[-1]] += least  # the last is never quite nothing
        return -float(restricted_likelihood(readings, variances)[0][0])

    starts = np.vstack([np.ones(len(places)), 0.1 + 0.9 * np.eye(len(places))])
    found = [
        minimize(loss, start, method="L-BFGS-B", bounds=[(0.0, None)] * len(places),
                 options={"ftol": 1e-14, "gtol": 1e-9})
        for start in starts
    ]  # fmt: skip
    best = min(found, key=lambda one: float(one.fun))
    deviations = np.zeros(3)
    deviations[places] = best.x * scale
    return deviations


def fit_posterior(
    readings: Readings, scale: float | Array, passes: Sequence[int] = PASSES
) -> Posterior:
    """Integrate over the standard deviations.

    Parameters
    ----------
    readings : Readings
        The table.
    scale : float or array
        Medians of the half-Cauchy priors: one, or one each for donors, lots and repeats.
    passes : sequence of int
        Points on an axis of the grid, pass by pass; each narrows to where the last found weight.
    """
    scales = np.broadcast_to(np.asarray(scale, dtype=float), (3,))
    places = [COMPONENTS.index(name) for name in readings.free]
    ends = [(np.log(WIDEST[0] * scales[i]), np.log(WIDEST[1] * scales[i])) for i in places]
    for points in passes:
        axes = [np.linspace(low, high, points) for low, high in ends]
        shape = tuple(axis.size for axis in axes)
        mesh = np.stack([held.ravel() for held in np.meshgrid(*axes, indexing="ij")], axis=1)
        deviations = np.zeros((mesh.shape[0], 3))
        deviations[:, places] = np.exp(mesh)
        likelihood, means, covariance = restricted_likelihood(readings, deviations**2)
        ratio = deviations[:, places] / scales[places]
        # The prior in the logarithm of a deviation: half-Cauchy times the deviation itself.
        log_weight = likelihood + np.sum(mesh - np.log1p(ratio**2), axis=1)
        weight = np.exp(log_weight - logsumexp(log_weight))
        cube = weight.reshape(shape)
        for i, axis in enumerate(axes):
            margin = cube.sum(axis=tuple(k for k in range(len(axes)) if k != i))
            held = np.flatnonzero(margin > NEGLIGIBLE * margin.max())
            first, last = max(held[0] - 1, 0), min(held[-1] + 1, axis.size - 1)
            ends[i] = (float(axis[first]), float(axis[last]))
    kept = weight > FORGOTTEN * weight.max()
    weight = weight[kept] / weight[kept].sum()
    deviations, means, covariance = deviations[kept], means[kept], covariance[kept]
    step = np.zeros(3)
    step[places] = [float(axis[1] - axis[0]) for axis in axes]
    return Posterior(deviations, weight, means, covariance, step, readings.free)
