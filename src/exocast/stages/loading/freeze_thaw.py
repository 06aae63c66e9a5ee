"""Freezing and thawing with cargo: ice and brine open a share of the vesicles on each cycle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.membrane_opening import met_share
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import setting
from exocast.material.suspension import Population, Suspension
from exocast.stages.loading.adding import Adding
from exocast.stages.loading.opening import (
    OPENING_PARAMETERS,
    Opening,
    by_kind,
    closing_sizes,
    opened,
    opening_parameters,
)
from exocast.stages.loading.pore import RUPTURE_STRAIN, open_time, rupture_filling
from exocast.stages.storage.parameters import BROKEN, BUFFERS, OPENED, WORN

__all__ = ["ICE", "FreezeThaw", "iced"]

Array = NDArray[np.float64]

_KEY = "loading.freeze_thaw."
FUSED = Parameter(
    _KEY + "fused_share", "1", "Share of vesicles that fuse with others on one cycle.",
    high=1.0, scale="logit",
)  # fmt: skip
CLOSED = Parameter(_KEY + "fused_diameter", "m", "Median diameter of vesicles that fused.")
CLOSED_SPREAD = Parameter(
    _KEY + "fused_spread", "1", "Geometric standard deviation of that diameter.", low=1.01
)
HELD = Parameter(_KEY + "held_open", "s", "Time for which ice holds a pore open on one cycle.")
DAMAGE = Parameter(
    _KEY + "cargo_damage", "1", "Share of dissolved cargo that one cycle damages.",
    high=1.0, scale="logit",
)  # fmt: skip
ICE = (FUSED, CLOSED, CLOSED_SPREAD, OPENED, BROKEN, WORN)
"""What ice does to vesicles, whether there is cargo or not."""
_OWN = (*ICE, DAMAGE, HELD, RUPTURE_STRAIN)
Level = Callable[[Population, Array], Array]


def iced(suspension: Suspension, cycles: int, p: Draws, level: Level, **where: str) -> Opening:
    """Return what cycles of freezing and thawing do to the vesicles of a tube, of every kind.

    `level` says how far a population comes to the liquid that opened so many times on average
    (n, 1); `where` is the context in which `ICE` was asked for, beside the step's own.
    """
    number = _openings(p.at(OPENED, **where), cycles)
    broken, fused, worn = (_after(p.at(one, **where), cycles) for one in (BROKEN, FUSED, WORN))
    return Opening(
        shares=by_kind(suspension, met_share(number)),
        levels=by_kind(suspension, lambda one: level(one, number)),
        torn=by_kind(suspension, fused[:, None]),
        sizes=closing_sizes(suspension, p.at(CLOSED, **where), p.at(CLOSED_SPREAD, **where)),
        lost=by_kind(suspension, broken[:, None]),
        lost_as="broken by ice",
        damaged_as="damaged by freezing",
        worn=worn,
    )


def _openings(share: Array, cycles: int) -> Array:
    """Return the mean openings of a vesicle of which a share opens on each cycle, array (n, 1)."""
    return np.asarray(-np.log1p(-np.minimum(share, 0.999))[:, None] * cycles)


def _after(share: Array, cycles: int) -> Array:
    """Return what a share on each cycle comes to, array (n,) [1]."""
    return np.asarray(1 - (1 - share) ** cycles)


@dataclass(frozen=True)
class FreezeThaw(Adding):
    r"""What freezing costs in storage is what loads here: a share opens, a share breaks, some fuse.

    The shares are those of frozen storage, so that a cycle does the same wherever it is meant or
    not. Vesicles that open between ice crystals exchange with the liquid there.

    Equation
    --------
    \bar{c} = C V_i N_A \left[1 - (1 - o)^j\right] f, \quad N' = N \left[(1 - b)(1 - u)\right]^j +
    N_u

    Symbols
    -------
    \bar{c} : mean copies in a vesicle
    C : equilibrium_concentration
    V_i : accessible_volume of the lumen
    o : opened_share of frozen storage
    j : cycles
    f : exchanged_level
    N, N' : particles of a size before and after
    b : broken_share of frozen storage
    u : fused_share
    N_u : vesicles_of_area, of the membrane that fused
    N_A : Avogadro constant

    Notes
    -----
    Ice concentrates what is dissolved several times, and vesicles that open then could take up more
    than the liquid holds after thawing; they may lose it again as they swell. No measurement tells,
    and nothing above the liquid's concentration is assumed.
    """

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "freeze_thaw"
    title: ClassVar[str] = "freezing and thawing with cargo"
    parameters: ClassVar[tuple[Parameter, ...]] = tuple(dict.fromkeys((*_OWN, *OPENING_PARAMETERS)))
    speculative: ClassVar[bool] = True

    cycles: int = setting(
        3, unit="1", low=1, high=20, source="opening_practice",
        doc="Times that it is frozen and thawed.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    buffer: str = setting(
        "PBS", choices=BUFFERS, source="opening_practice",
        doc="Buffer in which it is frozen: what protects vesicles also keeps them shut.",
        moves="particles/small_ev",
    )  # fmt: skip
    rest: float = setting(
        1800.0, unit="s", low=0.0, high=86400.0, source="opening_practice",
        doc="Time of contact with the cargo before the first freezing.", moves="cargo inside",
        direction=+1,
    )  # fmt: skip

    def context(self) -> Mapping[str, str]:
        """Return the cargo, the buffer, and that ice opens."""
        return {**super().context(), "buffer": self.buffer, "opening": self.method}

    def wanted(self) -> tuple[Parameter, ...]:
        """Return what ice and this cargo need."""
        return (*_OWN, *opening_parameters(self.substance))

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube after all cycles, and what was added and lost."""
        held = p[HELD][:, None]
        opening = iced(
            suspension, self.cycles, p,
            lambda one, number: rupture_filling(one, number, held, p),
        )  # fmt: skip
        opening = replace(
            opening,
            times=by_kind(suspension, open_time(_openings(p[OPENED], self.cycles), held)),
            damaged=_after(p[DAMAGE], self.cycles),
        )
        time = self.rest + 2400.0 * self.cycles
        cost = Resources(time, 300.0 + 120.0 * self.cycles, {"tube": 1.0})
        temperature = suspension.temperature
        after, exchange = opened(self, suspension, p, opening, self.rest, temperature, cost)
        return replace(after, buffer=self.buffer), exchange
