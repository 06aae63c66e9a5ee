"""Insertion: molecules with a lipid anchor, or particles, go onto finished membranes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.insertion import chain_equivalents, inserted_copies
from exocast.laws.lumen import AVOGADRO
from exocast.laws.magnetic_pull import core_moment
from exocast.laws.polymer_brush import flory_radius
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import LIPOPROTEINS, Population, Suspension
from exocast.stages.surface_engineering.molecules import (
    area_of,
    leaving,
    ligand_of,
    property_of,
    standing,
    unfollowed,
    unknown_molecule,
    with_surface,
)

__all__ = ["Insertion"]

Array = NDArray[np.float64]

COATS = ("peg", "albumin_binder", "iron_oxide")
"""What can be inserted besides ligands; a whole CD47 cannot."""

PEG, IRON = "peg", "iron_oxide"
REFERENCE_CHAIN = 2.0
"""Mass of the chain in which a coat is counted [kg/mol]."""

MONOMER, MONOMER_MASS = 0.35e-9, 0.04405
"""Length [m] and mass [kg/mol] of one monomer of PEG."""

_KEY = "surface_engineering.insertion."
YIELD = Parameter(
    _KEY + "insertion_yield", "1", "Share of what is added that goes onto membranes, while there "
    "is room.", high=1.0, scale="logit",
)  # fmt: skip
CAPACITY = Parameter(
    _KEY + "capacity", "1/m^2", "Molecules that a membrane takes before it takes no more, per area."
)
DESORPTION = Parameter(
    _KEY + "desorption", "1/s", "Rate at which plasma draws the anchor out of the membrane."
)
CORE = Parameter(_KEY + "core_diameter", "m", "Diameter of one magnetic core.")
MAGNETISATION = Parameter(
    _KEY + "magnetisation", "A/m", "Saturation magnetisation of the cores."
)  # fmt: skip


@dataclass(frozen=True)
class Insertion(PreparationStep):
    r"""What is added shares out over all membrane in the tube, until that is full.

    Ligands and chains with a lipid anchor, an albumin binder, and magnetic cores (by any way that
    puts them onto the vesicle) follow one law. Lipoproteins take their share by surface. What finds
    no room stays dissolved: clean up after it.

    Equation
    --------
    c_k = \sigma_m \frac{A_k}{N_k} \left[1 - \exp\left(-\frac{y \, n N_A}{\sigma_m \sum_j
    A_j}\right)\right]

    Symbols
    -------
    c_k : mean copies on a particle of kind k
    A_k, N_k : membrane and particles of the kind
    \sigma_m : capacity, less what stands there; of chains over 2 kg/mol, over chain_equivalents
    y : insertion_yield
    n : amount
    N_A : Avogadro constant

    Notes
    -----
    Sets ``ligand.<name>``, ``albumin_binder_copies``, ``magnetic_moment`` or ``peg_copies``, the
    last in chains of 2 kg/mol: a chain of another mass covers as much as `chain_equivalents` of
    these; with it ``peg_desorption``. A ligand stands on a chain of PEG of `chain_mass`, which
    lifts it out of a coat of chains no longer than its own (``ligand.<name>.spacer``,
    `flory_radius`), and leaves with its anchor (``ligand.<name>.desorption``).
    """

    stage: ClassVar[str] = "surface_engineering"
    method: ClassVar[str] = "insertion"
    title: ClassVar[str] = "insertion into membranes"
    parameters: ClassVar[tuple[Parameter, ...]] = (YIELD, CAPACITY, DESORPTION, CORE, MAGNETISATION)
    speculative: ClassVar[bool] = True

    molecule: str = setting(
        doc="Ligand by name, peg, albumin_binder or iron_oxide.", moves="what small EVs carry"
    )
    amount: float = setting(
        1e-11, unit="mol", low=0.0, high=1e-5, source="insertion_practice",
        doc="Amount that is added; of iron oxide, of cores.", moves="copies on small EVs",
        direction=1,
    )  # fmt: skip
    chain_mass: float = setting(
        2.0, unit="kg/mol", low=0.3, high=40.0, source="insertion_practice",
        doc="Molar mass of one chain of PEG: of the coat, or under a ligand.",
        moves="copies on small EVs",
    )  # fmt: skip
    anchor: str = setting(
        "DSPE", choices=("DMPE", "DSPE", "cholesterol"), source="insertion_practice",
        doc="Lipid that holds it; short tails leave in plasma.", moves="desorption",
    )  # fmt: skip
    duration: float = setting(
        3600.0, unit="s", low=60.0, high=172800.0, source="insertion_practice",
        doc="Time that it is left with the vesicles.", moves="time at the bench", direction=1,
    )  # fmt: skip

    @property
    def ligands(self) -> tuple[str, ...]:
        """Return the ligand, where it is one and any of it is added."""
        return ligand_of(self.molecule) if self.amount > 0 else ()

    @property
    def _is_ligand(self) -> bool:
        return bool(ligand_of(self.molecule))

    def context(self) -> Mapping[str, str]:
        """Return molecule and anchor."""
        return {"molecule": self.molecule, "anchor": self.anchor}

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        return unknown_molecule(self.molecule, COATS)

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"with {self.molecule.replace('_', ' ')} in the membrane"

    def needs(self) -> list[Need]:
        """Return what the molecule needs."""
        wanted = [YIELD, CAPACITY]
        wanted += [DESORPTION] if self.molecule == PEG or self._is_ligand else []
        wanted += [CORE, MAGNETISATION] if self.molecule == IRON else []
        return [Need(one) for one in wanted]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube with the molecule on every membrane."""
        added = self.amount * AVOGADRO
        membranes = [one for one in suspension.populations if _has_membrane(one)]
        total = sum((area_of(one) for one in membranes), np.zeros(suspension.members))
        density = inserted_copies(added, p[YIELD], self._room(membranes, p), total)
        bound = density * total
        notes = {
            "left dissolved [1]": np.asarray(1.0 - bound / added)
            if added > 0
            else np.zeros(suspension.members)
        }
        resources = Resources(time=self.duration, hands_on=600.0, consumables={"tube": 1.0})
        if added <= 0:
            return suspension, Exchange(resources=resources, notes=notes)
        for one in membranes:
            each = np.divide(
                area_of(one), one.total, out=np.zeros(suspension.members), where=one.total > 0
            )
            held = self._held(density * each, p)
            name = property_of(self.molecule)
            if self._is_ligand or self.molecule == PEG:
                held |= leaving(one, name, held[name], p[DESORPTION])
            suspension = with_surface(suspension, one.kind, held, add=[name])
            if one.kind == "small_ev":
                notes["copies on a small EV [copy/particle]"] = density * each
        return suspension, Exchange(resources=resources, notes=notes)

    def _room(self, membranes: list[Population], p: Draws) -> Array:
        """Return how many more molecules an area of the membranes takes, array (n,) [1/m^2].

        Chains longer than those of the row need as much more room as they cover; cores stand
        above the rest.
        """
        if self.molecule == IRON:
            return p[CAPACITY]
        left = np.maximum(p[CAPACITY] - standing(membranes, chains=True), 0.0)
        if self.molecule == PEG:
            left = left / max(chain_equivalents(self.chain_mass, REFERENCE_CHAIN), 1.0)
        return np.asarray(left)

    def _held(self, copies: Array, p: Draws) -> dict[str, Array]:
        """Return the surface properties of so many copies a particle."""
        name = property_of(self.molecule)
        if self.molecule == PEG:
            cover = chain_equivalents(self.chain_mass, REFERENCE_CHAIN)
            return {name: copies * cover}
        if self.molecule == IRON:
            return {name: copies * core_moment(p[CORE], p[MAGNETISATION])}
        if self._is_ligand:
            spacer = flory_radius(MONOMER, np.full(p.members, self.chain_mass / MONOMER_MASS))
            return {name: copies, f"{name}.spacer": spacer}
        return {name: copies}

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Say that free molecules stay in the tube, and who has antibody to PEG."""
        if self.amount > 0 and self.molecule == PEG:
            message = (
                "a part of all people have antibody to PEG before any dose, which is not followed; "
                "what the first dose provokes is, for doses a day or more apart"
            )
            return [Flag(self.name, message, "note")]
        if self.amount <= 0 or not self.ligands:
            return []
        message = (
            f"free {self.molecule.replace('_', ' ')} stays in the tube and would block the "
            "receptors it is meant for: clean up before dosing; what is left of it is not followed"
        )
        return [Flag(self.name, message, "note"), *unfollowed(self.name, self.ligands)]


def _has_membrane(population: Population) -> bool:
    return population.vesicular or population.kind in LIPOPROTEINS
