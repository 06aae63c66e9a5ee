"""The verbs in the order of the help. Verbs import what they need when they are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from exocast._version import __version__
from exocast.cli import asking, forecasting
from exocast.cli.examples import EXPLAINED, LOTS, QUALIFIED, RECOMMENDED, SHELVED

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


VERBS: Mapping[Callable[..., None], str] = {
    forecasting.new: "",
    forecasting.run: "",
    forecasting.check: "",
    forecasting.open: "",
    forecasting.report: "",
    forecasting.drivers: "",
    forecasting.needed: "",
    forecasting.batch: "",
    forecasting.claims: "",
    asking.compare: "",
    asking.recommend: RECOMMENDED,
    asking.lots: LOTS,
    asking.shelf_life: SHELVED,
    asking.sweep: "",
    asking.calibrate: "",
    asking.fit: "",
    asking.inspect: "",
    asking.methods: "",
    asking.explain: EXPLAINED,
    forecasting.pack: "",
    forecasting.rerun: "",
    forecasting.cite: "",
    asking.labels: "",
    asking.qualify: QUALIFIED,
    asking.predict_blind: "",
}
"""Every verb, in the order of the help, with the examples under its own."""

for _verb, _examples in VERBS.items():
    app.command(epilog=_examples or None)(_verb)
