"""Isolation and clean-up: which particles and how much liquid come along."""

from __future__ import annotations

from exocast.stages.isolation.anion_exchange import AnionExchange
from exocast.stages.isolation.asymmetric_flow_fractionation import AsymmetricFlowFractionation
from exocast.stages.isolation.density_gradient import DensityGradient, Layer
from exocast.stages.isolation.differential_centrifugation import DifferentialCentrifugation, Spin
from exocast.stages.isolation.immunoaffinity import Immunoaffinity
from exocast.stages.isolation.microfluidic_sorting import MicrofluidicSorting
from exocast.stages.isolation.polymer_precipitation import PolymerPrecipitation
from exocast.stages.isolation.size_exclusion import SizeExclusion
from exocast.stages.isolation.tangential_flow_filtration import TangentialFlowFiltration
from exocast.stages.isolation.ultrafiltration import Ultrafiltration

__all__ = [
    "METHODS",
    "AnionExchange",
    "AsymmetricFlowFractionation",
    "DensityGradient",
    "DifferentialCentrifugation",
    "Immunoaffinity",
    "Layer",
    "MicrofluidicSorting",
    "PolymerPrecipitation",
    "SizeExclusion",
    "Spin",
    "TangentialFlowFiltration",
    "Ultrafiltration",
]

METHODS = {
    "anion_exchange": AnionExchange,
    "asymmetric_flow_fractionation": AsymmetricFlowFractionation,
    "density_gradient": DensityGradient,
    "differential_centrifugation": DifferentialCentrifugation,
    "immunoaffinity": Immunoaffinity,
    "microfluidic_sorting": MicrofluidicSorting,
    "polymer_precipitation": PolymerPrecipitation,
    "size_exclusion": SizeExclusion,
    "tangential_flow_filtration": TangentialFlowFiltration,
    "ultrafiltration": Ultrafiltration,
}
