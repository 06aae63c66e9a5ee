"""Hybrids by freezing and thawing: ice presses membranes together until they tear and mix."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.membrane_joining import neighbour_hazard
from exocast.material.ledger import Resources
from exocast.material.step import setting
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.loading.freeze_thaw import ICE, iced
from exocast.stages.loading.opening import SCRAMBLED, TURNED, strained
from exocast.stages.surface_engineering.hybrid import HYBRID, LEAKED, Hybrid, liposome_share

__all__ = ["HybridByFreezing"]

Array = NDArray[np.float64]

_KEY = "surface_engineering.hybrid_by_freezing."
CHANCE = Parameter(
    _KEY + "fusion_chance", "1", "Share of torn membranes that close with a neighbour in one cycle."
)
PLAIN = {"buffer": "PBS"}
"""Without a sugar, which would keep membranes from fusing too."""


@dataclass(frozen=True)
class HybridByFreezing(Hybrid):
    r"""Liposomes and vesicles lie side by side in the last liquid between ice, and fuse.

    Ice squeezes all particles into narrow channels, whatever their concentration was, and tears
    membranes, which close on themselves or with a neighbour. Every cycle gives another chance.

    Equation
    --------
    \mu = \frac{N_L}{N_E} \left(1 - e^{-j \beta x}\right), \quad A' = A + m \, a, \quad m \sim
    \mathrm{Poisson}(\mu)

    Symbols
    -------
    \mu : joined_mean, mean liposomes of a vesicle
    N_L, N_E : liposomes and vesicles in the tube
    j : cycles
    \beta : fusion_chance
    x : share of all membrane that is vesicles'
    A', A : membrane of a hybrid, and of the vesicle that it was
    a : membrane of a liposome
    m : liposomes of a vesicle, at least one in a hybrid

    Notes
    -----
    What either held is in the hybrid, but for a share that leaks. Wide hybrids can be made narrow
    by `loading.extrusion` after this step. Ice breaks, opens, fuses and wears what did not join as
    it does in `loading.freeze_thaw`, in a buffer without sugar, liposomes taken as vesicles; what
    opens is left with nothing of what it held. Hybrids, which come of such openings, are broken and
    worn as the rest. Vesicles also aggregate in the brine: that loss is `storage`'s.
    """

    method: ClassVar[str] = "hybrid_by_freezing"
    title: ClassVar[str] = "hybrids by freezing and thawing"
    parameters: ClassVar[tuple[Parameter, ...]] = (CHANCE, LEAKED, TURNED, SCRAMBLED, *ICE)

    cycles: int = setting(
        5, unit="1", low=1, high=20, source="hybrid_practice",
        doc="Times that the mixture is frozen and thawed.",
        moves="vesicles that are hybrids now [1]", direction=1,
    )  # fmt: skip

    def needs(self) -> list[Need]:
        """Return the parameters; what ice does is that of storage in saline."""
        plain = [Need(one) for one in (CHANCE, LEAKED, TURNED, SCRAMBLED)]
        return [*plain, *(Need(one, PLAIN) for one in ICE)]

    def hazard(self, suspension: Suspension, p: Draws) -> Array:
        """Return how often a liposome fuses with a vesicle, array (n,) [1]."""
        return neighbour_hazard(self.cycles, p[CHANCE], liposome_share(suspension))

    def strain(self, suspension: Suspension, p: Draws, account: Account) -> Suspension:
        """Return the tube after ice has opened, fused, broken and worn what is in it."""
        opening = iced(suspension, self.cycles, p, lambda one, _: np.ones_like(one.count), **PLAIN)
        joined = {HYBRID: np.zeros_like(opening.torn[HYBRID])} if HYBRID in opening.torn else {}
        shut = replace(
            opening, torn={**opening.torn, **joined}, shares={**opening.shares, **joined}
        )
        return strained(suspension, shut, account, p)[0]

    def cost(self) -> Resources:
        """Return a quarter of an hour a cycle, most of it waiting, and one vial."""
        return Resources(900.0 * self.cycles, 120.0 * self.cycles, {"liquid nitrogen [L]": 0.5})
