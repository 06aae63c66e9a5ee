"""A reading beside what members show: median, intervals, fold, place, and whether a sign is met."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.laws.prediction_error import mixture_interval, mixture_place

__all__ = ["BOUNDS", "DIRECTIONS", "RESOLVED", "judged", "met", "number"]

Array = NDArray[np.float64]

DIRECTIONS = ("increase", "decrease", "no change")
"""What an experiment with a control arm may have shown."""

BOUNDS = ("at least", "at most")
"""What a paper may have printed in place of a number."""

RESOLVED = 1.25
"""A ratio of two arms beyond it counts as an effect, one within it (and 1 / 1.25) as none: the
bounds within which medicines count as equivalent."""


def judged(observed: float, members: Array | None, log_error: Array | float) -> dict[str, Any]:
    """Return a reading beside its forecast.

    Parameters
    ----------
    observed : float
        The reading; NaN where none was printed.
    members : array (n,) or None
        What members show in its unit; None where nothing could be run.
    log_error : array (n,) or float
        Standard deviation of the logarithm of a reading about what its sample holds.

    Notes
    -----
    A charge may lie below zero, where an error of the logarithm says nothing: its interval is that
    of the members.
    """
    shown = np.full(1, np.nan) if members is None else members
    fine = shown[np.isfinite(shown)]
    median = float(np.median(fine)) if fine.size else math.nan
    ends = np.quantile(fine, (0.05, 0.95)) if fine.size else (math.nan, math.nan)
    low, high = mixture_interval(shown, log_error if members is not None else 0.0)
    low, high = ends if median < 0 else (low, high)
    figure = math.isfinite(observed)
    fold = median / observed if figure and observed > 0 and median > 0 else math.nan
    placed = figure and observed > 0 and fine.size
    return {
        "observed": number(observed),
        "predicted": number(median),
        "low": number(low),
        "high": number(high),
        "model_low": number(ends[0]),
        "model_high": number(ends[1]),
        "fold": number(fold),
        "inside": bool(low <= observed <= high) if figure and math.isfinite(low) else None,
        "place": number(mixture_place(observed, shown, log_error)) if placed else None,
    }


def met(expected: str, value: float, bound: float = math.nan) -> bool | None:
    """Return whether a direction or a bound holds; None where there is no number.

    Parameters
    ----------
    expected : str
        One of `DIRECTIONS`, of the ratio of two arms, or of `BOUNDS`.
    value : float
        What was forecast.
    bound : float
        Of a bound.

    Examples
    --------
    >>> met("increase", 1.3), met("no change", 1.3), met("at least", 0.4, 0.5)
    (True, False, False)
    """
    if not math.isfinite(value):
        return None
    if expected in BOUNDS:
        return value >= bound if expected == "at least" else value <= bound
    if expected == "increase":
        return value > RESOLVED
    if expected == "decrease":
        return value < 1 / RESOLVED
    return 1 / RESOLVED <= value <= RESOLVED


def number(value: float) -> float | None:
    """Return a number that JSON holds: None where there is none."""
    return float(value) if math.isfinite(value) else None
