"""The verbs that make a forecast, show what it says and send it on; see `app`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exocast.cli.options import DesignPath, Result, Saved, Settings, Threads, templates

__all__ = [
    "batch",
    "check",
    "cite",
    "claims",
    "drivers",
    "needed",
    "new",
    "open",
    "pack",
    "report",
    "rerun",
    "run",
]


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


def check(design: DesignPath, set_: Settings = None) -> None:
    """Check a Design: every mistake at once, and the defaults that it takes."""
    from exocast.cli.check import check_design

    check_design(design, set_ or [])


def open(folder: Result) -> None:  # noqa: A001 - the verb is `exocast open`
    """Print what a saved forecast, comparison, sweep or qualification says; nothing is run."""
    from exocast.cli.open import show_folder

    show_folder(folder)


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


def claims(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of a saved forecast; the rows alone without one.")
    ] = None,
    only: Annotated[str, typer.Option(metavar="NAME", help="Show one claim in full.")] = "",
) -> None:
    """Print what the review claims, and what the rows or a forecast make of each claim."""
    from exocast.cli.claims import print_claims

    print_claims(folder, only)


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


def cite(
    folder: Saved,
    bibtex: Annotated[bool, typer.Option("--bibtex", help="BibTeX, and nothing else.")] = False,
) -> None:
    """Say what to cite for a saved forecast, the most influential source first."""
    from exocast.cli.cite import cite_forecast

    cite_forecast(folder, bibtex)
