"""The stages of the journey, and the table of methods of each."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from exocast.errors import DesignError, Problem, nearest
from exocast.material.step import Step

__all__ = ["KINETIC", "STAGES", "methods"]

STAGES = (
    "donor",
    "isolation",
    "assay",
    "loading",
    "surface_engineering",
    "storage",
    "biodistribution",
    "uptake",
    "response",
)
"""Every stage that has methods, in the order of the journey."""

KINETIC = ("biodistribution", "uptake", "response")
"""Stages whose methods a Design names under ``[models]``."""


def methods(stage: str) -> Mapping[str, type[Step]]:
    """Return the literal table of a stage: method name to class.

    Raises
    ------
    DesignError
        If there is no such stage; the message offers the nearest.
    """
    if stage not in STAGES:
        raise DesignError(stage, [Problem(f"no stage `{stage}`. {nearest(stage, STAGES)}")])
    table: Mapping[str, type[Step]] = import_module(f"exocast.stages.{stage}").METHODS
    return table
