"""The files that a Design reads, kept with what was computed from them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from exocast.material.document import Plan
from exocast.material.step import settings_of

__all__ = ["STORED", "described", "files_of", "read_inputs"]

STORED = "inputs"
"""Folder, in a saved forecast and in an archive, that holds the files."""

FILES = {"file", "logger", "fraction_table"}
"""Settings that name a file beside the Design: of an instrument, a temperature logger, a column."""


def files_of(plans: Iterable[Plan]) -> list[str]:
    """Return the names of every file that plans read, as the Design writes them, in order."""
    names: dict[str, None] = {}
    for plan in plans:
        for step in plan.preparation:
            for kind in FILES & settings_of(type(step)).keys():
                names.setdefault(str(getattr(step, kind, "") or ""))
        for table in plan.equipment:
            names.setdefault(table.file)
        for observed in plan.observed:
            names.setdefault(observed.file)
    return [name for name in names if name]


def read_inputs(plans: Iterable[Plan], folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file that plans read, by the name that the Design gives it."""
    return {name: (folder / name).read_bytes() for name in files_of(plans)}


def described(inputs: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return, for each file, what the Design calls it, where it is stored, and its digest.

    Files of one name from several folders are numbered.

    Examples
    --------
    >>> [one["stored"] for one in described({"a/x.csv": b"1", "b/x.csv": b"2"})]
    ['inputs/x.csv', 'inputs/2-x.csv']
    """
    taken: set[str] = set()
    records = []
    for number, (name, content) in enumerate(inputs.items(), start=1):
        base = PurePosixPath(name.replace("\\", "/")).name
        stored = f"{number}-{base}" if base.lower() in taken else base
        taken.add(stored.lower())
        digest = hashlib.sha256(content).hexdigest()
        records.append({"file": name, "stored": f"{STORED}/{stored}", "sha256": digest})
    return records
