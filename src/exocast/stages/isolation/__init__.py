"""Isolation and clean-up: which particles and how much liquid come along."""

from __future__ import annotations

from exocast.stages.isolation.differential_centrifugation import DifferentialCentrifugation, Spin

__all__ = ["METHODS", "DifferentialCentrifugation", "Spin"]

METHODS = {"differential_centrifugation": DifferentialCentrifugation}
