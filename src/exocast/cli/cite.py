"""`exocast cite`: what to cite for a forecast, the most influential source first."""

from __future__ import annotations

import math
import sys
from pathlib import Path

from rich.console import Console

from exocast.cli.console import terminal

__all__ = ["cite_forecast"]

MOST = 3
"""Values of one source that are named."""

LITTLE = math.log10(1.1)
"""Orders of magnitude below which a value does not matter, as in the drivers."""


def cite_forecast(folder: Path, bibtex: bool) -> None:
    """Print the sources of a saved forecast, or nothing but BibTeX.

    Raises
    ------
    ExocastError
        If the folder holds no forecast that this version reads.
    """
    from exocast.material.citing import citations, cited
    from exocast.material.forecast import read_record
    from exocast.report.panels.reproduce import methods

    record = read_record(folder)
    if bibtex:
        sys.stdout.write(cited(record, "bibtex"))
        return
    console = terminal()
    console.print(methods(record), soft_wrap=True, markup=False)
    found = citations(record)
    lines = cited(record, "text").splitlines()
    own, others = lines[0], lines[1:]
    console.print(f"\n{own}", soft_wrap=True, markup=False)
    citable = [citation for citation in found if citation.citable]
    for line, citation in zip(others, citable, strict=True):
        console.print(line, soft_wrap=True, markup=False)
        for use in citation.uses[:MOST]:
            words = f"     {_influence(use.swing)}: {use.identity}; {_read(use.read)}"
            console.print(words, soft_wrap=True, markup=False, style="dim")
        if len(citation.uses) > MOST:
            console.print(f"     and {len(citation.uses) - MOST} more values", style="dim")
    own_work = [citation for citation in found if not citation.citable]
    _print_own(console, len(own_work), sum(len(one.uses) for one in own_work))


def _print_own(console: Console, sources: int, values: int) -> None:
    if sources:
        console.print(
            f"\n{values} more values are assumed or calculated in exocast ({sources} entries of "
            "its catalogue, listed in the report by influence): citing exocast covers them.",
            soft_wrap=True,
        )
    console.print("[dim]exocast cite FOLDER --bibtex > references.bib[/]")


def _influence(swing: float) -> str:
    """Say how far a value moves the answer between the ends of its range."""
    if math.isinf(swing):
        return "moves the answer from or to nothing"
    factor = 10.0**swing
    if swing < LITTLE:
        return "hardly moves the answer"
    if factor < 1000:
        return f"moves the answer {factor:.2g}-fold"
    return f"moves the answer by {swing:.1f} orders of magnitude"


def _read(read: str) -> str:
    words = {"full": "read in full", "abstract": "abstract read", "secondary": "read second-hand"}
    return words.get(read, "not read: recalled")
