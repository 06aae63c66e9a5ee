"""One file that repeats a forecast: its Design, its input files, its numbers, their digests."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from exocast.design.design import Design
from exocast.errors import ExocastError
from exocast.material.forecast import JSON_NAME, NETCDF_NAME, Forecast
from exocast.units import from_si

__all__ = [
    "ARCHIVE",
    "DESIGN",
    "MANIFEST",
    "MOST_BYTES",
    "MOST_FILES",
    "Archive",
    "Settings",
    "cascade_digest",
    "write_archive",
]

ARCHIVE = 1
"""Version of the archive's layout."""

MANIFEST, DESIGN, ROWS, SOURCES, README = (
    "manifest.json", "design.toml", "catalogue.csv", "sources.bib", "README.txt",
)  # fmt: skip
MOST_FILES = 200
MOST_BYTES = 512 * 1024 * 1024
"""Unpacked; an archive is otherwise of some megabytes, most of them instrument files."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_COLUMNS = (
    "key", "context", "value", "low", "high", "variability", "distribution", "unit", "source",
    "locator", "read", "method", "hypothesis", "log10_swing", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """How a forecast was run, beside what its Design says.

    Attributes
    ----------
    seed : int
        Seed.
    members : tuple of int
        (uncertainty, variability).
    engine : str
        native or reference.
    rtol : float
        Relative tolerance of the solver.
    variants : tuple of str
        Variants that were run.
    """

    seed: int
    members: tuple[int, int]
    engine: Literal["native", "reference"]
    rtol: float
    variants: tuple[str, ...]

    @staticmethod
    def of(record: Mapping[str, Any]) -> Settings:
        """Return the settings of a forecast's record.

        Raises
        ------
        KeyError, TypeError, ValueError
            If the record does not say.
        """
        origin = record["provenance"]
        members = origin["members"]
        sizes = int(members["uncertainty"]), int(members["variability"])
        rtol, engine = float(origin["rtol"]), origin["engine"]
        if engine not in ("native", "reference") or not 0 < rtol < 1 or min(sizes) < 1:
            raise ValueError("settings of the run are out of bounds")
        names = tuple(str(variant["name"]) for variant in record["variants"])
        return Settings(int(origin["seed"]), sizes, engine, rtol, names)


@dataclass(frozen=True)
class Archive:
    """What an archive holds, once every hash was checked.

    Attributes
    ----------
    name : str
        Name of the file.
    digest : str
        sha256 of its manifest, and so of all that it holds: what one would quote.
    manifest, record : mapping
        Contents of ``manifest.json`` and ``forecast.json``.
    design : str
        Text of the Design.
    inputs : mapping of str to bytes
        Files by the name that the Design gives them.
    settings : Settings
        How it was run.
    """

    name: str
    digest: str
    manifest: Mapping[str, Any]
    record: Mapping[str, Any]
    design: str
    inputs: Mapping[str, bytes]
    settings: Settings

    def unpack(self, folder: Path) -> Design:
        """Write the Design and its files below a folder, and return the Design.

        Raises
        ------
        ExocastError
            If the Design names a file outside of it.
        """
        ups = max((Path(name).parts.count("..") for name in self.inputs), default=0)
        place = folder.joinpath(*(["design"] * (ups + 1)))
        place.mkdir(parents=True, exist_ok=True)
        root = folder.resolve()
        for name, content in self.inputs.items():
            target = (place / name).resolve()
            if not target.is_relative_to(root):
                raise ExocastError(f"{self.name}: the Design names {name}, which is not beside it")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        name = PurePosixPath(str(self.record["provenance"].get("design_name") or DESIGN)).name
        return Design.from_text(self.design, place, name=name)


def cascade_digest(forecast: Forecast) -> str:
    """Return a digest of every cascade value of every member, to the last bit."""
    array = forecast.data["cascade"].astype("<f8")
    names = [[str(one) for one in array[axis].values] for axis in ("variant", "rival", "row")]
    digest = hashlib.sha256(json.dumps(names).encode())
    digest.update(array.values.tobytes())
    return digest.hexdigest()


def write_archive(forecast: Forecast, path: Path, *, members: bool = False) -> str:
    """Write the archive of a saved forecast, and return the sha256 of its manifest.

    Parameters
    ----------
    forecast : Forecast
        What to pack; the same forecast gives the same file, byte for byte.
    path : Path
        The file; it must not be there.
    members : bool
        Pack ``forecast.nc`` as well: the values of every member.

    Raises
    ------
    ExocastError
        If the file is there, the forecast cannot be repeated from what it holds, or one of its
        files is missing or has changed.
    """
    if path.exists():
        raise ExocastError(f"{path} exists; choose another name with --output")
    if not path.parent.is_dir():
        raise ExocastError(f"there is no folder {path.parent}")
    where = forecast.folder or Path("forecast")
    try:
        Settings.of(forecast.record)
    except (KeyError, TypeError, ValueError):
        raise ExocastError(
            f"{where} does not say how it was run; run its Design again with this exocast"
        ) from None
    contents = _contents(forecast, where)
    if members:
        if forecast.folder is None:
            raise ExocastError("save the forecast before its members are packed")
        contents[NETCDF_NAME] = (forecast.folder / NETCDF_NAME).read_bytes()
    manifest = _manifest(forecast, contents)
    text = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
    if sum(map(len, contents.values())) > MOST_BYTES or len(contents) >= MOST_FILES:
        raise ExocastError(f"{where}: too large for one archive ({MOST_BYTES >> 20} MiB)")
    temporary = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in {MANIFEST: text, **contents}.items():
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (stat.S_IFREG | 0o644) << 16
                file.writestr(entry, content)
        temporary.rename(path)
    except OSError as error:
        raise ExocastError(f"{path} cannot be written: {error}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return hashlib.sha256(text).hexdigest()


def _contents(forecast: Forecast, where: Path) -> dict[str, bytes]:
    """Return every file of the archive but the manifest."""
    record = forecast.record
    contents = {
        README: _readme(record).encode(),
        DESIGN: str(record["provenance"]["design"]).encode(),
        JSON_NAME: (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode(),
        ROWS: _rows(record).encode(),
        SOURCES: forecast.cite("bibtex").encode(),
    }
    for entry in record["provenance"]["inputs"]:
        name = str(entry["file"])
        if Path(name).is_absolute():
            raise ExocastError(
                f"the Design names {name} by its place on this machine, which nobody else has; put "
                "the file beside the Design and run it again"
            )
        if name not in forecast.inputs:
            raise ExocastError(f"{where} has lost {entry['stored']}, the file {name} of its Design")
        content = forecast.inputs[name]
        if hashlib.sha256(content).hexdigest() != entry["sha256"]:
            raise ExocastError(f"{where}: {entry['stored']} is not the file that was read")
        contents[str(entry["stored"])] = content
    return contents


def _manifest(forecast: Forecast, contents: Mapping[str, bytes]) -> dict[str, Any]:
    record, origin = forecast.record, forecast.record["provenance"]
    versions = ("exocast", "python", "numpy", "scipy", "machine")
    digests = ("design_digest", "catalogue_digest", "network_digest")
    settings = Settings.of(record)
    return {
        "exocast_archive": ARCHIVE,
        "title": record["title"],
        "created": origin["created"],
        "versions": {name: origin[name] for name in versions},
        "digests": {name: origin[name] for name in digests},
        "run": {
            "seed": settings.seed,
            "members": list(settings.members),
            "engine": settings.engine,
            "rtol": settings.rtol,
            "variants": list(settings.variants),
        },
        "cascade_sha256": cascade_digest(forecast),
        "inputs": list(origin["inputs"]),
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in contents.items()
        },
    }


def _rows(record: Mapping[str, Any]) -> str:
    """Return the rows in use as a table, in the units that they were written in."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    for value in record["values"]:
        numbers = {
            name: f"{from_si(value[name], value['unit']):.12g}" for name in ("value", "low", "high")
        }
        table.writerow([numbers.get(name, value.get(name, "")) for name in _COLUMNS])
    return text.getvalue()


def _readme(record: Mapping[str, Any]) -> str:
    origin = record["provenance"]
    return (
        f"{record['title']}\n\n"
        f"A forecast of exocast {origin['exocast']}, made {origin['created']}.\n"
        "Run it again and compare:  exocast rerun THIS_FILE.zip\n\n"
        f"{DESIGN:16} the Design\n"
        f"{'inputs/':16} the files that it reads\n"
        f"{JSON_NAME:16} answer, cascade, drivers, flags and provenance\n"
        f"{ROWS:16} every value used, with its source, the most influential first\n"
        f"{SOURCES:16} what to cite\n"
        f"{MANIFEST:16} versions, settings of the run, sha256 of every file\n"
    )
