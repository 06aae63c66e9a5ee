"""How one amount differs between two Designs on the same random members, member by member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.material.cascade import Cascade, CascadeRow
from exocast.material.spread import Spread, log_fraction, three_bars

__all__ = ["Paired", "matched", "paired", "paired_row"]

Array = NDArray[np.float64]

RESOLVED = 1e-5
"""Relative tolerance of the solver: amounts that are closer are called equal."""


@dataclass(frozen=True, slots=True)
class Paired:
    """How one amount differs between two Designs, member by member.

    Attributes
    ----------
    ratio : Spread
        Of other / base, from each member's own logarithm; members in which either is 0 are left
        out, and `zero_share` counts those in which the base has some and the other none.
    difference : Spread
        Of other - base.
    greater, equal : float
        Share of the members in which the other has more, or as much (to the solver's tolerance).
    from_nothing : float
        Share of the members in which the base has none and the other some.
    identical : bool
        Whether every member is the same to the last bit.
    """

    ratio: Spread
    difference: Spread
    greater: float
    equal: float
    from_nothing: float
    identical: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        return {
            "ratio": self.ratio.to_dict(),
            "difference": self.difference.to_dict(),
            "share_greater": self.greater,
            "share_equal": self.equal,
            "share_from_nothing": self.from_nothing,
            "identical": self.identical,
        }


def paired(base: Array, other: Array, uncertainty: int) -> Paired:
    """Compare two amounts member by member.

    Parameters
    ----------
    base, other : array (n,)
        The same members, uncertainty-major; NaN for those that did not finish.
    uncertainty : int
        Size of the uncertainty axis.

    Examples
    --------
    >>> found = paired(np.array([1.0, 2.0, 4.0]), np.array([3.0, 6.0, 12.0]), uncertainty=3)
    >>> round(found.ratio.median, 12), found.difference.median, found.greater
    (3.0, 4.0, 1.0)
    """
    both = np.isfinite(base) & np.isfinite(other)
    before, after = (np.where(both, side, np.nan) for side in (base, other))
    count = max(int(both.sum()), 1)
    same = both & np.isclose(after, before, rtol=RESOLVED, atol=0.0)
    return Paired(
        ratio=log_fraction(after, before, uncertainty),
        difference=three_bars(after - before, uncertainty),
        greater=float(((after > before) & ~same).sum() / count),
        equal=float(same.sum() / count),
        from_nothing=float(((before == 0) & (after > 0)).sum() / count),
        identical=bool(np.array_equal(base, other, equal_nan=True)),
    )


def matched(
    base: Cascade,
    other: Cascade,
    base_options: Mapping[str, str],
    other_options: Mapping[str, str],
) -> list[tuple[int, int]]:
    """Return which rivals are set against each other: those that hold the same to be true.

    A family that neither side runs apart is a setting like any other, and may differ.

    Parameters
    ----------
    base, other : Cascade
        Both sides.
    base_options, other_options : mapping of str to str
        Family to option, for the families that a side does not run apart.
    """
    found = []
    for i, one in enumerate(base.rivals):
        for j, two in enumerate(other.rivals):
            a, b = {**base_options, **one.selection}, {**other_options, **two.selection}
            apart = {*one.selection, *two.selection}
            if all(a.get(family) == b.get(family) for family in apart):
                found.append((i, j))
    return found


def paired_row(
    row: CascadeRow,
    other: CascadeRow,
    before: Cascade,
    after: Cascade,
    rivals: Sequence[tuple[int, int]],
) -> dict[str, Any]:
    """Return how a row differs under each pair of rivals: both sides, ratio and difference.

    Parameters
    ----------
    row, other : CascadeRow
        The row of the base, and that of the other.
    before, after : Cascade
        Where they stand.
    rivals : sequence of tuple of int
        From `matched`.

    Returns
    -------
    dict
        Name, title, head and unit of the row, whether rivals differ in it, and one entry for
        each pair of rivals.
    """
    entries = []
    for i, j in rivals:
        one, two = before.rivals[i], after.rivals[j]
        fuller = one if one.phrase else two
        entries.append(
            {
                "hypothesis": dict(fuller.selection),
                "phrase": fuller.phrase,
                "base": three_bars(row.values[i], before.uncertainty).to_dict(),
                "other": three_bars(other.values[j], before.uncertainty).to_dict(),
                **paired(row.values[i], other.values[j], before.uncertainty).to_dict(),
            }
        )
    contested = len(entries) > 1 and (before.is_contested(row) or after.is_contested(other))
    return {
        "name": row.name,
        "title": row.title,
        "head": row.head,
        "unit": row.unit,
        "contested": contested,
        "by_hypothesis": entries,
    }
