"""The Design that repeats a published nanoparticle experiment: particle, animal, dose and times."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from exocast.evidence import Catalogue
from exocast.laws.liposome import bilayer_lipids
from exocast.laws.lumen import AVOGADRO
from exocast.laws.nanoparticle import scattering_lognormal
from exocast.laws.solid_particle import core_mass

__all__ = ["Particle", "design_text"]

VARIATION = 0.1
"""Spread of cores where none was printed."""

THIN = 1.5e-9
"""Coat of a small ligand, from which a core follows where only the diameter in liquid was printed
[m]."""

TRACER = 1e-8
"""Mass of solid given where no dose was printed [kg]: about the middle of 3.2 to 32.9 ug, the range
that the compilation gives for its intravenous series; too little to fill phagocytes."""

LIPID = 1e-5
"""Lipid given where no dose was printed [mol/kg]: common for imaging with liposomes; assumed."""


@dataclass(frozen=True)
class Particle:
    """What is known of a set's particle, dose and animal; NaN where nothing was printed.

    Attributes
    ----------
    name, material, coating : str
        Of the set, its solid (or ``liposome``), and what covers it.
    core, hydrodynamic : float
        Diameters of the solid and in liquid [m].
    species : str
        Species.
    weight : float
        Body weight [kg].
    dose : float
        Mass given to one animal [kg].
    notes : tuple of str
        What was assumed of the animal.
    polydispersity, zeta_potential, peg_share : float
        Of a liposome, where printed [1], [V], [1].
    """

    name: str
    material: str
    coating: str
    core: float
    hydrodynamic: float
    species: str
    weight: float
    dose: float
    notes: tuple[str, ...] = ()
    polydispersity: float = 0.1
    zeta_potential: float = math.nan
    peg_share: float = 0.05

    @property
    def is_liposome(self) -> bool:
        """Return whether it is a bilayer about a lumen and no solid."""
        return self.material == "liposome"

    @property
    def solid(self) -> float:
        """Return the diameter of the core, from that in liquid where only that was printed [m]."""
        return self.hydrodynamic - 2.0 * THIN if math.isnan(self.core) else self.core

    @cached_property
    def particles(self) -> float:
        """Return the particles of one dose; NaN where nothing tells."""
        if self.is_liposome:
            return self._liposomes()
        rows = Catalogue.packaged().values["donor.inorganic_particle.solid_density"]
        found = [row.value for row in rows if row.context.get("substance") == self.material]
        if not found or math.isnan(self.solid):
            return math.nan
        mass = TRACER if math.isnan(self.dose) else self.dose
        return mass / float(core_mass(self.solid, VARIATION, found[0]))

    def _liposomes(self) -> float:
        """Return the liposomes in an assumed amount of lipid, by the size of the middle one."""
        if math.isnan(self.hydrodynamic):
            return math.nan
        median, _ = scattering_lognormal(self.hydrodynamic, self.polydispersity)
        lipids = float(bilayer_lipids(median, 4.5e-9, 0.4e-18))
        return LIPID * self.weight * AVOGADRO / lipids

    @property
    def assumed(self) -> tuple[str, ...]:
        """Return what had to be assumed, as sentences."""
        said = list(self.notes)
        if math.isnan(self.dose):
            given = "10 umol/kg of lipid" if self.is_liposome else f"{TRACER * 1e9:g} ug of solid"
            said.append(f"dose not printed: {given} assumed")
        if math.isnan(self.core) and not self.is_liposome:
            said.append(
                f"core not printed: {self.solid * 1e9:.3g} nm, the diameter in liquid less a ligand"
            )
        return tuple(said)


def design_text(particle: Particle, hours: Iterable[float]) -> str:
    """Return the TOML of the Design that repeats an intravenous experiment.

    Parameters
    ----------
    particle : Particle
        With its dose and animal.
    hours : iterable of float
        Times of the readings [h]; the run ends at the last.
    """
    last = max(hours)
    return "\n".join(
        [
            "exocast = 1",
            f'title   = "{particle.name}"',
            "",
            "[question]",
            'quantity    = "particles taken up per target cell"',
            'target_cell = "PANC-1"',
            f'at          = "{last:g} h"',
            "",
            "[subject]",
            f'species     = "{particle.species}"',
            f'body_weight = "{particle.weight * 1e3:g} g"',
            "# a question needs a target: so small a tumour takes nothing that matters",
            'tumour      = { cell = "PANC-1", volume = "1 mm^3" }',
            "",
            "[[step]]",
            'stage  = "donor"',
            *(_liposome(particle) if particle.is_liposome else _solid(particle)),
            "",
            "[regimen]",
            'route = "intravenous_bolus"',
            f'dose  = "{particle.particles:.6g} particles"',
            "",
            "[models]",
            'body = "whole_body"',
            'cell = "endocytosis_and_escape"',
            "",
            "[run]",
            f'horizon = "{last:g} h"',
            "",
        ]
    )


def _solid(particle: Particle) -> list[str]:
    """Return the lines of an inorganic particle."""
    lines = [
        'method   = "inorganic_particle"',
        f'material = "{particle.material}"',
        f'core     = "{particle.solid * 1e9:g} nm"',
        f'coating  = "{particle.coating}"',
        'mass     = "1 mg"',
    ]
    if math.isfinite(particle.hydrodynamic):
        lines.append(f'hydrodynamic = "{particle.hydrodynamic * 1e9:g} nm"')
    return lines


def _liposome(particle: Particle) -> list[str]:
    """Return the lines of a liposome."""
    lines = [
        'method         = "liposome"',
        f'diameter       = "{particle.hydrodynamic * 1e9:g} nm"',
        f"polydispersity = {particle.polydispersity:g}",
        f"peg_share      = {particle.peg_share:g}",
        'lipid          = "10 mg"',
    ]
    if math.isfinite(particle.zeta_potential):
        lines.append(f'zeta_potential = "{particle.zeta_potential * 1e3:g} mV"')
    return lines
