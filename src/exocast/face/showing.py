"""The same table as text at a prompt and as HTML in a notebook, and what shows itself so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from exocast.report.blocks import Table

__all__ = ["Shown", "as_html", "as_text", "page_of", "plain_table", "recast"]

Faced = TypeVar("Faced")


class Shown(Mapping[str, Any]):
    """A part of a record that reads like a mapping and shows itself as a sentence and a table.

    Parameters
    ----------
    held : mapping
        The part of the record.
    """

    def __init__(self, held: Mapping[str, Any]) -> None:
        self._held = held

    def __getitem__(self, name: str) -> Any:
        return self._held[name]

    def __iter__(self) -> Any:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


def recast(kind: type[Faced], plain: Any) -> Faced:
    """Return a dataclass as one of a class that adds only what it does, not what it holds."""
    return kind(**{field.name: getattr(plain, field.name) for field in fields(plain)})


def plain_table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> Table:
    """Return a table of texts; titles that end in a bar are set to the right."""
    from exocast.report.blocks import Cell, Table

    cells = tuple(tuple(Cell(text) for text in row) for row in rows)
    return Table("table", tuple(head), cells, caption)


def as_text(table: Table) -> str:
    """Return a table as lines of text.

    Examples
    --------
    >>> print(as_text(plain_table(("what", "how many|"), (("liver",), ("cells", "12")))))
    what   how many
    liver
    cells        12
    """
    rows = [[cell.text for cell in row] for row in table.rows]
    whole = [table.titles, *(row for row in rows if len(row) > 1)]
    widths = [max(len(row[column]) for row in whole) for column in range(len(table.titles))]

    def line(row: Sequence[str]) -> str:
        if len(row) == 1:
            return row[0]
        cells = zip(row, widths, table.sides, strict=True)
        padded = [x.rjust(width) if side == "right" else x.ljust(width) for x, width, side in cells]
        return "  ".join(padded).rstrip()

    return "\n".join(line(row) for row in (table.titles, *rows))


def as_html(table: Table) -> str:
    """Return a table as HTML that takes the look of the page around it."""
    align = [f'style="text-align:{side}"' for side in table.sides]
    head = "".join(
        f"<th {style}>{escape(title)}</th>"
        for style, title in zip(align, table.titles, strict=True)
    )
    lines = []
    for row in table.rows:
        if len(row) == 1:
            cells = f'<th colspan="{len(align)}" style="text-align:left">{escape(row[0].text)}</th>'
        else:
            cells = "".join(
                f"<td {style}>{_cell(cell.text, cell.tone)}</td>"
                for style, cell in zip(align, row, strict=True)
            )
        lines.append(f"<tr>{cells}</tr>")
    note = f"<p><small>{escape(table.caption)}</small></p>" if table.caption else ""
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{chr(10).join(lines)}\n</tbody></table>"
        f"{note}"
    )


def page_of(lead: str, *parts: str) -> str:
    """Return a heading in bold and what follows, as HTML; the parts are HTML already."""
    return f"<p><b>{escape(lead)}</b></p>\n" + "\n".join(parts)


def _cell(text: str, tone: str) -> str:
    written = escape(text)
    return f"<b>{written}</b>" if tone == "strong" else written
