"""Hybrids by a polymer: PEG takes the water from between membranes that meet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.aggregation import collision_kernel
from exocast.laws.membrane_joining import encounter_hazard
from exocast.laws.water import water_viscosity
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, setting
from exocast.material.suspension import Suspension
from exocast.stages.surface_engineering.hybrid import LEAKED, LIPOSOME, Hybrid, vesicles_in
from exocast.stages.surface_engineering.joining import average

__all__ = ["HybridByPolymer"]

Array = NDArray[np.float64]

_KEY = "surface_engineering.hybrid_by_polymer."
CHANCE = Parameter(
    _KEY + "fusion_chance", "1",
    "Share of collisions that end in fusion, at the reference polymer.", low=0.0, high=1.0,
)  # fmt: skip
THRESHOLD = Parameter(
    _KEY + "step", "kg/m^3", "Polymer that makes fusion of a collision e times as likely."
)
REFERENCE = Parameter(_KEY + "reference_polymer", "kg/m^3", "Polymer at which the chance was set.")
THICKENING = Parameter(
    _KEY + "thickening", "m^3/kg", "Logarithm of the viscosity that a concentration of PEG adds."
)


@dataclass(frozen=True)
class HybridByPolymer(Hybrid):
    r"""Vesicles and liposomes meet by diffusion; PEG dries the gap, and some meetings fuse.

    The polymer makes a collision more likely to fuse, and the liquid thicker, so that there are
    fewer collisions: more is not always better. A dilute mixture hardly fuses.

    Equation
    --------
    \mu = \frac{N_L}{N_E} \left(1 - e^{-k}\right), \quad k = \alpha \, e^{(P - P_0) / P_s} \, K(T,
    \eta) \, n_E \, t, \quad \eta = \eta_w \, e^{b P}

    Symbols
    -------
    \mu : joined_mean, mean liposomes of a vesicle
    N_L, N_E : liposomes and vesicles in the tube
    k : encounter_hazard
    \alpha : fusion_chance
    P : polymer
    P_0 : reference_polymer
    P_s : step
    K : collision_kernel
    T : temperature
    \eta : viscosity of the mixture, \eta_w of water
    b : thickening
    n_E : vesicles in a volume of the mixture
    t : duration

    Notes
    -----
    The chance cannot pass one. Clusters that touch and do not fuse are left out, and so is fusion
    of vesicles with one another. The polymer stays in the tube as the solute `polymer`.
    """

    method: ClassVar[str] = "hybrid_by_polymer"
    title: ClassVar[str] = "hybrids by polyethylene glycol"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        CHANCE, THRESHOLD, REFERENCE, THICKENING, LEAKED,
    )  # fmt: skip

    polymer: float = setting(
        300.0, unit="kg/m^3", low=20.0, high=400.0, source="hybrid_practice",
        doc="PEG of 8 kDa in the mixture.", moves="vesicles that are hybrids now [1]", direction=0,
    )  # fmt: skip
    stock: float = setting(
        500.0, unit="kg/m^3", low=450.0, high=600.0, source="hybrid_practice",
        doc="PEG in the stock solution that is poured in; a weaker one dilutes the mixture more.",
        moves="volume", direction=-1,
    )  # fmt: skip
    duration: float = setting(
        7200.0, unit="s", low=60.0, high=172800.0, source="hybrid_practice",
        doc="Time that they are left together.", moves="vesicles that are hybrids now [1]",
        direction=1,
    )  # fmt: skip
    temperature: float = setting(
        313.15, unit="K", low=277.15, high=323.15, source="hybrid_practice",
        doc="Temperature of the mixture.", moves="vesicles that are hybrids now [1]", direction=1,
    )  # fmt: skip

    def hazard(self, suspension: Suspension, p: Draws) -> Array:
        """Return how often a liposome fuses with a vesicle, array (n,) [1]."""
        thick = water_viscosity(self.temperature) * np.exp(p[THICKENING] * self.polymer)
        liposome = suspension.population(LIPOSOME)
        partner = np.maximum(average(liposome, np.asarray(liposome.diameter)), 1e-9)
        hazard = np.zeros(suspension.members)
        chance = p[CHANCE] * np.exp((self.polymer - p[REFERENCE]) / p[THRESHOLD])
        volume = self._mixture(suspension)
        for kind in vesicles_in(suspension):
            one = suspension.population(kind)
            size = np.maximum(average(one, np.asarray(one.diameter)), 1e-9)
            number = np.divide(one.total, volume, out=np.zeros_like(volume), where=volume > 0)
            kernel = collision_kernel(size, partner, self.temperature, thick)
            hazard = hazard + encounter_hazard(
                kernel, np.minimum(chance, 1.0), number, self.duration
            )
        return hazard

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the mixture with hybrids and polymer in it."""
        tube, exchange = super().apply(suspension, p)
        added = self._mixture(suspension) - suspension.volume
        polymer = self.stock * added
        solutes = {**tube.solutes, "polymer": tube.solutes.get("polymer", 0.0) + polymer}
        amounts = {
            **exchange.amounts,
            ("volume", "polymer stock"): added,
            ("solute/polymer", "polymer stock"): polymer,
        }
        mixed = replace(
            tube, volume=tube.volume + added, solutes=solutes, temperature=self.temperature
        )
        return mixed, replace(exchange, amounts=amounts)

    def cost(self) -> Resources:
        """Return the time together and half an hour of handling."""
        return Resources(self.duration + 1800.0, 1800.0, {"tube": 1.0})

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Say that the polymer is still there, beside what every hybrid flags."""
        words = (
            "the polymer stays in the tube and would precipitate or shield vesicles later: clean "
            "up by a column or a membrane before dosing"
        )
        return [*super().flags(suspension, p), Flag(self.name, words, "note")]

    def _mixture(self, suspension: Suspension) -> Array:
        """Return the volume once the stock is added, array (n,) [m^3]."""
        return np.asarray(suspension.volume * self.stock / (self.stock - self.polymer))
