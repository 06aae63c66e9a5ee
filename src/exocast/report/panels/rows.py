"""Rows of the cascade, as several panels speak of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["SPREADS", "Record", "entries", "heads", "noun", "passage", "per_cell"]

Record = Mapping[str, Any]

SPREADS = (
    "Dark slim bar: 90 % uncertainty (what is not known). Light wide bar: 90 % variability "
    "(subjects and batches differ). Mark: median. Rivals are never averaged."
)


def entries(row: Record) -> list[Record]:
    """Return what is shown of a row: each rival where they differ, else one."""
    return list(row["by_hypothesis"]) if row["contested"] else [{**row, "phrase": ""}]


def noun(record: Record) -> str:
    """Return what is counted after the dose: copies of the cargo, or particles without one."""
    return "copies" if record["question"]["cargo"] else "particles"


def per_cell(record: Record) -> bool:
    """Return whether the answer is an amount in a cell; else the tube gives it."""
    name = record["answer"]["row"]
    row = next((row for row in record["cascade"] if row["name"] == name), None)
    return row is None or row["head"] in ("cargo", "cell") or "counted" not in record["answer"]


def heads(record: Record) -> list[tuple[str, list[Record]]]:
    """Return the rows by head, in order."""
    found: dict[str, list[Record]] = {}
    for row in record["cascade"]:
        found.setdefault(row["head"], []).append(row)
    return [(record["heads"].get(head, head), rows) for head, rows in found.items()]


def passage(record: Record, name: str, title: str) -> str:
    """Return a step in words: as the record names it, else from which row to which."""
    for gain in record["gains"]:
        if gain["name"] == name:
            return f"“{gain['title']}”"
    for _, rows in heads(record):
        names = [row["name"] for row in rows]
        if name in names[1:]:
            return f"from “{rows[names.index(name) - 1]['title']}” to “{title}”"
    return f"“{title}”"
