"""A result as a folder: one record in JSON and what belongs to it, complete or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exocast.errors import ExocastError

if TYPE_CHECKING:
    import xarray

__all__ = [
    "RECORDS",
    "kind_of",
    "read_arrays",
    "read_json",
    "refuse",
    "write_arrays",
    "write_folder",
    "write_json",
]

RECORDS: Mapping[str, str] = {
    "forecast": "forecast.json",
    "comparison": "comparison.json",
    "sweep": "sweep.json",
    "search": "goal.json",
    "fit": "fit.json",
    "recommendation": "recommendation.json",
    "lots": "lots.json",
    "shelf life": "shelf-life.json",
    "qualification": "qualification.json",
    "blind": "forecasts.json",
}
"""What a folder can hold, and the record that says so."""

VERBS: Mapping[str, str] = {
    "forecast": "exocast run",
    "comparison": "exocast compare",
    "sweep": "exocast sweep --vary",
    "search": "exocast sweep --until",
    "fit": "exocast fit",
    "recommendation": "exocast recommend isolation",
    "lots": "exocast lots",
    "shelf life": "exocast shelf-life",
    "qualification": "exocast qualify",
    "blind": "exocast predict-blind",
}


def kind_of(folder: Path) -> str:
    """Return what a folder holds; empty where it is no result.

    Parameters
    ----------
    folder : Path
        Any path.
    """
    held = (kind for kind, name in RECORDS.items() if (folder / name).is_file())
    return next(held, "")


def refuse(folder: Path, *, replace: bool, kind: str = "forecast") -> None:
    """Refuse a folder that is in the way.

    Parameters
    ----------
    folder : Path
        Where a result is to go.
    replace : bool
        Whether a result of the same kind may be replaced.
    kind : str
        A key of `RECORDS`.

    Raises
    ------
    ExocastError
        If it or a folder above it is a file, it holds something else than a result of this kind,
        or one that is not to be replaced.
    """
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise ExocastError(f"{place} is a file; choose another place")
    if not folder.exists() or not any(folder.iterdir()):
        return
    held = kind_of(folder)
    if not held:
        raise ExocastError(f"{folder} exists and holds no {kind}; choose another place")
    if held != kind:
        raise ExocastError(f"{folder} holds a {held}, no {kind}; choose another place")
    if not replace:
        raise ExocastError(f"{folder} holds a {kind} already; pass --replace to replace it")


def write_folder(
    folder: Path, write: Callable[[Path], None], *, replace: bool, kind: str = "forecast"
) -> None:
    """Fill a folder through `write(temporary folder)` and put it in place when complete.

    Nothing half-written is left, whatever stops `write`, and what is replaced is gone only once
    the new folder is complete.

    Parameters
    ----------
    folder : Path
        Where the result goes.
    write : callable
        Fills the folder that it is given.
    replace, kind
        As in `refuse`.

    Raises
    ------
    ExocastError
        As `refuse`.
    """
    refuse(folder, replace=replace, kind=kind)
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        temporary.chmod(0o755)
        write(temporary)
        if folder.exists():
            shutil.rmtree(folder)
        temporary.rename(folder)
    finally:
        if temporary.exists():
            shutil.rmtree(temporary)


def read_json(
    folder: Path, kind: str, parts: Collection[str], schemas: Collection[int]
) -> dict[str, Any]:
    """Return the record of a folder, once it is known to be one.

    Parameters
    ----------
    folder : Path
        Folder of a saved result.
    kind : str
        What it should hold: a key of `RECORDS`.
    parts : collection of str
        What every record of this kind has.
    schemas : collection of int
        Those that this version reads.

    Raises
    ------
    ExocastError
        If the folder is none, holds something else, or a record that this version does not read.
    """
    wrong = f"not the folder of a {kind}"
    if not folder.is_dir():
        what = f"is a file, {wrong}" if folder.exists() else "is not there"
        if folder.suffix == ".zip" and folder.is_file():
            raise ExocastError(f"{folder} is an archive; `exocast rerun {folder}` opens it")
        raise ExocastError(f"{folder} {what}; `{VERBS[kind]}` writes one")
    path, held = folder / RECORDS[kind], kind_of(folder)
    if held and held != kind:
        raise ExocastError(f"{folder} holds a {held}, no {kind}; `exocast open {folder}` shows it")
    if not path.is_file():
        raise ExocastError(f"{folder} holds no {kind}: {path.name} is missing")
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ExocastError(f"{path} is not a {kind}: {error}") from None
    schema = record.get("exocast") if isinstance(record, dict) else None
    if schema is None or not set(parts) <= set(record):
        raise ExocastError(f"{path} is not a {kind} of exocast")
    if schema not in schemas:
        again = "Run its Design again" if kind == "forecast" else f"Make it again ({VERBS[kind]})"
        raise ExocastError(
            f"{path} has schema {schema}; this version of exocast reads "
            f"{' and '.join(map(str, schemas))}. {again}, or open it with the exocast that wrote it"
        )
    return dict(record)


def write_json(folder: Path, kind: str, record: Mapping[str, Any]) -> None:
    """Write the record of a result into a folder that exists."""
    text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / RECORDS[kind]).write_text(text + "\n", encoding="utf-8")


def read_arrays(folder: Path, kind: str) -> xarray.Dataset:
    """Return the arrays that stand beside a record.

    Raises
    ------
    ExocastError
        If they are missing or broken.
    """
    import xarray

    path = (folder / RECORDS[kind]).with_suffix(".nc")
    if not path.is_file():
        raise ExocastError(f"{folder} holds half a {kind}: {path.name} is missing")
    try:
        with xarray.open_dataset(path, engine="h5netcdf") as dataset:
            return dataset.load()
    except (OSError, ValueError) as error:
        raise ExocastError(f"{path} cannot be read: {error}") from None


def write_arrays(folder: Path, kind: str, data: xarray.Dataset) -> None:
    """Write arrays beside their record; plain xarray opens them."""
    packing = {"zlib": True, "complevel": 4}
    encoding = {name: packing for name, held in data.data_vars.items() if held.dtype.kind == "f"}
    path = (folder / RECORDS[kind]).with_suffix(".nc")
    data.to_netcdf(path, engine="h5netcdf", encoding=encoding)
