"""The verbs, and the help that each prints. Verbs import what they need when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exocast._version import __version__
from exocast.cli.examples import EXPLAINED, LOTS, QUALIFIED, RECOMMENDED, SHELVED
from exocast.cli.options import (
    DesignPath,
    FewMembers,
    KeptGoals,
    Limits,
    LoadGoals,
    ManyDraws,
    Out,
    PurityGoals,
    Result,
    Saved,
    Settings,
    Temperatures,
    Threads,
    YieldGoals,
    designs,
    keys,
    sources,
    stages,
    templates,
)

__all__ = ["app"]

app = typer.Typer(
    name="exocast",
    help="Forecast the journey of an exosome medicine, from donor cell to functional cargo "
    "molecules per target cell, and show where the dose is lost.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"exocast {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Forecast the journey of an exosome medicine."""


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the new file, in the current folder.")] = "",
    template: Annotated[
        str,
        typer.Option(
            "--from", metavar="TEMPLATE", help="Packaged Design to copy.", autocompletion=templates
        ),
    ] = "",
    list_: Annotated[bool, typer.Option("--list", help="List the packaged Designs.")] = False,
    observed: Annotated[
        bool, typer.Option("--observed", help="A table for your measurements in animals.")
    ] = False,
    prices: Annotated[bool, typer.Option("--prices", help="A table for your prices.")] = False,
    lots: Annotated[bool, typer.Option("--lots", help="A table for your lots.")] = False,
    equipment: Annotated[
        bool, typer.Option("--equipment", help="A table for your rotors, gels and membranes.")
    ] = False,
) -> None:
    """Start a Design from a packaged one, or a table to fill in; nothing is overwritten."""
    from exocast.cli.new import list_templates, start

    tables = {"observed": observed, "prices": prices, "lots": lots, "equipment": equipment}
    wanted = [kind for kind, asked in tables.items() if asked]
    if len(wanted) > 1:
        words = " and ".join(f"--{kind}" for kind in wanted)
        raise typer.BadParameter(f"{words} do not go together: one table at a time")
    if list_:
        list_templates()
    else:
        start(name, template, "".join(wanted))


@app.command()
def run(
    design: DesignPath,
    out: Annotated[Path, typer.Option(help="Folder that receives the forecast's folder.")] = Path(
        "out"
    ),
    name: Annotated[str, typer.Option(help="Name of the forecast; the design's by default.")] = "",
    set_: Settings = None,
    threads: Threads = 0,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the design's.")] = None,
    members: Annotated[
        str, typer.Option(metavar="UxV", help="Members, e.g. 50x20, instead of the design's.")
    ] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Replace a forecast.")] = False,
) -> None:
    """Run a Design, print the delivery cascade, and write forecast and report."""
    from exocast.cli.run import run_design

    run_design(design, out, name, set_ or [], threads, seed, members, replace)


@app.command()
def check(design: DesignPath, set_: Settings = None) -> None:
    """Check a Design: every mistake at once, and the defaults that it takes."""
    from exocast.cli.check import check_design

    check_design(design, set_ or [])


@app.command()
def open(folder: Result) -> None:  # noqa: A001 - the verb is `exocast open`
    """Print what a saved forecast, comparison, sweep or qualification says; nothing is run."""
    from exocast.cli.open import show_folder

    show_folder(folder)


@app.command()
def report(
    folder: Result,
    to: Annotated[
        Path | None, typer.Option(help="File; report.html in the folder by default.")
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(help="New folder for every figure as SVG, PNG and CSV.", metavar="DIR"),
    ] = None,
) -> None:
    """Write the report of a saved result again, without running anything."""
    from exocast.cli.report import write_report_of

    write_report_of(folder, to, figures)


@app.command()
def drivers(
    folder: Saved,
    top: Annotated[int, typer.Option(min=1, help="How many to show.")] = 12,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write every one of them to this file.")
    ] = None,
) -> None:
    """Show which values move the answer of a saved forecast, by influence, with their sources."""
    from exocast.cli.drivers import show_drivers

    show_drivers(folder, top, csv)


@app.command()
def needed(
    folder: Saved,
    share: Annotated[str, typer.Option(help="Share of cells that is to get enough.")] = "50 %",
    copies: Annotated[
        float | None,
        typer.Option(help="Copies in the cytosol that a cell is to exceed; the forecast's need."),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(help="New folder for the chart as SVG, PNG and CSV.", metavar="DIR"),
    ] = None,
) -> None:
    """Say what to raise to what for enough: copies in a vesicle, dose, escape, and ceilings."""
    from exocast.cli.needed import show_needed

    show_needed(folder, share, copies, figures)


@app.command()
def batch(
    folder: Saved,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the sheet to this file.")] = None,
    prices: Annotated[
        Path | None,
        typer.Option(help="Your prices (exocast new --prices); no money without them."),
    ] = None,
) -> None:
    """Print the batch sheet: volume, particles, purity, hours and consumables, step by step."""
    from exocast.cli.batch import show_batch

    show_batch(folder, csv, prices)


@app.command()
def claims(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of a saved forecast; the rows alone without one.")
    ] = None,
    only: Annotated[str, typer.Option(metavar="NAME", help="Show one claim in full.")] = "",
) -> None:
    """Print what the review claims, and what the rows or a forecast make of each claim."""
    from exocast.cli.claims import print_claims

    print_claims(folder, only)


@app.command()
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


@app.command(epilog=RECOMMENDED)
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


@app.command(epilog=LOTS)
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


@app.command("shelf-life", epilog=SHELVED)
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
def inspect(
    files: Annotated[list[Path], typer.Argument(help="Instrument files.")],
) -> None:
    """Say what an instrument file is, its key figures and warnings, and the TOML to paste."""
    from exocast.cli.inspect import inspect_files

    inspect_files(files)


@app.command()
def methods(
    stage: Annotated[
        str, typer.Argument(help="A stage; every one by default.", autocompletion=stages)
    ] = "",
) -> None:
    """List the methods of every stage, or the settings of one stage's methods."""
    from exocast.cli.methods import list_methods

    list_methods(stage)


@app.command(epilog=EXPLAINED)
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


@app.command()
def pack(
    folder: Saved,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File; FOLDER.zip here by default.")
    ] = None,
    members: Annotated[
        bool, typer.Option("--members", help="Pack the values of every member as well.")
    ] = False,
) -> None:
    """Pack a saved forecast into one file: Design, input files, numbers, versions and hashes."""
    from exocast.cli.pack import pack_forecast

    pack_forecast(folder, output, members)


@app.command()
def rerun(
    archive: Annotated[Path, typer.Argument(help="A file that `exocast pack` wrote.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the new forecast; none is kept by default.")
    ] = None,
    threads: Threads = 0,
) -> None:
    """Check every hash of a packed forecast, run it again, and compare the numbers."""
    from exocast.cli.rerun import rerun_archive

    rerun_archive(archive, out, threads)


@app.command()
def cite(
    folder: Saved,
    bibtex: Annotated[bool, typer.Option("--bibtex", help="BibTeX, and nothing else.")] = False,
) -> None:
    """Say what to cite for a saved forecast, the most influential source first."""
    from exocast.cli.cite import cite_forecast

    cite_forecast(folder, bibtex)


@app.command()
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


@app.command(epilog=QUALIFIED)
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


@app.command()
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
