"""The verbs that ask more than one run: compare, seek, judge, fit, look up; see `app`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exocast.cli.options import (
    DesignPath,
    FewMembers,
    KeptGoals,
    Limits,
    LoadGoals,
    ManyDraws,
    Out,
    PurityGoals,
    Settings,
    Temperatures,
    Threads,
    YieldGoals,
    designs,
    keys,
    sources,
    stages,
)

__all__ = [
    "calibrate",
    "compare",
    "explain",
    "fit",
    "inspect",
    "labels",
    "lots",
    "methods",
    "predict_blind",
    "qualify",
    "recommend",
    "shelf_life",
    "sweep",
]


def compare(
    designs: Annotated[
        list[str],
        typer.Argument(
            help="Designs, names of packaged ones, or folders of saved forecasts; "
            "NAME:VARIANT for a variant. One alone is compared with its variants.",
            autocompletion=designs,
        ),
    ],
    members: Annotated[
        str, typer.Option(metavar="UxV", help="Members, e.g. 50x20; the first Design's by default.")
    ] = "",
    seed: Annotated[int | None, typer.Option(help="Seed; the first Design's by default.")] = None,
    threads: Threads = 0,
    out: Out = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a comparison.")] = False,
) -> None:
    """Compare Designs, variants or saved forecasts, member by member."""
    from exocast.cli.compare import compare_designs

    compare_designs(designs, members, seed, threads, out, replace)


def recommend(
    what: Annotated[
        str, typer.Argument(help="`isolation` (which train) or `loading` (which way).")
    ],
    source: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="What the vesicles come from, or a Design.",
            autocompletion=sources,
        ),
    ] = "",
    cargo: Annotated[str, typer.Option(metavar="NAME", help="What is loaded.")] = "",
    load: LoadGoals = None,
    keep: KeptGoals = None,
    amount: Annotated[str, typer.Option(help="Cargo that is added, e.g. '1 nmol'.")] = "",
    dose: Annotated[str, typer.Option(help="Vesicles of a dose; 1e10 by default.")] = "",
    purity: PurityGoals = None,
    yield_: YieldGoals = None,
    scale: Annotated[str, typer.Option(metavar="VOLUME", help="Of the source, as '50 L'.")] = "",
    hours: Annotated[float | None, typer.Option(min=0.0, help="Most that it may take.")] = None,
    top: Annotated[int, typer.Option(min=1, help="Rows to print.")] = 10,
    members: FewMembers = "",
    seed: Annotated[int, typer.Option(help="Seed.")] = 1,
    out: Out = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a recommendation.")] = False,
) -> None:
    """Rank trains of isolation for a source, or ways to load a cargo, with reasons."""
    from exocast.cli.recommend import Wanted
    from exocast.cli.recommend import recommend as recommend_

    goals = {"--purity": purity, "--yield": yield_, "--load": load, "--keep": keep}
    wanted = Wanted(
        what, source, {option: texts or [] for option, texts in goals.items()},
        {"--cargo": cargo, "--amount": amount, "--dose": dose}, scale, hours,
    )  # fmt: skip
    recommend_(wanted, top, members, seed, out, replace=replace)


def lots(
    file: Annotated[Path, typer.Argument(help="Your table (exocast new --lots).")],
    spec: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LIMIT",
            help="'particles per ug >= 1e9', 'median diameter = 80..150 nm'. May be repeated.",
        ),
    ] = None,
    margin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RATIO",
            help="By how much two processes may differ and still be the same: 1.5, or "
            "'particles per ug = 1.25'. May be repeated.",
        ),
    ] = None,
    repeats: Annotated[
        int, typer.Option(min=0, help="Repeats of the assay on later lots; as in the table.")
    ] = 0,
    forecast: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FOLDER",
            help="A saved forecast whose batches say how lots are expected to differ; "
            "QUANTITY=FOLDER:ROW to say of what, and by which row of its cascade.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed.")] = 1,
    out: Out = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a result.")] = False,
) -> None:
    """Compare lots: what varies, whether the next meets its limits, whether a change matters."""
    from exocast.cli.lots import compare

    compare(file, spec or [], margin or [], repeats, forecast or [], seed, out, replace=replace)


def shelf_life(
    design: DesignPath,
    spec: Limits = None,
    at: Temperatures = None,
    until: Annotated[str, typer.Option(help="The longest time that is looked at.")] = "5 yr",
    set_: Settings = None,
    members: Annotated[str, typer.Option(metavar="UxV", help="100x4 by default.")] = "",
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the design's.")] = None,
    out: Out = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a result.")] = False,
) -> None:
    """Find how long a stored product meets its specification, and what ends it."""
    from exocast.cli.shelf_life import find_shelf_life

    settings, limits = set_ or [], spec or []
    find_shelf_life(design, limits, at or [], until, settings, members, seed, out, replace=replace)


def sweep(
    design: DesignPath,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUES",
            help="Turn a setting: loading.electroporation.field='100 V/cm..1000 V/cm:10', "
            "regimen.dose='1e8..1e11 particles:7log', loading.electroporation.buffer=PBS,"
            "trehalose_EDTA. Twice for a grid.",
        ),
    ] = None,
    until: Annotated[
        str, typer.Option(metavar="GOAL", help="Search instead: 'answer >= 500 copies'.")
    ] = "",
    by: Annotated[str, typer.Option(metavar="KEY", help="The setting that is to reach it.")] = "",
    within: Annotated[
        str, typer.Option(metavar="LOW..HIGH", help="How far to turn it; its bounds by default.")
    ] = "",
    rival: Annotated[
        str, typer.Option(help="The rival that is to reach it; the first by default.")
    ] = "",
    percentile: Annotated[
        float, typer.Option(help="Of what is not known: 50 is the median, 5 the careful end.")
    ] = 50.0,
    set_: Settings = None,
    members: Annotated[
        str, typer.Option(metavar="UxV", help="Members, e.g. 50x20; 20x10 by default.")
    ] = "",
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the design's.")] = None,
    threads: Threads = 0,
    out: Out = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a sweep.")] = False,
) -> None:
    """Answer the question over a range of settings, or find the setting that reaches a goal."""
    from exocast.cli.sweep import sweep_design

    goal = {"within": within, "rival": rival, "percentile": percentile}
    sweep_design(
        design, vary or [], until, by, goal, set_ or [], members, seed, threads, out, replace
    )


def calibrate(
    name: Annotated[str, typer.Argument(help="A calibration: fit_solid_particles, fit_vesicles.")],
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder with cases, as for `exocast qualify`."),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of a catalogue that takes the fitted rows."),
    ] = None,
    starts: Annotated[int, typer.Option(min=1, help="Starts of the search.")] = 4,
    steps: Annotated[
        int, typer.Option(min=0, help="Steps of the sampler that checks the fit; 0 for none.")
    ] = 120,
    seed: Annotated[int, typer.Option(help="Seed of starts and sampler.")] = 0,
    threads: Threads = 0,
) -> None:
    """Fit values of the body to the published experiments that are there to build on."""
    from exocast.cli.calibrate import calibrate_values

    calibrate_values(name, data, into, starts, steps, seed, threads)


def fit(
    design: DesignPath,
    free: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY",
            help="A value to fit, as `exocast drivers` or `explain` name it; those of which the "
            "readings say most by default. May be repeated.",
        ),
    ] = None,
    set_: Settings = None,
    starts: Annotated[int, typer.Option(min=1, help="Starts of the search.")] = 8,
    steps: Annotated[
        int, typer.Option(min=0, help="Steps of the sampler that checks the fit; 0 for none.")
    ] = 150,
    seed: Annotated[int, typer.Option(help="Seed of starts and sampler.")] = 0,
    threads: Threads = 0,
    out: Out = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a fit.")] = False,
) -> None:
    """Fit values to the animals a Design names as observed, and say what they tell."""
    from exocast.cli.fit import fit_values

    fit_values(design, free or [], set_ or [], starts, steps, seed, threads, out, replace)


def inspect(
    files: Annotated[list[Path], typer.Argument(help="Instrument files.")],
) -> None:
    """Say what an instrument file is, its key figures and warnings, and the TOML to paste."""
    from exocast.cli.inspect import inspect_files

    inspect_files(files)


def methods(
    stage: Annotated[
        str, typer.Argument(help="A stage; every one by default.", autocompletion=stages)
    ] = "",
) -> None:
    """List the methods of every stage, or the settings of one stage's methods."""
    from exocast.cli.methods import list_methods

    list_methods(stage)


