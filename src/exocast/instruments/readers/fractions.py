"""A table of the fractions that came off a column: which of them are pooled."""

from __future__ import annotations

from pathlib import Path

from exocast.errors import Problem, TableError, UnitError, nearest
from exocast.instruments.readers.sheet import NUMBER, cells_of, head_of, text_of
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
    separator, lines = cells_of(text)
    problems: list[Problem] = []
    if not lines:
        raise TableError(path.name, [Problem("empty: it needs `volume` and `pooled`.", "", 0)])
    places, unit = _heads(*lines[0], problems)
    if problems:
        raise TableError(path.name, problems)
    pooled: list[tuple[float, float]] = []
    names: dict[str, int] = {}
    eluted = 0.0
    for number, cells in lines[1:]:

        def cell(name: str, cells: list[str] = cells) -> str:
            place = places.get(name, len(cells))
            return cells[place] if place < len(cells) else ""

        volume = _volume(cell("volume"), unit, separator)
        if isinstance(volume, str):
            problems.append(Problem(volume, f"column {places['volume'] + 1}", number))
            volume = 0.0
        word = cell("pooled").lower()
        if word not in SAID:
            said = f"`pooled` is `{cell('pooled')}`: write yes or no."
            problems.append(Problem(said, f"column {places['pooled'] + 1}", number))
        name = cell("fraction")
        if name and name in names:
            said = f"the fraction `{name}` is there twice, first in line {names[name]}."
            problems.append(Problem(said, f"column {places['fraction'] + 1}", number))
        names.setdefault(name, number)
        if SAID.get(word, False):
            _join(pooled, eluted, eluted + volume)
        eluted += volume
    if not problems and not pooled:
        problems.append(Problem("no fraction is pooled: write yes under `pooled`.", "", 0))
    if len(lines) > LARGEST:
        problems.append(Problem(f"{len(lines)} rows: no more than {LARGEST} are read.", "", 0))
    if problems:
        raise TableError(path.name, problems)
    return tuple(pooled)


def _heads(number: int, cells: list[str], problems: list[Problem]) -> tuple[dict[str, int], str]:
    """Return where the columns are, and the unit of the volume that stands in its head."""
    places: dict[str, int] = {}
    unit, names = "", []
    for place, cell in enumerate(cells):
        name, own = head_of(cell)
        names.append(name)
        if name in places:
            said = f"the column `{name}` is there twice."
            problems.append(Problem(said, f"column {place + 1}", number))
        elif name in COLUMNS:
            places[name] = place
            unit = own if name == "volume" else unit
    for name in ("volume", "pooled"):
        if name not in places:
            said = f"the column `{name}` is missing. {nearest(name, names)}"
            problems.append(Problem(said, "", number))
    return places, unit


def _volume(text: str, unit: str, separator: str) -> float | str:
    """Return the volume of a fraction [m^3], or what is wrong with it."""
    if separator != ",":
        text = text.replace(",", ".")
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


def _join(pooled: list[tuple[float, float]], start: float, end: float) -> None:
    """Add a stretch, to the last one where it goes on from there."""
    if pooled and start - pooled[-1][1] <= 1e-9 * end:
        pooled[-1] = (pooled[-1][0], end)
    else:
        pooled.append((start, end))
