"""Cases as files: one TOML a case, or a list of them, read at the door with every mistake at once.

A file is one case, or holds ``[[case]]`` tables. A case has the fields of `QualificationCase`,
``[[point]]`` tables with those of `QualificationPoint`, or of `BenchPoint` where the case names the
``stage`` of the bench that it is about, and its Design in one of two forms::

    design = '''...'''                                # the TOML of a Design
    design = { from = "vesicles", set = { ... } }     # another Design with other settings

Where nobody has looked yet, ``[[reads]]`` tables say what will be read, as lists of ``organs``,
``quantities`` and ``times``: one point each. ``from`` is a file beside the case, a Design that
ships with the cases, or a packaged template. ``against`` is written in the same way; without
``from`` its settings are set on the case's Design.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias, get_type_hints

from exocast.design import Design
from exocast.errors import ExocastError, Problem, TableError, nearest
from exocast.material.observed import QUANTITIES
from exocast.qualify.bench_point import BenchPoint
from exocast.qualify.case import FIGURES, QualificationCase, QualificationPoint
from exocast.stages import STAGES
from exocast.units import parse

__all__ = ["BENCH", "CASES", "DESIGNS", "UNITS", "designs", "packaged_benches", "packaged_cases",
           "read_cases"]  # fmt: skip

BENCH = Path(str(resources.files("exocast") / "qualify" / "bench"))
CASES = Path(str(resources.files("exocast") / "qualify" / "cases"))
DESIGNS = Path(str(resources.files("exocast") / "qualify" / "designs"))
Table: TypeAlias = Mapping[str, Any]

READINGS = (*QUANTITIES, *FIGURES)
WRITTEN: Mapping[type[Any], tuple[str, ...]] = {
    QualificationCase: ("point", "reads", "design", "against"),
    QualificationPoint: ("time",),
    BenchPoint: (),
}
"""Keys of a case or a point that are not fields, or are written in another form."""

OPEN = ("time_h", "observed", "unit")
"""Fields of a point that may be left out: a figure has no time, a direction no number."""

UNITS: Mapping[str, str] = {
    "percent_injected": "%",
    "percent_injected_per_mass": "%/g",
    "percent_injected_per_volume": "%/mL",
    "half_life": "min",
    "terminal_half_life": "h",
    "clearance": "mL/h",
    "residence": "h",
}
"""In what a quantity is forecast where nobody has looked how it is printed."""


def designs() -> dict[str, Path]:
    """Return the Designs that ship with the cases, by name."""
    return {path.stem: path for path in sorted(DESIGNS.glob("*.toml"))}


def packaged_cases() -> tuple[QualificationCase, ...]:
    """Return the cases with a body that ship with exocast."""
    return read_cases(sorted(CASES.glob("*.toml")))


def packaged_benches() -> tuple[QualificationCase, ...]:
    """Return the cases on the bench that ship with exocast: a file for every stage."""
    return read_cases(sorted(BENCH.glob("*.toml")))


def read_cases(paths: Iterable[Path]) -> tuple[QualificationCase, ...]:
    """Read case files.

    Parameters
    ----------
    paths : iterable of Path
        Files, each one case or a list of them.

    Returns
    -------
    tuple of QualificationCase
        In the order of the files.

    Raises
    ------
    TableError
        With every mistake of the first file that has one.
    ExocastError
        If two cases have one name.
    """
    found: list[QualificationCase] = []
    for path in paths:
        found += _File(path).cases()
    names = [case.name for case in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ExocastError(f"two cases are called {', '.join(twice)}: a name stands for one case")
    return tuple(found)


@dataclass
class _File:
    """One file, and what is wrong with it."""

    path: Path
    problems: list[Problem] = field(default_factory=list)

    def cases(self) -> list[QualificationCase]:
        """Return what the file holds."""
        try:
            held = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise TableError(self.path.name, [Problem(f"is not TOML: {error}")]) from None
        alone = "case" not in held
        tables: Sequence[Table] = [held] if alone else held["case"]
        extra = [] if alone else [key for key in held if key != "case"]
        for key in extra:
            self.problems.append(Problem("stands outside every [[case]]", f"`{key}`"))
        found = [self.case(table, number, alone) for number, table in enumerate(tables, start=1)]
        if self.problems:
            raise TableError(self.path.name, self.problems)
        return [case for case in found if case is not None]

    def case(self, table: Table, number: int, alone: bool) -> QualificationCase | None:
        """Return one case, or nothing where something is wrong with it."""
        name = str(table.get("name", "" if alone else f"case {number}"))
        before = len(self.problems)
        given = self.given(QualificationCase, table, name)
        for key in ("notes", "times_h"):
            if key in given:
                given[key] = tuple(given[key])
        read = [(point, f"{name}, point {index}")
                for index, point in enumerate(table.get("point", ()), start=1)]  # fmt: skip
        stage = given.get("stage")
        if stage and stage not in STAGES:
            self.problems.append(
                Problem(f"no such stage. {nearest(stage, STAGES)}", f"{name}, stage")
            )
        if stage:
            benches = [self.reading(*one) for one in read]
            given["bench"] = tuple(one for one in benches if one is not None)
        points = [] if stage else [self.point(*one) for one in read]
        points += [
            self.point(point, f"{name}, reads {index}")
            for index, held in enumerate(table.get("reads", ()), start=1)
            for point in self.spread(held, f"{name}, reads {index}")
        ]
        design = self.design(table.get("design", ""), f"{name}, design")
        given["design"] = design.text if design else ""
        if "against" in table:
            control = self.design(table["against"], f"{name}, against", design)
            given["against"] = control.text if control else ""
        if len(self.problems) > before:
            return None
        held = tuple(point for point in points if point is not None)
        try:
            return QualificationCase(points=held, **given)
        except (TypeError, ValueError) as error:
            self.problems.append(Problem(str(error), name))
            return None

    def spread(self, table: Table, where: str) -> list[dict[str, Any]]:
        """Return one point for every organ, quantity and time of a list of what will be read."""
        for key in table:
            if key not in ("organs", "quantities", "times"):
                offer = nearest(key, ("organs", "quantities", "times"))
                self.problems.append(Problem(f"no such key. {offer}", f"{where}, {key}"))
        return [
            {"organ": organ, "quantity": quantity, "unit": UNITS.get(quantity, "")} | when
            for organ in table.get("organs", ())
            for quantity in table.get("quantities", ())
            for when in (
                [{}] if quantity in FIGURES else [{"time": time} for time in table.get("times", ())]
            )
        ]

    def point(self, table: Table, where: str) -> QualificationPoint | None:
        """Return one reading, or nothing where something is wrong with it."""
        before = len(self.problems)
        given: dict[str, Any] = {"time_h": math.nan, "observed": math.nan, "unit": ""}
        given |= self.given(QualificationPoint, table, where)
        if "time" in table:
            try:
                given["time_h"] = parse(str(table["time"]), "s") / 3600.0
            except ExocastError as error:
                self.problems.append(Problem(str(error), f"{where}, time"))
        quantity = given.get("quantity")
        if quantity not in READINGS:
            offer = nearest(str(quantity), READINGS)
            self.problems.append(Problem(f"no such quantity. {offer}", f"{where}, quantity"))
        elif quantity in QUANTITIES and math.isnan(given["time_h"]) and not given.get("expected"):
            self.problems.append(Problem('needs `time`, as in "4 h".', where))
        if len(self.problems) > before:
            return None
        try:
            return QualificationPoint(**given)
        except (TypeError, ValueError) as error:
            self.problems.append(Problem(str(error), where))
            return None

    def reading(self, table: Table, where: str) -> BenchPoint | None:
        """Return one reading of the tube, or nothing where something is wrong with it."""
        before = len(self.problems)
        given = {"observed": math.nan, "unit": "1", **self.given(BenchPoint, table, where)}
        if len(self.problems) > before:
            return None
        try:
            return BenchPoint(**given)
        except (ExocastError, TypeError) as error:
            self.problems.append(Problem(str(error), where))
            return None

    def given(self, cls: type[Any], table: Table, where: str) -> dict[str, Any]:
        """Return the fields that a table gives; what it must not hold, or lacks, is a problem."""
        hints = get_type_hints(cls)
        known = {one.name: one for one in fields(cls)}
        written = [*(set(known) - {"points", "bench"}), *WRITTEN[cls]]
        for key in table:
            if key not in written:
                offer = nearest(key, written)
                self.problems.append(Problem(f"no such key. {offer}", f"{where}, {key}"))
        found: dict[str, Any] = {}
        for key, one in known.items():
            if key in WRITTEN[cls] or key in ("points", "bench"):
                continue
            needed = one.default is MISSING and one.default_factory is MISSING
            if key in table:
                number = hints[key] is float and isinstance(table[key], int)
                found[key] = float(table[key]) if number else table[key]
            elif needed and key not in OPEN:
                self.problems.append(Problem(f"needs `{key}`.", where))
        return found

    def design(self, held: object, where: str, base: Design | None = None) -> Design | None:
        """Return a Design, written out or as another one with other settings."""
        if isinstance(held, str):
            if not held.strip():
                return None
            table: Table = {}
            source: Design | None = None
        elif isinstance(held, dict):
            table, source = held, base
        else:
            self.problems.append(Problem("is a text, or { from = ..., set = { ... } }.", where))
            return None
        try:
            if isinstance(held, str):
                return Design.from_text(held, self.path.parent, name=where)
            if "from" in table:
                source = self.named(str(table["from"]))
            if source is None:
                self.problems.append(Problem("says neither a Design nor `from`.", where))
                return None
            made = source.with_settings(table.get("set", {}))
            return Design.from_text(made.text, source.folder, name=where)
        except ExocastError as error:
            self.problems.append(Problem(str(error), where))
            return None

    def named(self, name: str) -> Design:
        """Return the Design of a name."""
        beside, packaged = self.path.parent / name, designs()
        if beside.is_file():
            return Design.read(beside)
        return Design.read(packaged.get(name, Path(name)))
