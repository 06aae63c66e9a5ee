"""The body: where vesicles go, by which route they come in, and what a label shows of it."""

from __future__ import annotations

from exocast.material.step import KineticStep
from exocast.stages.biodistribution.routes import ROUTES
from exocast.stages.biodistribution.tag import Tag
from exocast.stages.biodistribution.whole_body import WholeBody

__all__ = ["DISTURBANCES", "METHODS", "ROUTES", "Tag"]

DISTURBANCES: dict[str, tuple[str, ...]] = {"macrophages": ("depleted",)}
"""What can be done to a subject that the body answers to, and how."""

METHODS: dict[str, type[KineticStep]] = {"whole_body": WholeBody}
