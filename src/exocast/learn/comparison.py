"""Two or more Designs on the same random members, and how they differ, member by member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from exocast._version import __version__
from exocast.design.design import Design
from exocast.design.run import Progress
from exocast.errors import ExocastError
from exocast.evidence import Catalogue
from exocast.learn.dial import without_variants
from exocast.learn.pairing import pair_record
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
from exocast.material.forecast import Forecast

if TYPE_CHECKING:
    import pandas as pd
    import xarray

__all__ = ["SCHEMA", "Comparable", "Comparison", "compare"]

Comparable: TypeAlias = Design | Forecast | str | Path
"""A Design, a forecast, or what names one of them."""

SCHEMA = 1
_WORDS = ("base", "other", "row", "title", "head", "unit", "hypothesis")


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
                "design": side.design,
                "answer": side.answer,
                "needed": side.needed,
                "isolation": side.isolation,
            }
            for side in sides
        ],
        "pairs": [pair_record(sides[0], other) for other in sides[1:]],
    }


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
