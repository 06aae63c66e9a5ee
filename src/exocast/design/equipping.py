"""The laboratory's own rotors, gels and membranes: a table read as rows of the catalogue.

One file holds a table for each kind: a heading that begins with `rotor`, `resin` or `membrane`,
and a row for each thing below it. Units stand in the heading, every mistake is told at once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from scipy.special import expit, logit

from exocast.design.kit import KINDS, RPM, Column, headed, impossible, misfit, plain, unknown
from exocast.design.lint import Desk
from exocast.design.observing import note_problems
from exocast.design.reading import Node
from exocast.design.vocabulary import Vocabulary
from exocast.errors import Problem, ReaderError, nearest
from exocast.evidence.catalogue import Catalogue
from exocast.evidence.parameter import Distribution, Parameter, Value
from exocast.evidence.source import Source
from exocast.instruments.readers.sheet import NUMBER, cells_of, head_of, text_of
from exocast.material.equipment import EquipmentTable
from exocast.stages.isolation import rotor
from exocast.units import to_si

__all__ = ["equipment_tables", "read_equipment", "with_equipment"]

SPELLED = re.compile(r"[^;=\"\s][^;=\"]{0,58}")
TWO = re.compile(r"(?P<low>[^.\s].*?)\s*\.\.\s*(?P<high>\S.*)")


def with_equipment(catalogue: Catalogue, equipment: Iterable[EquipmentTable]) -> Catalogue:
    """Return the catalogue with what tables of equipment say."""
    tables = list(equipment)
    rows = (row for table in tables for row in table.rows)
    return catalogue.with_rows(rows, (table.source for table in tables))


def equipment_tables(
    desk: Desk, node: Node, paths: Mapping[int, Path], vocabulary: Vocabulary
) -> tuple[EquipmentTable, ...]:
    """Read the file of every ``[[equipment]]``; what is wrong goes on the desk.

    Parameters
    ----------
    desk : Desk
        Where problems are noted, and names for the steps are left.
    node : Node
        The tables ``[[equipment]]``.
    paths : mapping of int to Path
        File of each, by its number from 1; absent where it is not there.
    vocabulary : Vocabulary
        Whose catalogue holds what ships.
    """
    held = Catalogue({}, {}, {}, "") if vocabulary.catalogue is None else vocabulary.catalogue()
    tables: list[EquipmentTable] = []
    for number, path in paths.items():
        child = node.items[number - 1].table["file"]
        where, file = f"equipment {number}, file", str(child.value)
        key = "your_" + re.sub(r"\W+", "_", Path(file).stem).lower()
        key += f"_{number}" if key in {one.source.key for one in tables} else ""
        try:
            table = read_equipment(path, file, key, held)
        except ReaderError as error:
            desk.problem(child.line, str(error), where)
            continue
        note_problems(desk, child.line, where, file, table.problems)
        for kind, named in table.names.items():
            for other in tables:
                for name in set(named) & set(other.names[kind]):
                    message = f"the {kind} `{name}` of {file} is also in {other.file}."
                    desk.problem(child.line, message, where)
        tables.append(table)
    desk.names = {
        kind: tuple(name for table in tables for name in table.names[kind]) for kind in KINDS
    }
    return tuple(tables)


def read_equipment(path: Path, file: str, key: str, catalogue: Catalogue) -> EquipmentTable:
    """Read a table of equipment.

    Parameters
    ----------
    path : Path
        A CSV file, separated by commas, semicolons or tabs; blank lines and lines that start with
        ``#`` are passed over.
    file : str
        What the Design calls it.
    key : str
        Key of the file as a source.
    catalogue : Catalogue
        The rows that ship: whose names are taken, and what a row may be like.

    Raises
    ------
    ReaderError
        If the file is not there or is not text.
    """
    _, text = text_of(path)
    source = Source(key, "file", f"{Path(file).name}, the user's own equipment")
    reading = _Reading(file, source, catalogue)
    reading.table(text)
    names = {kind: tuple(held) for kind, held in reading.names.items()}
    return EquipmentTable(file, source, tuple(reading.rows), names, tuple(reading.problems))


@dataclass
class _Reading:
    """One pass over a file: rows, names and problems pile up."""

    file: str
    source: Source
    catalogue: Catalogue
    rows: list[Value] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    names: dict[str, dict[str, int]] = field(default_factory=lambda: {one: {} for one in KINDS})
    comma: bool = False

    def problem(self, line: int, message: str, where: str = "") -> None:
        """Note one problem."""
        self.problems.append(Problem(message, where, line))

    def table(self, text: str) -> None:
        """Read every table of the file."""
        separator, lines = cells_of(text)
        self.comma = separator != ","
        kind, heads, width = "", dict[int, tuple[Column | str, str]](), 0
        for line, cells in lines:
            word = head_of(cells[0])[0]
            if word in KINDS:
                kind, width = word, len(cells)
                heads = dict(self.heading(line, kind, cells))
            elif not kind:
                words = " or ".join(f"`{one}`" for one in KINDS)
                message = f"a heading comes first, as `exocast new --equipment` writes it: {words}."
                self.problem(line, message, f'column 1 = "{cells[0]}"')
                return
            else:
                if any(cells[width:]):
                    hint = "" if self.comma else " A decimal comma? Write 3.2."
                    self.problem(line, f"more cells than the heading has.{hint}")
                self.row(line, kind, heads, [*cells, *[""] * (width - len(cells))])
        if not any(self.names.values()) and not self.problems:
            self.problem(0, "there is a heading, and no row under it.")

    def heading(
        self, line: int, kind: str, cells: list[str]
    ) -> Iterator[tuple[int, tuple[Column | str, str]]]:
        """Yield what stands in each column below, with its unit."""
        known = {column.name: column for column in KINDS[kind].columns}
        words = [*known, "note", *(["like"] if KINDS[kind].like else [])]
        seen: set[str] = set()
        for number, cell in enumerate(cells[1:], start=2):
            name, unit = head_of(cell)
            name = plain(name)
            where = f'column {number} = "{cell}"'
            found = next((word for word in words if plain(word) == name), "")
            if not name:
                continue
            if not found:
                self.problem(line, unknown(kind, name, words), where)
            elif found in seen:
                self.problem(line, "the column is there twice.", where)
            elif found not in known:
                yield number - 1, (found, "")
            elif wrong := misfit(known[found], unit):
                self.problem(line, wrong, where)
            else:
                yield number - 1, (known[found], unit or "1")
            seen.add(found)
        missing = [c.name for c in known.values() if c.needed and c.name not in seen]
        if missing and not (KINDS[kind].like and "like" in seen):
            listed = ", ".join(f"`{headed(known[name])}`" for name in missing)
            self.problem(line, f"a {kind} needs {listed}.")

    def row(
        self, line: int, kind: str, heads: Mapping[int, tuple[Column | str, str]], cells: list[str]
    ) -> None:
        """Read one thing; what is wrong with it is noted."""
        name, before = cells[0], len(self.problems)
        self.name(line, kind, name)
        texts = {one: cells[index] for index, (one, _) in heads.items() if isinstance(one, str)}
        given: dict[str, Value] = {}
        columns = [column for column, _ in heads.values()]
        absent = [one.name for one in KINDS[kind].columns if one.needed and one not in columns]
        empty = [] if texts.get("like") or "like" not in columns else absent
        for index, (column, unit) in heads.items():
            if isinstance(column, str):
                continue
            where, text = f"column {index + 1}, {column.name}", cells[index]
            if text:
                value = self.value(line, f'{where} = "{text}"', column, text, unit)
                if value is not None:
                    given[column.name] = replace(value, context={kind: name})
            elif column.needed and not texts.get("like"):
                empty.append(where)
        if empty:
            hint = f" It may be `like` a {kind} that ships." if KINDS[kind].like else ""
            self.problem(line, f"empty.{hint}", "; ".join(empty))
        if len(self.problems) > before or not heads:
            return
        note = texts.get("note", "")
        borrowed = list(self.borrowed(line, kind, name, texts.get("like", ""), given))
        if kind == "rotor":
            for wrong in impossible({one: value.value for one, value in given.items()}):
                self.problem(line, wrong, name)
            given.pop("k factor", None)
            given.setdefault("r_average", _middle(given))
        self.rows += [replace(one, note=note) for one in given.values()] + borrowed

    def name(self, line: int, kind: str, name: str) -> None:
        """Note what is wrong with a name."""
        where, taken = f'column 1, {kind} = "{name}"', self.names[kind]
        if not SPELLED.fullmatch(name):
            self.problem(line, "a name is a text of up to 60 signs without ; = and quotes.", where)
        elif name in taken:
            self.problem(line, f"the same name as in line {taken[name]}.", where)
        elif name in _shipped(kind, self.catalogue):
            message = f"a {kind} of that name ships with exocast: give yours another."
            self.problem(line, message, where)
        taken.setdefault(name, line)

    def value(self, line: int, where: str, column: Column, text: str, unit: str) -> Value | None:
        """Read a cell: a number, `low..high` for 5 and 95 % of what is not known, or swing-out."""
        both = TWO.fullmatch(text)
        if column.unit == "deg" and text.lower().replace("-", " ") == "swing out":
            text = "90"
        written = [self.number(line, where, one) for one in (both.groups() if both else (text,))]
        if None in written:
            return None
        scale = 1.0 if unit == RPM else to_si(1.0, unit)
        numbers = [number * scale * column.scale for number in written if number is not None]
        low, high = numbers[0], numbers[-1]
        parameter = column.parameter
        if low > high:
            self.problem(line, "the lower end comes first.", where)
        elif low < 0 or (low == 0 and parameter is not rotor.TUBE_ANGLE):
            self.problem(line, "more than 0 was expected.", where)
        elif parameter is rotor.TUBE_COUNT and (low != high or low != round(low)):
            self.problem(line, "a whole number was expected.", where)
        elif not parameter.low <= low <= high <= min(parameter.high, column.high) * (1 + 1e-9):
            ends = [x / scale for x in (parameter.low, min(parameter.high, column.high))]
            message = f"outside {ends[0]:.3g} to {ends[1]:.3g} {'' if unit == '1' else unit}"
            self.problem(line, f"{message.rstrip()}.", where)
        elif parameter.scale == "logit" and high >= 1:
            self.problem(line, "a share of 1 leaves nothing: write less.", where)
        else:
            middle, shape = _median(low, high, parameter)
            return Value(
                key=parameter.key, value=middle, low=low, high=high, variability=0.0,
                distribution=shape, unit="1" if unit == RPM else unit, source=self.source.key,
                locator=f"line {line}", read="full", method="in_vitro",
                origin=f"{self.file}:{line}", source_kind=self.source.kind,
            )  # fmt: skip
        return None

    def number(self, line: int, where: str, text: str) -> float | None:
        """Read a number, or note that it is none."""
        written = text.replace(",", ".") if self.comma else text
        if NUMBER.fullmatch(written) and math.isfinite(float(written)):
            return float(written)
        dotted = text.replace(",", ".")
        hint = f" A decimal comma? Write {dotted}." if NUMBER.fullmatch(dotted) else ""
        self.problem(line, f"not a number.{hint}", where)
        return None

    def borrowed(
        self, line: int, kind: str, name: str, like: str, given: Mapping[str, Value]
    ) -> Iterator[Value]:
        """Yield the rows of the one that it is like, where it gives none itself."""
        if not like:
            return
        shipped = _shipped(kind, self.catalogue)
        if like not in shipped:
            message = f"no {kind} of that name ships. {nearest(like, shipped)}"
            self.problem(line, message, f'like = "{like}"')
            return
        own = {value.key for value in given.values()}
        for rows in self.catalogue.values.values():
            for row in rows:
                if row.context == {kind: like} and row.key not in own:
                    said = f"Taken from {like}. {row.note}"
                    yield replace(row, context={kind: name}, note=said, method="assumed")


def _shipped(kind: str, catalogue: Catalogue) -> list[str]:
    """Return the names of a kind that ship."""
    rows = catalogue.values.get(KINDS[kind].columns[0].parameter.key, ())
    return list(dict.fromkeys(row.context[kind] for row in rows if kind in row.context))


def _median(low: float, high: float, parameter: Parameter) -> tuple[float, Distribution]:
    """Return the middle of a range on the scale that the quantity varies on, and its shape."""
    if low == high:
        return low, "fixed"
    if parameter.scale == "log":
        return math.sqrt(low * high), "lognormal"
    if parameter.scale == "logit":
        return float(expit((logit(low) + logit(high)) / 2)), "logitnormal"
    return (low + high) / 2, "normal"


def _middle(given: Mapping[str, Value]) -> Value:
    """Return the mean radius, where it is not given: midway."""
    low, high = given["r_min"], given["r_max"]
    radius = (low.value + high.value) / 2
    key = rotor.MEAN_RADIUS.key
    return replace(low, key=key, value=radius, low=radius, high=radius, distribution="fixed")
