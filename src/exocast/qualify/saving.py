"""Qualifications as records: with provenance, written, and opened again."""

from __future__ import annotations

import platform
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from exocast._version import __version__
from exocast.errors import ExocastError
from exocast.material.folder import read_json, write_json
from exocast.qualify.qualification import SCHEMA, Qualification

__all__ = ["KIND", "open_qualification", "with_provenance", "write_qualification"]

KIND = "qualification"


def with_provenance(
    result: Qualification, command: str = "", seconds: float | None = None
) -> Qualification:
    """Return a qualification whose record says when, where and by which command it was made."""
    if "provenance" in result.record:
        return result
    origin = {
        "exocast": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command or "exocast (Python)",
        "seconds": None if seconds is None else round(seconds, 1),
    }
    return replace(result, record={**result.record, "provenance": origin})


def write_qualification(result: Qualification, folder: Path) -> None:
    """Write record and table into a folder that exists."""
    write_json(folder, KIND, result.record)
    (folder / "points.csv").write_text(result.to_csv(), encoding="utf-8", newline="")


def open_qualification(folder: Path) -> Qualification:
    """Open a saved qualification; nothing is run.

    Raises
    ------
    ExocastError
        If the folder holds none, or one of another version.
    """
    record = read_json(folder, KIND, ("overall", "cases", "excluded"), (SCHEMA,))
    if "provenance" not in record:
        raise ExocastError(f"{folder} holds a qualification without provenance; make it again")
    return Qualification(record)
