"""Two or more Designs on the same random members, and how they differ, member by member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from exocast._version import __version__
from exocast.design.design import Design
from exocast.design.run import Progress
from exocast.errors import ExocastError
from exocast.evidence import Catalogue
from exocast.learn.dial import short, without_variants
from exocast.learn.difference import differences
from exocast.learn.side import (
    Given,
    Side,
    Terms,
    agree,
    branches_of,
    read_side,
    run_side,
    saved_side,
)
from exocast.material.cascade import Cascade, CascadeRow
from exocast.material.forecast import Forecast
from exocast.material.spread import Spread, log_fraction, three_bars

if TYPE_CHECKING:
    import pandas as pd
    import xarray

__all__ = ["SCHEMA", "Comparable", "Comparison", "Paired", "compare", "paired"]

Array = NDArray[np.float64]
Comparable: TypeAlias = Design | Forecast | str | Path
"""A Design, a forecast, or what names one of them."""

SCHEMA = 1
TUBE = "final_tube"
_WORDS = ("base", "other", "row", "title", "head", "unit", "hypothesis")
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


@dataclass(frozen=True)
class Comparison:
    """Two or more Designs on the same random members.

    Attributes
    ----------
    record : mapping
        The content of ``comparison.json``: sides, seed, members, and for each side after the
        first what it says differently and how every row of the cascade differs.
    data : xarray.Dataset
        ``cascade``: every row of every side for each member; dimensions side, rival, row, member.
    """

    record: Mapping[str, Any]
    data: xarray.Dataset

    @property
    def pairs(self) -> list[Mapping[str, Any]]:
        """Return the comparison of the first side with each other one."""
        pairs: list[Mapping[str, Any]] = self.record["pairs"]
        return pairs

    def to_frame(self) -> pd.DataFrame:
        """Return every row under every rival as one table.

        Returns
        -------
        pandas.DataFrame
            Columns: base, other, row, title, head, unit, hypothesis; the medians of both sides;
            of the ratio and of the difference the median and both 90 % intervals; the shares of
            members in which the other has more, or as much. ``attrs["answer"]`` names the row
            that answers the question.
        """
        import pandas as pd

        lines = [
            _line(pair, row, entry)
            for pair in self.pairs
            for row in pair["rows"]
            for entry in row["by_hypothesis"]
        ]
        frame = pd.DataFrame(lines)
        numbers = [name for name in frame.columns if name not in _WORDS]
        frame = frame.astype(dict.fromkeys(numbers, float))
        frame.attrs["answer"] = self.pairs[0]["answer"]
        return frame

    def to_csv(self) -> str:
        """Return the table as CSV, every digit."""
        return str(self.to_frame().to_csv(index=False, lineterminator="\n"))


def compare(
    designs: Mapping[str, Comparable] | Sequence[Comparable],
    *,
    seed: int | None = None,
    members: tuple[int, int] | None = None,
    threads: int = 1,
    catalogue: Catalogue | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare Designs on the same random members.

    Every value is drawn from a stream of its own, named by seed, axis and value. Two Designs that
    need the same value therefore get it from the same draw: member 7 of the one is the animal, the
    batch and the ignorance of member 7 of the other, and what they share cancels out of the ratio.

    Parameters
    ----------
    designs : mapping or sequence
        Two or more, by name if it is a mapping; the first is the base. Each is a Design, a
        forecast, a path, the name of a template, or the folder of a saved forecast; a text may end
        in ``:`` and the name of a variant. A single Design is compared with its own variants.
    seed, members : optional
        For all; the first Design's by default.
    threads : int
        Worker threads; results do not depend on it.
    catalogue : Catalogue, optional
        Values to draw from; the packaged ones by default.
    progress : Progress, optional
        Shows progress.

    Returns
    -------
    Comparison

    Raises
    ------
    ExocastError
        If there is nothing to compare, or a saved forecast has other members.
    DesignError
        With every problem of a document.
    """
    held = Catalogue.packaged() if catalogue is None else catalogue
    given = _with_variants(_named(designs))
    for one in given.values():
        if isinstance(one, Design):
            one.check()
    terms = agree(given, seed, members, held)
    sides = _sides(given, terms, held, threads, progress)
    return Comparison(_record(sides, terms), _dataset(sides, terms))


def _named(designs: Mapping[str, Comparable] | Sequence[Comparable]) -> dict[str, Given]:
    """Return what is compared by a name of its own."""
    found: dict[str, Given] = {}
    items = (
        list(designs.items()) if isinstance(designs, Mapping) else [("", one) for one in designs]
    )
    for name, one in items:
        own, given = _called(one)
        chosen, number = name or own, 2
        while chosen in found:
            chosen, number = f"{name or own} ({number})", number + 1
        found[chosen] = given
    return found


