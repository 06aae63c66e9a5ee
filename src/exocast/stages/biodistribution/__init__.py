"""The body: where vesicles and dissolved cargo go, by which route, and what a label shows."""

from __future__ import annotations

from exocast.material.step import KineticStep
from exocast.stages.biodistribution.cargo_release import CargoRelease
from exocast.stages.biodistribution.dissolved_cargo import DissolvedCargo
from exocast.stages.biodistribution.disturbances import DISTURBANCES
from exocast.stages.biodistribution.magnetic_pull import MagneticPull
from exocast.stages.biodistribution.outside import Outside
from exocast.stages.biodistribution.routes import ROUTES
from exocast.stages.biodistribution.tag import Tag
from exocast.stages.biodistribution.targeting import Targeting
from exocast.stages.biodistribution.whole_body import WholeBody

__all__ = [
    "DISTURBANCES",
    "METHODS",
    "ROUTES",
    "CargoRelease",
    "DissolvedCargo",
    "MagneticPull",
    "Outside",
    "Tag",
    "Targeting",
]

METHODS: dict[str, type[KineticStep]] = {"whole_body": WholeBody}
