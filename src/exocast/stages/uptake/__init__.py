"""The target cell: how vesicles get in, and how few of them open."""

from __future__ import annotations

from exocast.material.step import KineticStep
from exocast.stages.uptake.endocytosis_and_escape import EndocytosisAndEscape

__all__ = ["METHODS"]

METHODS: dict[str, type[KineticStep]] = {"endocytosis_and_escape": EndocytosisAndEscape}
