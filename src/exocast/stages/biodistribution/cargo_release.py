"""A drug that leaves its vesicles in the body, and where it goes by itself from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.engine.network import State
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.release import binding_pools, retained_share
from exocast.material.carrier import Carrier
from exocast.material.step import Flag, KineticStep, setting
from exocast.material.study import Study
from exocast.material.wiring import Place, Wiring
from exocast.stages.biodistribution.body import BARE
from exocast.stages.biodistribution.physiology import Circulation
from exocast.stages.loading.cargo import cargo_context
from exocast.stages.loading.release import (
    FIXED,
    RELEASE_PARAMETERS,
    SPREAD,
    hold,
    leaves,
    release_needs,
    trap_of,
)

__all__ = ["PARTS", "CargoRelease"]

Array = NDArray[np.float64]

PARTS = 3
"""Pools of sites in the body: within 2 % of the distribution at the spread of the catalogue."""

TEMPERATURE = 310.15
"""Of the body [K]."""

TUMOUR_DENSITY = 1050.0
"""Mass in a volume of tumour [kg/m^3]."""

SOON = 600.0
"""Time after a dose at which it is said how much has left [s]; a choice."""

_KEY = "biodistribution.cargo_release."
PH = Parameter(
    _KEY + "ph", "1", "pH where a vesicle is.", low=3.0, high=9.0, scale="linear"
)  # fmt: skip
CLEARANCE = Parameter(
    _KEY + "clearance", "m^3/s/kg", "Plasma cleared of the free drug, per body weight."
)
SPACE = Parameter(
    _KEY + "distribution_volume", "m^3/kg",
    "Plasma that holds what the body holds at equilibrium, per body weight.",
)  # fmt: skip

ACIDIC: Mapping[str, str] = {
    "tumour.early_endosome": "early_endosome",
    "tumour.late_endosome": "late_endosome",
    "tumour.interstitial": "tumour",
    "tumour.bound": "tumour",
}
"""Places whose pH is not that of blood, and the word for their rows."""


@dataclass(frozen=True)
class CargoRelease(KineticStep):
    r"""A small cargo leaves its vesicles wherever these are, and spreads as the free drug does.

    Around a vesicle in blood or tissue the drug is thin: what leaves does not come back. It goes to
    plasma or tissue, which exchange as fast as blood flows, and is cleared from plasma; a tumour
    takes its part by its own blood.

    Equation
    --------
    \frac{d m_{j,x}}{dt} = \dots - k_j(\mathrm{pH}_x) \, m_{j,x}, \quad \frac{d P}{dt} =
    \sum_{x \in \mathrm{blood}} \sum_j k_j m_{j,x} - Q \left(\frac{P}{V_p} -
    \frac{T}{V_t}\right) - Q_T \left(\frac{P}{V_p} - \frac{U}{V_u}\right) - \mathrm{CL}
    \frac{P}{V_p}

    \frac{d T}{dt} = \sum_{x \in \mathrm{tissue}} \sum_j k_j m_{j,x} + Q \left(\frac{P}{V_p} -
    \frac{T}{V_t}\right), \quad V_t = (v - V_p / W) W

    Symbols
    -------
    m_{j,x} : copies in pool j of the vesicles of a size class at place x
    k_j : rates of the pools: in_series of crossing and desorption_rate, by binding_spread
    P, T, U : copies released into plasma, into tissue and into the tumour
    V_p, V_t, V_u : plasma, and plasma that tissue and tumour amount to [m^3]
    Q, Q_T : cardiac output and blood of the tumour, as plasma [m^3/s]
    \mathrm{CL} : clearance times body weight
    v : distribution_volume
    W : body weight [kg]

    Notes
    -----
    Three pools stand for the spread of binding energies; they start full whatever left on the
    bench. A gradient that traps the drug holds in the body as it did at the dose. Endosomes and
    tumour are acidic (rows `ph`), and a base crosses there more slowly. Cells that take a vesicle
    up take the drug in it: it then stays in their pool, without being followed further. Liposomes,
    lipid and inorganic particles hold their cargo by means of their own.

    Pools: ``released.plasma``, ``released.tissue``, ``released.cleared``, ``tumour.released``.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "cargo_release"
    title: ClassVar[str] = "Release of a drug from vesicles"
    parameters: ClassVar[tuple[Parameter, ...]] = (*RELEASE_PARAMETERS, PH, CLEARANCE, SPACE)
    speculative: ClassVar[bool] = True

    cargo: str = setting(doc="Name of the cargo, a context of its rows.", moves="what is released")

    def context(self) -> Mapping[str, str]:
        """Return the cargo and its kind."""
        return cargo_context(self.cargo)

    def needs(self) -> list[Need]:
        """Return what release needs, the pH of places, and what becomes of the free drug."""
        words = dict.fromkeys(["blood", *ACIDIC.values()])
        ph = [Need(PH, {"place": word}) for word in words]
        return [*release_needs(self.cargo), *ph, Need(CLEARANCE), Need(SPACE)]

    def needs_in(self, study: Study) -> list[Need]:
        """Return the needs; nothing for what is no vesicle."""
        return [] if study.carrier else self.needs()

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add what leaves at each place, and the pools that it goes to."""
        cargo = self.cargo
        if wiring.study.carrier or not wiring.carriers or cargo not in wiring.riders:
            return
        for name in ("plasma", "tissue", "cleared"):
            wiring.add_pool(f"released.{name}", rider=cargo)
        blood: Circulation = wiring.port("circulation")
        grafted = bool(blood.anatomy.of("graft"))
        if grafted:
            wiring.add_pool("tumour.released", rider=cargo, share=1e-12)
        factor, shares = binding_pools(p[SPREAD], PARTS)
        wiring.split(cargo, tuple(float(share) for share in shares))
        rates = {word: self._middle(wiring, word, p) for word in ("blood", *ACIDIC.values())}
        for place in wiring.places.values():
            if place.sink:
                continue
            word = ACIDIC.get(place.name.removeprefix(BARE), "blood")
            for part in range(PARTS):
                each = wiring.per_carrier(
                    f"released.{word}.rate.{part}",
                    lambda c, w=word, k=part: rates[w][c.name] * factor[:, k],  # type: ignore[misc]
                )
                wiring.lose(cargo, place, each, self._pool(place, grafted=grafted), part)
        self._spread(wiring, blood, p, grafted=grafted)

    def rate(self, carrier: Carrier, p: Draws, word: str = "blood") -> Array:
        """Return how fast the middle pool of a carrier lets go at a place, array (n,) [1/s]."""
        if carrier.kind in FIXED:
            return np.zeros(p.members)
        trap = carrier.surface.get(trap_of(self.cargo), 1.0)
        found = hold(carrier.grid, p, TEMPERATURE, p.at(PH, place=word), trap=trap)
        return carrier.average(found.rate)

    def _middle(self, wiring: Wiring, word: str, p: Draws) -> dict[str, Array]:
        return {carrier.name: self.rate(carrier, p, word) for carrier in wiring.carriers}

    @staticmethod
    def _pool(place: Place, *, grafted: bool) -> str:
        """Return where what leaves at a place goes."""
        name = place.name.removeprefix(BARE)
        in_blood = name in ("venous", "arterial", "portal") or name.startswith("blood.")
        if in_blood or name.endswith((".vascular", ".held")):
            return "released.plasma"
        return "tumour.released" if grafted and name.startswith("tumour.") else "released.tissue"

    def _spread(self, wiring: Wiring, blood: Circulation, p: Draws, *, grafted: bool) -> None:
        """Wire the exchange of free drug between plasma, tissue and tumour, and its clearance."""
        network, weight = wiring.network, wiring.study.body_weight
        plasma, tissue = (wiring.pool(f"released.{name}") for name in ("plasma", "tissue"))
        volume = blood.plasma_volume
        space = np.maximum(p[SPACE] * weight - volume, volume)

        def exchange(name: str, other: State, flow: Array, held: Array) -> None:
            out = wiring.parameter(f"{name}.out", flow / volume)
            back = wiring.parameter(f"{name}.back", flow / held)
            network.flux(plasma, other, out * plasma)
            network.flux(other, plasma, back * other)

        exchange("released.tissue", tissue, blood.through["lung"] * blood.plasma_share, space)
        pools = {"plasma": plasma, "tissue": tissue, "cleared": wiring.pool("released.cleared")}
        if grafted:
            held = np.maximum(p[SPACE] * wiring.study.tumour_volume * TUMOUR_DENSITY, 1e-15)
            flow = blood.through["tumour"] * blood.plasma_share
            exchange("tumour.released", wiring.pool("tumour.released"), flow, held)
        cleared = wiring.parameter("released.clearance", p[CLEARANCE] * weight / volume)
        network.flux(plasma, pools["cleared"], cleared * plasma)
        for name, pool in pools.items():
            doc = f"{self.cargo} that has left its vesicles: {name}"
            wiring.output(f"released.{name}", {pool: 1.0}, unit="copy", doc=doc)
        if grafted:
            doc = f"{self.cargo} that has left its vesicles, in the tumour and its cells"
            wiring.output("tumour.released", {wiring.pool("tumour.released"): 1.0}, unit="copy",
                          doc=doc)  # fmt: skip

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Say how much has left in blood within ten minutes."""
        if wiring.study.carrier or not wiring.carriers or not leaves(self.cargo):
            return []
        factor, shares = binding_pools(p[SPREAD], PARTS)
        held = np.stack([one.count * one.copies(self.cargo) for one in wiring.carriers])
        whole, soon = held.sum(axis=0), np.full(p.members, SOON)
        kept = np.stack(
            [
                retained_share(soon, self.rate(one, p)[:, None] * factor, shares)
                for one in wiring.carriers
            ]
        )
        left = 1.0 - np.divide(
            (held * kept).sum(axis=0), whole, out=np.ones_like(whole), where=whole > 0
        )
        low, middle, high = np.quantile(left, [0.05, 0.5, 0.95])
        message = (
            f"within {SOON / 60:.0f} min in blood {100 * middle:.0f} % of the {self.cargo} in "
            f"vesicles has left them (90 % of the members: {100 * low:.0f} to {100 * high:.0f} %): "
            "it then goes where the free drug goes, and an effect need not be the vesicles'. "
            "Inject free drug as a control"
        )
        return [Flag(f"{self.stage}.{self.method}", message)] if whole.any() else []
