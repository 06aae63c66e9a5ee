"""The record of a temperature logger: a CSV of times and temperatures."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from exocast.errors import TableError, UnitError
from exocast.instruments.readers.sheet import Sheet, text_of
from exocast.units import parse

__all__ = ["COLUMNS", "read_logger"]

COLUMNS = {"time": "s", "temperature": "K"}
"""What a record holds, and the unit in which it is kept."""

LARGEST = 100_000
COLDEST, WARMEST = 77.0, 373.15

_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - times of one record, in its own zone
_TELL = {"time": "h", "temperature": "degC"}


def read_logger(path: Path | str) -> tuple[tuple[float, float], ...]:
    """Read a record.

    Parameters
    ----------
    path : path or str
        A CSV file, separated by commas, semicolons or tabs, with the columns ``time`` and
        ``temperature``; others are passed over, and so are blank lines and lines that start with
        ``#``. Units stand in the head (``temperature [degC]``) or in the cell (``4 degC``). Times
        count from the first, or are dates (``2026-03-01 08:00``).

    Returns
    -------
    tuple of (float, float)
        Time since the first reading [s] and temperature [K], in order.

    Raises
    ------
    TableError
        With every problem of every line.
    ReaderError
        If the file is not there or is not text.
    """
    path = Path(path)
    _, text = text_of(path)
    record = _Record()
    for line, cells in record.rows_of(text):
        record.row(line, cells)
    record.order()
    if record.problems:
        raise TableError(path.name, record.problems)
    first = record.found[0][1]
    return tuple((time - first, temperature) for _, time, temperature in record.found)


@dataclass
class _Record(Sheet):
    """One pass over a record."""

    known = tuple(COLUMNS)
    needed = tuple(COLUMNS)
    largest = LARGEST

    found: list[tuple[int, float, float]] = field(default_factory=list)
    lines: int = 0

    def row(self, line: int, cells: Mapping[str, str]) -> None:
        """Read one reading; what is wrong with it is noted."""
        self.lines += 1
        read = [self.value(name, cells[name]) for name in COLUMNS]
        wrong = [value for value in read if isinstance(value, str)]
        for words in wrong:
            self.problem(line, words)
        if not wrong:
            self.found.append((line, float(read[0]), float(read[1])))

    def value(self, name: str, text: str) -> float | str:
        """Return a cell in SI, or what is wrong with it."""
        if not text:
            return f"no {name}."
        text, unit = self.point(text), self.heads.get(name, "")
        try:
            number = float(text)
        except ValueError:
            pass
        else:
            if not math.isfinite(number):
                return f"{name} {text} is no number."
            if not unit:
                head = f"{name} [{_TELL[name]}]"
                return f"{name} {text} has no unit: write it in the head, as in `{head}`."
            text = f"{text} {unit}"
        if name == "time" and re.match(r"\d{4}-\d\d-\d\d", text):
            try:
                return (datetime.fromisoformat(text) - _EPOCH).total_seconds()
            except (ValueError, TypeError):
                return f"time {text} is no date: write 2026-03-01 08:00, without a time zone."
        try:
            value = parse(text, COLUMNS[name])
        except UnitError as error:
            return f"{name}: {error}"
        if name == "temperature" and not COLDEST <= value <= WARMEST:
            return f"a temperature of {text} is none at which vesicles are stored."
        return value

    def order(self) -> None:
        """Note what is wrong with the readings together."""
        for (_, before, _), (line, time, _) in pairwise(self.found):
            if time <= before:
                self.problem(line, "the time is not later than that of the reading before.")
        if self.lines == 1:
            self.problem(0, "a record needs two readings: where it begins and ends.")
