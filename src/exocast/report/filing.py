"""A comparison, a sweep or a search as a folder, complete or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TypeAlias

from exocast.errors import ExocastError
from exocast.learn.comparison import Comparison
from exocast.learn.goal import Sought
from exocast.learn.sweep import Sweep
from exocast.material.forecast import write_folder
from exocast.report.comparing import COMPARISON, write_comparison
from exocast.report.sweeping import GOAL, SWEEP, write_goal, write_sweep

__all__ = ["Result", "file_result", "refuse_result"]

Result: TypeAlias = Comparison | Sweep | Sought
RECORDS = tuple(f"{name}.json" for name in (COMPARISON, SWEEP, GOAL))


def refuse_result(folder: Path, *, replace: bool) -> None:
    """Refuse a folder that is in the way, before anything is computed.

    Raises
    ------
    ExocastError
        If it holds something else than a comparison, a sweep or a search, or one that is not to
        be replaced.
    """
    if folder.is_file():
        raise ExocastError(f"{folder} is a file; choose another place")
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not any((folder / name).is_file() for name in RECORDS):
        raise ExocastError(f"{folder} exists and holds something else; choose another place")
    if not replace:
        raise ExocastError(f"{folder} holds a result already; pass --replace to replace it")


def file_result(result: Result, folder: Path, *, replace: bool = False) -> None:
    """Write record, table and figure of a result into a folder.

    Raises
    ------
    ExocastError
        As `refuse_result`.
    """
    refuse_result(folder, replace=replace)

    def write(temporary: Path) -> None:
        if isinstance(result, Comparison):
            write_comparison(result, temporary)
        elif isinstance(result, Sweep):
            write_sweep(result, temporary)
        else:
            write_goal(result, temporary)

    finished = folder.parent / f".{folder.name}-{os.getpid()}"
    write_folder(finished, write, replace=False)
    if folder.exists():
        shutil.rmtree(folder)
    finished.rename(folder)
