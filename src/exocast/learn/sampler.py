"""The posterior by an ensemble sampler, as a check of Laplace's approximation and in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.learn.fit import BOUND, Fit

__all__ = ["Sampled", "sample"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sampled:
    """Samples of a posterior.

    Attributes
    ----------
    scores : array (m, q)
        Samples, the first third of each chain left out.
    accepted : float
        Share of proposals that were taken; 0.2 to 0.5 is usual.
    independent : float
        Samples over the longest autocorrelation time: how many they are worth.
    shift : array (q,)
        Mean of the samples less the maximum, in SD of Laplace's approximation.
    width : array (q,)
        SD of the samples over that of Laplace's approximation.
    """

    scores: Array
    accepted: float
    independent: float
    shift: Array
    width: Array

    @property
    def agrees(self) -> bool:
        """Return whether Laplace's approximation is good: means within 0.5 SD, widths 2-fold."""
        close = np.abs(self.shift) < 0.5
        return bool(close.all() and (self.width > 0.5).all() and (self.width < 2.0).all())


def sample(
    fit: Fit,
    predict: Callable[[Array], Array],
    *,
    walkers: int | None = None,
    steps: int = 150,
    seed: int = 0,
    report: Callable[[int], None] | None = None,
) -> Sampled:
    """Sample the posterior about a fit.

    Parameters
    ----------
    fit : Fit
        Where to begin: walkers start from Laplace's approximation.
    predict : callable
        As for `exocast.learn.fit.fit`; half the walkers are one call.
    walkers : int, optional
        At least twice the number of values; four times when left out, and 32 at least.
    steps : int
        Steps of every walker.
    seed : int
        Seed.
    report : callable, optional
        Called after each step with its number.

    Notes
    -----
    Affine-invariant stretch moves (Goodman and Weare 2010, doi 10.2140/camcos.2010.5.65) as emcee
    makes them (Foreman-Mackey et al. 2013, doi 10.1086/670067).
    """
    import emcee

    q = len(fit.rows)
    number = walkers or max(4 * q, 32)
    number += number % 2

    def log_posterior(scores: Array) -> Array:
        inside = (np.abs(scores) <= BOUND).all(axis=1)
        total = np.full(len(scores), -np.inf)
        if inside.any():
            # All walkers are asked for, so that every call has the same size.
            gap = fit.readings.whitened(predict(np.clip(scores, -BOUND, BOUND)))
            held = -0.5 * (gap**2).sum(axis=1) - 0.5 * (scores**2).sum(axis=1)
            total = np.where(inside & np.isfinite(held), held, -np.inf)
        return total

    sampler = emcee.EnsembleSampler(number, q, log_posterior, vectorize=True)
    sampler.random_state = np.random.RandomState(seed).get_state()
    begin = fit.laplace(number, seed)
    for index, _ in enumerate(sampler.sample(begin, iterations=steps), start=1):
        if report is not None:
            report(index)
    chain = sampler.get_chain(discard=steps // 3)
    scores = chain.reshape(-1, q)
    time = emcee.autocorr.integrated_time(chain, quiet=True, tol=0)
    spread = np.sqrt(np.diag(fit.covariance))
    return Sampled(
        scores,
        float(np.mean(sampler.acceptance_fraction)),
        float(len(scores) / max(float(np.nanmax(time)), 1.0)),
        (scores.mean(axis=0) - fit.score) / spread,
        scores.std(axis=0, ddof=1) / spread,
    )
