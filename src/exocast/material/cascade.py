"""The delivery cascade: one ordered list from donor cells to functional molecules per cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.material.spread import Spread, hypothesis_span, log_fraction, three_bars

__all__ = ["Cascade", "CascadeRow", "Gain", "Rival"]

Array = NDArray[np.float64]

SAME = 0.01
"""Rivals that differ by less than 1 % in every member are shown as one row."""

BENCH_HEADS = ("vesicles", "load", "asked")
"""Heads of the tube: a batch, its cargo, and what else a question asks of it."""

HEADS: Mapping[str, str] = {
    "vesicles": "small EVs, one batch",
    "cargo": "cargo copies, one dose",
    "cell": "copies per target cell",
    "organ": "in the organ",
}

CHANGED = ("cell", "organ")
"""Heads of a body whose first row only counts in another unit."""


@dataclass(frozen=True, slots=True)
class Rival:
    """One consistent choice of hypotheses.

    Attributes
    ----------
    selection : mapping of str to str
        Family to option, only for the families that a Design runs apart.
    phrase : str
        Words that follow "if": "fusion is rare"; empty where nothing is contested.
    """

    selection: Mapping[str, str]
    phrase: str

    @property
    def label(self) -> str:
        """Return ``family=option, ...`` or ``all``."""
        return ", ".join(f"{family}={option}" for family, option in self.selection.items()) or "all"


@dataclass(frozen=True)
class CascadeRow:
    """One line of the cascade.

    Attributes
    ----------
    name, title, unit : str
        Stable name, words for people, unit of the values.
    head : str
        ``vesicles``, ``load``, ``asked``, ``cargo``, ``cell`` or ``organ``; the first row of a head
        is a change of unit, no loss.
    values : tuple of array (n,)
        One array for each rival; NaN for members that did not finish.
    reference : tuple of array (n,), optional
        What the first row of a head is a share of, such as the cargo put in; shown, but no loss
        of this head.
    note : str
        A remark such as ``= 3.1 doses``.
    step : str
        Step of the Design (or model) that it belongs to.
    lever : str
        What one would raise: "escape from the endosome".
    measured : bool
        Whether a measurement set the values: then the change is no loss.
    state : bool
        Whether it describes the tube (a purity, copies per vesicle) or counts again and again (what
        blood brings past an organ), so that a step changes it and nothing passes.
    """

    name: str
    title: str
    head: str
    unit: str
    values: tuple[Array, ...]
    reference: tuple[Array, ...] = ()
    note: str = ""
    step: str = ""
    lever: str = ""
    measured: bool = False
    state: bool = False


@dataclass(frozen=True, slots=True)
class Gain:
    """What the answer would gain if one step reached its best attainable fraction.

    Attributes
    ----------
    name, title : str
        The row, and what one would raise.
    median : float
        Median fraction under the first (preferred) rival; for a change of unit, the median amount.
    best : float
        95th percentile over uncertainty and rivals.
    gain : float
        best / median; infinite when the median is 0.
    """

    name: str
    title: str
    median: float
    best: float
    gain: float

    def to_dict(self) -> dict[str, Any]:
        """Return the figures for JSON; an infinite gain is null."""
        gain = self.gain if np.isfinite(self.gain) else None
        return {
            "name": self.name,
            "title": self.title,
            "median": self.median,
            "best_attainable": self.best,
            "gain": gain,
        }


@dataclass(frozen=True)
class Cascade:
    """All rows, over members and rivals.

    Attributes
    ----------
    rows : tuple of CascadeRow
        In order.
    rivals : tuple of Rival
        The preferred one first.
    uncertainty : int
        Size of the uncertainty axis.
    """

    rows: tuple[CascadeRow, ...]
    rivals: tuple[Rival, ...]
    uncertainty: int
    heads: Mapping[str, str] = field(default_factory=lambda: dict(HEADS))

    def previous(self, row: CascadeRow) -> CascadeRow | None:
        """Return the row before it under the same head, or None for a change of unit."""
        index = self.rows.index(row)
        if index and self.rows[index - 1].head == row.head:
            return self.rows[index - 1]
        return None

    def row(self, name: str) -> CascadeRow:
        """Return a row by name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(f"no cascade row `{name}`; rows: {', '.join(r.name for r in self.rows)}")

    def spreads(self, row: CascadeRow) -> list[Spread]:
        """Return the three-bar summary of a row under each rival."""
        return [three_bars(values, self.uncertainty) for values in row.values]

    def fractions(self, row: CascadeRow) -> list[Spread] | None:
        """Return the share that passes under each rival, or None for a change of unit."""
        return None if row.state else self._changes(row)

    def _changes(self, row: CascadeRow) -> list[Spread] | None:
        """Return how many times the row before it a row is, under each rival."""
        before = self.previous(row)
        if before is None or row.measured:
            return None
        pairs = zip(row.values, before.values, strict=True)
        return [log_fraction(now, then, self.uncertainty) for now, then in pairs]

    def is_contested(self, row: CascadeRow) -> bool:
        """Return whether rivals give the row different values."""
        first, *others = row.values
        return any(
            not np.allclose(first, other, rtol=SAME, atol=0.0, equal_nan=True) for other in others
        )

    def gains(self, answer: str = "") -> list[Gain]:
        """Return what each step before the answer would gain at its best, the largest first.

        An answer on the bench has its own head only. For one in the body that is cargo, and cell or
        organ: a batch that is larger than the dose is not a loss.

        Parameters
        ----------
        answer : str
            Name of the row that answers the question; later rows cannot change it and are left
            out. All rows by default.
        """
        gains = []
        names = [row.name for row in self.rows]
        last = names.index(answer) if answer else len(names) - 1
        heads = self._decisive(answer) or ("cargo", *CHANGED)
        for row in self.rows[: last + 1]:
            if row.head not in heads:
                continue
            before = self.previous(row)
            if before is None and row.head in CHANGED:
                continue
            if before is not None and row.measured:
                continue
            found = self._gain(row, before)
            if found is not None:
                gains.append(found)
        return sorted(gains, key=lambda gain: -gain.gain)

    def _decisive(self, answer: str) -> tuple[str, ...]:
        """Return the one head that decides an answer on the bench; none for one in the body."""
        end = self.row(answer).head if answer else ""
        return (end,) if end in BENCH_HEADS else ()

    def _gain(self, row: CascadeRow, before: CascadeRow | None) -> Gain | None:
        """Compare the preferred rival's median with the 95th percentile over all of them.

        None where nothing passes in any member: then no member says what could be gained.
        """
        spreads = self._changes(row) or self.spreads(row)
        median = spreads[0].median if np.isfinite(spreads[0].median) else 0.0
        best = max((s.uncertainty[1] for s in spreads if s.uncertainty[1] > 0), default=0.0)
        if best == 0.0:
            return None
        if before is not None and not row.state:
            best = min(best, 1.0)
        gain = best / median if median > 0 else np.inf
        return Gain(
            row.name, row.lever or row.title, float(median), float(best), float(max(gain, 1.0))
        )

    def smallest(self, *heads: str) -> dict[str, Any]:
        """Return the row with the smallest median fraction over all rivals.

        Parameters
        ----------
        *heads : str
            Heads to look under; all when left out.
        """
        worst: dict[str, Any] = {"name": None, "title": None, "fraction": None}
        for row in self.rows:
            if heads and row.head not in heads:
                continue
            for spread in self.fractions(row) or []:
                if np.isfinite(spread.median) and (
                    worst["fraction"] is None or spread.median < worst["fraction"]
                ):
                    worst = {"name": row.name, "title": row.title, "fraction": spread.median}
        return worst

    def to_records(self) -> list[dict[str, Any]]:
        """Return the rows for JSON, as `forecast.json` holds them."""
        return [self._record(row) for row in self.rows]

    def _record(self, row: CascadeRow) -> dict[str, Any]:
        spreads = self.spreads(row)
        fractions = self.fractions(row)
        first = spreads[0].to_dict()
        record: dict[str, Any] = {
            "name": row.name,
            "title": row.title,
            "head": row.head,
            "unit": row.unit,
            "step": row.step,
            "note": row.note,
            **first,
            "fraction": None if fractions is None else _finite(fractions[0].median),
            "none_passes": 0.0 if fractions is None else fractions[0].zero_share,
            "contested": self.is_contested(row),
            "hypotheses": [_finite(x) for x in hypothesis_span(spreads)],
            "by_hypothesis": [
                {
                    "hypothesis": dict(rival.selection),
                    "phrase": rival.phrase,
                    **spread.to_dict(),
                    "fraction": None if fractions is None else _finite(fractions[i].median),
                }
                for i, (rival, spread) in enumerate(zip(self.rivals, spreads, strict=True))
            ],
        }
        if row.reference:
            share = log_fraction(row.values[0], row.reference[0], self.uncertainty)
            record["share_of_input"] = _finite(share.median)
        return record


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
