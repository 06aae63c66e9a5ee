"""What tables that a person fills in have in common: separators, comments, heads with units."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import ClassVar

from exocast.errors import Problem, ReaderError, nearest

__all__ = ["NUMBER", "Sheet", "cells_of", "head_of", "says_something", "separator_of", "text_of"]

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
"""A number as a table holds it."""
_HEAD = re.compile(r"\s*([^\[\(]*?)\s*[\[\(]\s*(.+?)\s*[\]\)]\s*")


def text_of(path: Path) -> tuple[bytes, str]:
    """Return a file, and as text.

    Raises
    ------
    ReaderError
        If it is not there or is not text.
    """
    if not path.is_file():
        beside = [other.name for other in path.parent.glob("*.csv")] if path.parent.is_dir() else []
        raise ReaderError(f"{path.name} is not there. {nearest(path.name, beside)}")
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ReaderError(f"{path.name}: not text in UTF-8. Save it as CSV (UTF-8).") from None
    if "\0" in text:
        raise ReaderError(f"{path.name}: not a text table. Save the sheet as CSV (UTF-8).")
    return raw, text


def cells_of(text: str) -> tuple[str, Sequence[tuple[int, list[str]]]]:
    """Return what separates the cells, and each line that says something with its number."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if says_something(line)]
    separator = separator_of(lines[0][1]) if lines else ","
    return separator, [
        (n, [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])])
        for n, line in lines
    ]


def head_of(cell: str) -> tuple[str, str]:
    """Return name and unit of the head of a column.

    Examples
    --------
    >>> head_of("Time [h]"), head_of("lot")
    (('time', 'h'), ('lot', ''))
    """
    found = _HEAD.fullmatch(cell)
    name, unit = (found[1], found[2]) if found else (cell, "")
    return name.strip().lower(), unit


def separator_of(line: str) -> str:
    """Return what separates the cells of a head."""
    counts = {mark: line.count(mark) for mark in (",", ";", "\t")}
    return max(counts, key=lambda mark: counts[mark])


def says_something(line: str) -> bool:
    """Return whether a line is neither blank nor a comment."""
    return bool(line.strip(" ,;\t")) and not line.lstrip().startswith("#")


@dataclass
class Sheet:
    """One pass over a table whose columns are known: problems and notes pile up.

    Attributes
    ----------
    problems : list of Problem
        Every one, in the order in which it was found.
    notes : list of str
        What was passed over.
    heads : dict of str to str
        Units that stand in the head, by column.
    columns : list of str
        Names in the head, known or not.
    comma : bool
        Whether a comma may be the decimal one, since it does not separate the cells.
    """

    known: ClassVar[tuple[str, ...]]
    """Columns, in any order."""
    needed: ClassVar[tuple[str, ...]]
    """Those that must be there."""
    largest: ClassVar[int]
    """Rows; more is no such table."""
    template: ClassVar[str] = ""
    """What writes such a table, said where the file is hardly meant as one."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    comma: bool = False

    def problem(self, line: int, message: str, where: str = "") -> None:
        """Note one problem."""
        self.problems.append(Problem(message, where, line))

    def rows_of(self, text: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield line and cells of each row, once the head is sound; a cell left out is empty."""
        separator, cells = cells_of(text)
        if not cells:
            self.problem(0, f"the table is empty. Its columns are {', '.join(self.known)}.")
            return
        self.comma = separator != ","
        self.head(*cells[0])
        if self.problems:
            return
        if len(cells) == 1:
            self.problem(cells[0][0], "there is a head, and no row under it.")
        if len(cells) - 1 > self.largest:
            self.problem(0, f"{len(cells) - 1} rows: no more than {self.largest} are read.")
            return
        for line, row in cells[1:]:
            if len(row) > len(self.columns):
                hint = " A decimal comma? Write 3.2, or separate cells with semicolons."
                self.problem(line, f"{len(row)} cells under {len(self.columns)} columns.{hint}")
            elif any(row):
                short = [""] * (len(self.columns) - len(row))
                yield line, dict(zip(self.columns, [*row, *short], strict=True))

    def head(self, line: int, cells: list[str]) -> list[str]:
        """Read the names of the columns and their units; return those that are nowhere."""
        for cell in cells:
            name, unit = head_of(cell)
            self.columns.append(name)
            if unit:
                self.heads[name] = unit
        missing = [name for name in self.known if name not in self.columns]
        for name in dict.fromkeys(self.columns):
            if name in self.known and self.columns.count(name) > 1:
                self.problem(line, f"the column `{name}` is there twice.")
            elif name and name not in self.known:
                close = get_close_matches(name, missing, n=1, cutoff=0.7)
                if close:
                    self.problem(line, f"no column `{name}`. Did you mean `{close[0]}`?")
                    missing.remove(close[0])
                else:
                    self.notes.append(f"column `{name}` is not used")
        absent = [name for name in self.required() if name in missing]
        if absent:
            listed = ", ".join(f"`{name}`" for name in absent)
            words = f"column {listed} is" if len(absent) == 1 else f"columns {listed} are"
            hint = f" ({self.template} writes a table)" if self.template and len(cells) == 1 else ""
            self.problem(line, f"the {words} missing. Columns: {', '.join(self.known)}.{hint}")
        return missing

    def required(self) -> tuple[str, ...]:
        """Return the columns that must be there, under this head."""
        return self.needed

    def point(self, text: str) -> str:
        """Return a number with a decimal point, where a comma may be the decimal one."""
        return text.replace(",", ".") if self.comma and "." not in text else text
