"""Conjugation: a molecule is clicked onto handles that chemistry or the donor put on vesicles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.aggregation import singlet_fraction
from exocast.laws.conjugation import (
    bridged_encounters,
    coupled,
    function_kept,
    handles_made,
    room_for,
)
from exocast.laws.lumen import AVOGADRO
from exocast.laws.water import water_viscosity
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import LIPOPROTEINS, Population, Suspension
from exocast.stages.account import Account
from exocast.stages.loading.release import FIXED
from exocast.stages.surface_engineering.molecules import (
    RADIUS,
    area_of,
    desorption_of,
    leaving,
    ligand_of,
    property_of,
    standing,
    unfollowed,
    unknown_molecule,
    with_surface,
)
from exocast.stages.wear import worn

__all__ = ["CHEMISTRIES", "Conjugation"]

Array = NDArray[np.float64]

COATS = ("peg", "albumin_binder")
"""What can be conjugated besides ligands."""

AMINES = ("dbco_azide", "copper_click")
"""Chemistries that first put their handles on amines."""

FED = "metabolic_azide"
"""Chemistry whose sites the donor made of a sugar that it was fed."""
CHEMISTRIES = (*AMINES, FED, "ligase")
"""Without copper, with it, onto azido sugars that the donor was fed, and by an enzyme."""

WARM = 298.15
"""Temperature of the bench [K]."""

_KEY = "surface_engineering.conjugation."
SITES = Parameter(_KEY + "sites", "1/m^2", "Sites that a chemistry reaches, per area of membrane.")
LABELLING = Parameter(
    _KEY + "labelling", "m^3/mol/s", "Rate constant of an activated ester with an amine."
)
HYDROLYSIS = Parameter(_KEY + "hydrolysis", "1/s", "Rate at which water destroys the ester.")
COUPLING = Parameter(
    _KEY + "coupling", "m^3/mol/s", "Rate constant of a handle and what is clicked onto it."
)
ESSENTIAL = Parameter(
    _KEY + "essential_amines", "1", "Amines of a surface protein without which it does not bind."
)
DAMAGE = Parameter(
    _KEY + "damage", "1", "Share of surface proteins that the catalyst spoils.", high=1.0,
    scale="logit",
)  # fmt: skip
BRIDGING = Parameter(
    _KEY + "bridging", "1", "Chance that two vesicles which meet are bridged, at most.", high=1.0
)
PROTEIN_AMINES = Parameter(
    _KEY + "protein_amines", "mol/kg", "Amines of dissolved protein, per mass."
)


@dataclass(frozen=True)
class Conjugation(PreparationStep):
    r"""Handles on vesicles, and on all else that has them, share out what is clicked on.

    An activated ester puts handles on amines, racing with water; or the donor made them. Then each
    handle takes one molecule, as fast as both meet, while there is room beside the others. Amines
    that a surface protein cannot spare, and copper, cost its function. A molecule with several
    handles bridges vesicles. Dissolved protein and lipoproteins take their share of what goes by
    amines, and what is left stays dissolved: clean up before, and after.

    Equation
    --------
    c_k = \sigma \frac{A_k}{N_k} \, \frac{x}{H}, \quad \sigma = \min(m \sigma_s, \sigma_m), \quad
    H = \frac{1}{V N_A} \sum_j \sigma A_j + m \, n_p \frac{M_p}{V}

    f = (1 - m)^{s} \, (1 - d)

    Symbols
    -------
    c_k : mean copies on a particle of kind k
    x : coupled, from H and amount / V
    m : handles_made; 1 where the donor or an enzyme makes them
    \sigma_s : sites
    \sigma_m : room_for, less what stands there
    H : handles
    A_k, N_k : membrane and particles of the kind
    V : volume
    N_A : Avogadro constant
    n_p : protein_amines
    M_p : dissolved protein
    f : what is left of the other surface molecules
    s : essential_amines
    d : damage

    Notes
    -----
    The ester is taken to be removed between both reactions. Vesicles bridge as
    `laws.aggregation.singlet_fraction` has it, with `bridged_encounters` for one over the stability
    ratio. Sets ``ligand.<name>``, ``peg_copies`` (chains of 2 kg/mol) or
    ``albumin_binder_copies``; a covalent bond holds as long as the vesicle.
    """

    stage: ClassVar[str] = "surface_engineering"
    method: ClassVar[str] = "conjugation"
    title: ClassVar[str] = "conjugation by click chemistry"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        SITES, LABELLING, HYDROLYSIS, COUPLING, ESSENTIAL, DAMAGE, BRIDGING, RADIUS,
        PROTEIN_AMINES,
    )  # fmt: skip
    speculative: ClassVar[bool] = True

    molecule: str = setting(
        doc="Ligand by name, peg or albumin_binder.", moves="what small EVs carry"
    )
    chemistry: str = setting(
        "dbco_azide", choices=CHEMISTRIES, source="conjugation_practice",
        doc="Handles on amines without copper or with it, azido sugars of the donor, or an enzyme.",
        moves="copies on small EVs",
    )  # fmt: skip
    reagent: float = setting(
        0.05, unit="mol/m^3", low=0.0, high=10.0, source="conjugation_practice",
        doc="Activated ester that puts handles on amines.",
        moves="surface molecules that still work [1]", direction=-1,
    )  # fmt: skip
    reaction: float = setting(
        3600.0, unit="s", low=60.0, high=86400.0, source="conjugation_practice",
        doc="Time with the ester.", moves="time at the bench", direction=1,
    )  # fmt: skip
    amount: float = setting(
        1e-8, unit="mol", low=0.0, high=1e-5, source="conjugation_practice",
        doc="Amount of the molecule that is clicked on.", moves="copies on small EVs", direction=1,
    )  # fmt: skip
    duration: float = setting(
        43200.0, unit="s", low=60.0, high=172800.0, source="conjugation_practice",
        doc="Time with the molecule.", moves="copies on small EVs", direction=1,
    )  # fmt: skip
    handles: float = setting(
        1.0, unit="1", low=1.0, high=20.0, source="conjugation_practice",
        doc="Handles on one molecule; a protein labelled at random has several.",
        moves="particles/small_ev", direction=-1,
    )  # fmt: skip

    @property
    def ligands(self) -> tuple[str, ...]:
        """Return the ligand, where it is one and any of it is added."""
        return ligand_of(self.molecule) if self.amount > 0 else ()

    def context(self) -> Mapping[str, str]:
        """Return molecule and chemistry."""
        return {"molecule": self.molecule, "chemistry": self.chemistry}

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        return unknown_molecule(self.molecule, COATS)

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"with {self.molecule.replace('_', ' ')} clicked on"

    def needs(self) -> list[Need]:
        """Return what the chemistry needs."""
        wanted = [SITES, COUPLING, DAMAGE, BRIDGING, RADIUS]
        if self.chemistry in AMINES:
            wanted += [LABELLING, HYDROLYSIS, ESSENTIAL, PROTEIN_AMINES]
        return [Need(one) for one in wanted]

    def modified(self, p: Draws) -> Array:
        """Return the share of the sites that carry a handle, array (n,)."""
        if self.chemistry not in AMINES:
            return np.ones(p.members)
        return handles_made(self.reagent, p[LABELLING], p[HYDROLYSIS], self.reaction)

    def kept(self, p: Draws) -> Array:
        """Return the share of surface molecules that still work afterwards, array (n,)."""
        left = 1.0 - p[DAMAGE]
        if self.chemistry not in AMINES:
            return np.asarray(left)
        return np.asarray(left * function_kept(self.modified(p), p[ESSENTIAL]))

    def _reaches(self, one: Population) -> bool:
        """Return whether a population has the sites: only what a fed cell made has azido sugars."""
        if self.chemistry == FED:
            return one.vesicular and one.kind not in FIXED
        return one.vesicular or one.kind in LIPOPROTEINS

    def _coverage(self, suspension: Suspension, p: Draws) -> tuple[Array, Array]:
        """Return handles per area [1/m^2] and the share of them that hold a molecule, (n,)."""
        sites = self.modified(p) * p[SITES]
        reached = [one for one in suspension.populations if self._reaches(one)]
        before = standing(reached, chains=self.molecule == "peg")
        density = np.minimum(sites, np.maximum(room_for(p[RADIUS]) - before, 0.0))
        membrane = sum((area_of(one) for one in reached), np.zeros(suspension.members))
        total = density * membrane / AVOGADRO
        if self.chemistry in AMINES:
            protein = suspension.solutes.get("protein", np.zeros(suspension.members))
            total = total + self.modified(p) * p[PROTEIN_AMINES] * protein
        volume = np.where(suspension.volume > 0, suspension.volume, 1.0)
        handles, added = total / volume, self.amount / volume
        taken = coupled(handles, added, p[COUPLING], self.duration)
        return density, np.divide(taken, handles, out=np.zeros_like(taken), where=handles > 0)

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube with the molecule on every membrane, less what was bridged or spoilt."""
        account, name = Account(), property_of(self.molecule)
        wash = 2.0 if self.chemistry in AMINES else 1.0
        time = self.duration + (self.reaction if self.chemistry in AMINES else 0.0)
        resources = Resources(
            time=time + wash * 1800.0,
            hands_on=wash * 1800.0,
            consumables={"tube": wash, "desalting column": wash},
        )
        if self.amount <= 0:
            return suspension, account.exchange(resources)
        density, occupied = self._coverage(suspension, p)
        single = self._single(suspension, occupied, p)
        for index, before in enumerate(suspension.populations):
            if not self._reaches(before):
                continue
            one = worn(before, 1.0 - self.kept(p)) if before.vesicular else before
            each = np.divide(
                area_of(one), one.total, out=np.zeros(suspension.members), where=one.total > 0
            )
            copies = density * occupied * each
            held = {name: copies}
            if desorption_of(name) in one.surface:
                held |= leaving(one, name, copies, np.zeros(suspension.members))
            suspension = with_surface(suspension.with_population(one), one.kind, held, add=[name])
            if one.kind == "small_ev":
                account.note("copies on a small EV [copy/particle]", copies)
            if one.vesicular:
                lost = 1.0 - single[index]
                account.removed(one, lost, "bridged to others")
                left = suspension.population(one.kind)
                suspension = suspension.with_population(left.kept(1.0 - lost))
        account.note("handles that hold one [1]", occupied)
        account.note("surface molecules that still work [1]", self.kept(p))
        return suspension, account.exchange(resources)

    def _single(self, suspension: Suspension, occupied: Array, p: Draws) -> list[Array]:
        """Return the share of each population that no bridge has taken, arrays (n, k)."""
        held = suspension.populations
        sticky = bridged_encounters(occupied, p[BRIDGING], self.handles)
        sizes = np.concatenate([one.diameter for one in held]) if held else np.zeros(0)
        if not sizes.size:
            return []
        volume = np.where(suspension.volume > 0, suspension.volume, 1.0)
        number = np.hstack([one.count * one.vesicular for one in held]) / volume[:, None]
        alone = singlet_fraction(
            number,
            sizes,
            np.full(suspension.members, self.duration),
            1.0 / np.maximum(sticky, 1e-30),
            WARM,
            np.full(suspension.members, float(water_viscosity(WARM))),
        )
        ends = np.cumsum([one.diameter.size for one in held])[:-1]
        return list(np.split(alone, ends, axis=1))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag spoilt proteins, a full surface, and what is left in the tube."""
        found: list[Flag] = []
        if self.amount <= 0:
            return found
        left = float(np.median(self.kept(p)))
        if left < 0.7:
            message = (
                f"{left:.0%} of the vesicle's own surface molecules still bind: fewer handles "
                "(reagent) or a chemistry without amines keeps more"
            )
            found.append(Flag(self.name, message))
        if float(np.median(self.modified(p) * p[SITES] / room_for(p[RADIUS]))) > 1:
            message = "there are more handles than room: further reagent costs function for nothing"
            found.append(Flag(self.name, message, "note"))
        message = (
            f"free {self.molecule.replace('_', ' ')} stays in the tube and would block the "
            "receptors it is meant for: clean up before dosing; what is left of it is not followed"
        )
        found.append(Flag(self.name, message, "note"))
        return found + unfollowed(self.name, self.ligands)
