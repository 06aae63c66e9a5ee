"""Hydrophobic conjugates: a lipid on a nucleic acid goes into the outer leaflet of vesicles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.cargo_statistics import convolve
from exocast.laws.insertion import inserted_copies
from exocast.laws.lumen import AVOGADRO, outer_area
from exocast.laws.partition import occupancy
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, setting
from exocast.material.suspension import LIPOPROTEINS, Copies, Population, Suspension
from exocast.stages.loading.adding import Adding
from exocast.stages.loading.anchored import with_anchored
from exocast.stages.loading.cargo import MATTER
from exocast.stages.loading.contact import LIPID_AREA
from exocast.stages.loading.precipitate import PRECIPITATE_PARAMETERS, precipitated

__all__ = ["ANCHORS", "HydrophobicConjugate"]

Array = NDArray[np.float64]

ANCHORS = ("cholesterol", "vitamin_E", "stearate", "DHA")
"""Lipids that are attached, from the most to the least studied."""

CHEMISTRIES = ("unmodified", "partial", "full")
"""How much of the nucleic acid is modified against nucleases."""

CROWDED = 0.5
"""Share of the places on a vesicle from which it is said to be crowded; a choice."""

_KEY = "loading.hydrophobic_conjugate."
PARTITION = Parameter(
    _KEY + "partition", "m^3/mol", "Moles in a leaflet per mole of its lipid and per free monomer."
)
CRITICAL = Parameter(
    _KEY + "critical_concentration", "mol/m^3", "Monomer above which conjugates aggregate."
)
CAPACITY = Parameter(
    _KEY + "capacity", "1/m^2", "Duplexes that stand on a membrane before no more find room."
)
INSERTION_TIME = Parameter(_KEY + "insertion_time", "s", "Half-time of insertion.")
DESORPTION = Parameter(
    _KEY + "desorption", "1/s", "Rate at which plasma draws a conjugate off a membrane."
)
EXPOSED_HALF_LIFE = Parameter(
    _KEY + "exposed_half_life", "s", "Half-life on a surface in plasma, by nucleases."
)

_OWN = (
    PARTITION, CRITICAL, CAPACITY, INSERTION_TIME, LIPID_AREA, DESORPTION, EXPOSED_HALF_LIFE,
)  # fmt: skip


@dataclass(frozen=True)
class HydrophobicConjugate(Adding):
    r"""A nucleic acid with a lipid on it shares out over the membranes in the tube, outside.

    How much goes in is set by the anchor's hydrophobicity and by the membrane that there is, up to
    the room that duplexes need; lipoproteins take their part. Above its critical concentration what
    is left makes aggregates of its own, which clean-up carries along.

    Equation
    --------
    \bar{a} = \sigma_m A_k \left[1 - \exp\left(-\frac{y N}{\sigma_m A}\right)\right], \quad y =
    \frac{K L}{V + K L} \left(1 - 2^{-t / t_i}\right), \quad L = \frac{A}{a N_A}

    Symbols
    -------
    \bar{a} : mean copies on a particle of size k
    \sigma_m : capacity
    A_k, A : outer_area of a particle, and of all membrane
    N : copies added
    K : partition
    L : outer lipid [mol]
    V : volume
    t : duration
    t_i : insertion_time
    a : lipid_area

    Notes
    -----
    Copies are on the surface (`attached`): no membrane protects them, and a nuclease reaches them.
    Sets ``attached.<cargo>.desorption`` and ``.degradation``, by which the body takes them off and
    digests them (``biodistribution.outside``). A lipid goes to another membrane, to lipoproteins
    and to albumin through the water between (Backer and Dawidowicz 1981, Biochemistry 20:3805,
    abstract, for cholesterol): at a rate of its own, however much there is to go to.
    The law of room is that of `surface_engineering.insertion`. What is dissolved stays below the
    critical concentration, the rest is `cargo_precipitate`. How much a vesicle can carry before its
    effect suffers is measured as an effect, and only flagged here.
    """

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "hydrophobic_conjugate"
    title: ClassVar[str] = "hydrophobic conjugate"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = tuple(
        dict.fromkeys((*MATTER, *PRECIPITATE_PARAMETERS, *_OWN))
    )

    cargo_amount: float = setting(
        1e-9, unit="mol", low=0.0, high=1e-3, source="loading_practice",
        doc="Amount of conjugate that is added.", moves="cargo attached", direction=1,
        fills="tube",
    )  # fmt: skip
    cargo_mass: float = setting(
        0.0, unit="kg", low=0.0, high=1e-3, source="loading_practice",
        doc="Mass of conjugate that is added, in place of the amount; zero to give the amount.",
        moves="cargo attached", direction=1, fills="tube",
    )  # fmt: skip
    volume: float = setting(
        0.0, unit="m^3", low=0.0, high=1e-2, source="loading_practice",
        doc="Volume that the mixture is made up to; a larger sample is left as it is.",
        moves="cargo attached", direction=-1,
    )  # fmt: skip
    anchor: str = setting(
        "cholesterol", choices=ANCHORS, source="conjugate_practice",
        doc="Lipid on the nucleic acid.", moves="cargo attached",
    )  # fmt: skip
    chemistry: str = setting(
        "full", choices=CHEMISTRIES, source="conjugate_practice",
        doc="How much of the nucleic acid is modified against nucleases.",
        moves="degradation in plasma",
    )  # fmt: skip
    temperature: float = setting(
        310.15, unit="K", low=277.15, high=315.15, source="conjugate_practice",
        doc="Temperature of the mixture.",
    )  # fmt: skip
    duration: float = setting(
        3600.0, unit="s", low=10.0, high=172800.0, source="conjugate_practice",
        doc="Time of the mixture.", moves="cargo attached", direction=1,
    )  # fmt: skip

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        found = super().check()
        if found or self.substance.kind == "nucleic_acid":
            return found
        message = f"only conjugates of nucleic acids have rows, and `{self.cargo}` is none"
        return [f"{message}. Ways for it: exocast recommend loading --cargo {self.cargo}"]

    @property
    def anchors(self) -> tuple[str, ...]:
        """Return the cargo, which it holds on the outside of vesicles."""
        return (self.cargo,)

    def context(self) -> dict[str, str]:
        """Return cargo, anchor and chemistry."""
        return {**super().context(), "anchor": self.anchor, "chemistry": self.chemistry}

    def needs(self) -> list[Need]:
        """Return what insertion and aggregates need."""
        return [] if self.check() else [Need(each) for each in self.parameters]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube with conjugates on every membrane, and what was added."""
        mixed, amounts = self.mixed(suspension, p)
        density = self._density(mixed, p)
        inserted, populations = np.zeros(mixed.members), []
        for one in mixed.populations:
            if _has_membrane(one):
                mean = density[:, None] * outer_area(one.diameter)
                inserted = inserted + (one.count * mean).sum(axis=1)
                one = self._covered(one, mean, p)  # noqa: PLW2901
            populations.append(one)
        left = np.maximum(mixed.free[self.cargo] - inserted, 0.0)
        free = {**mixed.free, self.cargo: left}
        mixed = replace(mixed, populations=tuple(populations), free=free)
        excess = np.maximum(left - p[CRITICAL] * mixed.volume * AVOGADRO, 0.0)
        excess = np.where(mixed.volume > 0, excess, 0.0)
        mixed, particles = precipitated(mixed, self.substance, excess, p)
        amounts["particles/cargo_precipitate", "aggregation of conjugates"] = particles
        notes = {
            "places on membranes that are taken [1]": density / p[CAPACITY],
            "copies on a vesicle of 100 nm [copy/particle]": density * float(outer_area(1e-7)),
        }
        resources = Resources(time=self.duration + 600.0, hands_on=600.0, consumables={"tube": 1.0})
        done = replace(mixed, temperature=self.temperature)
        return done, Exchange(amounts, resources, {**self.reported(mixed, p), **notes})

    def _density(self, tube: Suspension, p: Draws) -> Array:
        """Return copies that come onto an area of membrane, array (n,) [1/m^2]."""
        area, held = np.zeros(tube.members), np.zeros(tube.members)
        for one in tube.populations:
            if _has_membrane(one):
                area = area + (one.count * outer_area(one.diameter)).sum(axis=1)
                held = held + one.copies(self.cargo, "attached")
        volume = np.asarray(tube.volume, float)
        lipid = area / p[LIPID_AREA] / AVOGADRO
        thin = np.divide(lipid, volume, out=np.zeros_like(lipid), where=volume > 0)
        reached = -np.expm1(-np.log(2.0) * self.duration / p[INSERTION_TIME])
        share = occupancy(thin, p[PARTITION]) * reached
        stand = np.divide(held, area, out=np.zeros_like(held), where=area > 0)
        left = np.maximum(p[CAPACITY] - stand, 0.0)  # a second helping finds less room
        return inserted_copies(tube.free[self.cargo], share, left, area)

    def _covered(self, one: Population, mean: Array, p: Draws) -> Population:
        """Return particles with so many more copies on each, Poisson-distributed (n, k)."""
        held = one.attached.get(self.cargo, Copies.none(*one.count.shape))
        new = (mean, np.exp(-mean), mean**2)
        copies = Copies(*convolve((held.mean, held.empty, held.second), new))
        before, added = one.copies(self.cargo, "attached"), (one.count * mean).sum(axis=1)
        whole = before + added
        one = replace(one, attached={**one.attached, self.cargo: copies})
        share = np.divide(added, whole, out=np.ones_like(whole), where=whole > 0)
        cut = np.log(2.0) / p[EXPOSED_HALF_LIFE]
        return with_anchored(one, self.cargo, share, p[DESORPTION], cut)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag a crowded membrane, and say where the copies are."""
        message = (
            "copies are on the surface, where enzymes of blood reach them and no fusion lets them "
            "in. What an assay of the pellet calls loading counts aggregates too"
        )
        flags = [Flag(self.name, message, "note")]
        if self.chemistry == "unmodified":
            message = 'enzymes of blood digest what is not modified: use chemistry = "full"'
            flags.append(Flag(self.name, message))
        copies = self.copies(p) + suspension.free.get(self.cargo, 0.0)
        tube = replace(
            suspension,
            volume=np.maximum(suspension.volume, self.volume),
            free={**suspension.free, self.cargo: np.asarray(copies)},
        )
        crowded = float(np.median(self._density(tube, p) / p[CAPACITY]))
        if crowded > CROWDED:
            message = (
                f"{100 * crowded:.0f} % of the room on membranes is taken: overloaded vesicles "
                "silenced less in print (Haraszti 2018), and the rest aggregates. Add less"
            )
            flags.append(Flag(self.name, message))
        return flags


def _has_membrane(population: Population) -> bool:
    return population.vesicular or population.kind in LIPOPROTEINS
