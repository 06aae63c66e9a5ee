"""Assays: they change nothing, and show what an instrument would."""

from exocast.material.step import Step
from exocast.stages.assay.composition import Composition
from exocast.stages.assay.nta import Nta
from exocast.stages.assay.protection import Protection
from exocast.stages.assay.release_curve import ReleaseCurve
from exocast.stages.assay.total_protein import TotalProtein

__all__ = ["METHODS", "Composition", "Nta", "Protection", "ReleaseCurve", "TotalProtein"]

METHODS: dict[str, type[Step]] = {
    "nta": Nta,
    "total_protein": TotalProtein,
    "protection": Protection,
    "composition": Composition,
    "release_curve": ReleaseCurve,
}
