"""The table of what was measured on lots: one reading a row, every problem at once."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exocast.errors import TableError, UnitError
from exocast.instruments.readers.sheet import NUMBER, Sheet, text_of
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
    for line, cells in reading.rows_of(text):
        reading.row(line, cells)
    reading.compare()
    if reading.problems:
        raise TableError(path.name, reading.problems)
    digest = hashlib.sha256(raw).hexdigest()
    return LotTable(path.name, digest, tuple(reading.rows), reading.units, tuple(reading.notes))


@dataclass
class _Reading(Sheet):
    """One pass over a table: rows, problems and notes pile up."""

    known = COLUMNS
    needed = NEEDED
    largest = LARGEST
    template = "exocast new --lots"

    rows: list[LotReading] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)

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
        value = self.unit(
            line, quantity, cells.get("unit", "") or self.heads.get("value", ""), value
        )
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
        written = self.point(text)
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
