"""Results as folders: written with figure and report, and opened again whatever they hold."""

from __future__ import annotations

from pathlib import Path

from exocast.errors import ExocastError
from exocast.learn.saving import (
    Result,
    kind_of_result,
    open_result,
    with_provenance,
    write_result,
)
from exocast.material.folder import RECORDS, kind_of, write_folder
from exocast.material.forecast import Forecast
from exocast.qualify.qualification import Qualification
from exocast.qualify.saving import KIND, open_qualification, write_qualification
from exocast.qualify.saving import with_provenance as dated
from exocast.report.page import write_report
from exocast.report.qualifying import drawing_of_qualification
from exocast.report.results import drawing_of

__all__ = ["file_qualification", "file_result", "open_folder"]


def file_result(
    result: Result, folder: Path, *, replace: bool = False, command: str = ""
) -> Result:
    """Write record, arrays, table, figure and report of a result into a folder.

    Parameters
    ----------
    result : Comparison, Sweep, Sought or Fitted
        What was found.
    folder : Path
        Where it goes, complete or not at all.
    replace : bool
        Replace a result of the same kind that is there.
    command : str
        The command that made it, for the report.

    Returns
    -------
    Comparison, Sweep, Sought or Fitted
        As it was written, with its provenance.

    Raises
    ------
    ExocastError
        As `exocast.material.folder.refuse`.
    """
    complete, kind = with_provenance(result, command), kind_of_result(result)

    def write(temporary: Path) -> None:
        write_result(complete, temporary)
        drawing = drawing_of(complete)
        for form in ("svg", "png"):
            place = (temporary / RECORDS[kind]).with_suffix(f".{form}")
            place.write_bytes(drawing.file(form))
        write_report(complete, temporary / "report.html")

    write_folder(folder, write, replace=replace, kind=kind)
    return complete


def file_qualification(
    result: Qualification,
    folder: Path,
    *,
    replace: bool = False,
    command: str = "",
    seconds: float | None = None,
) -> Qualification:
    """Write record, table, figure and report of a qualification into a folder.

    Parameters
    ----------
    result : Qualification
        What was found.
    folder, replace, command
        As in `file_result`.
    seconds : float, optional
        How long it took.

    Raises
    ------
    ExocastError
        As `exocast.material.folder.refuse`.
    """
    complete = dated(result, command, seconds)

    def write(temporary: Path) -> None:
        write_qualification(complete, temporary)
        drawing = drawing_of_qualification(complete)
        for form in ("svg", "png"):
            place = (temporary / RECORDS[KIND]).with_suffix(f".{form}")
            place.write_bytes(drawing.file(form))
        write_report(complete, temporary / "report.html")

    write_folder(folder, write, replace=replace, kind=KIND)
    return complete


def open_folder(folder: Path) -> Forecast | Result | Qualification:
    """Open a saved forecast, comparison, sweep, search, fit or qualification; nothing is run again.

    Raises
    ------
    ExocastError
        If the folder is none, holds something else, or a result of another version.
    """
    kind = kind_of(folder)
    if not kind and folder.is_dir():
        raise ExocastError(
            f"{folder} holds no forecast, comparison, sweep, search, fit or qualification"
        )
    if kind == "blind":
        raise ExocastError(
            f"{folder} holds sealed forecasts; `exocast predict-blind --check {folder}` opens it"
        )
    if kind == KIND:
        return open_qualification(folder)
    return open_result(folder) if kind not in ("", "forecast") else Forecast.open(folder)
