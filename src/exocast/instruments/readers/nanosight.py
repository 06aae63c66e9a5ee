"""NanoSight `ExperimentSummary` csv, as NTA 3.2, 3.3 and 3.4 write it.

Bracketed sections; one column for each video, then Average and Standard Error; a histogram in bins
of 1 nm. The dialects differ in padding, line ends, encoding and in how percentiles are counted; the
rules below were checked on real exports of all three versions.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.errors import ReaderError
from exocast.evidence.catalogue import Catalogue
from exocast.instruments.readers.nanosight_checks import warnings_of
from exocast.material.measurement import Measurement

__all__ = ["NanoSightSummary"]

Array = NDArray[np.float64]

TITLE = "NTA Experiment Summary File"
PER_MILLILITRE = 1e6
NANOMETRE = 1e-9
CONCENTRATION = "Results/Concentration (Particles / ml)"
DILUTION = "Results/Dilution factor (concentrations adjusted for this factor)"
LIMIT_KEY = "assay.nta.smallest_vesicle"

# Other things that the same software exports, by their first cell.
OTHER_KINDS = {
    "NTA Single Analysis Summary File": (
        "a summary of a single video; export the experiment summary of all videos instead"
    ),
    "Particle ID": "a table of particles or tracks; export the ExperimentSummary csv instead",
    "particle_size": (
        "a table that somebody cut out of an ExperimentSummary: without its sections there is no "
        "dilution, no version and no warning; use the file as the instrument wrote it"
    ),
}
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?$")


@dataclass
class _Sheet:
    """The file, cut into sections while it is read."""

    path: Path
    metadata: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    bins: list[tuple[int, list[str]]] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    last: int = 0
    after_bins: bool = False
    decimal_comma: bool = False

    def fail(self, message: str, line: int = 0) -> ReaderError:
        """Return an error that names the file and the line."""
        return ReaderError(f"{self.path.name}{f' line {line}' if line else ''}: {message}")


class NanoSightSummary:
    """Reader of the csv that NanoSight instruments export for an experiment."""

    vendor: ClassVar[str] = "NanoSight"
    title: ClassVar[str] = "NanoSight ExperimentSummary csv"
    versions: ClassVar[tuple[str, ...]] = ("3.2", "3.3", "3.4")

    @staticmethod
    def guess(head: bytes, name: str) -> bool:
        """Return whether the first bytes, or else the name, look like this format."""
        start = head.lstrip(b"\xef\xbb\xbf").lstrip(b'"')
        return start.startswith(b"NTA ") or name.lower().endswith("-experimentsummary.csv")

    @staticmethod
    def read(path: Path) -> Measurement:
        """Read one file.

        Parameters
        ----------
        path : Path
            The csv file.

        Returns
        -------
        Measurement
            Kind ``size_distribution``; `y` is the number concentration in each 1 nm bin, one column
            a video [particle/m^3], with a recorded dilution already applied by the instrument.

        Raises
        ------
        ReaderError
            If the file is empty, of another kind or version, truncated, or holds a number that
            can be read in two ways; the message names file and line.
        """
        raw = path.read_bytes()
        sheet = _cut(path, raw)
        version = _version(sheet)
        videos = _videos(sheet)
        diameter, counts = _histogram(sheet, len(videos))
        used = _used(sheet, videos, counts)
        edges = _edges(diameter)
        kept = counts[:, np.array(used)]
        count = kept.shape[1]
        deviation = kept.std(axis=1, ddof=1) / np.sqrt(count) if count > 1 else kept[:, 0] * np.nan
        sheet.metadata["exocast/captured"] = (_captured(sheet),)
        sheet.metadata["exocast/version"] = (version,)
        tracks = _row(sheet, "Size Data/Number/Valid Tracks", len(videos))
        sample = sheet.metadata.get(
            "Experiment Details/Sample Description",
            sheet.metadata.get("Experiment Details/Sample Name", ()),
        )
        measurement = Measurement(
            kind="size_distribution",
            x=diameter * NANOMETRE,
            y=counts * PER_MILLILITRE,
            unit="particle/m^3",
            sd=deviation * PER_MILLILITRE,
            edges=edges * NANOMETRE,
            sample=" ".join(sample).strip(),
            instrument=f"NanoSight {version}",
            file=path.name,
            sha256=hashlib.sha256(raw).hexdigest(),
            replicates=videos,
            used=used,
            tracks=tracks if np.isfinite(tracks).all() else None,
            detection_limit=Catalogue.packaged().values[LIMIT_KEY][0].low,
            dilution=_dilution(sheet),
            metadata=sheet.metadata,
        )
        return warnings_of(measurement, decimal_comma=sheet.decimal_comma)


def _cut(path: Path, raw: bytes) -> _Sheet:
    """Cut the text into sections, raw cells by section and key."""
    sheet = _Sheet(path)
    if not raw.removeprefix(b"\xef\xbb\xbf").strip():
        raise sheet.fail("the file is empty; export it again from the NTA software")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    separator = ";" if ";" in text.split("\n", 1)[0] else ","
    sheet.decimal_comma = separator == ";"
    section = weighting = ""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    in_bins = False
    for cells in reader:
        sheet.last = reader.line_num
        row = [cell.strip() for cell in cells]
        while row and not row[-1]:
            row.pop()
        key = row[0] if row else ""
        if in_bins and not _is_number(key):
            in_bins, sheet.after_bins = False, True
        if not key:
            continue
        if in_bins:
            sheet.bins.append((reader.line_num, row))
        elif key.startswith("[") and key.endswith("]"):
            section, weighting = key[1:-1], ""
            sheet.sections.append(section)
            _keep(sheet, section, row[1:], reader.line_num)
        elif key == "Weighting":
            weighting = row[1] if len(row) > 1 else ""
        elif key.startswith("Bin centre (nm)") and section == "Size Data" and not sheet.bins:
            in_bins = weighting in ("Number", "")
        elif not _is_number(key):
            name = f"{section}/{weighting}/{key}" if weighting else f"{section}/{key}"
            _keep(sheet, name, row[1:], reader.line_num)
    return sheet


def _keep(sheet: _Sheet, name: str, cells: list[str], line: int) -> None:
    """Keep a row, under a numbered name where its section repeats a key."""
    number = 2
    unique = name.lstrip("/")
    while unique in sheet.metadata:
        unique = f"{name.lstrip('/')} ({number})"
        number += 1
    sheet.metadata[unique] = tuple(cells)
    sheet.lines[unique] = line


def _version(sheet: _Sheet) -> str:
    """Return the version, after the kind of file has been found right."""
    names = list(sheet.metadata)
    title = names[0] if names else ""
    if title != TITLE:
        for start, what in OTHER_KINDS.items():
            if title.startswith(start):
                raise sheet.fail(f"this is {what}", 1)
        raise sheet.fail(
            f"expected `{TITLE}` in the first cell, found `{title[:60]}`: this is no NanoSight "
            "ExperimentSummary, or its head was cut off; export it again",
            1,
        )
    created = next((name for name in names if name.startswith("Created with")), "")
    found = re.search(r"NTA (\d+\.\d+)", created)
    if not found:
        raise sheet.fail(
            "no line `Created with NTA ...`, so the version is unknown and the columns cannot be "
            "trusted; export the file again",
            2,
        )
    if found[1] not in NanoSightSummary.versions:
        raise sheet.fail(
            f"NTA {found[1]} is not a version that exocast knows "
            f"({', '.join(NanoSightSummary.versions)}). Its layout may differ: send the developers "
            "an example rather than renaming the version",
            sheet.lines[created],
        )
    return found[1]


def _videos(sheet: _Sheet) -> tuple[str, ...]:
    """Return the names of the videos."""
    names = sheet.metadata.get("Experiment Details/Filename:") or ()
    if not names:
        names = tuple(
            name
            for name in sheet.metadata.get("Size Data/Number/Filename", ())
            if name not in ("Average", "Standard Error")
        )
    if not names:
        raise sheet.fail(
            f"the file ends after {sheet.sections[-1] if sheet.sections else 'its title'} without "
            "a `Filename:` row, so the number of videos is unknown. It was cut short: export it "
            "again",
            sheet.last,
        )
    return names


def _histogram(sheet: _Sheet, videos: int) -> tuple[Array, Array]:
    """Return bin centres (b,) [nm] and counts (b, r) [1/mL], or say what is missing."""
    if "Size Data" not in sheet.sections:
        raise sheet.fail(
            "no section [Size Data]: the file was cut short, or exported without the size "
            "distribution. Export it again with `Size distribution - Number weighting`",
            sheet.last,
        )
    if not sheet.bins:
        raise sheet.fail(
            "no size table with number weighting in [Size Data]. Export it again with "
            "`Size distribution - Number weighting`",
            sheet.last,
        )
    problems = [
        f"line {line}: {len(row) - 1} of {videos} videos at {row[0]} nm"
        for line, row in sheet.bins
        if len(row) < videos + 1
    ]
    line, last = sheet.bins[-1]
    if not sheet.after_bins and (problems or not _is_whole(sheet, last[0])):
        raise sheet.fail(
            f"the size table breaks off at {last[0]} nm, so the file was cut short; copy or "
            "export it again",
            line,
        )
    if problems:
        raise sheet.fail("the size table has gaps; export it again: " + "; ".join(problems[:5]))
    table = np.array([[_number(sheet, cell, n) for cell in row[: videos + 1]]
                      for n, row in sheet.bins])  # fmt: skip
    diameter, counts = table[:, 0], table[:, 1:]
    if diameter.size < 2 or (np.diff(diameter) <= 0).any():
        raise sheet.fail(
            "the bins of the size table do not ascend; export it again", sheet.bins[0][0]
        )
    if (counts < 0).any() or not np.isfinite(table).all():
        raise sheet.fail(
            "the size table holds a negative or missing count; export it again", sheet.bins[0][0]
        )
    return diameter, counts


def _used(sheet: _Sheet, videos: tuple[str, ...], counts: Array) -> tuple[bool, ...]:
    """Return which videos enter the mean: not those that are empty or called unreliable."""
    row = sheet.metadata.get("Concentration Warnings/Validity of concentration measurement", ())
    said = [*row, *[""] * len(videos)][: len(videos)]
    used = tuple(
        not text.startswith("Unreliable") and bool(column.any())
        for text, column in zip(said, counts.T, strict=True)
    )
    return used if any(used) else (True,) * len(videos)


def _edges(diameter: Array) -> Array:
    """Return the edges midway between the bin centres, array (b+1,) [nm]."""
    half = np.diff(diameter) / 2
    inner = diameter[:-1] + half
    return np.concatenate([[max(diameter[0] - half[0], 0.0)], inner, [diameter[-1] + half[-1]]])


def _dilution(sheet: _Sheet) -> float | None:
    """Return the recorded dilution, None where it was not recorded."""
    cells = sheet.metadata.get(DILUTION, ())
    values = [_number(sheet, cell, 0) for cell in cells if _is_number(cell)]
    return float(values[0]) if values else None


def _captured(sheet: _Sheet) -> str:
    """Return the time of capture in ISO form; the software writes day before month."""
    text = " ".join(sheet.metadata.get("Experiment Details/Time Captured", ()))
    found = re.search(r"(\d{1,2}:\d{2}:\d{2})\s+(\d{1,2})/(\d{1,2})/(\d{4})", text)
    return f"{found[4]}-{int(found[3]):02d}-{int(found[2]):02d}T{found[1]:0>8}" if found else ""


def _row(sheet: _Sheet, name: str, videos: int) -> Array:
    """Return a row of numbers, one a video; NaN where the row or a cell is missing."""
    cells = [*sheet.metadata.get(name, ()), *[""] * videos][:videos]
    line = sheet.lines.get(name, 0)
    return np.array([_number(sheet, c, line) if _is_number(c) else np.nan for c in cells])


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.match(cell) or _DECIMAL_COMMA.match(cell))


def _is_whole(sheet: _Sheet, last: str) -> bool:
    """Return whether the last bin is the one that every version ends with."""
    return _number(sheet, last, 0) >= 999.0


def _number(sheet: _Sheet, cell: str, line: int) -> float:
    """Read a number; a comma is a decimal comma only where it cannot mean thousands."""
    if _NUMBER.match(cell):
        return float(cell)
    if _DECIMAL_COMMA.match(cell):
        if not sheet.decimal_comma and re.fullmatch(r"[+-]?\d{1,3},\d{3}", cell):
            raise sheet.fail(
                f"`{cell}` may mean {cell.replace(',', '.')} or {cell.replace(',', '')}. A "
                "spreadsheet re-saved this file in another language: export it again",
                line,
            )
        sheet.decimal_comma = True
        return float(cell.replace(",", "."))
    raise sheet.fail(f"`{cell}` is not a number; export the file again", line)
