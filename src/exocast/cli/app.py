"""The verbs, and the help that each prints. Verbs import what they need when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exocast._version import __version__

__all__ = ["app"]

app = typer.Typer(
    name="exocast",
    help="Forecast the journey of an exosome medicine, from donor cell to functional cargo "
    "molecules per target cell, and show where the dose is lost.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

DesignPath = Annotated[
    str, typer.Argument(help="A Design (TOML file), or the name of a packaged one.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Change a setting, e.g. regimen.dose='5e9 particles'."
    ),
]


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
def run(
    design: DesignPath,
    out: Annotated[Path, typer.Option(help="Folder that receives the forecast's folder.")] = Path(
        "out"
    ),
    name: Annotated[str, typer.Option(help="Name of the forecast; the design's by default.")] = "",
    set_: Settings = None,
    threads: Annotated[int, typer.Option(min=0, help="Worker threads; 0 takes every core.")] = 0,
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
def report(
    folder: Annotated[Path, typer.Argument(help="Folder of a saved forecast.")],
    to: Annotated[
        Path | None, typer.Option(help="File; report.html in the folder by default.")
    ] = None,
) -> None:
    """Write the report of a saved forecast again, without running anything."""
    from exocast.cli.report import write_report_of

    write_report_of(folder, to)


@app.command()
def inspect(
    files: Annotated[list[Path], typer.Argument(help="Instrument files.")],
) -> None:
    """Say what an instrument file is, its key figures and warnings, and the TOML to paste."""
    from exocast.cli.inspect import inspect_files

    inspect_files(files)


@app.command()
def methods(
    stage: Annotated[str, typer.Argument(help="A stage; every one by default.")] = "",
) -> None:
    """List the methods of every stage, or the settings of one stage's methods."""
    from exocast.cli.methods import list_methods

    list_methods(stage)


@app.command()
def explain(
    key: Annotated[
        str, typer.Argument(help="A method (loading.electroporation) or a value's key.")
    ],
) -> None:
    """Explain a method (settings, parameters, equations) or a value (source, rivals)."""
    from exocast.cli.explain import explain_key

    explain_key(key)
