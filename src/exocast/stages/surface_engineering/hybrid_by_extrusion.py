"""Hybrids by extrusion: membranes that tear in narrow pores close with what lies beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.electroporation import opened_share
from exocast.laws.membrane_joining import neighbour_hazard
from exocast.laws.membrane_opening import confined_strain
from exocast.material.ledger import Resources
from exocast.material.step import setting
from exocast.material.suspension import Suspension
from exocast.stages.loading.extrusion import WEAR
from exocast.stages.loading.opening import RUPTURE_SPREAD, RUPTURE_STRAIN
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
    Hybrids leave with the membrane of all their parts; a last pass through `loading.extrusion`
    makes them as narrow as a pore. Losses on the filter are that step's; what a pass strips is as
    much here.
    """

    method: ClassVar[str] = "hybrid_by_extrusion"
    title: ClassVar[str] = "hybrids by extrusion"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        CHANCE, RUPTURE_STRAIN, RUPTURE_SPREAD, LEAKED, WEAR,
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

    def hazard(self, suspension: Suspension, p: Draws) -> Array:
        """Return how often a liposome fuses with a vesicle, array (n,) [1]."""
        liposome = suspension.population(LIPOSOME)
        strain = np.broadcast_to(
            confined_strain(liposome.diameter, self.pore), liposome.count.shape
        )
        torn = opened_share(strain, p[RUPTURE_STRAIN][:, None], p[RUPTURE_SPREAD][:, None])
        chance = p[CHANCE] * average(liposome, torn)
        return neighbour_hazard(self.passes, chance, liposome_share(suspension))

    def wear(self, p: Draws) -> Array:
        """Return the share of surface molecules that is lost, array (n,) [1]."""
        return np.asarray(1 - (1 - p[WEAR]) ** self.passes)

    def cost(self) -> Resources:
        """Return half a minute a pass, and a filter."""
        time = 600.0 + 30.0 * self.passes
        return Resources(time, time, {"extrusion membrane": 1.0})
