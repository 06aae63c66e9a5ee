"""In which species somebody measured vesicles by a route: rows of ``data/route_measured.csv``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from exocast.material.step import Flag, Step
from exocast.material.study import Study

__all__ = ["Measured", "measured_routes", "unmeasured"]


@dataclass(frozen=True, slots=True)
class Measured:
    """One experiment that was read.

    Attributes
    ----------
    route, species : str
        As a Design writes them.
    particle : str
        What was given: ``vesicle``, or what stood in for one.
    source, locator, read : str
        Key of the source, what was opened of it, and how.
    note : str
        What it shows.
    """

    route: str
    species: str
    particle: str
    source: str
    locator: str
    read: str
    note: str


@cache
def measured_routes() -> tuple[Measured, ...]:
    """Return every row, in order."""
    table = resources.files("exocast") / "data" / "route_measured.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return tuple(Measured(**row) for row in rows)


def unmeasured(step: Step, study: Study) -> list[Flag]:
    """Return a flag where no measurement of vesicles by this route in this species was read.

    Parameters
    ----------
    step : Step
        The route.
    study : Study
        The species.
    """
    rows = [one for one in measured_routes() if one.route == step.method]
    here = [one for one in rows if one.species == study.species]
    if any(one.particle == "vesicle" for one in here):
        return []
    instead = here or [one for one in rows if one.particle == "vesicle"] or rows
    words = "; ".join(
        dict.fromkeys(f"{one.particle}s in the {one.species} ({one.source})" for one in instead)
    )
    message = (
        f"no measurement of vesicles by this route in the {study.species} was read"
        + (f", only of {words}" if words else " in any species")
        + ": what leaves the site, and how fast, rests on physiology and assumption"
    )
    return [Flag(f"{step.stage}.{step.method}", message)]