def _called(one: Comparable) -> tuple[str, Given]:
    """Return what something is called when nobody says, and what it is."""
    if isinstance(one, Forecast):
        return (one.folder.name if one.folder else str(one.record["title"])), (one, "")
    if isinstance(one, Design):
        return Path(one.name).stem, one
    return read_side(one)


def _with_variants(given: dict[str, Given]) -> dict[str, Given]:
    """Set a single Design, or forecast, beside its own variants."""
    if len(given) != 1:
        if not given:
            raise ExocastError("nothing to compare: name two Designs")
        return given
    name, one = next(iter(given.items()))
    found = dict(given)
    if isinstance(one, Design):
        one.check()
        found |= {variant: one.variant(variant) for variant in one.variants}
    elif not one[1]:
        found |= {
            variant["name"]: (one[0], variant["name"]) for variant in one[0].record["variants"]
        }
    if len(found) == 1:
        raise ExocastError(f"{name} has no variants, so a second Design is needed to compare it")
    return {
        key: without_variants(value) if isinstance(value, Design) else value
        for key, value in found.items()
    }


def _sides(
    given: Mapping[str, Given],
    terms: Terms,
    catalogue: Catalogue,
    threads: int,
    progress: Progress | None,
) -> list[Side]:
    """Run every Design, read every forecast."""
    sizes = {
        name: terms.axes.members * branches_of(one, catalogue)
        for name, one in given.items()
        if isinstance(one, Design)
    }
    total, before = sum(sizes.values()), 0
    sides = []
    for name, one in given.items():
        if isinstance(one, Design):
            show = _shifted(progress, name, before, total)
            sides.append(run_side(name, one, terms, catalogue, threads=threads, progress=show))
            before += sizes[name]
        else:
            sides.append(saved_side(name, *one))
    return sides


def _shifted(progress: Progress | None, name: str, before: int, all_of: int) -> Progress:
    """Return progress of one run as progress of all of them."""

    def show(done: int, total: int, words: str) -> None:  # noqa: ARG001 - as `Progress` says
        if progress is not None:
            progress(before + done, all_of, " · ".join(filter(None, (name, words))))

    return show


def _record(sides: Sequence[Side], terms: Terms) -> dict[str, Any]:
    return {
        "exocast": SCHEMA,
        "version": __version__,
        "seed": terms.seed,
        "members": {
            "uncertainty": terms.axes.uncertainty,
            "variability": terms.axes.variability,
        },
        "catalogue_digest": terms.catalogue,
        "sides": [
            {
                "name": side.name,
                "title": side.title,
                "digest": side.digest,
                "answer": side.answer,
                "needed": side.needed,
            }
            for side in sides
        ],
        "pairs": [_pair(sides[0], other, terms.axes.uncertainty) for other in sides[1:]],
    }


def _pair(base: Side, other: Side, uncertainty: int) -> dict[str, Any]:
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


def _line(
    pair: Mapping[str, Any], row: Mapping[str, Any], entry: Mapping[str, Any]
) -> dict[str, Any]:
    line: dict[str, Any] = {
        "base": pair["base"],
        "other": pair["other"],
        "row": row["name"],
        "title": row["title"],
        "head": row["head"],
        "unit": row["unit"],
        "hypothesis": entry["phrase"],
        "base_median": entry["base"]["median"],
        "other_median": entry["other"]["median"],
    }
    for name in ("ratio", "difference"):
        spread = entry[name]
        line[f"{name}_median"] = spread["median"]
        for kind in ("uncertainty", "variability"):
            line[f"{name}_{kind}_low"], line[f"{name}_{kind}_high"] = spread[kind]
    line |= {key: entry[key] for key in ("share_greater", "share_equal", "share_from_nothing")}
    line["share_to_nothing"] = entry["ratio"]["zero_share"]
    line["members"] = entry["difference"]["finished"]
    return line


def _dataset(sides: Sequence[Side], terms: Terms) -> xarray.Dataset:
    """Return every row of every side for each member."""
    import xarray

    labels = list(dict.fromkeys(r.label for side in sides for r in side.cascade.rivals))
    rows = list(dict.fromkeys(row.name for side in sides for row in side.cascade.rows))
    values = np.full((len(sides), len(labels), len(rows), terms.axes.members), np.nan)
    for index, side in enumerate(sides):
        for row in side.cascade.rows:
            for rival, held in zip(side.cascade.rivals, row.values, strict=True):
                values[index, labels.index(rival.label), rows.index(row.name)] = held
    return xarray.Dataset(
        {"cascade": (("side", "rival", "row", "member"), values)},
        coords={
            "side": [side.name for side in sides],
            "rival": labels,
            "row": rows,
            "member": np.arange(terms.axes.members),
        },
        attrs={
            "seed": terms.seed,
            "uncertainty": terms.axes.uncertainty,
            "variability": terms.axes.variability,
        },
    )
