"""How far predictions are from observations: fold errors, their spread, and a naive rival."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, stdtrit

__all__ = [
    "coverage",
    "geometric_mean_fold_error",
    "group_means",
    "lognormal_share_within",
    "mean_ratio",
    "mixture_interval",
    "mixture_place",
    "share_within",
]

Array = NDArray[np.float64]
Group = TypeVar("Group", bound=Hashable)

ROUNDING = 1e-12
"""In the logarithm: a ratio of exactly 2 is within 2-fold."""

SIGMAS, HALVINGS = 8.0, 60
"""Standard deviations that hold every quantile, and how often that range is halved."""


def geometric_mean_fold_error(predicted: ArrayLike, observed: ArrayLike) -> float:
    r"""Return the geometric mean of how many fold predictions are off, whichever way [1].

    Parameters
    ----------
    predicted, observed : array (k,) [x]
        In the same unit, positive.

    Returns
    -------
    float
        1 where every prediction is right; NaN without a pair.

    Equation
    --------
    \mathrm{GMFE} = \exp\left(\frac{1}{k} \sum_i \left| \ln \frac{P_i}{O_i} \right|\right)

    Symbols
    -------
    \mathrm{GMFE} : returned
    k : number of pairs
    P_i : predicted
    O_i : observed

    Notes
    -----
    Errors too high and too low do not cancel, and a twofold miss counts alike both ways.

    References
    ----------
    Obach RS, Baxter JG, Liston TE, et al. J Pharmacol Exp Ther 1997;283:46-58.

    Examples
    --------
    >>> round(geometric_mean_fold_error([2.0, 0.5], [1.0, 1.0]), 12)
    2.0
    """
    errors = _log_ratio(predicted, observed)
    return float(np.exp(np.abs(errors).mean())) if errors.size else float("nan")


def share_within(predicted: ArrayLike, observed: ArrayLike, fold: float) -> float:
    r"""Return the share of predictions that are off by no more than a factor [1].

    Parameters
    ----------
    predicted, observed : array (k,) [x]
        In the same unit, positive.
    fold : float [1]
        The factor, above 1.

    Returns
    -------
    float
        NaN without a pair.

    Equation
    --------
    s = \frac{1}{k} \sum_i \left[ \left| \ln \frac{P_i}{O_i} \right| \le \ln f \right]

    Symbols
    -------
    s : returned
    k : number of pairs
    P_i : predicted
    O_i : observed
    f : fold

    Examples
    --------
    >>> share_within([2.0, 0.4], [1.0, 1.0], 2.0)
    0.5
    """
    errors = _log_ratio(predicted, observed)
    return float((np.abs(errors) <= np.log(fold) + ROUNDING).mean()) if errors.size else np.nan


def lognormal_share_within(gmfe: float, fold: float) -> float:
    r"""Return the share within a factor that a mean fold error means, were errors log-normal [1].

    Parameters
    ----------
    gmfe : float [1]
        Geometric mean fold error, above 1.
    fold : float [1]
        The factor.

    Equation
    --------
    \sigma = \sqrt{\frac{\pi}{2}} \ln \mathrm{GMFE}, \quad s = 2 \Phi\left(\frac{\ln
    f}{\sigma}\right) - 1

    Symbols
    -------
    \sigma : standard deviation of the logarithmic error
    \mathrm{GMFE} : gmfe
    f : fold
    s : returned
    \Phi : normal distribution

    Notes
    -----
    Errors centred on 0, whose mean absolute value is the standard deviation times the root of
    2 / pi. A share far from it says that errors are not log-normal: a few points miss by far.

    Examples
    --------
    >>> [round(lognormal_share_within(gmfe, 2.0), 2) for gmfe in (1.54, 1.71, 2.0)]
    [0.8, 0.7, 0.58]
    """
    spread = np.sqrt(np.pi / 2) * np.log(gmfe)
    return float(2 * ndtr(np.log(fold) / spread) - 1)


def mean_ratio(
    predicted: ArrayLike, observed: ArrayLike, paper: Sequence[str]
) -> tuple[float, float, float]:
    r"""Return the geometric mean of predicted over observed, with its 90 % interval [1].

    Parameters
    ----------
    predicted, observed : array (k,) [x]
        In the same unit, positive.
    paper : sequence of str (k,)
        Where each comes from: readings of one paper are not independent of each other.

    Returns
    -------
    tuple of float
        Mean ratio over papers, and both ends of the interval; those are NaN below two papers.

    Equation
    --------
    m_p = \frac{1}{k_p} \sum_{i \in p} \ln \frac{P_i}{O_i}, \quad \ln R = \bar{m} \pm t_{0.95, q -
    1} \frac{s_m}{\sqrt{q}}

    Symbols
    -------
    m_p : mean logarithmic ratio of paper p
    k_p : its readings
    P_i : predicted
    O_i : observed
    R : returned
    \bar{m} : mean over papers
    s_m : standard deviation over papers
    q : number of papers
    t_{0.95, q - 1} : Student's t

    Notes
    -----
    Papers count alike, however many readings they printed. An interval without 1 is a bias.

    References
    ----------
    Student. Biometrika 1908;6:1-25. doi:10.1093/biomet/6.1.1

    Examples
    --------
    >>> ratio, low, high = mean_ratio([2, 2, 0.5], [1, 1, 1], ["a", "a", "b"])
    >>> round(ratio, 12), low < 1 < high
    (1.0, True)
    """
    errors, names = _log_ratio(predicted, observed), np.asarray(paper)
    means = np.array([errors[names == one].mean() for one in dict.fromkeys(paper)])
    if means.size < 2:
        return float(np.exp(means[0])) if means.size else np.nan, np.nan, np.nan
    centre = float(means.mean())
    half = float(stdtrit(means.size - 1, 0.95) * means.std(ddof=1) / np.sqrt(means.size))
    return float(np.exp(centre)), float(np.exp(centre - half)), float(np.exp(centre + half))


def coverage(observed: ArrayLike, low: ArrayLike, high: ArrayLike) -> float:
    r"""Return the share of readings that lie in their intervals [1].

    Parameters
    ----------
    observed, low, high : array (k,) [x]
        Readings, and both ends of the interval of each.

    Returns
    -------
    float
        NaN without a reading.

    Equation
    --------
    c = \frac{1}{k} \sum_i \left[ L_i \le O_i \le H_i \right]

    Symbols
    -------
    c : returned
    k : number of readings
    O_i : observed
    L_i : low
    H_i : high

    Notes
    -----
    For 90 % intervals near 0.9: less is false certainty, more is false modesty.

    Examples
    --------
    >>> coverage([1.0, 5.0], [0.5, 0.5], [2.0, 2.0])
    0.5
    """
    value = np.asarray(observed, float)
    inside = (np.asarray(low, float) <= value) & (value <= np.asarray(high, float))
    return float(inside.mean()) if inside.size else float("nan")


def mixture_interval(
    members: ArrayLike, log_error: ArrayLike, shares: Sequence[float] = (0.05, 0.95)
) -> Array:
    r"""Return quantiles of readings: members of a forecast, each with a log-normal error [x].

    Parameters
    ----------
    members : array (n,) [x]
        What the forecast's members show; those that are not finite are left out.
    log_error : array (n,) or float [1]
        Standard deviation of the logarithm of a reading about what its member shows.
    shares : sequence of float
        Quantiles.

    Returns
    -------
    array
        One for each of `shares`; NaN where no member is finite.

    Equation
    --------
    F(O) = \frac{1}{n} \sum_i \Phi\left(\frac{\ln O - \ln P_i}{\sigma_i}\right)

    Symbols
    -------
    F(O) : distribution of the reading; its quantiles are returned
    n : number of members
    P_i : members
    \sigma_i : log_error
    \Phi : normal distribution

    Notes
    -----
    Found by bisection, so that no random number enters. A member that shows nothing shows nothing
    under any error.

    Examples
    --------
    One member and an error of 0.5: the quantiles of a log-normal distribution.

    >>> [round(float(np.log(x / 2.0) / 0.5), 3) for x in mixture_interval([2.0], 0.5)]
    [-1.645, 1.645]
    """
    value, error = _members(members, log_error)
    wanted = np.asarray(shares, float)
    if not value.size:
        return np.full(wanted.shape, np.nan)
    some = value > 0
    if not some.any():
        return np.zeros(wanted.shape)
    middle, width = np.log(value[some]), np.maximum(error[some], ROUNDING)
    nothing = 1.0 - some.mean()  # the share of members that show nothing
    rest = np.clip((wanted - nothing) / (1.0 - nothing), ROUNDING, 1.0 - ROUNDING)
    low = np.full(wanted.shape, (middle - SIGMAS * width).min())
    high = np.full(wanted.shape, (middle + SIGMAS * width).max())
    for _ in range(HALVINGS):
        at = 0.5 * (low + high)
        below = ndtr((at[:, None] - middle) / width).mean(axis=1) < rest
        low, high = np.where(below, at, low), np.where(below, high, at)
    return np.where(wanted > nothing, np.exp(0.5 * (low + high)), 0.0)


def mixture_place(observed: float, members: ArrayLike, log_error: ArrayLike) -> float:
    r"""Return where a reading stands among those that a forecast expects, from 0 to 1 [1].

    Parameters
    ----------
    observed : float [x]
        The reading, positive.
    members : array (n,) [x]
        What the forecast's members show.
    log_error : array (n,) or float [1]
        As in `mixture_interval`.

    Returns
    -------
    float
        NaN where no member is finite.

    Equation
    --------
    u = \frac{1}{n} \sum_i \Phi\left(\frac{\ln O - \ln P_i}{\sigma_i}\right)

    Symbols
    -------
    u : returned
    O : observed
    P_i : members
    \sigma_i : log_error
    n : number of members
    \Phi : normal distribution

    Notes
    -----
    The probability integral transform: uniform where the forecast is calibrated.

    References
    ----------
    Dawid AP. J R Stat Soc A 1984;147:278-292. doi:10.2307/2981683

    Examples
    --------
    >>> mixture_place(2.0, [2.0, 2.0], 0.5)
    0.5
    """
    value, error = _members(members, log_error)
    if not value.size:
        return float("nan")
    apart = np.log(observed) - np.log(np.maximum(value, np.finfo(float).tiny))
    return float(ndtr(apart / np.maximum(error, ROUNDING)).mean())


def group_means(groups: Sequence[Group], observed: ArrayLike) -> dict[Group, float]:
    r"""Return the geometric mean of the readings of each group: the naive prediction [x].

    Parameters
    ----------
    groups : sequence (k,)
        Group of each reading, such as its organ and bin of time.
    observed : array (k,) [x]
        Readings, positive.

    Returns
    -------
    dict
        Group to geometric mean.

    Equation
    --------
    B_g = \exp\left(\frac{1}{k_g} \sum_{i \in g} \ln O_i\right)

    Symbols
    -------
    B_g : returned
    k_g : readings of group g
    O_i : observed

    Notes
    -----
    It knows the organ and the time and nothing of particle, dose or animal: a model that is not
    better has explained nothing.

    Examples
    --------
    >>> {name: round(mean, 9) for name, mean in group_means("aab", [1.0, 4.0, 3.0]).items()}
    {'a': 2.0, 'b': 3.0}
    """
    logarithms: dict[Group, list[float]] = {}
    for group, value in zip(groups, np.log(np.asarray(observed, float)), strict=True):
        logarithms.setdefault(group, []).append(float(value))
    return {group: float(np.exp(np.mean(held))) for group, held in logarithms.items()}


def _log_ratio(predicted: ArrayLike, observed: ArrayLike) -> Array:
    """Return ln(predicted / observed) of every pair."""
    return np.asarray(np.log(np.asarray(predicted, float) / np.asarray(observed, float)))


def _members(members: ArrayLike, log_error: ArrayLike) -> tuple[Array, Array]:
    """Return the finite members, each with its error."""
    value = np.asarray(members, float)
    error = np.broadcast_to(np.asarray(log_error, float), value.shape)
    fine = np.isfinite(value) & np.isfinite(error)
    return value[fine], error[fine]
