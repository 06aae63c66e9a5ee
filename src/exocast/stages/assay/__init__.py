"""Assays: they change nothing, and show what an instrument would."""

from exocast.material.step import Step
from exocast.stages.assay.nta import Nta
from exocast.stages.assay.total_protein import TotalProtein

__all__ = ["METHODS", "Nta", "TotalProtein"]

METHODS: dict[str, type[Step]] = {
    "nta": Nta,
    "total_protein": TotalProtein,
}
