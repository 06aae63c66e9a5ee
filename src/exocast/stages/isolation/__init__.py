"""Isolation and clean-up: which particles and how much liquid come along."""

from __future__ import annotations

from exocast.stages.isolation.anion_exchange import AnionExchange
from exocast.stages.isolation.differential_centrifugation import DifferentialCentrifugation, Spin
from exocast.stages.isolation.immunoaffinity import Immunoaffinity
from exocast.stages.isolation.microfluidic_sorting import MicrofluidicSorting
from exocast.stages.isolation.polymer_precipitation import PolymerPrecipitation
from exocast.stages.isolation.size_exclusion import SizeExclusion

__all__ = [
    "METHODS",
    "AnionExchange",
    "DifferentialCentrifugation",
    "Immunoaffinity",
    "MicrofluidicSorting",
    "PolymerPrecipitation",
    "SizeExclusion",
    "Spin",
]

METHODS = {
    "anion_exchange": AnionExchange,
    "differential_centrifugation": DifferentialCentrifugation,
    "immunoaffinity": Immunoaffinity,
    "microfluidic_sorting": MicrofluidicSorting,
    "polymer_precipitation": PolymerPrecipitation,
    "size_exclusion": SizeExclusion,
}
