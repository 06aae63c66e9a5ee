"""What tables that a person fills in have in common: separators, comments, heads with units."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from exocast.errors import ReaderError, nearest

__all__ = ["NUMBER", "cells_of", "head_of", "says_something", "separator_of", "text_of"]

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
