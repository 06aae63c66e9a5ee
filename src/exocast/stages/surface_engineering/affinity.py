"""Affinity: a molecule binds what vesicles show anyway, and hides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.lumen import AVOGADRO
from exocast.laws.site_binding import bound_in_time
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Population, Suspension
from exocast.stages.surface_engineering.molecules import (
    area_of,
    leaving,
    ligand_of,
    property_of,
    unfollowed,
    unknown_molecule,
    with_surface,
)

__all__ = ["PHOSPHATIDYLSERINE", "SITES", "TARGETS", "Affinity"]

Array = NDArray[np.float64]

COATS = ("peg", "albumin_binder")
"""What can be bound besides ligands."""

PHOSPHATIDYLSERINE = "phosphatidylserine"
TARGETS = (PHOSPHATIDYLSERINE, "cd9", "cd63", "cd81", "cd47")
"""What can be bound: a lipid, by lactadherin's C1C2; proteins, by a nanobody."""

_KEY = "surface_engineering.affinity."
SITES = Parameter(
    _KEY + "sites", "1/m^2", "Sites for lactadherin on a membrane that exposes phosphatidylserine."
)
DISSOCIATION = Parameter(
    _KEY + "dissociation", "mol/m^3", "Dissociation constant of what binds the target."
)
OFF = Parameter(_KEY + "off", "1/s", "Rate at which it comes off its target.")


@dataclass(frozen=True)
class Affinity(PreparationStep):
    r"""A fusion of a ligand and a binder finds its target on the vesicles, one on one.

    Lactadherin's C1C2 binds phosphatidylserine on the vesicles that expose it, a nanobody a protein
    of their surface. What is bound no longer shows: phagocytes see less phosphatidylserine, or less
    CD47. It comes off again in the body as it does in a tube.

    Equation
    --------
    c = \frac{x}{S} \, s, \quad s = \begin{cases} g \, \sigma A & \text{phosphatidylserine} \\ n &
    \text{a protein} \end{cases}

    Symbols
    -------
    c : mean copies on a particle
    x : bound_in_time, of amount and all sites in the liquid
    S : all sites in the liquid
    s : sites of a particle
    g : phosphatidylserine_share
    \sigma : sites
    A : mean membrane of a particle
    n : copies of the target

    Notes
    -----
    Sites are all alike. Vesicles without phosphatidylserine carry none; the copies on the others
    are a Poisson number. Sets ``ligand.<name>`` with ``.share`` and ``.desorption``, ``peg_copies``
    with ``peg_desorption``, or ``albumin_binder_copies``; lowers ``phosphatidylserine_share`` or
    the target's copies by what is bound.
    """

    stage: ClassVar[str] = "surface_engineering"
    method: ClassVar[str] = "affinity"
    title: ClassVar[str] = "binding to what vesicles show"
    parameters: ClassVar[tuple[Parameter, ...]] = (SITES, DISSOCIATION, OFF)
    speculative: ClassVar[bool] = True

    molecule: str = setting(
        doc="Ligand by name, peg or albumin_binder.", moves="what small EVs carry"
    )
    target: str = setting(
        PHOSPHATIDYLSERINE, choices=TARGETS, source="binding_practice",
        doc="What the binder that it is fused to binds.", moves="copies on small EVs",
    )  # fmt: skip
    amount: float = setting(
        1e-11, unit="mol", low=0.0, high=1e-6, source="binding_practice",
        doc="Amount of the fusion that is added.", moves="copies on small EVs", direction=1,
    )  # fmt: skip
    duration: float = setting(
        3600.0, unit="s", low=60.0, high=172800.0, source="binding_practice",
        doc="Time that it is left with the vesicles.", moves="copies on small EVs", direction=1,
    )  # fmt: skip

    @property
    def ligands(self) -> tuple[str, ...]:
        """Return the ligand, where it is one and any of it is added."""
        return ligand_of(self.molecule) if self.amount > 0 else ()

    def context(self) -> Mapping[str, str]:
        """Return the target."""
        return {"target": self.target}

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        return unknown_molecule(self.molecule, COATS)

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"with {self.molecule.replace('_', ' ')} on {self.target.replace('_', ' ')}"

    def needs(self) -> list[Need]:
        """Return what the target needs."""
        wanted = [DISSOCIATION, OFF]
        wanted += [SITES] if self.target == PHOSPHATIDYLSERINE else []
        return [Need(one) for one in wanted]

    def _sites(self, one: Population, p: Draws) -> Array:
        """Return the mean sites of a particle, array (n,)."""
        members = len(one.count)
        if self.target != PHOSPHATIDYLSERINE:
            return np.asarray(one.surface.get(f"{self.target}_copies", np.zeros(members)))
        each = np.divide(area_of(one), one.total, out=np.zeros(members), where=one.total > 0)
        exposed = one.surface.get(f"{PHOSPHATIDYLSERINE}_share", np.zeros(members))
        return np.asarray(exposed * p[SITES] * each)

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube with the molecule on its targets, and these hidden."""
        resources = Resources(time=self.duration, hands_on=600.0, consumables={"tube": 1.0})
        if self.amount <= 0:
            return suspension, Exchange(resources=resources)
        vesicles = [one for one in suspension.populations if one.vesicular]
        volume = np.where(suspension.volume > 0, suspension.volume, 1.0)
        all_sites = sum(
            (self._sites(one, p) * one.total for one in vesicles), np.zeros(suspension.members)
        )
        found = all_sites / AVOGADRO / volume
        bound = bound_in_time(self.amount / volume, found, p[DISSOCIATION], p[OFF], self.duration)
        taken = np.divide(bound, found, out=np.zeros_like(bound), where=found > 0)
        name = property_of(self.molecule)
        notes = {"targets that are bound [1]": taken}
        for one in vesicles:
            copies = taken * self._sites(one, p)
            held = {name: copies}
            if self.ligands or self.molecule == "peg":
                held |= leaving(one, name, copies, p[OFF])
            hidden = f"{self.target}_copies"
            if self.target == PHOSPHATIDYLSERINE:
                hidden = f"{PHOSPHATIDYLSERINE}_share"
                if self.ligands:
                    exposed = one.surface.get(hidden, np.ones(suspension.members))
                    held[f"{name}.share"] = np.maximum(exposed, 1e-6)
            if hidden in one.surface:
                held[hidden] = one.surface[hidden] * (1.0 - taken)
            suspension = with_surface(suspension, one.kind, held, add=[name])
            if one.kind == "small_ev":
                notes["copies on a small EV [copy/particle]"] = copies
        return suspension, Exchange(resources=resources, notes=notes)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag a target that no vesicle shows, and what hiding it does."""
        if self.amount <= 0:
            return []
        found = []
        shown = [one for one in suspension.populations if one.vesicular]
        if not any((self._sites(one, p) > 0).any() for one in shown):
            message = f"no vesicle here shows {self.target.replace('_', ' ')}: nothing is bound"
            found.append(Flag(self.name, message))
        if self.target == "cd47":
            message = "what binds CD47 hides it from phagocytes, which it holds off"
            found.append(Flag(self.name, message, "note"))
        return found + unfollowed(self.name, self.ligands)
