"""The console that every verb prints on."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

__all__ = ["PIPED_WIDTH", "say", "say_written", "terminal"]

PIPED_WIDTH = 140
"""Columns where there is no terminal: a log file has room for remarks."""

LABEL = 9
"""Columns of the word that a line begins with."""

DEEPEST = 28
"""Columns that a broken line may be set in."""
_LEAD = re.compile(r"\s*\S+(?: \S+)*?\s{2,}(?=\S)|\s*")


class Terminal(Console):
    """A console whose long lines break between words, and under their own words.

    In a terminal a line that is printed with ``soft_wrap`` goes on under the text that follows its
    label. A file receives it as one line, which can be searched.
    """

    def print(self, *objects: Any, soft_wrap: bool | None = None, **options: Any) -> None:
        """Print; see `rich.console.Console.print`."""
        plain = not options.keys() - {"highlight", "markup", "style"}
        if not (soft_wrap and self.is_terminal and len(objects) == 1 and plain):
            super().print(*objects, soft_wrap=soft_wrap, **options)
            return
        held = objects[0]
        read = Text.from_markup if options.get("markup", True) else Text
        text = held if isinstance(held, Text) else read(str(held))
        text.stylize(options.get("style", ""))
        for line in text.split("\n", allow_blank=True):
            for part in self._broken(line):
                super().print(part, highlight=False, soft_wrap=True)

    def _broken(self, line: Text) -> list[Text]:
        """Return a line as the lines that fit."""
        if line.cell_len <= self.width:
            return [line]
        found = _LEAD.match(line.plain)
        depth = found.end() if found else 0
        if depth > min(DEEPEST, self.width // 2):
            depth = len(line.plain) - len(line.plain.lstrip())
        lead, rest = line.divide([depth]) if depth else (Text(), line)
        parts = rest.wrap(self, self.width - depth)
        for part in parts:
            part.rstrip()
        return [lead + part if i == 0 else Text(" " * depth) + part for i, part in enumerate(parts)]


def terminal() -> Console:
    """Return a console as wide as the terminal, or as a log file should be."""
    return Terminal(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)


def say(console: Console, label: str, words: str) -> None:
    """Print a labelled line.

    Parameters
    ----------
    console : Console
        Where it is printed.
    label : str
        The word that it begins with.
    words : str
        What it says, as it stands.
    """
    console.print(Text.assemble((f"{label:<{LABEL}}", "bold"), words), soft_wrap=True)


def say_written(console: Console, folder: Path) -> None:
    """Say where a result is, and what is in it."""
    files = "  ".join(sorted(path.name for path in folder.iterdir()))
    console.print()
    say(console, "Wrote", f"{folder}/  {files}")
