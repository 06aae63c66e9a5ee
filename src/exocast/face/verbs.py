"""The verbs of the Python face that make a forecast, open it and send it on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from exocast.face.progress import watched
from exocast.face.showing import recast

if TYPE_CHECKING:
    from exocast.design import Design
    from exocast.design.archive import Archive
    from exocast.design.repeating import Repeat
    from exocast.design.run import Progress
    from exocast.face.forecast import Forecast
    from exocast.face.results import Comparison, Lots, Recommendation, ShelfLife, Sought, Sweep
    from exocast.qualify.qualification import Qualification

__all__ = ["check_folder", "open", "pack", "rerun", "run", "template"]


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
    progress: Progress | bool = True,
    **options: Any,
) -> Forecast:
    """Run a design, its variants and its rivals, and rank what drives the answer.

    Parameters
    ----------
    design : Design
        What to run.
    seed : int, optional
        Of all random draws; the Design's by default.
    members : tuple of int, optional
        (uncertainty, variability): draws of what is not known, times subjects and batches.
    threads : int
        Worker threads; results do not depend on it.
    progress : callable or bool
        Whether a bar is shown where somebody watches (a notebook, a terminal), or what is called
        instead with members done, members in all, and words.
    **options
        ``engine`` and ``rtol``, as in `exocast.design.run.run`.

    Returns
    -------
    Forecast
        Not saved yet: ``forecast.save(folder)`` does.

    Raises
    ------
    DesignError
        With every problem of the Design; nothing is run then.

    Examples
    --------
    >>> forecast = run(template("kras-sirna-tumour"), members=(2, 2))
    >>> print(forecast.answer.sentence)
    1000 (200 to 5000) copies in the cytosol are needed: short by ...
    """
    from exocast.design.equations import with_equations
    from exocast.design.recording import forecast_of
    from exocast.design.run import run as run_plan
    from exocast.face.forecast import Forecast
    from exocast.learn import with_drivers, with_journey
    from exocast.learn.chain import with_chain
    from exocast.qualify import with_claims, with_observed, with_published

    with watched(progress) as show:
        finished = run_plan(
            design, seed=seed, members=members, threads=threads, progress=show, **options
        )
        recorded = with_equations(forecast_of(finished), finished)
        traded = with_chain(with_drivers(recorded, finished), finished)
        found = with_published(with_journey(traded, finished), finished)
        return recast(Forecast, with_claims(with_observed(found, finished)))


def check_folder(folder: Path, *, replace: bool) -> None:
    """Refuse a folder that is in the way, before anything is computed.

    Raises
    ------
    ExocastError
        As `write_folder` would, later.
    """
    from exocast.material.forecast import refuse

    refuse(folder, replace=replace)


def open(  # noqa: A001 - the verb of the face, `exocast.open`
    folder: str | Path,
) -> Forecast | Comparison | Sweep | Sought | Qualification | Recommendation | Lots | ShelfLife:
    """Open a saved forecast, comparison, sweep, search or other result; nothing is run again.

    Parameters
    ----------
    folder : str or Path
        The folder.

    Returns
    -------
    Forecast, Comparison, Sweep, Sought, Qualification, Recommendation, Lots or
    ShelfLife
        What the folder holds. Where only a forecast will do, `exocast.Forecast.open` says so.

    Raises
    ------
    ExocastError
        If the folder holds nothing that this version reads.
    """
    from exocast.face.forecast import Forecast
    from exocast.face.results import Comparison, Lots, Recommendation, ShelfLife, Sought, Sweep
    from exocast.learn.comparison import Comparison as FoundComparison
    from exocast.learn.lots import Lots as FoundLots
    from exocast.learn.recommend import Recommendation as FoundRecommendation
    from exocast.learn.shelf_life import ShelfLife as FoundShelfLife
    from exocast.learn.sweep import Sweep as FoundSweep
    from exocast.material.forecast import Forecast as Found
    from exocast.qualify.qualification import Qualification
    from exocast.report.filing import open_folder

    found = open_folder(Path(folder))
    if isinstance(found, Qualification):
        return found
    if isinstance(found, Found):
        return recast(Forecast, found)
    if isinstance(found, FoundComparison):
        return recast(Comparison, found)
    if isinstance(found, FoundSweep):
        return recast(Sweep, found)
    if isinstance(found, FoundRecommendation):
        return recast(Recommendation, found)
    if isinstance(found, FoundShelfLife):
        return recast(ShelfLife, found)
    if isinstance(found, FoundLots):
        return recast(Lots, found)
    return recast(Sought, found)


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
    from exocast.material.forecast import Forecast

    return write_archive(Forecast.open(Path(folder)), Path(file), members=members)


def rerun(
    archive: str | Path | Archive,
    *,
    folder: str | Path | None = None,
    threads: int = 1,
    progress: Progress | bool = True,
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
    }
    with TemporaryDirectory(prefix="exocast-") as place:
        design = held.unpack(Path(place))
        if folder is None:
            with watched(progress) as show:
                return compare(held, forecast_of(run_plan(design, progress=show, **options)))
        forecast = run(design, progress=progress, **options)
        return compare(held, forecast.save(folder, command=f"exocast rerun {held.name}"))
