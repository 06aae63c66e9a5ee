"""The record of a temperature logger: a CSV of times and temperatures."""

from __future__ import annotations

import csv
import math
import re
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from exocast.errors import Problem, ReaderError, TableError, UnitError, nearest
from exocast.units import parse

__all__ = ["COLUMNS", "read_logger"]

COLUMNS = {"time": "s", "temperature": "K"}
"""What a record holds, and the unit in which it is kept."""

LARGEST = 100_000
COLDEST, WARMEST = 77.0, 373.15

_HEAD = re.compile(r"\s*(.*?)\s*(?:[\[(]\s*(.*?)\s*[\])])?\s*")


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
    if not path.is_file():
        beside = [other.name for other in path.parent.glob("*.csv")] if path.parent.is_dir() else []
        raise ReaderError(f"{path.name} is not there. {nearest(path.name, beside)}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ReaderError(f"{path.name}: not text in UTF-8. Save it as CSV (UTF-8).") from None
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not lines:
        raise TableError(path.name, [Problem("empty: it needs `time` and `temperature`.", "", 0)])
    separator = max(",;\t", key=lines[0][1].count)
    cells = [(number, next(csv.reader([line], delimiter=separator), [])) for number, line in lines]
    problems: list[Problem] = []
    places, units = _head(cells[0], problems)
    if problems:
        raise TableError(path.name, problems)
    found: list[tuple[int, float, float]] = []
    for number, row in cells[1:]:
        values = [
            _value(name, row[place] if place < len(row) else "", units[name], separator)
            for name, place in places.items()
        ]
        wrong = [value for value in values if isinstance(value, str)]
        problems += [Problem(words, "", number) for words in wrong]
        if not wrong:
            found.append((number, float(values[0]), float(values[1])))
    problems += _order(found, len(cells) - 1)
    if problems:
        raise TableError(path.name, problems)
    return tuple((time - found[0][1], temperature) for _, time, temperature in found)


def _head(
    row: tuple[int, list[str]], problems: list[Problem]
) -> tuple[dict[str, int], dict[str, str]]:
    """Return where the columns are, and the units that stand with them."""
    number, cells = row
    places: dict[str, int] = {}
    units: dict[str, str] = {}
    names = []
    for place, cell in enumerate(cells):
        match = _HEAD.fullmatch(cell)
        name, unit = (match[1].lower(), match[2] or "") if match else (cell, "")
        names.append(name)
        if name in places:
            problems.append(Problem(f"the column `{name}` is there twice.", "", number))
        elif name in COLUMNS:
            places[name], units[name] = place, unit
    for name in COLUMNS:
        if name not in places:
            offer = nearest(name, names)
            problems.append(Problem(f"the column `{name}` is missing. {offer}", "", number))
    return {name: places[name] for name in COLUMNS if name in places}, units


def _value(name: str, text: str, unit: str, separator: str) -> float | str:
    """Return a cell in SI, or what is wrong with it."""
    text = text.strip()
    if not text:
        return f"no {name}."
    if separator != ",":
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        pass
    else:
        if not math.isfinite(number):
            return f"{name} {text} is no number."
        if not unit:
            return (
                f"{name} {text} has no unit: write it in the head, as in `{name} [{_TELL[name]}]`."
            )
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


_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - times of one record, in its own zone
_TELL = {"time": "h", "temperature": "degC"}


def _order(found: list[tuple[int, float, float]], rows: int) -> list[Problem]:
    """Return what is wrong with the readings together."""
    problems = [
        Problem("the time is not later than that of the reading before.", "", number)
        for (_, before, _), (number, time, _) in pairwise(found)
        if time <= before
    ]
    if rows < 2:
        problems.append(Problem("a record needs two readings: where it begins and ends.", "", 0))
    if rows > LARGEST:
        problems.append(Problem(f"{rows} readings: no more than {LARGEST} are read.", "", 0))
    return problems
