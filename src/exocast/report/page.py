"""The page: every panel, rendered by one template into one file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from markupsafe import Markup

from exocast.material.forecast import Forecast
from exocast.report.blocks import Panel
from exocast.report.panels import (
    answer,
    body,
    cargo,
    cascade,
    claims,
    drivers,
    flags,
    journey,
    needed,
    observed,
    published,
    reproduce,
    response,
    sample,
    values,
)

__all__ = ["PANELS", "render", "write_report"]

PANELS: tuple[Callable[[Forecast], Panel], ...] = (
    answer.panel,
    cascade.panel,
    drivers.panel,
    needed.panel,
    sample.panel,
    cargo.panel,
    body.panel,
    response.panel,
    journey.panel,
    observed.panel,
    published.panel,
    claims.panel,
    flags.panel,
    values.panel,
    reproduce.panel,
)
"""In the order of the page."""

TEMPLATE, STYLE, SCRIPT = "page.html", "page.css", "page.js"


def write_report(forecast: Forecast, path: Path) -> None:
    """Write the report of a saved forecast as one HTML file.

    Parameters
    ----------
    forecast : Forecast
        Its record and its arrays; nothing is run.
    path : Path
        File to write; its folder exists. It is complete or not there at all.
    """
    text = render(forecast)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def render(forecast: Forecast) -> str:
    """Return the page as text; every text of the forecast is escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(_packaged(TEMPLATE))
    return template.render(
        record=forecast.record,
        panels=[panel(forecast) for panel in PANELS],
        style=Markup(_packaged(STYLE)),
        script=Markup(_packaged(SCRIPT)),
    )


def _packaged(name: str) -> str:
    return (resources.files("exocast.report") / name).read_text(encoding="utf-8")
