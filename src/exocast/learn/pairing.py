"""A pair of sides: how every row of their cascades differs, member by member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.learn.dial import short
from exocast.learn.difference import differences
from exocast.learn.side import Side
from exocast.material.cascade import Cascade, CascadeRow
from exocast.material.spread import Spread, log_fraction, three_bars

__all__ = ["Paired", "pair_record", "paired"]

Array = NDArray[np.float64]

TUBE = "final_tube"
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


def pair_record(base: Side, other: Side, uncertainty: int) -> dict[str, Any]:
    """Return everything that differs between two sides."""
    tubes = base.cascade.rows, other.cascade.rows
    before, after = (_with_tube(rows, *_last_tubes(*tubes)) for rows in tubes)
    rivals = _matched(base, other)
    shared = {row.name: row for row in after}
    rows = [
        _row(row, shared[row.name], base.cascade, other.cascade, rivals, uncertainty)
        for row in before
        if row.name in shared and shared[row.name].unit == row.unit
    ]
    names = {row["name"] for row in rows}
    answer = base.answer if base.answer == other.answer and base.answer in names else None
    known = bool(base.drawn and other.drawn)
    return {
        "base": base.name,
        "other": other.name,
        "settings": [asdict(one) for one in differences(base.settings, other.settings)],
        "rows": rows,
        "base_only": [row.title for row in before if row.name not in names],
        "other_only": [row.title for row in after if row.name not in names],
        "answer": answer,
        "drawn": {
            "shared": len(base.drawn & other.drawn),
            "base_only": len(base.drawn - other.drawn),
            "other_only": len(other.drawn - base.drawn),
        }
        if known
        else None,
        "sentence": _sentence(base, other, rows, answer),
    }


def _last_tubes(*sides: Sequence[CascadeRow]) -> tuple[str, ...]:
    """Return the names of the rows in which the benches end, when they end in different steps."""
    last = [[row.name for row in rows if row.head == "vesicles"][-1:] for rows in sides]
    return tuple(name for names in last for name in names) if last[0] != last[1] else ()


def _with_tube(rows: Sequence[CascadeRow], *ends: str) -> list[CascadeRow]:
    """Add what is in the final tube as a row that both sides have."""
    found = list(rows)
    held = [row for row in rows if row.head == "vesicles"]
    if ends and held:
        tube = replace(held[-1], name=TUBE, title="in the final tube")
        found.insert(found.index(held[-1]) + 1, tube)
    return found


def _matched(base: Side, other: Side) -> list[tuple[int, int]]:
    """Return which rivals are set against each other: those that hold the same to be true.

    A family that neither side runs apart is a setting like any other, and may differ.
    """
    found = []
    for i, one in enumerate(base.cascade.rivals):
        for j, two in enumerate(other.cascade.rivals):
            a, b = base.options(one), other.options(two)
            apart = {*one.selection, *two.selection}
            if all(a.get(family) == b.get(family) for family in apart):
                found.append((i, j))
    return found


def _row(
    row: CascadeRow,
    other: CascadeRow,
    before: Cascade,
    after: Cascade,
    rivals: Sequence[tuple[int, int]],
    uncertainty: int,
) -> dict[str, Any]:
    entries = []
    for i, j in rivals:
        one, two = before.rivals[i], after.rivals[j]
        fuller = one if one.phrase else two
        entries.append(
            {
                "hypothesis": dict(fuller.selection),
                "phrase": fuller.phrase,
                "base": three_bars(row.values[i], uncertainty).to_dict(),
                "other": three_bars(other.values[j], uncertainty).to_dict(),
                **paired(row.values[i], other.values[j], uncertainty).to_dict(),
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


def _sentence(
    base: Side, other: Side, rows: Sequence[Mapping[str, Any]], answer: str | None
) -> str:
    if answer is None:
        return (
            f"{base.name} and {other.name} answer different questions ({base.answer}, "
            f"{other.answer}); rows of the same name are compared."
        )
    row = next(row for row in rows if row["name"] == answer)
    entries, where = row["by_hypothesis"], row["title"]
    if all(entry["identical"] for entry in entries):
        return f"{other.name} gives exactly what {base.name} gives ({where}), in every member."
    if len({_clause(entry, contested=False) for entry in entries}) == 1:
        clauses = _clause(entries[0], contested=False)
    else:
        clauses = ", ".join(_clause(entry, contested=True) for entry in entries)
    return f"{other.name} gives {clauses} what {base.name} gives ({where})."


def _clause(entry: Mapping[str, Any], *, contested: bool) -> str:
    """Return how the answers differ under one rival."""
    ratio = entry["ratio"]
    condition = f" if {entry['phrase']}" if contested and entry["phrase"] else ""
    if ratio["median"] is None:
        return f"no multiple of{condition}"
    low, high = ratio["uncertainty"]
    return (
        f"{_digits(ratio['median'])} times{condition} ({_digits(low)} to {_digits(high)}, more in "
        f"{entry['share_greater']:.0%} of members)"
    )


def _digits(value: float) -> str:
    """Write a ratio with two digits.

    Examples
    --------
    >>> _digits(973.2), _digits(23675.0), _digits(0.00123), _digits(1.0)
    ('970', '24000', '0.0012', '1')
    """
    return short(float(f"{value:.2g}"))
