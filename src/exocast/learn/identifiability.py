"""What readings say of each value, and what they leave as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.parameter import Value
from exocast.learn.fit import BOUND, Fit, Readings
from exocast.learn.least_squares import jacobian

__all__ = ["Direction", "Learnt", "Verdict", "directions", "information", "learnt", "verdict"]

Array = NDArray[np.float64]
Verdict = Literal["identified", "partly", "not identified"]

IDENTIFIED, PARTLY = 0.5, 0.9
"""SD left over from the prior below which a value counts as identified, or as partly so."""

TIED = 0.9
"""Correlation above which two values are known together only."""


@dataclass(frozen=True)
class Learnt:
    """One value before and after.

    Attributes
    ----------
    identity : str
        Key and context.
    prior, posterior : (float, float, float)
        Median, 5 and 95 %, in SI-coherent units.
    left : float
        SD of the score after the fit; 1 before it.
    score : float
        Score at the maximum: how many prior standard deviations the value moved.
    verdict : str
        ``identified`` (less than half the prior's SD is left), ``partly``, or ``not identified``
        (the posterior is the prior).
    tied : tuple of (str, float)
        Values with which it is correlated above 0.9, and how much.
    """

    identity: str
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    left: float
    score: float
    verdict: Verdict
    tied: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Direction:
    """A combination of scores, from the best known to the least.

    Attributes
    ----------
    left : float
        SD along it after the fit; 1 before.
    weights : mapping of str to float
        The part of each value in it, largest first, those under 0.2 left out.
    """

    left: float
    weights: dict[str, float]


def information(
    rows: Sequence[Value], predict: Callable[[Array], Array], readings: Readings
) -> Array:
    """Return what readings would say of each value by itself, at the medians of the priors.

    Parameters
    ----------
    rows : sequence of Value
        The values.
    predict : callable
        As for `exocast.learn.fit.fit`, of all these values.
    readings : Readings
        What was read.

    Returns
    -------
    array (q,)
        Fisher information of the score: were all others known, its SD after would be
        1 / sqrt(1 + information).
    """
    middle = np.zeros((1, len(rows)))
    slopes = jacobian(lambda scores: readings.whitened(predict(scores)), middle, BOUND)[0]
    return np.asarray((slopes**2).sum(axis=0))


def verdict(left: float) -> Verdict:
    """Return what a remaining SD of the score amounts to."""
    if left < IDENTIFIED:
        return "identified"
    return "partly" if left < PARTLY else "not identified"


def learnt(fit: Fit, scores: Array) -> list[Learnt]:
    """Return what was learnt of each value.

    Parameters
    ----------
    fit : Fit
        The fit.
    scores : array (m, q)
        Samples of the posterior, of Laplace's approximation or of a sampler.
    """
    middle, low, high = np.quantile(scores, [0.5, 0.05, 0.95], axis=0)
    after = [fit.values(held[None])[0] for held in (middle, low, high)]
    correlation = np.atleast_2d(np.corrcoef(scores.T))
    names = [row.identity for row in fit.rows]
    found = []
    for k, row in enumerate(fit.rows):
        tied = [
            (names[other], float(correlation[k, other]))
            for other in range(len(names))
            if other != k and abs(correlation[k, other]) > TIED
        ]
        left = float(scores[:, k].std(ddof=1))
        before = fit.values(np.array([[0.0], [-1.6449], [1.6449]]).repeat(len(names), axis=1))
        prior = (float(before[0, k]), float(before[1, k]), float(before[2, k]))
        posterior = (float(after[0][k]), float(after[1][k]), float(after[2][k]))
        found.append(
            Learnt(
                row.identity,
                prior,
                posterior,
                left,
                float(fit.score[k]),
                verdict(left),
                tuple(tied),
            )
        )
    return found


def directions(fit: Fit) -> list[Direction]:
    """Return the combinations of scores in the order in which the data know them.

    Eigenvectors of the covariance (after Gutenkunst et al. 2007, doi
    10.1371/journal.pcbi.0030189: most directions of such models are sloppy).
    """
    variance, vectors = np.linalg.eigh(fit.covariance)
    names = [row.identity for row in fit.rows]
    found = []
    for value, vector in zip(variance, vectors.T, strict=True):
        order = np.argsort(-np.abs(vector))
        weights = {names[k]: float(vector[k]) for k in order if abs(vector[k]) >= 0.2}
        found.append(Direction(float(np.sqrt(value)), weights))
    return found
