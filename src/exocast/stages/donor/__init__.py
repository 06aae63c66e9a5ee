"""Where what is dosed comes from: donor cells, a formulation, or a cargo as it is."""

from __future__ import annotations

from exocast.stages.donor.dissolved_cargo import DissolvedCargo
from exocast.stages.donor.flask_culture import FlaskCulture
from exocast.stages.donor.lipid_nanoparticle import LipidNanoparticle

__all__ = ["METHODS", "DissolvedCargo", "FlaskCulture", "LipidNanoparticle"]

METHODS = {
    "flask_culture": FlaskCulture,
    "lipid_nanoparticle": LipidNanoparticle,
    "dissolved_cargo": DissolvedCargo,
}
