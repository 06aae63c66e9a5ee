"""The outside of finished vesicles: what is put on it, and what is cut off."""

from __future__ import annotations

from exocast.material.step import PreparationStep, Step
from exocast.stages.surface_engineering.display import Display
from exocast.stages.surface_engineering.glycan_trimming import GlycanTrimming
from exocast.stages.surface_engineering.insertion import Insertion

__all__ = ["METHODS", "ligands_of"]

METHODS: dict[str, type[PreparationStep]] = {
    "display": Display,
    "insertion": Insertion,
    "glycan_trimming": GlycanTrimming,
}
"""By the donor cell's own proteins, by lipid anchors into the membrane, by an enzyme."""


def ligands_of(step: Step | None) -> tuple[str, ...]:
    """Return the ligands that a step puts on vesicles; none where it puts no copy of them."""
    return step.ligands if isinstance(step, Display | Insertion) else ()
