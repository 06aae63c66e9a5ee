"""Where what is dosed comes from: donor cells, a formulation, or a cargo as it is."""

from __future__ import annotations

from exocast.stages.donor.dissolved_cargo import DissolvedCargo
from exocast.stages.donor.flask_culture import FlaskCulture
from exocast.stages.donor.inorganic_particle import InorganicParticle
from exocast.stages.donor.lipid_nanoparticle import LipidNanoparticle
from exocast.stages.donor.liposome import Liposome

__all__ = [
    "METHODS",
    "DissolvedCargo",
    "FlaskCulture",
    "InorganicParticle",
    "LipidNanoparticle",
    "Liposome",
]

METHODS = {
    "flask_culture": FlaskCulture,
    "lipid_nanoparticle": LipidNanoparticle,
    "liposome": Liposome,
    "inorganic_particle": InorganicParticle,
    "dissolved_cargo": DissolvedCargo,
}
