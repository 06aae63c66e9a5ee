"""Rows of the cascade, as several panels speak of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from exocast.report.words import prose

__all__ = [
    "SPREADS",
    "Record",
    "anchor",
    "asked_organ",
    "broken",
    "entries",
    "heads",
    "in_body",
    "noun",
    "passage",
    "per_cell",
    "size",
]

Record = Mapping[str, Any]

LONG = 38
"""Characters of a label that fit the margin of a figure."""

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


def broken(words: str) -> str:
    """Return a label that is too long for the margin on two lines."""
    if len(words) <= LONG:
        return words
    middle = len(words) // 2
    cut = min((i for i, c in enumerate(words) if c == " "), key=lambda i: abs(i - middle))
    return f"{words[:cut]}\n{words[cut + 1 :]}"


def size(words: str) -> float:
    """Return the size of type of a label; one on two lines is smaller [pt]."""
    return 9.0 if len(words) <= LONG else 7.5


def per_cell(record: Record) -> bool:
    """Return whether the answer is an amount in a cell; else an organ or the tube gives it."""
    return in_body(record) and not asked_organ(record)


def in_body(record: Record) -> bool:
    """Return whether the answer is an amount in a body; else the tube gives it."""
    name = record["answer"]["row"]
    row = next((row for row in record["cascade"] if row["name"] == name), None)
    heads_of = ("cargo", "cell", "organ")
    return row is None or row["head"] in heads_of or "counted" not in record["answer"]


def asked_organ(record: Record) -> str:
    """Return the organ that the question is about; empty where it looks elsewhere."""
    return str(record["question"].get("organ", ""))


def heads(record: Record) -> list[tuple[str, list[Record]]]:
    """Return the rows by head, in order."""
    found: dict[str, list[Record]] = {}
    for row in record["cascade"]:
        found.setdefault(row["head"], []).append(row)
    return [(prose(record["heads"].get(head, head)), rows) for head, rows in found.items()]


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


def anchor(identity: str) -> str:
    """Return the anchor of a value's row in the table of values.

    Examples
    --------
    >>> anchor("donor.vesicle.density@kind=small_ev")
    'value-donor-vesicle-density-kind-small-ev'
    """
    return "value-" + re.sub(r"[^a-z0-9]+", "-", identity.lower()).strip("-")
