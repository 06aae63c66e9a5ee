"""The console that every verb prints on."""

from __future__ import annotations

import sys

from rich.console import Console

__all__ = ["PIPED_WIDTH", "terminal"]

PIPED_WIDTH = 140
"""Columns where there is no terminal: a log file has room for remarks."""


def terminal() -> Console:
    """Return a console as wide as the terminal, or as a log file should be."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
