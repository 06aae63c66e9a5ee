"""Arguments and options that several verbs share, and what completes them in a shell."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "DesignPath",
    "FewMembers",
    "KeptGoals",
    "Limits",
    "LoadGoals",
    "ManyDraws",
    "Out",
    "PurityGoals",
    "Result",
    "Saved",
    "Settings",
    "Temperatures",
    "Threads",
    "YieldGoals",
    "designs",
    "keys",
    "sources",
    "stages",
    "templates",
]


def designs(incomplete: str) -> list[str]:
    """Return Designs that begin so."""
    from exocast.cli.new import complete_designs

    return complete_designs(incomplete)


def templates(incomplete: str) -> list[str]:
    """Return packaged Designs that begin so."""
    from exocast.cli.new import complete_templates

    return complete_templates(incomplete)


def keys(incomplete: str) -> list[str]:
    """Return what can be explained and begins so."""
    from exocast.cli.explain import complete_keys

    return complete_keys(incomplete)


def sources(incomplete: str) -> list[str]:
    """Return sources of vesicles that begin so."""
    from exocast.cli.recommend import complete_sources

    return complete_sources(incomplete)


def stages(incomplete: str) -> list[str]:
    """Return stages that begin so."""
    from exocast.stages import STAGES

    return [stage for stage in STAGES if stage.startswith(incomplete)]


DesignPath = Annotated[
    str,
    typer.Argument(
        help="A Design (TOML file), or the name of a packaged one.", autocompletion=designs
    ),
]
Saved = Annotated[Path, typer.Argument(help="Folder of a saved forecast.")]
Result = Annotated[
    Path,
    typer.Argument(
        help="Folder of a saved forecast, comparison, sweep, search, fit or qualification."
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a setting: regimen.dose='5e9 particles', loading.field='1 kV/cm'.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="New folder for it; one in out/ by default."),
]
Threads = Annotated[int, typer.Option(min=0, help="Worker threads; 0 takes every core.")]
Limits = Annotated[
    list[str] | None,
    typer.Option(
        metavar="LIMIT",
        help="'small EVs > 80 %', 'copies per vesicle > 70 %', 'cargo inside', 'particles' or "
        "'surface > 80 %', over what was put into storage. May be repeated.",
    ),
]
Temperatures = Annotated[
    list[str] | None,
    typer.Option(metavar="TEMPERATURE", help="Store it at '25 degC' too. May be repeated."),
]
FewMembers = Annotated[
    str, typer.Option(metavar="UxV", help="Members, e.g. 50x20; 12x4 by default.")
]
ManyDraws = Annotated[
    str, typer.Option(metavar="UxV", help="Members, e.g. 50x1; 200x1 by default.")
]
PurityGoals = Annotated[
    list[str] | None,
    typer.Option(
        metavar="GOAL",
        help="'vesicles per ug >= 1e9', 'particles per ug >= 1e9' (as assays read them) or "
        "'share of particles >= 50 %'. May be repeated.",
    ),
]
YieldGoals = Annotated[
    list[str] | None,
    typer.Option("--yield", metavar="GOAL", help="'recovery >= 20 %' or 'vesicles >= 1e12'."),
]
LoadGoals = Annotated[
    list[str] | None,
    typer.Option(
        metavar="GOAL",
        help="'copies per vesicle >= 10', 'cargo per dose >= 1 ug', 'loaded vesicles >= 20 %', "
        "'protected share >= 90 %' or 'of input >= 1 %'. May be repeated.",
    ),
]
KeptGoals = Annotated[
    list[str] | None,
    typer.Option(
        metavar="GOAL",
        help="'recovery >= 20 %', 'intact cargo >= 90 %' or 'surface kept >= 80 %'.",
    ),
]
