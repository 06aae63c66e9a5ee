"""The body: where vesicles and dissolved cargo go, by which route, and what a label shows."""

from __future__ import annotations

from exocast.material.step import KineticStep
from exocast.stages.biodistribution.dissolved_cargo import DissolvedCargo
from exocast.stages.biodistribution.routes import ROUTES
from exocast.stages.biodistribution.tag import Tag
from exocast.stages.biodistribution.whole_body import WholeBody

__all__ = ["DISTURBANCES", "METHODS", "ROUTES", "DissolvedCargo", "Tag"]

DISTURBANCES: dict[str, tuple[str, ...]] = {"macrophages": ("depleted",)}
"""What can be done to a subject that the body answers to, and how."""

METHODS: dict[str, type[KineticStep]] = {"whole_body": WholeBody}
