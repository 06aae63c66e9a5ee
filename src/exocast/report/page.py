"""The page: every panel, rendered by one template into one file."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from markupsafe import Markup, escape

from exocast.learn.saving import Result
from exocast.material.forecast import Forecast
from exocast.qualify.qualification import Qualification
from exocast.report.bands import stored
from exocast.report.blocks import Panel
from exocast.report.panels import (
    answer,
    body,
    cargo,
    cascade,
    claims,
    drivers,
    equations,
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
from exocast.report.panels.rows import asked_organ
from exocast.report.qualifying import panels_of_qualification
from exocast.report.results import panels_of_result, title_of

__all__ = ["PANELS", "panels_of", "render", "write_report"]

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
    equations.panel,
    reproduce.panel,
)
"""In the order of the page."""

OF_A_BODY = (needed.panel, body.panel, response.panel, observed.panel, published.panel)
"""Left out where the Design ends on the bench."""

_JOINT = re.compile(r"(?<=[a-z])([._])(?=[a-z])")
TEMPLATE, STYLE, SCRIPT = "page.html", "page.css", "page.js"


def write_report(result: Forecast | Result | Qualification, path: Path) -> None:
    """Write the report of a saved result as one HTML file.

    Parameters
    ----------
    result : Forecast, Comparison, Sweep, Sought or Qualification
        Its record and its arrays; nothing is run.
    path : Path
        File to write; its folder exists. It is complete or not there at all.
    """
    text = render(result)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def panels_of(result: Forecast | Result | Qualification) -> tuple[Panel, ...]:
    """Return every part of the report, in order."""
    if isinstance(result, Forecast):
        idle: tuple[object, ...] = ()
        if result.record.get("ends_on") == "bench":
            idle = OF_A_BODY if result.record["question"]["cargo"] else (*OF_A_BODY, cargo.panel)
        elif asked_organ(result.record):
            idle = (needed.panel,)
            if not any(stored(result, name) for name in response.OUTPUTS):
                idle = (*idle, response.panel)
        return tuple(panel(result) for panel in PANELS if panel not in idle)
    if isinstance(result, Qualification):
        return panels_of_qualification(result)
    return panels_of_result(result)


def render(result: Forecast | Result | Qualification) -> str:
    """Return the page as text; every text of the result is escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["breaks"] = _breaks
    template = environment.from_string(_packaged(TEMPLATE))
    if isinstance(result, Forecast):
        kind, title = "forecast", str(result.record["title"])
    elif isinstance(result, Qualification):
        kind, title = "qualification", str(result.record["title"])
    else:
        kind, title = title_of(result)
    return template.render(
        kind=kind,
        title=title,
        version=result.record["version"],
        panels=panels_of(result),
        style=Markup(_packaged(STYLE)),
        script=Markup(_packaged(SCRIPT)),
    )


def _breaks(text: str) -> Markup:
    """Let a long key break after its dots and underscores, and nowhere within a word."""
    return Markup(_JOINT.sub(r"\1<wbr>", str(escape(text))))


def _packaged(name: str) -> str:
    return (resources.files("exocast.report") / name).read_text(encoding="utf-8")
