"""The outside of finished vesicles: what is put on it, and what is cut off."""

from __future__ import annotations

from exocast.material.step import PreparationStep, Step
from exocast.stages.surface_engineering.affinity import Affinity
from exocast.stages.surface_engineering.conjugation import Conjugation
from exocast.stages.surface_engineering.display import Display
from exocast.stages.surface_engineering.glycan_editing import GlycanEditing
from exocast.stages.surface_engineering.hybrid_by_extrusion import HybridByExtrusion
from exocast.stages.surface_engineering.hybrid_by_freezing import HybridByFreezing
from exocast.stages.surface_engineering.hybrid_by_polymer import HybridByPolymer
from exocast.stages.surface_engineering.insertion import Insertion
from exocast.stages.surface_engineering.membrane_coating import MembraneCoating

__all__ = [
    "METHODS",
    "Affinity",
    "Conjugation",
    "Display",
    "GlycanEditing",
    "Insertion",
    "ligands_of",
]

METHODS: dict[str, type[PreparationStep]] = {
    "display": Display,
    "insertion": Insertion,
    "conjugation": Conjugation,
    "affinity": Affinity,
    "glycan_editing": GlycanEditing,
    "hybrid_by_freezing": HybridByFreezing,
    "hybrid_by_polymer": HybridByPolymer,
    "hybrid_by_extrusion": HybridByExtrusion,
    "membrane_coating": MembraneCoating,
}
"""By the donor's own proteins, lipid anchors, chemistry, what vesicles show, and enzymes."""


def ligands_of(step: Step | None) -> tuple[str, ...]:
    """Return the ligands that a step puts on vesicles; none where it puts no copy of them."""
    makers = Display | Insertion | Conjugation | Affinity | GlycanEditing
    return step.ligands if isinstance(step, makers) else ()
