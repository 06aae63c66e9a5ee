"""Catalogue values for the pictures: the same rows, by the same choice, as a run takes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from exocast.evidence.catalogue import Catalogue
from exocast.evidence.parameter import Need, Parameter, Value
from exocast.stages import STAGES, methods
from exocast.stages.biodistribution import (
    ROUTES,
    CargoRelease,
    DissolvedCargo,
    MagneticPull,
    Outside,
    Tag,
    Targeting,
)


def every_class() -> Iterator[tuple[str, str, type]]:
    """Yield stage, method and class: of every stage, then routes and labels."""
    for stage in STAGES:
        for name, cls in methods(stage).items():
            yield stage, name, cls
            if name == "whole_body":
                for route, route_class in ROUTES.items():
                    yield stage, route, route_class
                yield stage, "tag", Tag
                yield stage, "dissolved_cargo", DissolvedCargo
                yield stage, "cargo_release", CargoRelease
                yield stage, "targeting", Targeting
                yield stage, "magnetic_pull", MagneticPull
                yield stage, "outside", Outside


@cache
def parameters() -> dict[str, Parameter]:
    """Return every declared parameter by key."""
    return {one.key: one for _, _, cls in every_class() for one in cls.parameters}


def row(key: str, **context: str) -> Value:
    """Return the row that a run would take."""
    return Catalogue.packaged().find(Need(parameters()[key], context))


def median(key: str, **context: str) -> float:
    """Return the median of a value, SI."""
    return row(key, **context).value


def ends(key: str, **context: str) -> tuple[float, float]:
    """Return the 5 and 95 % ends of what is not known, SI."""
    found = row(key, **context)
    return found.low, found.high
