"""The Python face: read, run, save and open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace as replaced
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

from exocast.material.forecast import Forecast, write_folder

if TYPE_CHECKING:
    from exocast.design import Design
    from exocast.design.archive import Archive
    from exocast.design.repeating import Repeat
    from exocast.design.run import Progress
    from exocast.learn.comparison import Comparable, Comparison
    from exocast.learn.goal import Sought
    from exocast.learn.sweep import Sweep

__all__ = [
    "check_folder",
    "compare",
    "open",
    "pack",
    "read_design",
    "rerun",
    "run",
    "save",
    "seek",
    "sweep",
    "template",
]


def read_design(source: str | Path, settings: Mapping[str, object] | None = None) -> Design:
    """Read a Design from a file, or a packaged one by name, with settings changed.

    Parameters
    ----------
    source : str or Path
        A TOML file, or the name of a template such as ``kras-sirna-tumour``.
    settings : mapping, optional
        Settings to change: ``{"regimen.route": "intratumoural"}``.

    Raises
    ------
    DesignError
        With every problem of the document.
    """
    from exocast.design import Design

    design = Design.read(source)
    return design.with_settings(settings) if settings else design


def template(name: str = "kras-sirna-tumour") -> Design:
    """Return a packaged Design.

    Parameters
    ----------
    name : str
        Its name, as `exocast new --list` shows it.

    Raises
    ------
    DesignError
        If there is none of that name; the message offers the nearest.

    Examples
    --------
    >>> template("kras-sirna-tumour").variants
    ('into the tumour',)
    """
    from exocast.design import Design
    from exocast.design.starting import find_template

    return Design.read(find_template(name))


def run(
    design: Design,
    *,
    seed: int | None = None,
    members: tuple[int, int] | None = None,
    threads: int = 1,
    progress: Progress | None = None,
    **options: Any,
) -> Forecast:
    """Run a design, its variants and its rivals, and rank what drives the answer.

    Parameters
    ----------
    design : Design
        What to run.
    seed, members, threads, progress
        As in `exocast.design.run.run`.
    **options
        ``engine`` and ``rtol``, as there.

    Returns
    -------
    Forecast
        Not saved yet: see `save`.
    """
    from exocast.design.recording import forecast_of
    from exocast.design.run import run as run_plan
    from exocast.learn import with_drivers, with_journey
    from exocast.learn.chain import with_chain
    from exocast.qualify import with_claims, with_observed, with_published

    finished = run_plan(
        design, seed=seed, members=members, threads=threads, progress=progress, **options
    )
    traded = with_chain(with_drivers(forecast_of(finished), finished), finished)
    forecast = with_published(with_journey(traded, finished), finished)
    return with_claims(with_observed(forecast, finished))


def compare(
    designs: Mapping[str, Comparable] | Sequence[Comparable],
    *,
    seed: int | None = None,
    members: tuple[int, int] | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> Comparison:
    """Compare Designs member by member, all on the same random members.

    Parameters
    ----------
    designs : mapping or sequence
        Two or more, the first of them the base: Designs, forecasts, paths, names of templates,
        folders of saved forecasts; a text may end in ``:`` and the name of a variant. A single
        Design is compared with its own variants.
    seed, members, threads, progress
        As in `run`; the first Design's seed and members by default.

    Returns
    -------
    Comparison
        `exocast.learn.comparison.Comparison`: ``to_frame()``, ``pairs``, ``data``.

    Raises
    ------
    ExocastError
        If a saved forecast has other members, or there is nothing to compare.

    Examples
    --------
    >>> design = template("kras-sirna-tumour")
    >>> compare({"one": design, "two": design}, members=(2, 2)).pairs[0]["sentence"]
    'two gives exactly what one gives (in the cytosol), in every member.'
    """
    from exocast.learn.comparison import compare as compare_sides

    return compare_sides(designs, seed=seed, members=members, threads=threads, progress=progress)


def sweep(
    design: Design,
    vary: Mapping[str, str | Sequence[object]],
    *,
    members: tuple[int, int] | None = None,
    seed: int | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> Sweep:
    """Answer the question over a range of one setting, or of two.

    Parameters
    ----------
    design : Design
        What is turned.
    vary : mapping
        ``{"loading.electroporation.field": "100 V/cm..1000 V/cm:10"}``; also ``"a..b:9log"``,
        ``"a,b,c"``, or a list of what one would write in the Design.
    members, seed, threads, progress
        As in `run`; 20 x 10 members by default.

    Returns
    -------
    Sweep
        `exocast.learn.sweep.Sweep`: ``to_frame()``, ``best()``, ``data``.

    Raises
    ------
    ExocastError
        If a setting is unknown or a range cannot be read.
    DesignError
        If the Design is wrong at any point; nothing is run then.
    """
    from exocast.learn.sweep import sweep as sweep_design

    return sweep_design(
        design, vary, members=members, seed=seed, threads=threads, progress=progress
    )


def seek(
    design: Design,
    until: str,
    by: str,
    *,
    within: str = "",
    rival: str = "",
    percentile: float = 50.0,
    members: tuple[int, int] | None = None,
    seed: int | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> Sought:
    """Find the value of a setting at which the answer reaches a goal.

    Parameters
    ----------
    design : Design
        What is turned.
    until : str
        ``"answer >= 500 copies"``, ``"answer >= needed"``, or any row of the cascade.
    by : str
        The setting, such as ``"regimen.dose"``.
    within, rival, percentile
        As in `exocast.learn.goal.seek`.
    members, seed, threads, progress
        As in `sweep`.

    Returns
    -------
    Sought
        `exocast.learn.goal.Sought`: ``reached``, ``value``, ``sentence``, ``to_frame()``.

    Raises
    ------
    ExocastError
        If the goal or the range cannot be read, or the setting is no number.
    """
    from exocast.learn.goal import seek as seek_value

    return seek_value(
        design, until, by, within=within, rival=rival, percentile=percentile, members=members,
        seed=seed, threads=threads, progress=progress,
    )  # fmt: skip


Result = TypeVar("Result", "Comparison", "Sweep", "Sought")


@overload
def save(
    forecast: Forecast, folder: str | Path, *, replace: bool = False, command: str = ""
) -> Forecast: ...


@overload
def save(
    forecast: Result, folder: str | Path, *, replace: bool = False, command: str = ""
) -> Result: ...


def save(
    forecast: Forecast | Comparison | Sweep | Sought,
    folder: str | Path,
    *,
    replace: bool = False,
    command: str = "",
) -> Forecast | Comparison | Sweep | Sought:
    """Save a forecast with its report as one folder, complete or not at all.

    A comparison, a sweep or a search is saved with its table and its figure.

    Parameters
    ----------
    forecast : Forecast, Comparison, Sweep or Sought
        What to save.
    folder : str or Path
        The folder.
    replace : bool
        Replace a forecast that is there.
    command : str
        The command that made it, for the report.

    Returns
    -------
    Forecast
        Knowing its folder.
    """
    if not isinstance(forecast, Forecast):
        from exocast.report.filing import file_result

        file_result(forecast, Path(folder), replace=replace)
        return forecast
    from exocast.report import write_report

    target = Path(folder)
    provenance = {**forecast.record["provenance"], "command": command or "exocast (Python)"}
    complete = replaced(forecast, record={**forecast.record, "provenance": provenance})

    def write(temporary: Path) -> None:
        complete.write(temporary)
        write_report(complete, temporary / "report.html")

    write_folder(target, write, replace=replace)
    return replaced(complete, folder=target)


def check_folder(folder: Path, *, replace: bool) -> None:
    """Refuse a folder that is in the way, before anything is computed.

    Raises
    ------
    ExocastError
        As `write_folder` would, later.
    """
    from exocast.material.forecast import refuse

    refuse(folder, replace=replace)


def open(folder: str | Path) -> Forecast:  # noqa: A001 - the verb of the face, `exocast.open`
    """Open a saved forecast; nothing is run again.

    Raises
    ------
    ExocastError
        If the folder holds no forecast that this version reads.
    """
    return Forecast.open(Path(folder))


def pack(folder: str | Path, file: str | Path, *, members: bool = False) -> str:
    """Pack a saved forecast into one archive that `rerun` repeats.

    Parameters
    ----------
    folder : str or Path
        Folder of a saved forecast.
    file : str or Path
        The archive, such as ``kras.zip``; it must not be there.
    members : bool
        Pack the values of every member as well.

    Returns
    -------
    str
        Digest of the archive's manifest, and so of all that it holds.

    Raises
    ------
    ExocastError
        If the folder holds no forecast that can be repeated, or the file is there.
    """
    from exocast.design.archive import write_archive

    return write_archive(open(folder), Path(file), members=members)


def rerun(
    archive: str | Path | Archive,
    *,
    folder: str | Path | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> Repeat:
    """Run a packed forecast again and compare the numbers.

    Parameters
    ----------
    archive : str, Path or Archive
        A file that `pack` wrote; every hash is checked before anything is run.
    folder : str or Path, optional
        Where the new forecast is saved, with its report; nothing is saved when left out.
    threads, progress
        As in `run`.

    Raises
    ------
    ExocastError
        If it is no archive of exocast, or was changed after it was packed.
    """
    from tempfile import TemporaryDirectory

    from exocast.design.recording import forecast_of
    from exocast.design.repeating import compare
    from exocast.design.run import run as run_plan
    from exocast.design.unpacking import read_archive

    held = read_archive(Path(archive)) if isinstance(archive, str | Path) else archive
    if folder is not None:
        check_folder(Path(folder), replace=False)
    settings = held.settings
    options: dict[str, Any] = {
        "seed": settings.seed,
        "members": settings.members,
        "engine": settings.engine,
        "rtol": settings.rtol,
        "variants": settings.variants,
        "threads": threads,
        "progress": progress,
    }
    with TemporaryDirectory(prefix="exocast-") as place:
        design = held.unpack(Path(place))
        if folder is None:
            return compare(held, forecast_of(run_plan(design, **options)))
        forecast = save(run(design, **options), folder, command=f"exocast rerun {held.name}")
        return compare(held, forecast)
