"""The table of what was measured on lots: one reading a row, every problem at once."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from exocast.errors import Problem, TableError, UnitError
from exocast.instruments.readers.sheet import NUMBER, cells_of, head_of, text_of
from exocast.units import from_si, same_dimension, to_si

__all__ = ["COLUMNS", "PROCESSES", "LotReading", "LotTable", "read_lots"]

NEEDED = ("lot", "quantity", "value")
COLUMNS = ("donor", "lot", "process", "repeat", "quantity", "value", "unit")
"""Columns, in any order; a unit may stand in the head of `value`."""
PROCESSES = ("old", "new")
LEAST = 3
"""Lots of a quantity below which nothing is said about how lots differ."""
LARGEST = 5_000
"""Rows; more is no table of lots."""


@dataclass(frozen=True, slots=True)
class LotReading:
    """One reading of one lot.

    Attributes
    ----------
    line : int
        Line of the file.
    donor, lot, process, repeat : str
        What it was measured on; all but `lot` may be empty.
    quantity : str
        What was measured.
    value : float
        In the unit of its quantity.
    """

    line: int
    donor: str
    lot: str
    process: str
    repeat: str
    quantity: str
    value: float


@dataclass(frozen=True)
class LotTable:
    """A table of readings of lots.

    Attributes
    ----------
    name, digest : str
        Of the file.
    rows : tuple of LotReading
        In the order of the file.
    units : mapping of str to str
        Unit of each quantity, as its first row has it; empty where there is none.
    notes : tuple of str
        What was passed over.
    """

    name: str
    digest: str
    rows: tuple[LotReading, ...]
    units: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def quantities(self) -> tuple[str, ...]:
        """Return the names of what was measured, in the order of the file."""
        return tuple(dict.fromkeys(row.quantity for row in self.rows))


def read_lots(path: Path | str) -> LotTable:
    """Read a table of lots.

    Parameters
    ----------
    path : Path or str
        A CSV file, separated by commas, semicolons or tabs; blank lines and lines that start with
        ``#`` are passed over. `donor`, `process` (``old`` or ``new``) and `repeat` may be absent.

    Raises
    ------
    TableError
        With every problem of every line.
    ReaderError
        If the file is not there or is not text.
    """
    path = Path(path)
    raw, text = text_of(path)
    reading = _Reading()
    reading.table(text)
    reading.compare()
    if reading.problems:
        raise TableError(path.name, reading.problems)
    digest = hashlib.sha256(raw).hexdigest()
    return LotTable(path.name, digest, tuple(reading.rows), reading.units, tuple(reading.notes))


@dataclass
class _Reading:
    """One pass over a table: rows, problems and notes pile up."""

    rows: list[LotReading] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    head_unit: str = ""
    comma: bool = False
    columns: tuple[str, ...] = ()

    def problem(self, line: int, message: str, where: str = "") -> None:
        """Note one problem."""
        self.problems.append(Problem(message, where, line))

    def table(self, text: str) -> None:
        """Read head and rows."""
        separator, cells = cells_of(text)
        if not cells:
            self.problem(0, f"the table is empty. Its columns are {', '.join(COLUMNS)}.")
            return
        self.comma = separator != ","
        if not self.head(*cells[0]):
            return
        if len(cells) == 1:
            self.problem(cells[0][0], "there is a head, and no row under it.")
        if len(cells) - 1 > LARGEST:
            self.problem(0, f"{len(cells) - 1} rows: no more than {LARGEST} are read.")
            return
        for line, row in cells[1:]:
            if len(row) > len(self.columns):
                hint = " A decimal comma? Write 3.2, or separate cells with semicolons."
                self.problem(line, f"{len(row)} cells under {len(self.columns)} columns.{hint}")
                continue
            short = [""] * (len(self.columns) - len(row))
            self.row(line, dict(zip(self.columns, [*row, *short], strict=True)))

    def head(self, line: int, cells: list[str]) -> bool:
        """Read the names of the columns; return whether rows can be read under them."""
        names = []
        for cell in cells:
            name, unit = head_of(cell)
            names.append(name)
            if name == "value":
                self.head_unit = unit
        missing = [name for name in COLUMNS if name not in names]
        for name, count in Counter(names).items():
            if name in COLUMNS and count > 1:
                self.problem(line, f"the column `{name}` is there twice.")
            elif name and name not in COLUMNS:
                close = get_close_matches(name, missing, n=1, cutoff=0.7)
                if close:
                    self.problem(line, f"no column `{name}`. Did you mean `{close[0]}`?")
                    missing.remove(close[0])
                else:
                    self.notes.append(f"column `{name}` is not used")
        absent = [name for name in NEEDED if name in missing]
        if absent:
            listed = ", ".join(f"`{name}`" for name in absent)
            words = f"column {listed} is" if len(absent) == 1 else f"columns {listed} are"
            hint = "" if len(cells) > 1 else " (exocast new --lots writes a table)"
            self.problem(line, f"the {words} missing. Columns: {', '.join(COLUMNS)}.{hint}")
        self.columns = tuple(names)
        return not self.problems

    def row(self, line: int, cells: Mapping[str, str]) -> None:
        """Read one row; what is wrong with it is noted."""
        before = len(self.problems)
        for name in ("lot", "quantity"):
            if not cells[name]:
                self.problem(line, "empty.", name)
        process = cells.get("process", "").lower()
        if "process" in self.columns and process not in PROCESSES:
            given = f'process = "{cells["process"]}"'
            self.problem(line, "write old or new; leave the column out for one process.", given)
        value = self.number(line, cells["value"])
        quantity = " ".join(cells["quantity"].replace("µ", "u").split())
        value = self.unit(line, quantity, cells.get("unit", "") or self.head_unit, value)
        if len(self.problems) == before:
            donor, repeat = cells.get("donor", ""), cells.get("repeat", "")
            self.rows.append(
                LotReading(line, donor, cells["lot"], process, repeat, quantity, value)
            )

    def number(self, line: int, text: str) -> float:
        """Read a value."""
        where = f'value = "{text}"'
        if not text:
            self.problem(line, "empty: leave the row out where nothing was measured.", "value")
            return math.nan
        written = text.replace(",", ".") if self.comma and "." not in text else text
        if NUMBER.fullmatch(written) and math.isfinite(float(written)):
            return float(written)
        if text.startswith("<"):
            self.problem(line, "below a limit: what was not seen cannot be compared.", where)
        elif "," in text and NUMBER.fullmatch(text.replace(",", ".")):
            self.problem(line, f"a decimal comma: write {text.replace(',', '.')}.", where)
        else:
            self.problem(line, "not a number.", where)
        return math.nan

    def unit(self, line: int, quantity: str, unit: str, value: float) -> float:
        """Return a value in the unit of its quantity; an unknown unit is taken as it is."""
        first = self.units.setdefault(quantity, unit)
        if unit == first:
            return value
        where = f'unit = "{unit}"'
        try:
            if unit and first and same_dimension(unit, first):
                return float(from_si(to_si(value, unit), first))
        except UnitError:
            pass
        self.problem(line, f"`{quantity}` is in {first or 'no unit'} above.", where)
        return value

    def compare(self) -> None:
        """Compare rows with each other, and count what they are of."""
        places: dict[str, LotReading] = {}
        seen: dict[tuple[str, str, str], int] = {}
        for row in self.rows:
            first = places.setdefault(row.lot, row)
            for name in ("donor", "process"):
                here, there = getattr(row, name), getattr(first, name)
                if here != there:
                    message = f"lot {row.lot} has {name} {there or 'none'} in line {first.line}."
                    self.problem(row.line, message, f'{name} = "{here}"')
            key = (row.lot, row.quantity, row.repeat)
            if row.repeat and key in seen:
                message = f"the same lot, quantity and repeat as line {seen[key]}."
                self.problem(row.line, message, f'repeat = "{row.repeat}"')
            seen.setdefault(key, row.line)
        if self.problems:  # with rows missing, what is counted would mislead
            return
        for quantity in dict.fromkeys(row.quantity for row in self.rows):
            self.enough([row for row in self.rows if row.quantity == quantity])

    def enough(self, rows: list[LotReading]) -> None:
        """Note a quantity that has too few lots, or a value without a logarithm."""
        quantity = rows[0].quantity
        lots = {row.lot: row.process for row in rows}
        if len(lots) < LEAST:
            message = f"`{quantity}` was measured on {len(lots)} lots: {LEAST} are the least."
            self.problem(rows[-1].line, message)
        one = [name for name, count in Counter(lots.values()).items() if name and count < 2]
        for name in one:
            message = f"`{quantity}` has one lot of the {name} process: 2 are the least."
            self.problem(rows[-1].line, message)
        if "donor" in self.columns and len({bool(row.donor) for row in rows}) > 1:
            line = next(row.line for row in rows if not row.donor)
            self.problem(line, "name a donor in every row of a quantity, or in none.", "donor")
        if min(row.value for row in rows) >= 0:
            for row in rows:
                if row.value == 0:
                    message = f"a `{quantity}` of 0 has no logarithm: leave it out, and say so."
                    self.problem(row.line, message, 'value = "0"')
        if len({row.value for row in rows}) == 1:
            self.problem(rows[0].line, f"every `{quantity}` is the same: nothing varies.")
