"""Three bars, never mixed: uncertainty, variability, and the span over rival hypotheses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Spread", "hypothesis_span", "log_fraction", "three_bars"]

Array = NDArray[np.float64]
NINETY = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Spread:
    """A quantity summarised over the two axes of an ensemble.

    Attributes
    ----------
    median : float
        Median over the uncertainty axis of the medians over subjects and batches.
    uncertainty : tuple of float
        90 % range, over the uncertainty axis, of the medians over subjects and batches.
    variability : tuple of float
        Median, over the uncertainty axis, of the 90 % range over subjects and batches.
    zero_share : float
        Share of the finished members in which the quantity is exactly 0.
    finished : int
        Members that the figures rest on.
    """

    median: float
    uncertainty: tuple[float, float]
    variability: tuple[float, float]
    zero_share: float
    finished: int

    def to_dict(self) -> dict[str, object]:
        """Return the figures for JSON; a figure that no member supports is null."""
        return {
            "median": _number(self.median),
            "uncertainty": [_number(x) for x in self.uncertainty],
            "variability": [_number(x) for x in self.variability],
            "zero_share": self.zero_share,
            "finished": self.finished,
        }


def three_bars(values: Array, uncertainty: int) -> Spread:
    """Summarise one quantity over both axes.

    Parameters
    ----------
    values : array (n,)
        One value a member, uncertainty-major; NaN for members that did not finish.
    uncertainty : int
        Size of the uncertainty axis; n is a multiple of it.

    Returns
    -------
    Spread

    Examples
    --------
    Two draws of what is not known (1 and 10), two subjects 10 % apart:

    >>> spread = three_bars(np.array([0.9, 1.1, 9.0, 11.0]), uncertainty=2)
    >>> spread.median, spread.finished
    (5.5, 4)
    """
    grid = np.asarray(values, float).reshape(uncertainty, -1)
    finished = np.isfinite(grid)
    rows = grid[finished.any(axis=1)]
    if rows.size == 0:
        nothing = (np.nan, np.nan)
        return Spread(np.nan, nothing, nothing, 0.0, 0)
    # The twin for gaps works row by row: the same numbers, fifty times slower.
    quantile = np.quantile if np.isfinite(rows).all() else np.nanquantile
    low, middle, high = quantile(rows, (NINETY[0], 0.5, NINETY[1]), axis=1)
    return Spread(
        median=float(np.median(middle)),
        uncertainty=_pair(np.quantile(middle, NINETY)),
        variability=(float(np.median(low)), float(np.median(high))),
        zero_share=float((grid[finished] == 0).mean()),
        finished=int(finished.sum()),
    )


def log_fraction(now: Array, before: Array, uncertainty: int) -> Spread:
    """Summarise the fraction that passes a step, from each member's own log loss.

    Medians do not multiply; fractions are therefore taken member by member. Members in which
    nothing passes, or nothing was there, are kept out of the logarithm and counted.

    Parameters
    ----------
    now, before : array (n,)
        The quantity after and before the step.
    uncertainty : int
        Size of the uncertainty axis.

    Returns
    -------
    Spread
        Of the fraction; `zero_share` counts members where nothing passes.
    """
    passes = (now > 0) & (before > 0)
    loss = np.full(now.shape, np.nan)
    np.log(np.divide(now, before, where=passes, out=np.ones_like(now)), where=passes, out=loss)
    spread = three_bars(loss, uncertainty)
    nothing = (now == 0) & (before > 0)
    known = np.isfinite(now) & np.isfinite(before) & (before > 0)
    share = float(nothing.sum() / known.sum()) if known.any() else 0.0
    return Spread(
        median=float(np.exp(spread.median)),
        uncertainty=_pair(np.exp(spread.uncertainty)),
        variability=_pair(np.exp(spread.variability)),
        zero_share=share,
        finished=spread.finished,
    )


def hypothesis_span(spreads: Sequence[Spread]) -> tuple[float, float]:
    """Return the third bar: the lowest and highest median over rivals."""
    medians = [spread.median for spread in spreads if np.isfinite(spread.median)]
    return (min(medians), max(medians)) if medians else (np.nan, np.nan)


def _pair(values: Array | Sequence[float]) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
