"""A table of the fractions that came off a column: which of them are pooled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exocast.errors import TableError, UnitError
from exocast.instruments.readers.sheet import NUMBER, Sheet, text_of
from exocast.units import parse

__all__ = ["COLUMNS", "read_fractions"]

COLUMNS = ("fraction", "volume", "pooled")
"""Columns, in any order; `fraction` is a name or a number and may be absent."""

SAID = {
    "yes": True,
    "y": True,
    "x": True,
    "1": True,
    "no": False,
    "n": False,
    "0": False,
    "": False,
}
"""What may stand under `pooled`."""

LARGEST = 500


def read_fractions(path: Path | str) -> tuple[tuple[float, float], ...]:
    """Read which fractions are pooled.

    Parameters
    ----------
    path : Path or str
        A CSV file, separated by commas, semicolons or tabs, one row for each fraction in the order
        in which they were collected, from the start of loading on: its ``volume``, with a unit in
        the head or the cell, and ``pooled`` (yes or no). Other columns, blank lines and lines that
        start with ``#`` are passed over.

    Returns
    -------
    tuple of (float, float)
        Eluted volumes between which is pooled [m^3]; neighbours are one.

    Raises
    ------
    TableError
        With every problem of every line.
    ReaderError
        If the file is not there or is not text.
    """
    path = Path(path)
    _, text = text_of(path)
    reading = _Fractions()
    for line, cells in reading.rows_of(text):
        reading.row(line, cells)
    reading.whole()
    if reading.problems:
        raise TableError(path.name, reading.problems)
    return tuple(reading.pooled)


@dataclass
class _Fractions(Sheet):
    """One pass over the fractions, in the order in which they came."""

    known = COLUMNS
    needed = ("volume", "pooled")
    largest = LARGEST

    pooled: list[tuple[float, float]] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    eluted: float = 0.0

    def row(self, line: int, cells: Mapping[str, str]) -> None:
        """Read one fraction; what is wrong with it is noted."""
        volume = self.volume(cells["volume"])
        if isinstance(volume, str):
            self.wrong(line, "volume", volume)
            volume = 0.0
        word = cells["pooled"].lower()
        if word not in SAID:
            self.wrong(line, "pooled", f"`pooled` is `{cells['pooled']}`: write yes or no.")
        name = cells.get("fraction", "")
        if name and name in self.names:
            said = f"the fraction `{name}` is there twice, first in line {self.names[name]}."
            self.wrong(line, "fraction", said)
        self.names.setdefault(name, line)
        if SAID.get(word, False):
            _join(self.pooled, self.eluted, self.eluted + volume)
        self.eluted += volume

    def wrong(self, line: int, column: str, message: str) -> None:
        """Note what is wrong with a cell, and where that is."""
        self.problem(line, message, f"column {self.columns.index(column) + 1}")

    def volume(self, text: str) -> float | str:
        """Return the volume of a fraction [m^3], or what is wrong with it."""
        text, unit = self.point(text), self.heads.get("volume", "")
        if not text:
            return "no volume."
        bare = NUMBER.fullmatch(text) is not None
        if bare and not unit:
            return f"volume {text} has no unit: write it in the head, as in `volume [mL]`."
        try:
            value = parse(f"{text} {unit}" if bare else text, "m^3")
        except UnitError as error:
            return f"volume: {error}"
        if not 0 < value <= 1e-2:
            return f"a volume of {text} is none of a fraction: above 0, and at most 10 L."
        return float(value)

    def whole(self) -> None:
        """Note what is wrong with all of them together."""
        if not self.problems and not self.pooled:
            self.problem(0, "no fraction is pooled: write yes under `pooled`.")


def _join(pooled: list[tuple[float, float]], start: float, end: float) -> None:
    """Add a stretch, to the last one where it goes on from there."""
    if pooled and start - pooled[-1][1] <= 1e-9 * end:
        pooled[-1] = (pooled[-1][0], end)
    else:
        pooled.append((start, end))