def explain(
    key: Annotated[
        str,
        typer.Argument(
            help="A method, setting, table, value's key, hypothesis, or a species.",
            autocompletion=keys,
        ),
    ],
    design: Annotated[
        str,
        typer.Option(
            metavar="D",
            help="Design or saved forecast that answers under each rival; the packaged demo "
            "where left out. For a method, a saved forecast sorts its values by influence.",
        ),
    ] = "",
    answer: Annotated[
        bool, typer.Option(help="Run a few members under each rival of a value or hypothesis.")
    ] = True,
    full: Annotated[bool, typer.Option("--full", help="Every row, symbol and remark.")] = False,
    threads: Threads = 0,
) -> None:
    """Explain a method, a setting, a value or a hypothesis: equations, sources, the answer."""
    from exocast.cli.explain import explain_key

    explain_key(key, design, answer=answer, full=full, threads=threads)


def labels(
    design: DesignPath,
    label: Annotated[
        list[str] | None, typer.Option("--label", help="A label; every known one by default.")
    ] = None,
    times: Annotated[
        str,
        typer.Option(metavar="T,T,T", help="When plasma is drawn, e.g. '5 min, 1 h, 4 h, 24 h'."),
    ] = "",
    set_: Settings = None,
    members: FewMembers = "",
    to: Annotated[Path | None, typer.Option(help="Write every number to this CSV file.")] = None,
) -> None:
    """Show one dose as every label would report it: organs over a day, and a paper's clearance."""
    from exocast.cli.labels import compare_labels

    compare_labels(design, label or [], times, set_ or [], members, to)


