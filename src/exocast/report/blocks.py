"""What a panel is made of: plain data that one template renders, with every text escaped."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from exocast.report.figures import Drawing

__all__ = [
    "Block",
    "Card",
    "Cards",
    "Cell",
    "Code",
    "Folded",
    "Html",
    "Items",
    "Panel",
    "Picture",
    "Shares",
    "Table",
    "Text",
    "csv_text",
    "data_uri",
]


@dataclass(frozen=True)
class Text:
    """A paragraph; `role` is body, lead, note or warning."""

    kind: ClassVar[str] = "text"
    text: str
    role: str = "body"


@dataclass(frozen=True)
class Picture:
    """A figure with what it shows, in words, and the data behind it.

    Attributes
    ----------
    name : str
        Name of the file that the data is saved as, without its ending.
    drawing : Drawing
        The figure.
    caption : str
        The conclusion, computed from the data.
    reading : str
        How to read it.
    csv : str
        The data behind it.
    """

    kind: ClassVar[str] = "picture"
    name: str
    drawing: Drawing
    caption: str
    reading: str
    csv: str

    @property
    def href(self) -> str:
        """Return the data as an address that needs no network."""
        return data_uri(self.csv, "text/csv")


@dataclass(frozen=True)
class Cell:
    """One cell: text, what it sorts by, where it leads, tone (a class of the style), anchor."""

    text: str
    sort: float | None = None
    href: str = ""
    tone: str = ""
    small: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Table:
    """A table; columns whose title ends in a bar are set to the right.

    Attributes
    ----------
    head : tuple of str
        Titles; ``median|`` is aligned to the right.
    rows : tuple of tuple of Cell
        One cell spans the whole width.
    caption : str
        What it says.
    searchable : bool
        Whether it can be searched and sorted.
    """

    kind: ClassVar[str] = "table"
    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    searchable: bool = False

    @property
    def titles(self) -> tuple[str, ...]:
        """Return the titles alone."""
        return tuple(title.removesuffix("|") for title in self.head)

    @property
    def sides(self) -> tuple[str, ...]:
        """Return the side that each column is set to."""
        return tuple("right" if title.endswith("|") else "left" for title in self.head)

    @property
    def href(self) -> str:
        """Return the table as an address that needs no network."""
        rows = [[_whole(cell) for cell in row] for row in self.rows]
        return data_uri(csv_text(self.titles, rows), "text/csv")


@dataclass(frozen=True)
class Items:
    """A list, each entry with a strong lead."""

    kind: ClassVar[str] = "items"
    entries: tuple[tuple[str, str], ...]
    title: str = ""
    numbered: bool = False


@dataclass(frozen=True)
class Card:
    """One boxed statement: a label, lines, and a remark under them."""

    label: str
    lines: tuple[tuple[str, str], ...]
    remark: str = ""


@dataclass(frozen=True)
class Cards:
    """Cards side by side."""

    kind: ClassVar[str] = "cards"
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Shares:
    """A bar of named parts, each with a count and a tone, and a sentence about it."""

    kind: ClassVar[str] = "shares"
    parts: tuple[tuple[str, int], ...]
    text: str


@dataclass(frozen=True)
class Code:
    """Text to copy or to save."""

    kind: ClassVar[str] = "code"
    text: str
    filename: str = ""
    title: str = ""

    @property
    def href(self) -> str:
        """Return the text as an address that needs no network."""
        return data_uri(self.text, "text/plain")


@dataclass(frozen=True)
class Folded:
    """Blocks behind a summary that opens."""

    kind: ClassVar[str] = "folded"
    summary: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Html:
    """What a panel has marked up itself, every text in it escaped: equations."""

    kind: ClassVar[str] = "html"
    html: Markup


Block = Text | Picture | Table | Items | Cards | Shares | Code | Folded | Html


@dataclass(frozen=True)
class Panel:
    """One part of the report.

    Attributes
    ----------
    key : str
        Its anchor.
    title : str
        Heading.
    short : str
        Word in the table of contents.
    finding : str
        What it found, in one sentence.
    blocks : tuple of Block
        What follows.
    """

    key: str
    title: str
    short: str
    finding: str
    blocks: tuple[Block, ...]


def _whole(cell: Cell) -> str:
    """Return everything that a cell says."""
    return " | ".join(filter(None, (cell.text, cell.small)))


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table as CSV; floats keep every digit, nothing is an empty cell."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return buffer.getvalue()


def data_uri(text: str, media: str) -> str:
    """Return text as a ``data:`` address."""
    return f"data:{media};charset=utf-8;base64,{base64.b64encode(text.encode()).decode()}"
