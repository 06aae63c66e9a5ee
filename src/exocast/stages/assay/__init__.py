"""Assays: they change nothing, and show what an instrument would."""

from exocast.material.step import Step
from exocast.stages.assay.nta import Nta

__all__ = ["METHODS", "Nta"]

METHODS: dict[str, type[Step]] = {
    "nta": Nta,
}