def qualify(
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder with case files (*.toml), or with the nanoparticle tables whose numbers "
            "may not be shipped.",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="CASE", help="A case, or a paper; every one by default."),
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the record to this file.")
    ] = None,
    out: Out = None,
    short: Annotated[
        bool, typer.Option("--short", help="Four cases, few members: a check, no verdict.")
    ] = False,
    opened: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Sealed forecasts with an opened.csv beside them: score them as well.",
        ),
    ] = None,
    members: ManyDraws = "",
    seed: Annotated[int, typer.Option(help="Seed.")] = 1,
    threads: Threads = 0,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a qualification.")] = False,
) -> None:
    """Forecast published experiments and score them: fold errors, coverage, a naive rival."""
    from exocast.cli.qualify import qualify_model

    qualify_model(
        data, only or [], json, out, opened, members, seed, threads, short=short, replace=replace
    )


def predict_blind(
    experiments: Annotated[
        str,
        typer.Argument(
            help="A list of experiments (TOML), or `blind-experiments`, the one that ships."
        ),
    ] = "",
    check: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Check the digest of forecasts; nothing is run."),
    ] = None,
    out: Out = None,
    members: ManyDraws = "",
    seed: Annotated[int, typer.Option(help="Seed.")] = 1,
    threads: Threads = 0,
    replace: Annotated[bool, typer.Option("--replace", help="Replace forecasts.")] = False,
) -> None:
    """Forecast experiments that nobody has opened, sealed so that opening them is a test."""
    from exocast.cli.predict_blind import predict_list

    predict_list(experiments, check, out, members, seed, threads, replace=replace)
