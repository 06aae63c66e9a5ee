"""Extrusion: vesicles wider than the pores of a filter tear, and close over the cargo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.electroporation import opened_share
from exocast.laws.membrane_opening import confined_strain, entry_pressure
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, setting
from exocast.material.suspension import Suspension
from exocast.stages.loading.adding import Adding
from exocast.stages.loading.opening import (
    OPENING_PARAMETERS,
    Opening,
    by_kind,
    closing_sizes,
    opened,
    opening_parameters,
)
from exocast.stages.loading.pore import RUPTURE_SPREAD, RUPTURE_STRAIN, RUPTURE_TENSION

__all__ = [
    "FILTER",
    "PRESSURE",
    "Extrusion",
    "blocked_share",
    "clogging",
    "pressed",
    "torn_share",
]

Array = NDArray[np.float64]

_KEY = "loading.extrusion."
RATIO = Parameter(_KEY + "pore_ratio", "1", "Diameter of extruded vesicles over that of the pore.")
SPREAD = Parameter(
    _KEY + "spread", "1", "Geometric standard deviation of extruded vesicles.", low=1.01
)
RETAINED = Parameter(
    _KEY + "retained_share", "1", "Share of vesicles that stay on the filter on one pass.",
    high=1.0, scale="logit",
)  # fmt: skip
WEAR = Parameter(
    _KEY + "wear", "1", "Share of surface molecules that one pass strips.", high=1.0, scale="logit"
)
DAMAGE = Parameter(
    _KEY + "cargo_damage", "1", "Share of dissolved cargo that one pass damages.",
    high=1.0, scale="logit",
)  # fmt: skip
FILTER = (RATIO, SPREAD, RETAINED, WEAR, RUPTURE_STRAIN, RUPTURE_TENSION, RUPTURE_SPREAD)
"""What a filter does to vesicles, whether there is cargo or not."""
_OWN = (*FILTER, DAMAGE)
PRESSURE = 2e6
"""Pressure across a filter where none is given [Pa]."""


def torn_share(diameter: Array, pore: float, p: Draws) -> Array:
    """Return the share of vesicles of these sizes that tear in a pore, array (n, k) [1]."""
    strain = np.broadcast_to(confined_strain(diameter, pore), (p.members, len(diameter)))
    return opened_share(strain, p[RUPTURE_STRAIN][:, None], p[RUPTURE_SPREAD][:, None])


def blocked_share(diameter: Array, pore: float, passes: int, pressure: float, p: Draws) -> Array:
    """Return the share of vesicles of these sizes that do not go through, array (n, k) [1]."""
    needed = entry_pressure(p[RUPTURE_TENSION][:, None], pore, diameter)
    clogs = opened_share(needed, pressure, p[RUPTURE_SPREAD][:, None])
    through = (1 - p[RETAINED][:, None]) ** passes
    return np.asarray(1 - (1 - clogs) * through)


def pressed(suspension: Suspension, pore: float, passes: int, pressure: float, p: Draws) -> Opening:
    """Return what a filter does to the vesicles of a tube, of every kind.

    `pore` [m] is of the filter, `pressure` [Pa] across it; `p` holds `FILTER`.
    """
    nothing = by_kind(suspension, np.zeros((p.members, 1)))
    return Opening(
        shares=nothing,
        levels=nothing,
        torn=by_kind(suspension, lambda one: torn_share(one.diameter, pore, p)),
        sizes=closing_sizes(suspension, p[RATIO] * pore, p[SPREAD]),
        blocked=by_kind(
            suspension, lambda one: blocked_share(one.diameter, pore, passes, pressure, p)
        ),
        blocked_as="held on the filter",
        damaged_as="damaged in the pores",
        worn=1 - (1 - p[WEAR]) ** passes,
        pore=pore,
    )


def clogging(
    name: str, suspension: Suspension, pore: float, passes: int, pressure: float, p: Draws
) -> list[Flag]:
    """Return a flag of step `name` for each kind of vesicle that mostly stays on the filter."""
    found = []
    for one in suspension.populations:
        if one.vesicular and np.all(one.total > 0):
            left = one.count * blocked_share(one.diameter, pore, passes, pressure, p)
            stuck = float(np.median(left.sum(axis=1) / one.total))
            if stuck > 0.5:
                words = f"{stuck:.0%} of the vesicles ({one.kind}) stay on the filter"
                found.append(Flag(name, words, "serious"))
    return found


@dataclass(frozen=True)
class Extrusion(Adding):
    r"""What is wider than a pore by more than its membrane stretches tears, and closes as wide.

    A vesicle that follows the pore as it is stays shut, whatever the number of passes: fine pores
    load small vesicles, wide ones only the large. Torn membrane closes over the mixture and holds
    what the liquid holds. Below the pressure that a membrane bears, wide vesicles clog the filter.

    Equation
    --------
    \bar{c} = C V_i N_A, \quad w = \Phi \left(\frac{\ln(\epsilon / \epsilon_c)}{\sigma}\right)

    N' = N (1 - b) (1 - r)^j (1 - w) + N_w, \quad b = \Phi \left(\frac{\ln(P_\mathrm{in} /
    P)}{\sigma}\right)

    Symbols
    -------
    \bar{c} : mean copies in a vesicle that closed anew
    C : equilibrium_concentration
    V_i : accessible_volume of the lumen
    w : opened_share, of the vesicles that tear
    \epsilon : confined_strain
    \epsilon_c : rupture_strain
    \sigma : rupture_spread
    N, N' : particles of a size before and after
    b : share that clogs the filter
    r : retained_share
    j : passes
    N_w : vesicles_of_area, of the torn membrane
    P_\mathrm{in} : entry_pressure at rupture_tension
    P : pressure
    N_A : Avogadro constant

    Notes
    -----
    A vesicle that did not tear in one pass does not in the next: passes cost vesicles and surface.
    Shear in the pore stretches a membrane by below a tenth of what opens it and is left out.
    Particles of cargo wider than the pores stay on the filter with it.
    """

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "extrusion"
    title: ClassVar[str] = "extrusion with cargo"
    parameters: ClassVar[tuple[Parameter, ...]] = tuple(dict.fromkeys((*_OWN, *OPENING_PARAMETERS)))
    speculative: ClassVar[bool] = True

    pore: float = setting(
        1e-7, unit="m", low=3e-8, high=1e-6, source="opening_practice",
        doc="Pores of the filter.", moves="share torn of 150 nm [1]", direction=-1,
    )  # fmt: skip
    passes: int = setting(
        10, unit="1", low=1, high=41, source="opening_practice",
        doc="Times that the sample goes through.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    pressure: float = setting(
        PRESSURE, unit="Pa", low=5e4, high=1e7, source="opening_practice",
        doc="Pressure across the filter.", moves="particles/large_ev", direction=+1,
    )  # fmt: skip
    rest: float = setting(
        1800.0, unit="s", low=0.0, high=86400.0, source="opening_practice",
        doc="Time of contact with the cargo.", moves="cargo inside", direction=+1,
    )  # fmt: skip

    def context(self) -> Mapping[str, str]:
        """Return the cargo, and that a filter opens."""
        return {**super().context(), "opening": self.method}

    def wanted(self) -> tuple[Parameter, ...]:
        """Return what filter and cargo need."""
        return (*_OWN, *opening_parameters(self.substance))

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube after all passes, and what was added and lost."""
        opening = replace(
            pressed(suspension, self.pore, self.passes, self.pressure, p),
            damaged=1 - (1 - p[DAMAGE]) ** self.passes,
        )
        notes = {"share torn of 150 nm [1]": torn_share(np.array([150e-9]), self.pore, p)[:, 0]}
        hands_on = 600.0 + 30.0 * self.passes
        cost = Resources(self.rest + hands_on, hands_on, {"extrusion membrane": 1.0})
        return opened(self, suspension, p, opening, self.rest, suspension.temperature, cost, notes)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag pores too wide to open anything, and a filter that clogs."""
        flags = super().flags(suspension, p)
        for one in suspension.populations:
            whole = one.total
            if not (one.vesicular and np.all(whole > 0)):
                continue
            torn = float(
                np.median((one.count * torn_share(one.diameter, self.pore, p)).sum(1) / whole)
            )
            if torn < 0.05:
                words = (
                    f"{torn:.1%} of the vesicles ({one.kind}) are wide enough to tear in pores of "
                    f"{self.pore * 1e9:.0f} nm: the others pass shut and stay empty"
                )
                flags.append(Flag(self.name, words))
        return flags + clogging(self.name, suspension, self.pore, self.passes, self.pressure, p)
