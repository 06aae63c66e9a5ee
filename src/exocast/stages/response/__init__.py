"""What the cargo does to the cell and to the tumour."""

from __future__ import annotations

from exocast.material.step import KineticStep
from exocast.stages.response.gene_silencing import GeneSilencing
from exocast.stages.response.tumour_growth import TumourGrowth

__all__ = ["METHODS"]

METHODS: dict[str, type[KineticStep]] = {
    "gene_silencing": GeneSilencing,
    "tumour_growth": TumourGrowth,
}
