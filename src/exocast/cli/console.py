"""The console that every verb prints on."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["PIPED_WIDTH", "say", "say_written", "terminal"]

PIPED_WIDTH = 140
"""Columns where there is no terminal: a log file has room for remarks."""


def terminal() -> Console:
    """Return a console as wide as the terminal, or as a log file should be."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)


LABEL = 9
"""Columns of the word that a line begins with."""


def say(console: Console, label: str, words: str) -> None:
    """Print a labelled line; in a terminal it breaks between words, under itself.

    A file receives it as one line, which can be searched.

    Parameters
    ----------
    console : Console
        Where it is printed.
    label : str
        The word that it begins with.
    words : str
        What it says, as it stands.
    """
    if not console.is_terminal:
        console.print(
            Text.assemble((f"{label:<{LABEL}}", "bold"), words), soft_wrap=True, highlight=False
        )
        return
    table = Table.grid(padding=0)
    table.add_column(width=LABEL, no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(Text(label, "bold"), Text(words))
    console.print(table)


def say_written(console: Console, folder: Path) -> None:
    """Say where a result is, and what is in it."""
    files = "  ".join(sorted(path.name for path in folder.iterdir()))
    console.print()
    say(console, "Wrote", f"{folder}/  {files}")
