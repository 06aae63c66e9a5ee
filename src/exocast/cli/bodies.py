"""Species as `exocast explain` prints them: one body, and all of them side by side."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from exocast.cli.explained import line_of, source_of, wrapped
from exocast.evidence import Catalogue
from exocast.units import present

if TYPE_CHECKING:
    from exocast.design.bodies import BodyDescription, SpeciesList

__all__ = ["print_body", "print_species"]

ML_A_MINUTE = 6e7
PER_KG = 1e6
"""Volume per weight, in mL/kg."""


def print_species(console: Console, found: SpeciesList) -> None:
    """Print every body in one line."""
    console.print("[bold]Species[/]   at the medians; a new one is rows of the catalogue alone\n")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("body")
    for head in ("weight", "output mL/min/kg", "blood mL/kg", "liver mL/kg", "fenestrae nm"):
        table.add_column(head, justify="right")
    for body in found.bodies:
        weight = body.weight.value
        liver = next(organ for organ in body.organs if organ.name == "liver")
        table.add_row(
            body.name,
            present(weight, "kg"),
            f"{body.output * ML_A_MINUTE / weight:.0f}",
            f"{body.blood * PER_KG / weight:.0f}",
            f"{liver.volume * PER_KG / weight:.0f}",
            f"{body.median('fenestra_diameter') * 1e9:.0f}",
        )
    console.print(table)
    wrapped(console, "exocast explain human: its organs, flows and sources; in a Design: "
            '[subject] species = "human", sex = "female"', style="dim")  # fmt: skip


def print_body(
    console: Console, found: BodyDescription, catalogue: Catalogue, *, full: bool
) -> None:
    """Print one body: weight, blood, every organ, and what stands behind it.

    Parameters
    ----------
    console : Console
        Where it is printed.
    found : BodyDescription
        What it is.
    catalogue : Catalogue
        Its sources.
    full : bool
        Every row that holds for this species alone.
    """
    console.print(f"[bold]{found.name}[/]   a body at the medians")
    wrapped(console, f"{found.summary} Weight where a Design names none: {found.weight.source}.")
    console.print()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("organ")
    for head in ("volume mL", "of body", "blood mL", "flow mL/min", "of output"):
        table.add_column(head, justify="right")
    table.add_column("capillaries")
    for organ in found.organs:
        table.add_row(
            organ.title,
            _short(organ.volume * 1e6),
            f"{organ.volume / found.volume:.1%}",
            _short(organ.blood * 1e6),
            _short(organ.flow * ML_A_MINUTE),
            f"{organ.flow / found.output:.1%}",
            organ.capillary.replace("_", " "),
        )
    console.print(table)
    count = Counter(row.standing for row in found.rows)
    said = ", ".join(f"{number} {name}" for name, number in count.items())
    console.print(
        f"\n[bold]Evidence[/]  [dim]{said}; {found.shared} rows hold for every species[/]"
    )
    if full:
        for row in found.rows:
            console.print(Text.assemble("   ", (row.key, "bold")), soft_wrap=True)
            wrapped(console, line_of(row), indent=5)
            wrapped(console, f"{row.source}, {row.locator}; {row.note}", indent=7, style="dim")
        return
    for key, number in Counter(row.source for row in found.rows).most_common():
        wrapped(console, f"{number:3} {key}: {source_of(catalogue.sources[key])}", indent=1, hang=5)
    console.print("\n [dim]--full: every row[/]")


def _short(amount: float) -> str:
    """Return three digits, never a power of ten.

    >>> _short(32340.0), _short(0.0421)
    ('32,340', '0.0421')
    """
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:.3g}"
