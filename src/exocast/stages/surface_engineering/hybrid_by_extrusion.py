"""Hybrids by extrusion: membranes that tear in narrow pores close with what lies beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.membrane_joining import neighbour_hazard
from exocast.material.ledger import Resources
from exocast.material.step import Flag, setting
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.loading.extrusion import FILTER, PRESSURE, clogging, pressed, torn_share
from exocast.stages.loading.opening import SCRAMBLED, TURNED, sieved, strained
from exocast.stages.surface_engineering.hybrid import LEAKED, LIPOSOME, Hybrid, liposome_share
from exocast.stages.surface_engineering.joining import average

__all__ = ["HybridByExtrusion"]

Array = NDArray[np.float64]

_KEY = "surface_engineering.hybrid_by_extrusion."
CHANCE = Parameter(
    _KEY + "fusion_chance", "1", "Share of torn membranes that close with a neighbour in one pass."
)


@dataclass(frozen=True)
class HybridByExtrusion(Hybrid):
    r"""Liposomes that are wider than a pore tear in it and close with a torn neighbour.

    A liposome that follows the pore as it is stays shut: fine pores make hybrids, wide ones leave a
    mixture.

    Equation
    --------
    \mu = \frac{N_L}{N_E} \left(1 - e^{-j \beta w x}\right), \quad w = \Phi \left(\frac{\ln
    (\epsilon / \epsilon_c)}{\sigma}\right)

    Symbols
    -------
    \mu : joined_mean, mean liposomes of a vesicle
    N_L, N_E : liposomes and vesicles in the tube
    j : passes
    \beta : fusion_chance
    w : opened_share, mean over the liposomes
    x : share of all membrane that is vesicles'
    \epsilon : confined_strain
    \epsilon_c : rupture_strain
    \sigma : rupture_spread

    Notes
    -----
    Then the filter does to all that is in the tube what it does in `loading.extrusion`: hybrids,
    liposomes and vesicles that are too wide tear and close as wide as the pore, what they held
    dissolves (and is not enclosed again), some stay on the filter, and passes strip the surface.
    Hybrids narrower than the pore keep what either part held, but for a share that leaks.
    """

    method: ClassVar[str] = "hybrid_by_extrusion"
    title: ClassVar[str] = "hybrids by extrusion"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        CHANCE, LEAKED, TURNED, SCRAMBLED, *FILTER,
    )  # fmt: skip

    passes: int = setting(
        11, unit="1", low=1, high=41, source="hybrid_practice",
        doc="Times that the mixture goes through.",
        moves="vesicles that are hybrids now [1]", direction=1,
    )  # fmt: skip
    pore: float = setting(
        1e-7, unit="m", low=3e-8, high=1e-6, source="hybrid_practice", doc="Pores of the filter.",
        moves="vesicles that are hybrids now [1]", direction=-1,
    )  # fmt: skip
    pressure: float = setting(
        PRESSURE, unit="Pa", low=5e4, high=1e7, source="opening_practice",
        doc="Pressure across the filter.", moves="particles/large_ev", direction=1,
    )  # fmt: skip

    def hazard(self, suspension: Suspension, p: Draws) -> Array:
        """Return how often a liposome fuses with a vesicle, array (n,) [1]."""
        liposome = suspension.population(LIPOSOME)
        torn = torn_share(liposome.diameter, self.pore, p)
        chance = p[CHANCE] * average(liposome, torn)
        return neighbour_hazard(self.passes, chance, liposome_share(suspension))

    def strain(self, suspension: Suspension, p: Draws, account: Account) -> Suspension:
        """Return the tube after the filter has torn, narrowed, worn and held back what is in it."""
        opening = pressed(suspension, self.pore, self.passes, self.pressure, p)
        return sieved(strained(suspension, opening, account, p)[0], opening, account)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag a filter that clogs, beside what every hybrid flags."""
        clogs = clogging(self.name, suspension, self.pore, self.passes, self.pressure, p)
        return [*super().flags(suspension, p), *clogs]

    def cost(self) -> Resources:
        """Return half a minute a pass, and a filter."""
        time = 600.0 + 30.0 * self.passes
        return Resources(time, time, {"extrusion membrane": 1.0})
