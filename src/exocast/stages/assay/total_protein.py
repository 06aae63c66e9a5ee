"""Total protein: what a colorimetric or fluorescent assay would read, vesicles and all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import LIPOPROTEINS, Suspension

__all__ = ["KINDS", "TotalProtein"]

Array = NDArray[np.float64]

PROTEIN = Parameter(
    "assay.total_protein.protein_in_particle",
    "kg/m^3",
    "Mass of protein in a volume of particle, membrane and lumen together.",
    low=1.0,
    high=1400.0,
)
RESPONSE = Parameter(
    "assay.total_protein.response", "1", "Reading over true protein.", low=0.05, high=20.0
)

KINDS = (
    "small_ev", "large_ev", "apoptotic_body", "mimetic_nanovesicle", "hybrid", *LIPOPROTEINS,
    "protein_aggregate", "virus_like",
)  # fmt: skip
"""Kinds whose protein counts; precipitated cargo holds none."""

MICROGRAM = 1e-9


@dataclass(frozen=True)
class TotalProtein(PreparationStep):
    r"""Total protein of the tube, dissolved and in particles alike.

    The assay cannot tell vesicles from what was isolated with them: "a dose in micrograms" is a
    dose of all protein. The suspension passes unchanged.

    Equation
    --------
    m = y \left(m_0 + \sum_{k, d} n_{k d} \, \frac{\pi d^3}{6} \, c_k\right)

    Symbols
    -------
    m : protein that is read
    y : response
    m_0 : dissolved protein [kg]
    n_{k d} : particles of kind k and diameter d
    c_k : protein_in_particle

    Notes
    -----
    m = response (m_dissolved + sum over kinds and sizes of count pi d^3 / 6 c), with c the protein
    in a volume of particle. A 100 nm vesicle at 150 g/L gives 1.3e10 vesicles per microgram.
    """

    stage: ClassVar[str] = "assay"
    method: ClassVar[str] = "total_protein"
    title: ClassVar[str] = "total protein assay"
    parameters: ClassVar[tuple[Parameter, ...]] = (PROTEIN, RESPONSE)
    speculative: ClassVar[bool] = True

    dye: str = setting(
        "bicinchoninic_acid",
        choices=("bicinchoninic_acid", "fluorescent"),
        doc="Chemistry of the assay, which sets how far its reading strays.",
        moves="protein [kg]",
    )

    def context(self) -> dict[str, str]:
        """Return the chemistry, in whose context the response is looked up."""
        return {"dye": self.dye}

    def needs(self) -> list[Need]:
        """Return the response, and the protein of every kind."""
        return [Need(RESPONSE), *(Need(PROTEIN, {"kind": kind}) for kind in KINDS)]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube as it was, with the reading as notes."""
        reading = self.content(suspension, p)
        notes = {"protein [kg]": reading}
        vesicles = [held.total for held in suspension.populations if held.vesicular]
        counted = np.sum(vesicles, axis=0) if vesicles else np.zeros(suspension.members)
        notes["vesicles per microgram [particle]"] = np.divide(
            counted * MICROGRAM, reading, out=np.zeros_like(reading), where=reading > 0
        )
        return suspension, Exchange(resources=Resources(time=2700.0, hands_on=900.0), notes=notes)

    def content(self, suspension: Suspension, p: Draws) -> Array:
        """Return what the assay would read for the whole tube, array (n,) [kg]."""
        mass = np.zeros(suspension.members) + suspension.solutes.get("protein", 0.0)
        for held in suspension.populations:
            if held.kind in KINDS:
                volume = (held.count * np.pi / 6.0 * held.diameter**3).sum(axis=1)
                mass = mass + volume * p.at(PROTEIN, kind=held.kind)
        return np.asarray(mass * p[RESPONSE])

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag a tube whose protein is mostly not in vesicles."""
        total = np.maximum(self.content(suspension, p), 1e-300)
        dissolved = suspension.solutes.get("protein", np.zeros(suspension.members)) * p[RESPONSE]
        share = float(np.median(dissolved / total))
        if share > 0.5:
            words = f"{share:.0%} of the protein is dissolved: its mass says little of vesicles"
            return [Flag(self.name, words)]
        return []
