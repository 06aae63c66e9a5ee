"""A forecast and its repetition: which versions, values and numbers differ, and by how much."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exocast._version import __version__
from exocast.design.archive import Archive, cascade_digest
from exocast.evidence import Catalogue
from exocast.evidence.parameter import Value, format_context
from exocast.material.forecast import Forecast
from exocast.units import from_si

__all__ = ["Change", "Difference", "Repeat", "compare", "row_changes", "version_changes"]

_FIGURES = ("median", "uncertainty", "variability", "fraction")
_COMPARED = ("value", "low", "high", "variability", "distribution", "source")


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is not as it was when the forecast was made.

    Attributes
    ----------
    what : str
        A package, a digest, or the key and context of a value.
    then, now : str
        What it was and is.
    """

    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One number of the cascade that came out differently.

    Attributes
    ----------
    where : str
        Variant, line of the cascade, hypothesis and figure.
    then, now : float or None
        Before and after; None where there was no number.
    """

    where: str
    then: float | None
    now: float | None

    @property
    def relative(self) -> float:
        """Difference relative to the larger; infinite where one of them is no number."""
        if self.then is None or self.now is None:
            return math.inf
        return abs(self.then - self.now) / max(abs(self.then), abs(self.now))


@dataclass(frozen=True)
class Repeat:
    """What came of running a packed forecast again.

    Attributes
    ----------
    forecast : Forecast
        The new forecast.
    identical : bool
        Whether every cascade value of every member is the same to the last bit.
    compared : int
        Numbers of the cascades that were compared.
    differences : tuple of Difference
        Those that differ, the largest first.
    reasons : tuple of Change
        What only a run can show: equations that changed, values that were not used then.
    rtol : float
        Relative tolerance of the solver.
    """

    forecast: Forecast
    identical: bool
    compared: int
    differences: tuple[Difference, ...]
    reasons: tuple[Change, ...]
    rtol: float

    @property
    def largest(self) -> float:
        """Largest relative difference; 0 where there is none."""
        return self.differences[0].relative if self.differences else 0.0

    @property
    def same(self) -> bool:
        """Whether all numbers agree within the tolerance of the solver."""
        return self.largest <= self.rtol


def compare(archive: Archive, forecast: Forecast) -> Repeat:
    """Compare a forecast with the one that was packed.

    Parameters
    ----------
    archive : Archive
        As read.
    forecast : Forecast
        From the same Design, settings and files.
    """
    before, after = (
        dict(_numbers(json.loads(json.dumps(one)))) for one in (archive.record, forecast.record)
    )
    found = [
        Difference(where, before.get(where), after.get(where))
        for where in dict.fromkeys((*before, *after))
        if before.get(where) != after.get(where)
    ]
    found.sort(key=lambda one: -one.relative)
    identical = cascade_digest(forecast) == archive.manifest["cascade_sha256"]
    reasons = tuple(_reasons(archive.record, forecast.record))
    return Repeat(forecast, identical, len(before), tuple(found), reasons, archive.settings.rtol)


def version_changes(origin: Mapping[str, Any], catalogue: Catalogue) -> list[Change]:
    """Return what differs here from where a forecast was made.

    Parameters
    ----------
    origin : mapping
        ``provenance`` of its record.
    catalogue : Catalogue
        The values that a run would draw from now.
    """
    import numpy as np
    import scipy

    now = {
        "exocast": __version__,
        "catalogue_digest": catalogue.digest,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "machine": platform.machine(),
    }
    return [
        Change(name.replace("_", " "), str(origin.get(name)), text)
        for name, text in now.items()
        if origin.get(name) != text
    ]


def row_changes(values: list[dict[str, Any]], catalogue: Catalogue) -> list[Change]:
    """Return the values used then that the catalogue holds differently now, or no longer.

    Parameters
    ----------
    values : list of dict
        ``values`` of a record.
    catalogue : Catalogue
        The values that a run would draw from now.
    """
    changes = []
    for held in values:
        rows = [
            row
            for row in catalogue.values.get(held["key"], ())
            if format_context(row.context) == held["context"]
            and row.hypothesis == held["hypothesis"]
        ]
        if any(_same(held, row) for row in rows):
            continue
        rows.sort(key=lambda row: not row.preferred)
        now = _words(_fields(rows[0])) if rows else "no such row"
        changes.append(Change(str(held["identity"]), _words(held), now))
    return changes


def _reasons(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    """Yield what a run shows to have changed: the equations, and which values are used."""
    name = "network_digest"
    before, after = (one["provenance"].get(name, "") for one in (then, now))
    if before != after:
        yield Change("the equations", str(before)[:12], str(after)[:12])
    held = {value["identity"] for value in then["values"]}
    for value in now["values"]:
        if value["identity"] not in held:
            held.add(value["identity"])
            yield Change(value["identity"], "not used", _words(value))
    used = {value["identity"] for value in now["values"]}
    for identity in dict.fromkeys(value["identity"] for value in then["values"]):
        if identity not in used:
            yield Change(identity, "used", "not used")


def _numbers(record: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Yield each figure of each line of each cascade, with what it is called."""
    for variant in (record, *record["variants"]):
        for row in variant["cascade"]:
            for entry in row["by_hypothesis"]:
                words = [variant.get("name", ""), row["title"], entry["phrase"]]
                # Names keep lines apart that share a title.
                where = ", ".join(filter(None, words)) + f" ({row['name']})"
                for figure in _FIGURES:
                    held = entry[figure]
                    pair = held if isinstance(held, list) else [held]
                    ends = ("low end of ", "high end of ") if len(pair) == 2 else ("",)
                    for end, number in zip(ends, pair, strict=True):
                        yield f"{where}: {end}{figure}", number


def _same(held: Mapping[str, Any], row: Value) -> bool:
    return all(held[name] == getattr(row, name) for name in _COMPARED)


def _fields(row: Value) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*_COMPARED, "unit")}


def _words(held: Mapping[str, Any]) -> str:
    """Write a row in a few words: value, range, variability and source."""
    value, low, high = (
        f"{from_si(held[name], held['unit']):.4g}" for name in ("value", "low", "high")
    )
    unit = "" if held["unit"] == "1" else f" {held['unit']}"
    spread = f" ({low} … {high})" if low != high else ""
    varies = f", varies {held['variability']:.0%}" if held["variability"] else ""
    shape = "" if held["distribution"] in ("lognormal", "fixed") else f" {held['distribution']}"
    return f"{value}{spread}{unit}{varies}{shape}, {held['source']}"
