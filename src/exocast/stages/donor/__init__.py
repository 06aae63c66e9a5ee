"""Where what is dosed comes from: donor cells, a formulation, or a cargo as it is."""

from __future__ import annotations

from exocast.stages.donor.blood_cells import BloodCells
from exocast.stages.donor.body_fluid import BodyFluid
from exocast.stages.donor.cell_culture import CellCulture
from exocast.stages.donor.dissolved_cargo import DissolvedCargo
from exocast.stages.donor.inorganic_particle import InorganicParticle
from exocast.stages.donor.lipid_nanoparticle import LipidNanoparticle
from exocast.stages.donor.liposome import Liposome
from exocast.stages.donor.mimetic_nanovesicles import MimeticNanovesicles
from exocast.stages.donor.plant import Plant

__all__ = [
    "METHODS",
    "BloodCells",
    "BodyFluid",
    "CellCulture",
    "DissolvedCargo",
    "InorganicParticle",
    "LipidNanoparticle",
    "Liposome",
    "MimeticNanovesicles",
    "Plant",
]

METHODS = {
    "cell_culture": CellCulture,
    "body_fluid": BodyFluid,
    "blood_cells": BloodCells,
    "plant": Plant,
    "mimetic_nanovesicles": MimeticNanovesicles,
    "lipid_nanoparticle": LipidNanoparticle,
    "liposome": Liposome,
    "inorganic_particle": InorganicParticle,
    "dissolved_cargo": DissolvedCargo,
}
