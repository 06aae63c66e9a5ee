"""Non-compartmental analysis: what a paper would report of a curve, on the paper's own times."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST_POINTS", "analyse", "first_half_life"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEAST_POINTS = 3
"""Points that a terminal slope needs."""

SAME_FIT = 1e-4
"""Adjusted r² closer than this count as equal; the longer stretch is taken."""


def first_half_life(time: Array, signal: Array) -> Array:
    r"""Return when a falling signal first reaches half its first value, log-linear between points.

    Parameters
    ----------
    time : array (t,) [s]
        Rising.
    signal : array (n, t)
        Positive at the first time.

    Returns
    -------
    array (n,) [s]
        NaN where it never does.

    Equation
    --------
    C(t_{1/2}) = \frac{1}{2} C(t_1)

    Symbols
    -------
    t_{1/2} : returned
    C : signal
    t_1 : first of the times

    Examples
    --------
    >>> t = np.array([0.0, 60.0, 300.0])
    >>> np.round(first_half_life(t, np.exp(-np.log(2) * t / 120)[None]), 9)
    array([120.])
    """
    time = np.asarray(time, dtype=float)
    level = np.log(np.maximum(signal, 1e-300) / signal[:, :1]) + np.log(2)
    below = level <= 0
    right = np.argmax(below, axis=1)
    left = np.maximum(right - 1, 0)
    row = np.arange(len(level))
    drop = level[row, left] - level[row, right]
    step = np.divide(level[row, left], drop, out=np.zeros_like(drop), where=drop > 0)
    found = time[left] + step * (time[right] - time[left])
    return np.where(below.any(axis=1), found, np.nan)


def analyse(
    time: Array,
    signal: Array,
    dose: Array | float = 1.0,
    route: Literal["bolus", "extravascular"] = "bolus",
) -> dict[str, Array]:
    r"""Return what a non-compartmental analysis reports of curves sampled at the same times.

    Parameters
    ----------
    time : array (t,) [s]
        Sampling times after the dose, rising.
    signal : array (n, t) [x]
        What was read; NaN where there is no reading or none above the limit of quantification.
        A leading NaN or 0 after an extravascular dose is 0; any other is left out.
    dose : array (n,) or float [x*m^3]
        Given, in the amount of which `signal` is the concentration.
    route : str
        ``bolus``: the first two points, if they fall, are drawn back to time 0 on a logarithmic
        scale, else the first reading holds there. ``extravascular``: 0 at time 0.

    Returns
    -------
    dict of str to array (n,)
        ``start`` [x] at time 0, ``exposure_last`` and ``exposure`` [x*s] (AUC to the last reading
        and to infinity), ``extrapolated`` [1] (share of the second beyond the last reading),
        ``terminal_rate`` [1/s], ``half_life`` [s] (terminal), ``points`` [1] and ``fit`` [1] (of
        the terminal line: how many, adjusted r²), ``residence`` [s] (MRT to infinity),
        ``residence_last`` [s], ``clearance`` and ``clearance_last`` [m^3/s] (over the AUC to
        infinity and to the last reading), ``volume`` [m^3] (steady state, CL x MRT),
        ``first_half_life`` [s]. NaN where the readings do not support it.

    Equation
    --------
    \mathrm{AUC} = \int_0^{t_n} C \, dt + \frac{C_n}{k}, \quad \mathrm{AUMC} = \int_0^{t_n} t C
    \, dt + \frac{C_n t_n}{k} + \frac{C_n}{k^2}

    \mathrm{CL} = \frac{D}{\mathrm{AUC}}, \quad \mathrm{MRT} =
    \frac{\mathrm{AUMC}}{\mathrm{AUC}}, \quad V_{ss} = \mathrm{CL} \cdot \mathrm{MRT}, \quad
    t_{1/2} = \frac{\ln 2}{k}

    Symbols
    -------
    C : signal
    t : time
    D : dose
    k : negative slope of ln C over the last readings

    Notes
    -----
    Linear trapezoids where the curve rises or stands, logarithmic where it falls:
    AUC = dt (c1 - c2) / ln(c1/c2), AUMC = dt (t1 c1 - t2 c2) / L + dt² (c1 - c2) / L² with
    L = ln(c1/c2). Beyond the last reading c / k and c t / k + c / k². The terminal rate k is the
    negative slope of ln c over the last points, at least three, from the highest reading on (after
    it for an extravascular dose), with the best adjusted r² = 1 - (1 - r²)(m - 1)/(m - 2); of fits
    that are equal to 1e-4 the longest is taken.

    A clearance so computed depends on the times and on the label: it is an observation to compare
    with, never a parameter. It is a clearance at all only for what is sampled: for a label that
    outlives its vesicle it is not that of the vesicle.

    References
    ----------
    Yamaoka K, Nakagawa T, Uno T. J Pharmacokinet Biopharm 1978;6:547-558, doi 10.1007/BF01062109
    (moments; recalled). Certara, Phoenix 8.2 online help, "NCA computation rules" (time 0 of a
    bolus) and "Partial area calculation" (where the logarithmic rule gives way to the linear);
    PKanalix documentation, "NCA settings" (linear up, logarithmic down); NonCompart (CRAN),
    BestSlope (adjusted r², 1e-4, highest reading included for a bolus): these four opened.

    Examples
    --------
    >>> t = np.array([0.0, 1.0, 2.0, 4.0, 8.0])
    >>> found = analyse(t, 5.0 * np.exp(-0.5 * t)[None], dose=10.0)
    >>> [round(float(found[name][0]), 6) for name in ("clearance", "residence", "volume")]
    [1.0, 2.0, 2.0]
    """
    time = np.asarray(time, dtype=float)
    held = np.asarray(signal, dtype=float)
    held, start = _from_zero(time, held, route)
    time = np.concatenate([[0.0], time])
    # Readings stand to the right, in order: what was left out becomes columns on the left.
    valid = np.isfinite(held)
    order = np.argsort(valid, axis=1, kind="stable")
    t = np.take_along_axis(np.broadcast_to(time, held.shape), order, axis=1)
    c = np.take_along_axis(held, order, axis=1)
    kept = np.take_along_axis(valid, order, axis=1)
    area, moment = _trapezoids(t, c, kept)
    measured = np.take_along_axis(np.broadcast_to(np.arange(len(time)) > 0, held.shape), order, 1)
    rate, points, fit = _terminal(t, c, kept & measured, route)
    some = (kept & measured).sum(axis=1) >= 2
    last, end = np.where(some, c[:, -1], np.nan), t[:, -1]
    with np.errstate(invalid="ignore", divide="ignore"):
        tail = last / rate
        exposure = area + tail
        whole = moment + tail * end + tail / rate
        result = {
            "start": start,
            "exposure_last": np.where(some, area, np.nan),
            "exposure": exposure,
            "extrapolated": tail / exposure,
            "terminal_rate": rate,
            "half_life": np.log(2) / rate,
            "points": points,
            "fit": fit,
            "residence": whole / exposure,
            "residence_last": np.where(some & (area > 0), moment / area, np.nan),
            "clearance": dose / exposure,
            "clearance_last": np.where(some & (area > 0), dose / area, np.nan),
            "volume": dose / exposure * (whole / exposure),
            "first_half_life": _half_life(t, c, kept),
        }
    return {name: np.asarray(values, dtype=float) for name, values in result.items()}


def _from_zero(time: Array, signal: Array, route: str) -> tuple[Array, Array]:
    """Return readings with a column for time 0 in front, and what stands in it, array (n,)."""
    positive = np.isfinite(signal) & (signal > 0)
    if route == "extravascular":
        seen = np.cumsum(positive, axis=1) > 0
        held = np.where(positive, signal, np.where(seen, np.nan, 0.0))
        start = np.zeros(len(signal))
    else:
        held = np.where(positive, signal, np.nan)
        start = _drawn_back(time, held)
    if time.size and time[0] == 0.0:
        # A reading at time 0 is not drawn, it is there.
        start = np.where(np.isfinite(held[:, 0]), held[:, 0], start)
        front = np.full(len(held), np.nan)
    else:
        front = start
    return np.concatenate([front[:, None], held], axis=1), start


def _drawn_back(time: Array, held: Array) -> Array:
    """Return the first two readings drawn back to time 0, or the first where they do not fall."""
    order = np.argsort(~np.isfinite(held), axis=1, kind="stable")[:, :2]
    c = np.take_along_axis(held, order, axis=1)
    if c.shape[1] < 2:
        return c[:, 0] if c.size else np.full(len(held), np.nan)
    t = time[order]
    falls = np.isfinite(c).all(axis=1) & (c[:, 1] < c[:, 0])
    safe = np.where(falls[:, None], c, 1.0)
    slope = np.log(safe[:, 1] / safe[:, 0]) / (t[:, 1] - t[:, 0])
    # A steep fall seen late draws back beyond any number: the cap only keeps exp from overflowing.
    rise = np.minimum(-slope * t[:, 0], 600.0)
    return np.where(falls, safe[:, 0] * np.exp(rise), c[:, 0])


def _trapezoids(t: Array, c: Array, kept: Mask) -> tuple[Array, Array]:
    """Return the area and the first moment to the last reading, arrays (n,)."""
    pair = kept[:, 1:] & kept[:, :-1]
    step = np.where(pair, t[:, 1:] - t[:, :-1], 0.0)
    before, after = (np.where(pair, part, 1.0) for part in (c[:, :-1], c[:, 1:]))
    falls = pair & (after < before) & (after > 0)
    fall = np.where(falls, np.log(np.where(falls, before / np.where(after > 0, after, 1), 1)), 1.0)
    early, late = t[:, :-1] * before, t[:, 1:] * after
    area = np.where(falls, step * (before - after) / fall, step * (before + after) / 2)
    moment = np.where(
        falls,
        step * (early - late) / fall + step**2 * (before - after) / fall**2,
        step * (early + late) / 2,
    )
    return np.where(pair, area, 0.0).sum(axis=1), np.where(pair, moment, 0.0).sum(axis=1)


def _terminal(t: Array, c: Array, kept: Mask, route: str) -> tuple[Array, Array, Array]:
    """Return terminal rate, number of points and adjusted r², arrays (n,)."""
    members, width = c.shape
    nothing = np.full(members, np.nan)
    usable = kept & (c > 0)
    highest = np.argmax(np.where(usable, c, -np.inf), axis=1)
    first = highest + (route == "extravascular")
    y = np.log(np.where(usable, c, 1.0))
    rate, points, best = nothing.copy(), np.zeros(members), nothing.copy()
    # From the shortest stretch to the longest; a longer one wins unless it fits worse by more than
    # what counts as equal.
    for begin in range(width - LEAST_POINTS, -1, -1):
        fits = usable[:, begin:].all(axis=1) & (begin >= first)
        if not fits.any():
            continue
        x, z = t[:, begin:], y[:, begin:]
        dx, dz = x - x.mean(axis=1, keepdims=True), z - z.mean(axis=1, keepdims=True)
        xx, zz, xz = (dx**2).sum(axis=1), (dz**2).sum(axis=1), (dx * dz).sum(axis=1)
        fits &= (xx > 0) & (zz > 0) & (xz < 0)
        scale = np.where(fits, xx, 1.0)
        square = np.clip(xz**2 / (scale * np.where(fits, zz, 1.0)), 0.0, 1.0)
        size = width - begin
        adjusted = 1.0 - (1.0 - square) * (size - 1) / (size - 2)
        wins = fits & (np.isnan(best) | (adjusted > best - SAME_FIT))
        rate = np.where(wins, -xz / scale, rate)
        points = np.where(wins, size, points)
        best = np.where(wins, np.where(np.isnan(best), adjusted, np.fmax(adjusted, best)), best)
    return rate, points, best


def _half_life(t: Array, c: Array, kept: Mask) -> Array:
    """Return when each curve first stands at half its first reading or start, array (n,)."""
    first = np.argmax(kept, axis=1)
    rows = np.arange(len(c))
    top = np.where(kept.any(axis=1), c[rows, first], np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        level = np.log(c / top[:, None]) + np.log(2)
    below = kept & (level <= 0)
    right = np.argmax(below, axis=1)
    left = np.maximum(right - 1, 0)
    with np.errstate(invalid="ignore"):
        drop = level[rows, left] - level[rows, right]
        good = below.any(axis=1) & (drop > 0) & (top > 0)
        share = np.divide(level[rows, left], drop, out=np.zeros(len(c)), where=good)
    return np.where(good, t[rows, left] + share * (t[rows, right] - t[rows, left]), np.nan)
