"""Saponin: it takes cholesterol out of the membrane, which leaks as long as it is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.electroporation import opened_share
from exocast.laws.lumen import AVOGADRO, lipid_count
from exocast.laws.membrane_opening import passing_radii, passing_share
from exocast.laws.partition import equilibrium_concentration, occupancy
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, setting
from exocast.material.suspension import Population, Suspension
from exocast.stages.loading.adding import Adding
from exocast.stages.loading.cargo import hydrodynamic_diameter
from exocast.stages.loading.contact import BILAYER_THICKNESS, LIPID_AREA
from exocast.stages.loading.opening import (
    OPENING_PARAMETERS,
    Opening,
    by_kind,
    opened,
    opening_parameters,
)
from exocast.stages.loading.pore import RUPTURE_SPREAD, filling

__all__ = ["Saponin"]

Array = NDArray[np.float64]

_KEY = "loading.saponin."
MASS = Parameter(_KEY + "molar_mass", "kg/mol", "Molar mass of the saponin.")
CHOLESTEROL = Parameter(
    _KEY + "cholesterol_share", "1", "Cholesterol among the lipids of a vesicle.", high=1.0,
    scale="logit",
)  # fmt: skip
BINDING = Parameter(
    _KEY + "binding_constant", "m^3/mol", "Binding constant of saponin and membrane cholesterol."
)
THRESHOLD = Parameter(
    _KEY + "threshold", "1", "Share of the cholesterol bound at which a vesicle opens.",
    high=1.0, scale="logit",
)  # fmt: skip
PORE = Parameter(_KEY + "pore_radius", "m", "Radius of the hole that saponin leaves.")
PORE_SPREAD = Parameter(
    _KEY + "pore_spread", "1", "Spread of the logarithm of that radius between vesicles.", low=0.01
)
DISSOLVING = Parameter(
    _KEY + "dissolving_concentration", "mol/m^3",
    "Free saponin at which half of the vesicles dissolve.",
)  # fmt: skip
_OWN = (
    MASS, CHOLESTEROL, BINDING, THRESHOLD, PORE, PORE_SPREAD, DISSOLVING, RUPTURE_SPREAD, LIPID_AREA
)  # fmt: skip


@dataclass(frozen=True)
class Saponin(Adding):
    r"""Saponin binds cholesterol; where enough is bound a vesicle stays open until it is washed.

    All or none: a vesicle past its threshold fills for the whole time through its hole. Holes
    differ: a cargo as wide as the middle one enters the vesicles whose hole is wider. The inside of
    the membrane takes up what adsorbs, too. More vesicles hold more cholesterol and share the
    saponin among them. Where much of it stays free, vesicles dissolve.

    Equation
    --------
    w = \Phi \left(\frac{\ln(\theta / \theta_c)}{\sigma}\right), \quad \theta = \frac{K C_s}{1 + K
    C_s}, \quad N' = N \left[1 - \Phi \left(\frac{\ln(C_s / C_d)}{\sigma}\right)\right]

    \bar{c} = w \, w_a \, f \left(C V_i N_A + S \, \theta_i\right), \quad w_a = \Phi
    \left(\frac{\ln(2 r / a)}{\sigma_r}\right)

    Symbols
    -------
    w : opened_share
    w_a : passing_share, of the holes that the cargo fits
    r, \sigma_r : pore_radius, pore_spread
    a : hydrodynamic diameter of the cargo
    f : mean of 1 - exp(-k t) over those holes, k by exchange_rate
    S, \theta_i : jammed_sites inside, and the share of them taken in the time
    \theta : occupancy of the cholesterol
    \theta_c : threshold
    \sigma : rupture_spread
    K : binding_constant
    C_s : equilibrium_concentration of saponin
    C_d : dissolving_concentration
    N, N' : particles before and after
    \bar{c} : mean copies in a vesicle
    C : equilibrium_concentration of the cargo
    V_i : accessible_volume of the lumen
    t : duration
    N_A : Avogadro constant

    Notes
    -----
    Saponin stays in the tube as a solute and lyses cells: wash it out. What it leaves behind in
    membranes is not followed. Vesicles are taken to close once it is gone; until then they leak,
    so a clean-up that dilutes the cargo before the saponin would empty them again.
    """

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "saponin"
    title: ClassVar[str] = "saponin"
    parameters: ClassVar[tuple[Parameter, ...]] = tuple(dict.fromkeys((*_OWN, *OPENING_PARAMETERS)))
    speculative: ClassVar[bool] = True

    saponin: float = setting(
        0.1, unit="kg/m^3", low=1e-3, high=5.0, source="opening_practice",
        doc="Concentration of saponin in the mixture.", moves="share opened [1]", direction=+1,
    )  # fmt: skip
    duration: float = setting(
        600.0, unit="s", low=10.0, high=86400.0, source="opening_practice",
        doc="Time with cargo and saponin together.", moves="cargo inside", direction=+1,
    )  # fmt: skip

    def context(self) -> Mapping[str, str]:
        """Return the cargo, and that saponin opens."""
        return {**super().context(), "opening": self.method}

    def wanted(self) -> tuple[Parameter, ...]:
        """Return what saponin and this cargo need."""
        return (*_OWN, *opening_parameters(self.substance))

    def free(self, suspension: Suspension, p: Draws) -> Array:
        """Return the saponin that no cholesterol has bound, array (n,) [mol/m^3]."""
        volume = np.maximum(suspension.volume, self.volume)
        sites = np.zeros(p.members)
        thickness, area = p[BILAYER_THICKNESS][:, None], p[LIPID_AREA][:, None]
        for one in suspension.populations:
            if one.vesicular:
                lipids = (one.count * lipid_count(one.diameter, thickness, area)).sum(axis=1)
                sites = sites + lipids * p[CHOLESTEROL] / AVOGADRO
        amount = self.saponin / p[MASS] * volume
        return equilibrium_concentration(amount, volume, sites, p[BINDING])

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube with cargo and saponin, and what was added and lost."""
        free = self.free(suspension, p)
        spread = p[RUPTURE_SPREAD]
        share = opened_share(occupancy(free, p[BINDING]), p[THRESHOLD], spread)
        dissolved = opened_share(free, p[DISSOLVING], spread)
        time = np.full((p.members, 1), self.duration)
        fits = passing_share(p[PORE], p[PORE_SPREAD], hydrodynamic_diameter(p))
        opening = Opening(
            shares=by_kind(suspension, (share * fits)[:, None]),
            levels=by_kind(suspension, lambda one: self._filled(one, time, p)),
            times=by_kind(suspension, time),
            lost=by_kind(suspension, dissolved[:, None]),
            lost_as="dissolved by saponin",
        )
        notes = {
            "share opened [1]": share,
            "share that lets the cargo in [1]": share * fits,
            "free saponin [mol/m^3]": free,
        }
        cost = Resources(self.duration + 600.0, 600.0, {"tube": 1.0})
        temperature = suspension.temperature
        after, exchange = opened(
            self, suspension, p, opening, self.duration, temperature, cost, notes
        )
        mass = self.saponin * after.volume
        held = after.solutes.get("saponin", np.zeros(after.members))
        amounts = {**exchange.amounts, ("solute/saponin", "added"): mass}
        after = replace(after, solutes={**after.solutes, "saponin": held + mass})
        return after, replace(exchange, amounts=amounts)

    def _filled(self, population: Population, time: Array, p: Draws) -> Array:
        """Return how far vesicles whose hole lets the cargo in have filled, array (n, k) [1]."""
        once = np.zeros_like(time)  # one opening that lasts
        radii = passing_radii(p[PORE], p[PORE_SPREAD], hydrodynamic_diameter(p))
        each = [filling(population, radius[:, None], time, once, p) for radius in radii.T]
        return np.asarray(np.mean(each, axis=0))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Say that saponin stays, and flag where it dissolves vesicles."""
        words = "saponin stays in the tube, keeps vesicles open and lyses cells: wash it out"
        flags = [*super().flags(suspension, p), Flag(self.name, words, "note")]
        lost = float(
            np.median(opened_share(self.free(suspension, p), p[DISSOLVING], p[RUPTURE_SPREAD]))
        )
        if lost > 0.2:
            words = f"this much saponin dissolves {lost:.0%} of the vesicles: take less"
            flags.append(Flag(self.name, words, "serious"))
        return flags
