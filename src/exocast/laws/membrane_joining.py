"""Membranes that join: how many partners a particle gets, and what the joined one carries."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "covered_share",
    "encounter_hazard",
    "joined_area",
    "joined_copies",
    "joined_mean",
    "neighbour_hazard",
]

Array = NDArray[np.float64]
Moments = tuple[Array, Array, Array]


def encounter_hazard(
    kernel: ArrayLike, chance: ArrayLike, concentration: ArrayLike, time: ArrayLike
) -> Array:
    r"""Return how often one particle fuses with partners that it meets by diffusion [1].

    Parameters
    ----------
    kernel : array (n,) [m^3/s]
        Collisions of two particles, by `collision_kernel`.
    chance : array (n,) [1]
        That a collision ends in fusion.
    concentration : array (n,) [1/m^3]
        Of the partners.
    time : array (n,) or float [s]
        Together.

    Equation
    --------
    k = \alpha K n t

    Symbols
    -------
    k : returned
    \alpha : chance
    K : kernel
    n : concentration
    t : time

    Notes
    -----
    Second order: the same mixture, diluted ten times, fuses ten times less.

    References
    ----------
    von Smoluchowski 1917, Z Phys Chem 92:129 (classical, recalled); the chance per collision is the
    inverse of a stability ratio.

    Examples
    --------
    >>> round(float(encounter_hazard(1e-17, 1e-5, 1e17, 3600.0)), 6)
    0.036
    """
    return np.asarray(
        np.asarray(chance, float)
        * np.asarray(kernel, float)
        * np.asarray(concentration, float)
        * np.asarray(time, float)
    )


def neighbour_hazard(events: ArrayLike, chance: ArrayLike, share: ArrayLike) -> Array:
    r"""Return how often one particle fuses with a neighbour of the other sort [1].

    Parameters
    ----------
    events : array (n,) [1]
        Times that it is torn beside neighbours: cycles of freezing, passes through a filter.
    chance : array (n,) [1]
        That it closes with a neighbour, not on itself.
    share : array (n,) [1]
        Of all membrane that is of the other sort: what a random neighbour is.

    Equation
    --------
    k = j \beta x

    Symbols
    -------
    k : returned
    j : events
    \beta : chance
    x : share

    Notes
    -----
    Ice and pores press membranes together whatever the concentration was; what dilution leaves is
    who lies beside whom.

    References
    ----------
    Well-mixed neighbours; Sato and others 2016, Sci Rep 6:21933, doi 10.1038/srep21933 (abstract:
    vesicles fused with liposomes by freezing and thawing).

    Examples
    --------
    >>> float(neighbour_hazard(10, 0.1, 0.25))
    0.25
    """
    return np.asarray(
        np.asarray(events, float) * np.asarray(chance, float) * np.asarray(share, float)
    )


def joined_mean(joining: ArrayLike, receiving: ArrayLike, hazard: ArrayLike) -> Array:
    r"""Return the mean number of partners that have joined a receiving particle, array (n,) [1].

    Parameters
    ----------
    joining, receiving : array (n,) [particle]
        In the tube.
    hazard : array (n,) [1]
        Of one that joins: `encounter_hazard` or `neighbour_hazard`.

    Equation
    --------
    \mu = \frac{N_L}{N_E} \left(1 - e^{-k}\right)

    Symbols
    -------
    \mu : returned
    N_L : joining
    N_E : receiving
    k : hazard

    Notes
    -----
    Each joins once at most, at random, so that their number on a receiver is Poisson: a share
    exp(-mu) of the receivers gets none. Receivers do not fuse with one another, nor partners among
    themselves: that would change sizes, but mix nothing.

    References
    ----------
    Random allocation (Johnson, Kemp and Kotz 2005, Univariate Discrete Distributions, recalled).

    Examples
    --------
    >>> round(float(joined_mean(3e10, 1e10, 1.0)), 3)
    1.896
    """
    receivers = np.asarray(receiving, float)
    joined = np.asarray(joining, float) * -np.expm1(-np.asarray(hazard, float))
    return np.asarray(np.divide(joined, receivers, out=np.zeros_like(joined), where=receivers > 0))


def joined_copies(each: Moments, mean: ArrayLike) -> Moments:
    r"""Return the moments of the copies that partners bring to a particle which has some.

    Parameters
    ----------
    each : tuple of array (n, 1)
        Mean, empty share and second factorial moment of the copies of one partner.
    mean : array (n, 1) [1]
        Mean partners of a receiving particle, those without any included.

    Returns
    -------
    tuple of array (n, 1)
        Mean [copy/particle], empty share and second factorial moment.

    Equation
    --------
    \bar{c} = \frac{\mu}{w} \bar{c}_1, \quad e = \frac{e^{-\mu (1 - e_1)} - e^{-\mu}}{w}, \quad s =
    \frac{\mu s_1 + \mu^2 \bar{c}_1^2}{w}, \quad w = 1 - e^{-\mu}

    Symbols
    -------
    \bar{c} : returned[0], mean copies brought
    e : returned[1], share of those particles to which no copy was brought
    s : returned[2], second factorial moment
    \bar{c}_1, e_1, s_1 : each
    \mu : mean
    w : share of receiving particles that got a partner

    Notes
    -----
    A Poisson number of partners that is at least one, each with its own copies: a compound Poisson
    law, conditioned on being joined. Its limit for rare partners is the partner itself.

    References
    ----------
    Johnson, Kemp and Kotz 2005, Univariate Discrete Distributions (recalled).

    Examples
    --------
    Rare partners, and partners that are all empty:

    >>> [round(float(x), 3) for x in joined_copies((5.0, 0.1, 30.0), 1e-9)]
    [5.0, 0.1, 30.0]
    >>> [float(x) for x in joined_copies((0.0, 1.0, 0.0), 2.0)]
    [0.0, 1.0, 0.0]
    """
    own, empty, second = (np.asarray(x, float) for x in each)
    number = np.asarray(mean, float)
    joined = -np.expm1(-number)
    # What is left of mu / w where nothing joins is one partner for the one that it would join.
    scaled = np.divide(number, joined, out=np.ones_like(joined), where=joined > 0)
    some = np.exp(-number * (1 - empty)) * -np.expm1(-number * empty)  # without cancellation
    none = np.divide(some, joined, out=np.asarray(empty + 0 * joined), where=joined > 0)
    return scaled * own, np.clip(none, 0.0, 1.0), scaled * (second + number * own**2)


def joined_area(each: ArrayLike, variance: ArrayLike, mean: ArrayLike) -> tuple[Array, Array]:
    r"""Return two areas that stand for what partners bring to a particle which has some.

    Parameters
    ----------
    each : array (n,) [m^2]
        Mean membrane of one partner.
    variance : array (n,) [m^4]
        Of the membrane of one partner.
    mean : array (n,) [1]
        Mean partners of a receiving particle.

    Returns
    -------
    smaller, larger : array (n,) [m^2]
        One for each half of the joined particles.

    Equation
    --------
    A_\pm = \bar{m} a \pm \sqrt{\bar{m} \sigma_a^2 + \bar{m} (1 + \mu - \bar{m}) a^2}, \quad
    \bar{m} = \frac{\mu}{1 - e^{-\mu}}

    Symbols
    -------
    A_\pm : returned
    a : each
    \sigma_a^2 : variance
    \mu : mean
    \bar{m} : mean partners of those that have any

    Notes
    -----
    Two points with the mean and variance of the compound Poisson law. Where the lower would fall
    below a fifth of the mean it is held there, and the other moved to keep the mean: membrane is
    conserved, the spread then understated.

    References
    ----------
    Johnson, Kemp and Kotz 2005, Univariate Discrete Distributions (recalled).

    Examples
    --------
    Equal partners, hardly ever more than one:

    >>> [round(float(x), 2) for x in joined_area(1.0, 0.0, 1e-6)]
    [1.0, 1.0]
    """
    area, number = np.asarray(each, float), np.asarray(mean, float)
    joined = -np.expm1(-number)
    several = np.divide(number, joined, out=np.ones_like(joined), where=joined > 0)
    spread = np.sqrt(
        several * np.asarray(variance, float)
        + several * np.maximum(1 + number - several, 0.0) * area**2
    )
    middle = several * area
    lower = np.maximum(middle - spread, 0.2 * middle)
    return np.asarray(lower), np.asarray(2 * middle - lower)


def covered_share(patch: ArrayLike, surface: ArrayLike, mean: ArrayLike) -> Array:
    r"""Return how much of a core its patches of membrane cover, mean over cores with any [1].

    Parameters
    ----------
    patch : array (n, 1) [m^2]
        Membrane of one vesicle that has opened on a core.
    surface : array (k,) [m^2]
        Of a core.
    mean : array (n, k) [1]
        Mean patches of a core, those without any included.

    Equation
    --------
    c = \frac{1 - e^{-\mu q}}{1 - e^{-\mu}}, \quad q = \min \left(\frac{a}{A}, \, 1\right)

    Symbols
    -------
    c : returned
    a : patch
    A : surface
    \mu : mean

    Notes
    -----
    Patches land at random and may overlap: a Poisson number of them leaves a point bare with a
    chance of exp(-mu q).

    References
    ----------
    Random coverage of a sphere by caps (Johnson-Mehl and Avrami, recalled); that most coats are
    partial: Liu and others 2021, Nat Commun 12:5726, doi 10.1038/s41467-021-26052-x (abstract).

    Examples
    --------
    >>> covered_share(1.0, 4.0, [[0.01, 4.0]]).round(2).tolist()
    [[0.25, 0.64]]
    """
    number = np.asarray(mean, float)
    part = np.minimum(np.asarray(patch, float) / np.asarray(surface, float), 1.0)
    joined = -np.expm1(-number)
    first = np.broadcast_to(part, joined.shape)
    return np.asarray(
        np.divide(-np.expm1(-number * part), joined, out=first.copy(), where=joined > 0)
    )
