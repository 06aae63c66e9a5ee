"""The user's own animals in the terminal: one line after a run, and the block of `inspect`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

__all__ = ["describe_table", "observed_lines"]

NOTES = 3
"""Notes on a table that stand under a cascade; the report has all."""

ANY_LABEL = "zirconium-89"
"""Stands in the block to paste where a table names no label."""


def observed_lines(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the labelled lines that stand under a cascade; none without animals."""
    held = record.get("observed")
    if not held:
        return []
    whole = held["scores"][0]
    files = ", ".join(dict.fromkeys(table["file"] for table in held["tables"]))
    words = f"{files}: {whole['rows']} readings"
    if whole["scored"]:
        words += f", {whole['within_2']} of {whole['scored']} within 2-fold"
    if whole["gmfe"] is not None:
        words += f", typically {whole['gmfe']:.2g}-fold off"
    if whole["coverage"] is not None:
        words += f"; {100 * whole['coverage']:.0f} % inside their 90 % range"
    if whole["below_limit"]:
        words += (
            f"; {whole['below_limit']} below the limit, {whole['below_as_forecast']} as forecast"
        )
    lines = [("Data", words)]
    notes = dict.fromkeys(note for table in held["tables"] for note in table["notes"])
    lines += [("Note", note) for note in list(notes)[:NOTES]]
    if len(notes) > NOTES:
        lines.append(("Note", f"{len(notes) - NOTES} more in the report"))
    lines += [("Control", entry["missing"]) for entry in held["artefacts"] if entry["label"]]
    return lines


def describe_table(console: Console, path: Path) -> None:
    """Print what a table of readings holds, and the block to paste.

    Raises
    ------
    ReaderError
        With everything that is wrong with it.
    """
    from exocast.design import Vocabulary
    from exocast.instruments.readers.observed import columns_of
    from exocast.units import present

    labelled = "label" in columns_of(path)
    table = Vocabulary.packaged().observe(path, "" if labelled else ANY_LABEL)
    animals = {(row.study, row.subject) for row in table.rows if row.subject}
    groups = sum(not row.subject for row in table.rows)
    organs = ", ".join(dict.fromkeys(row.organ for row in table.rows))
    below = sum(row.censored for row in table.rows)
    first, last = present(table.times[0], "s"), present(table.times[-1], "s")
    when = first if first == last else f"{first} to {last}"
    who = f"{len(animals)} animals" if animals else ""
    who += f"{' and ' if who and groups else ''}{groups} readings of groups" if groups else ""
    console.print(f"[bold]measurements in animals[/], {len(table.rows)} readings, {who}")
    console.print(f"  {organs}; {when}; {below} below the limit   sha256 {table.sha256[:12]}")
    for note in table.notes:
        console.print(f"  [yellow]note[/]  {note}")
    if not labelled:
        console.print("  [yellow]note[/]  no column `label`: write the label of all rows below")
    console.print()
    for label in table.labels:
        block = f'[[observed]]\nfile  = "{table.file}"\nlabel = "{label}"\n'
        console.print(block, markup=False)
