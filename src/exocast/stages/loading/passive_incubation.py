"""Passive incubation: vesicles and cargo are left together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import setting
from exocast.material.suspension import Suspension
from exocast.stages.loading.adding import Adding
from exocast.stages.loading.cargo import ROOM
from exocast.stages.loading.contact import CONTACT_PARAMETERS, contact, contact_parameters
from exocast.stages.loading.precipitate import DRUG_PARTICLE_PARAMETERS, Aging, precipitated

__all__ = ["PassiveIncubation"]


@dataclass(frozen=True)
class PassiveIncubation(Adding):
    r"""Vesicles stand with dissolved cargo: drugs enter bilayers, nucleic acids mostly stay out.

    Small molecules share out between liquid, bilayer (partition with a capacity) and lumen
    (permeation, slowed by what binds inside); above its solubility a hydrophobic drug falls out as
    particles, which grow while they stand and which later steps carry along or strain out. Nucleic
    acids and proteins adsorb on the outer surface, as far as there is room, and hardly cross. The
    load is an equilibrium: whatever dilutes it later draws a drug out again (`loading.release`),
    and takes off what adsorbed weakly.

    Equation
    --------
    \bar{c} = C V_i N_A \left(1 - e^{-k t}\right) + S \, \theta(C)

    Symbols
    -------
    \bar{c} : mean copies of a vesicle
    C : equilibrium_concentration, at most the solubility
    V_i : lumen_volume
    k : crossing_rate
    t : duration
    S : sites of a vesicle: lipids times capacity, or jammed_sites of its surface
    \theta : occupancy; of a surface the mean of approached_occupancy over its sites
    N_A : Avogadro constant
    """

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "passive_incubation"
    title: ClassVar[str] = "passive incubation"
    parameters: ClassVar[tuple[Parameter, ...]] = tuple(
        dict.fromkeys((*ROOM, *CONTACT_PARAMETERS, *DRUG_PARTICLE_PARAMETERS))
    )
    speculative: ClassVar[bool] = True

    temperature: float = setting(
        310.15,
        unit="K",
        low=273.15,
        high=333.15,
        doc="Temperature of the incubation.",
        source="loading_practice",
        moves="cargo inside",
        direction=0,
    )
    duration: float = setting(
        3600.0,
        unit="s",
        low=0.0,
        high=2.6e5,
        doc="Time of the incubation.",
        source="loading_practice",
        moves="cargo inside",
        direction=+1,
    )

    def wanted(self) -> tuple[Parameter, ...]:
        """Return what this cargo needs: partition or adsorption, and solubility if it has one."""
        solid = DRUG_PARTICLE_PARAMETERS if self.substance.kind == "hydrophobic" else ()
        return (*contact_parameters(self.substance), *solid)

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube after the incubation, and what was added."""
        cargo = self.substance
        mixed, amounts = self.mixed(suspension, p)
        mixed, excess = contact(mixed, cargo, self.duration, self.temperature, p)
        if cargo.kind == "hydrophobic":
            aging = Aging(self.duration, self.temperature)
            mixed, particles = precipitated(mixed, cargo, excess, p, aging)
            amounts["particles/cargo_precipitate", "precipitation"] = particles
        return replace(mixed, temperature=self.temperature), Exchange(
            amounts,
            Resources(time=self.duration + 600.0, hands_on=600.0, consumables={"tube": 1.0}),
            self.reported(mixed, p),
        )
