"""The verbs of the Python face that ask more than one run: compare, turn, seek, rank, judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from exocast.face.progress import watched
from exocast.face.showing import recast

if TYPE_CHECKING:
    from exocast.design import Design
    from exocast.design.run import Progress
    from exocast.face.results import Comparison, Lots, Recommendation, ShelfLife, Sought, Sweep
    from exocast.learn.comparison import Comparable

__all__ = ["compare", "lots", "recommend", "seek", "shelf_life", "sweep"]


def compare(
    designs: Mapping[str, Comparable] | Sequence[Comparable],
    *,
    seed: int | None = None,
    members: tuple[int, int] | None = None,
    threads: int = 1,
    progress: Progress | bool = True,
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
        With ``to_frame()``, ``plot()``, ``save(folder)``, ``pairs`` and ``data``.

    Raises
    ------
    ExocastError
        If a saved forecast has other members, or there is nothing to compare.

    Examples
    --------
    >>> from exocast.face import template
    >>> design = template("kras-sirna-tumour")
    >>> compare({"one": design, "two": design}, members=(2, 2)).pairs[0]["sentence"]
    'two gives exactly what one gives, in every member: in the cytosol.'
    """
    from exocast.face.results import Comparison
    from exocast.learn.comparison import compare as compare_sides

    with watched(progress) as show:
        found = compare_sides(designs, seed=seed, members=members, threads=threads, progress=show)
    return recast(Comparison, found)


