"""Isolation and clean-up: which particles and how much liquid come along."""

from __future__ import annotations

from exocast.stages.isolation.differential_centrifugation import DifferentialCentrifugation, Spin
from exocast.stages.isolation.size_exclusion import SizeExclusion

__all__ = ["METHODS", "DifferentialCentrifugation", "SizeExclusion", "Spin"]

METHODS = {
    "differential_centrifugation": DifferentialCentrifugation,
    "size_exclusion": SizeExclusion,
}
