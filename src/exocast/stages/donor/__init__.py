"""Where what is dosed comes from: donor cells, a formulation, or a cargo as it is."""

from __future__ import annotations

from exocast.stages.donor.cell_culture import CellCulture
from exocast.stages.donor.dissolved_cargo import DissolvedCargo
from exocast.stages.donor.inorganic_particle import InorganicParticle
from exocast.stages.donor.lipid_nanoparticle import LipidNanoparticle
from exocast.stages.donor.liposome import Liposome

__all__ = [
    "METHODS",
    "CellCulture",
    "DissolvedCargo",
    "InorganicParticle",
    "LipidNanoparticle",
    "Liposome",
]

METHODS = {
    "cell_culture": CellCulture,
    "lipid_nanoparticle": LipidNanoparticle,
    "liposome": Liposome,
    "inorganic_particle": InorganicParticle,
    "dissolved_cargo": DissolvedCargo,
}