def sweep(
    design: Design,
    vary: Mapping[str, str | Sequence[object]],
    *,
    members: tuple[int, int] | None = None,
    seed: int | None = None,
    threads: int = 1,
    progress: Progress | bool = True,
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
        With ``to_frame()``, ``plot()``, ``best()``, ``save(folder)`` and ``data``.

    Raises
    ------
    ExocastError
        If a setting is unknown or a range cannot be read.
    DesignError
        If the Design is wrong at any point; nothing is run then.
    """
    from exocast.face.results import Sweep
    from exocast.learn.sweep import sweep as sweep_design

    with watched(progress) as show:
        found = sweep_design(
            design, vary, members=members, seed=seed, threads=threads, progress=show
        )
    return recast(Sweep, found)


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
    progress: Progress | bool = True,
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
        With ``reached``, ``value``, ``sentence``, ``to_frame()``, ``plot()`` and ``save(folder)``.

    Raises
    ------
    ExocastError
        If the goal or the range cannot be read, or the setting is no number.
    """
    from exocast.face.results import Sought
    from exocast.learn.goal import seek as seek_value

    with watched(progress) as show:
        found = seek_value(
            design, until, by, within=within, rival=rival, percentile=percentile, members=members,
            seed=seed, threads=threads, progress=show,
        )  # fmt: skip
    return recast(Sought, found)


def lots(
    file: str | Path,
    *,
    spec: str | Sequence[str] = (),
    margin: float | str | Sequence[str] = (),
    repeats: int = 0,
    forecast: str | Sequence[str] = (),
    seed: int = 1,
) -> Lots:
    """Compare lots: what varies, whether the next one meets its limits, whether a change matters.

    Parameters
    ----------
    file : str or Path
        A table of readings; ``exocast new --lots`` writes one to fill in.
    spec : str or sequence of str
        Limits: ``"particles per ug >= 1e9"``, ``"median diameter = 80..150 nm"``.
    margin : float, str or sequence of str
        Ratio by which two processes may differ and still be the same: ``1.5``, or
        ``"particles per ug = 1.25"``.
    repeats : int
        Repeats of the assay on later lots; as in the table by default.
    forecast : str or sequence of str
        Folders of saved forecasts whose batches say how lots are expected to differ;
        ``"QUANTITY=FOLDER:ROW"`` to say of what, and by which row of the cascade.
    seed : int
        Of the draws that ranges are read from.

    Returns
    -------
    Lots
        With ``sentences``, ``quantities``, ``to_frame()``, ``plot()``, ``report()`` and
        ``save(folder)``.

    Raises
    ------
    ReaderError
        With every mistake of the table.
    ExocastError
        If what is asked cannot be read.
    """
    from exocast.face.results import Lots
    from exocast.learn.lots import compare_lots

    one = [str(margin)] if isinstance(margin, float | int | str) else list(margin)
    found = compare_lots(
        file,
        spec=[spec] if isinstance(spec, str) else spec,
        margin=one,
        repeats=repeats,
        forecast=[forecast] if isinstance(forecast, str) else forecast,
        seed=seed,
    )
    return recast(Lots, found)


def shelf_life(
    design: Design,
    spec: str | Sequence[str],
    *,
    at: str | Sequence[str] = (),
    until: str = "5 yr",
    members: tuple[int, int] | None = None,
    seed: int | None = None,
) -> ShelfLife:
    """Find how long a stored product meets its specification, and what ends it.

    Parameters
    ----------
    design : Design
        With a step of storage; its variants are other ways to store.
    spec : str or sequence of str
        Limits over what was put into storage: ``"small EVs > 80 %"``,
        ``"copies per vesicle > 70 %"``, ``"cargo inside"``, ``"particles"``, ``"surface"``.
    at : str or sequence of str
        Temperatures at which the Design is stored as well: ``"25 degC"``.
    until : str
        The longest time that is looked at.
    members : tuple of int, optional
        (uncertainty, variability); (100, 4) by default.
    seed : int, optional
        Of all random draws; the Design's by default.

    Returns
    -------
    ShelfLife
        With ``sentences``, ``ways``, ``to_frame()``, ``plot()``, ``report()`` and
        ``save(folder)``.

    Raises
    ------
    ExocastError
        If a limit cannot be read, or nothing is stored.
    DesignError
        If the Design is wrong, or with a temperature.
    """
    from exocast.face.results import ShelfLife
    from exocast.learn.shelf_life import shelf_life as find

    return recast(
        ShelfLife,
        find(
            design,
            [spec] if isinstance(spec, str) else spec,
            at=[at] if isinstance(at, str) else at,
            horizon=until,
            members=members,
            seed=seed,
        ),
    )


def recommend(
    what: str,
    source: str = "",
    *,
    cargo: str = "",
    purity: str | Sequence[str] = (),
    yield_: str | Sequence[str] = (),
    load: str | Sequence[str] = (),
    keep: str | Sequence[str] = (),
    amount: str = "",
    dose: str = "",
    scale: str = "",
    hours: float | None = None,
    members: tuple[int, int] | None = None,
    seed: int = 1,
    progress: Progress | bool = True,
) -> Recommendation:
    """Rank trains of isolation for a source, or ways to load a cargo, with reasons.

    Parameters
    ----------
    what : str
        ``"isolation"`` or ``"loading"``.
    source : str
        What the vesicles come from (``"plasma"``, ``"culture"``, ``"milk"``...), a Design, or the
        name of a template; what a Design does itself stands among the others as its own. A culture
        is loaded where nothing is said.
    cargo : str
        What is loaded, a name of the table of cargoes.
    purity, yield_ : str or sequence of str
        What is asked of isolation: ``"share of particles >= 20 %"``, ``"vesicles per ug >= 1e9"``,
        ``"recovery >= 5 %"``.
    load, keep : str or sequence of str
        What is asked of loading: ``"copies per vesicle >= 10"``, ``"cargo per dose >= 1 ug"``,
        ``"protected share >= 90 %"``; ``"recovery >= 20 %"``, ``"intact cargo >= 90 %"``.
    amount, dose : str
        Cargo that is added, and vesicles of a dose; what is usual, and 1e10, by default.
    scale : str
        Volume of the source, such as ``"50 L"``; the customary one by default.
    hours : float, optional
        Most that it may take.
    members, seed, progress
        As in `run`; 12 x 4 members by default.

    Returns
    -------
    Recommendation
        With ``to_frame()``, ``plot()``, ``save(folder)``, ``trains`` (best first) and ``first``.

    Raises
    ------
    ExocastError
        If what is asked for cannot be read, there is no such source, or nothing works with it.

    Examples
    --------
    >>> found = recommend("isolation", "urine", yield_="20 %", members=(1, 1), progress=False)
    >>> found.first["met"][0]["text"], len(found.trains) > 12
    ('recovery >= 20 %', True)
    """
    from exocast.face.results import Recommendation
    from exocast.learn.loadings import recommend_loading
    from exocast.learn.recommend import recommend_isolation
    from exocast.learn.wishes import check_subject, read_scale, read_wishes

    asked = {"--purity": purity, "--yield": yield_, "--load": load, "--keep": keep}
    goals = {
        option: [texts] if isinstance(texts, str) else list(texts)
        for option, texts in asked.items()
    }
    only = {"--cargo": cargo, "--amount": amount, "--dose": dose}
    check_subject(what, source, {**goals, **only})
    wishes = read_wishes(goals)
    volume = read_scale(scale) if scale else None
    with watched(progress) as show:
        if what == "isolation":
            found = recommend_isolation(
                source, wishes=wishes, scale=volume, hours=hours, members=members, seed=seed,
                progress=show,
            )  # fmt: skip
        else:
            found = recommend_loading(
                cargo, source or "culture", wishes=wishes, amount=amount, dose=dose, scale=volume,
                hours=hours, members=members, seed=seed, progress=show,
            )  # fmt: skip
    return recast(Recommendation, found)
