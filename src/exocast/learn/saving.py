"""What was found (comparisons, sweeps, fits, lots ...) as folders that open again, unrun."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np

from exocast._version import __version__
from exocast.errors import ExocastError
from exocast.learn.comparison import Comparison
from exocast.learn.fitted import Fitted
from exocast.learn.goal import Sought
from exocast.learn.lots import Lots
from exocast.learn.recommend import Recommendation
from exocast.learn.shelf_life import ShelfLife
from exocast.learn.sweep import Sweep
from exocast.learn.vary import Axis
from exocast.material.folder import (
    RECORDS,
    kind_of,
    read_arrays,
    read_json,
    write_arrays,
    write_json,
)

__all__ = ["Result", "kind_of_result", "open_result", "with_provenance", "write_result"]

Result: TypeAlias = Comparison | Sweep | Sought | Fitted | Recommendation | Lots | ShelfLife
Found = TypeVar("Found", bound=Result)

SCHEMAS = (1,)
PARTS: Mapping[str, tuple[str, ...]] = {
    "comparison": ("pairs", "sides", "members"),
    "sweep": ("axes", "points", "members"),
    "search": ("evaluations", "goal", "sentence"),
    "fit": ("free", "readings", "quality"),
    "recommendation": ("trains", "source", "left_out"),
    "lots": ("quantities", "file", "all"),
    "shelf life": ("ways", "spec", "times"),
}


def kind_of_result(result: Result) -> str:
    """Return what a result is: a key of `exocast.material.folder.RECORDS`."""
    if isinstance(result, Comparison):
        return "comparison"
    if isinstance(result, Fitted):
        return "fit"
    if isinstance(result, Recommendation):
        return "recommendation"
    if isinstance(result, Lots):
        return "lots"
    if isinstance(result, ShelfLife):
        return "shelf life"
    return "sweep" if isinstance(result, Sweep) else "search"


def with_provenance(result: Found, command: str = "") -> Found:
    """Return a result whose record says when, where and by which command it was made.

    Parameters
    ----------
    result : Result
        What was found; one that says so already is returned as it is.
    command : str
        The command that made it.
    """
    if "provenance" in result.record:
        return result
    origin = {
        "exocast": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command or "exocast (Python)",
    }
    return replace(result, record={**result.record, "provenance": origin})


def write_result(result: Result, folder: Path) -> None:
    """Write record, arrays and table into a folder that exists.

    Parameters
    ----------
    result : Result
        What was found, with its provenance.
    folder : Path
        Receives ``NAME.json``, ``NAME.csv`` and, where there are arrays, ``NAME.nc``.
    """
    kind = kind_of_result(result)
    write_json(folder, kind, result.record)
    (folder / RECORDS[kind]).with_suffix(".csv").write_text(result.to_csv(), encoding="utf-8")
    if isinstance(result, Recommendation):
        _write_designs(result, folder)
    elif not isinstance(result, Sought | Lots | ShelfLife):
        write_arrays(folder, kind, result.data)


def open_result(folder: Path) -> Result:
    """Open a saved result that is no forecast and no qualification.

    Raises
    ------
    ExocastError
        If the folder holds none of them, a part of one, or one of another version of exocast.
    """
    kind = kind_of(folder)
    if kind not in PARTS:
        raise ExocastError(f"{folder} holds no result but perhaps a forecast")
    record = read_json(folder, kind, PARTS[kind], SCHEMAS)
    if "provenance" not in record:
        raise ExocastError(
            f"{folder} holds a {kind} of an older exocast, which could not be opened again; make "
            "it again with the same command and --replace"
        )
    if kind == "search":
        return Sought(record)
    if kind == "recommendation":
        return Recommendation(record)
    if kind == "lots":
        return Lots(record)
    if kind == "shelf life":
        return ShelfLife(record)
    data = read_arrays(folder, kind)
    if kind == "comparison":
        return Comparison(record, data)
    if kind == "fit":
        return Fitted(record, data)
    return Sweep(record, tuple(_axis(held) for held in record["axes"]), data)


def _write_designs(result: Recommendation, folder: Path) -> None:
    """Write every train as a Design that can be run."""
    (folder / "designs").mkdir()
    for train in result.trains:
        path = folder / "designs" / f"{train['name']}.toml"
        path.write_text(train["design"], encoding="utf-8")


def _axis(held: Mapping[str, Any]) -> Axis:
    """Return the setting that was turned, as it was written down."""
    return Axis(
        address=held["address"],
        values=tuple(held["texts"]),
        numbers=tuple(held["numbers"]),
        unit=held["unit"],
        log=held["log"],
    )
