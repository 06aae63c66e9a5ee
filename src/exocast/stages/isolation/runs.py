"""How flags tell of a volume that takes several runs: alike for a rotor and for a column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.material.step import Severity

__all__ = ["MANY", "many", "several"]

MANY = 10
"""Runs above which a step is no longer a matter of patience, and the flag a warning."""


def several(runs: NDArray[np.float64]) -> str:
    """Return the runs of the median member, and of the worst one where it needs more.

    Parameters
    ----------
    runs : array (n,) [1]
        Runs that each member takes.

    Examples
    --------
    >>> several(np.array([3.0, 3.0, 3.0])), several(np.array([1.0, 4.0, 36.0]))
    ('3', '4 (up to 36)')
    """
    median, worst = float(np.median(runs)), float(np.max(runs))
    return f"{median:.0f} (up to {worst:.0f})" if worst > median else f"{median:.0f}"


def many(runs: NDArray[np.float64]) -> Severity:
    """Return how severe that is: a note for a few runs, a warning for more than `MANY`.

    Parameters
    ----------
    runs : array (n,) [1]
        Runs that each member takes.

    Examples
    --------
    >>> many(np.array([4.0])), many(np.array([89.0]))
    ('note', 'warning')
    """
    return "warning" if float(np.median(runs)) > MANY else "note"
