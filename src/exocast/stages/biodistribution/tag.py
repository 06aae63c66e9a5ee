"""A label: it rides vesicles, leaves them, and outlives or is outlived by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exocast.engine.network import State
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.material.step import KineticStep, setting
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.label import label_named
from exocast.stages.biodistribution.routes.joining import LIQUID

__all__ = ["Tag"]

_KEY = "biodistribution.tag."
DEGRADATION = Parameter(
    _KEY + "degradation", unit="1/s", doc="Loss of label from tissue that took its vesicle up."
)
RELEASE = Parameter(
    _KEY + "release",
    unit="1",
    doc="Share of that loss which returns to blood as soluble label.",
    high=1.0,
    scale="logit",
)
INACTIVATION = Parameter(
    _KEY + "inactivation", unit="1/s", doc="Loss of the label's signal from vesicles in blood."
)
SHEDDING = Parameter(
    _KEY + "shedding",
    unit="1/s",
    doc="Loss of label from vesicles in blood into solution, its signal kept.",
)
UNBOUND = Parameter(
    _KEY + "unbound", unit="1", doc="Share of injected label that no vesicle carries.", high=0.99
)
AGGREGATED = Parameter(
    _KEY + "aggregated",
    unit="1",
    doc="Share of the label on no vesicle that comes as particles of its own.",
    high=1.0,
    scale="logit",
)
PARTICLE_UPTAKE = Parameter(
    _KEY + "particle_uptake",
    unit="1/s",
    doc="Rate at which an organ's phagocytes take label that comes as particles of its own.",
)
SOLUBLE_LOSS = Parameter(_KEY + "soluble_loss", unit="1/s", doc="Loss of soluble label.")
SOLUBLE_UPTAKE = Parameter(
    _KEY + "soluble_uptake", unit="1/s", doc="Rate at which an organ takes soluble label up."
)
SOLUBLE_FAECES = Parameter(
    _KEY + "soluble_faeces",
    unit="1",
    doc="Share of excreted soluble label that leaves through bile and gut.",
    high=1.0,
    scale="logit",
)
EXCRETION = Parameter(_KEY + "excretion", unit="1/s", doc="Excretion of catabolites.")
CATABOLITE_UPTAKE = Parameter(
    _KEY + "catabolite_uptake", unit="1/s", doc="Rate at which an organ takes catabolites up."
)
CATABOLITE_FAECES = Parameter(
    _KEY + "catabolite_faeces",
    unit="1",
    doc="Share of excreted catabolites that leaves through bile and gut.",
    high=1.0,
    scale="logit",
)
ORGAN_RETURN = Parameter(
    _KEY + "organ_return",
    unit="1/s",
    doc="Rate at which an organ gives back label that it took without a vesicle.",
)
SOLUBLE_VOLUME = Parameter(
    _KEY + "soluble_volume", unit="m^3/kg", doc="Volume that soluble label spreads in."
)
CATABOLITE_VOLUME = Parameter(
    _KEY + "catabolite_volume", unit="m^3/kg", doc="Volume that catabolites spread in."
)

_PLAIN = (
    DEGRADATION,
    RELEASE,
    INACTIVATION,
    SHEDDING,
    UNBOUND,
    AGGREGATED,
    SOLUBLE_LOSS,
    SOLUBLE_FAECES,
    EXCRETION,
    CATABOLITE_FAECES,
    SOLUBLE_VOLUME,
    CATABOLITE_VOLUME,
)

REFERENCE_DIAMETER = 100e-9
"""A vesicle of this diameter carries one unit of label [m]: only shares of the dose are shown."""

POOLS = {
    "free": "injected on no vesicle, dissolved",
    "particles": "injected on no vesicle, as particles of its own",
    "released": "off the vesicle it came on, dissolved",
    "catabolite": "broken down, in the body",
    "urine": "in urine",
    "faeces": "in bile, gut content and faeces",
    "inactivated": "without signal",
}
"""Where label is that neither a vesicle nor an organ holds."""


@dataclass(frozen=True)
class Tag(KineticStep):
    r"""A label on the vesicles, in proportion to their surface.

    It is lost in blood, to solution or for good, and from tissue with a share returning to blood
    and the rest as catabolites. A share of each dose was never on a vesicle: dissolved, or as
    particles that phagocytes take as if they were vesicles. Each form has its own fate: organs that
    take it, urine and faeces.

    Equation
    --------
    \frac{d B}{dt} = \dots - (k_i + k_v) B, \quad \frac{d U_o}{dt} = \dots - k_d U_o

    \frac{d S}{dt} = r k_d \sum_o U_o + k_v B - \left(k_S + \sum_o u_o\right) S, \quad
    \frac{d G}{dt} = (1 - r) k_d \sum_o U_o + \sum_o b_o H_o - \left(k_G + \sum_o g_o\right) G

    \frac{d H_o}{dt} = u_o (S + F) + p_o P + g_o G - b_o H_o, \quad \frac{d F}{dt} = -\left(k_S +
    \sum_o u_o\right) F, \quad \frac{d P}{dt} = -\sum_o p_o P

    F(t_j^+) = F(t_j^-) + \varphi (1 - a) D_j, \quad P(t_j^+) = P(t_j^-) + \varphi a D_j

    Symbols
    -------
    B : label on vesicles in blood
    U_o : label that cells of organ o took with its vesicle
    S, F, P : dissolved label that left a vesicle, that never was on one, and particles of it
    G : catabolites
    H_o : label that organ o holds without a vesicle
    k_i : inactivation
    k_v : shedding
    k_d : degradation
    r : release
    k_S : soluble_loss, to urine and, by soluble_faeces, to faeces
    k_G : excretion, to urine and, by catabolite_faeces, to faeces
    u_o : soluble_uptake
    g_o : catabolite_uptake
    p_o : particle_uptake
    b_o : organ_return
    \varphi : unbound
    a : aggregated
    D_j : label in one dose

    Notes
    -----
    An isotope keeps its signal whatever becomes of it; an enzyme, a nucleic acid or a surface
    protein loses it when it is digested, and is then found in ``<label>.inactivated``, not in
    urine. Isotopes are counted as if they did not decay, as a counter corrects them. Pools:
    ``<label>.free``, ``.particles``, ``.released``, ``.catabolite``, ``.urine``, ``.faeces``,
    ``.inactivated`` and, by organ, ``<organ>.<label>.free`` and ``<organ>.<label>.catabolite``. The
    thyroid is in ``rest`` and the stomach in ``gut``; faeces include what is still in the gut.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "tag"
    title: ClassVar[str] = "Label that rides the vesicles"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *_PLAIN,
        PARTICLE_UPTAKE,
        SOLUBLE_UPTAKE,
        CATABOLITE_UPTAKE,
        ORGAN_RETURN,
    )
    speculative: ClassVar[bool] = True

    label: str = setting(doc="Name of the label, a context of its rows.", moves="what is shown")

    def context(self) -> dict[str, str]:
        """Return the label, in whose context every parameter is looked up."""
        return {"label": label_named(self.label).name}

    def needs(self) -> list[Need]:
        """Return what every label needs, and the rates of the organs that take this one."""
        found = label_named(self.label)
        wanted = [Need(parameter) for parameter in _PLAIN]
        for parameter, organs in (
            (PARTICLE_UPTAKE, found.particles),
            (SOLUBLE_UPTAKE, found.soluble),
            (CATABOLITE_UPTAKE, found.catabolite),
            (ORGAN_RETURN, found.organs),
        ):
            wanted += [Need(parameter, {"organ": organ}) for organ in organs]
        return wanted

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add the label's pools and losses to a body and a route that are wired already.

        What other steps add later (a tumour's cells) keeps its label.
        """
        label = self.label
        in_cells = [
            name
            for name, rider in wiring.pool_riders.items()
            if rider == label and name not in wiring.outside
        ]
        pools = {name: wiring.add_pool(f"{label}.{name}", rider=label) for name in POOLS}
        wiring.rider_amounts[label] = tuple(
            carrier.average((carrier.grid / REFERENCE_DIAMETER) ** 2) for carrier in wiring.carriers
        )
        self._unbound(wiring, p)
        self._from_vesicles(wiring, pools, in_cells, p)
        self._excreted(wiring, pools, p)
        self._organs(wiring, pools, p)
        for name, doc in POOLS.items():
            self._show(wiring, name, [pools[name]], doc)
        self._show(
            wiring, "soluble", [pools["free"], pools["released"]], "dissolved, on no vesicle"
        )
        self._show(wiring, "excreted", [pools["urine"], pools["faeces"]], "in excreta")
        weight = np.full(wiring.members, wiring.study.body_weight)
        wiring.publish(f"{label}.soluble_volume", p[SOLUBLE_VOLUME] * weight)
        wiring.publish(f"{label}.catabolite_volume", p[CATABOLITE_VOLUME] * weight)

    def _unbound(self, wiring: Wiring, p: Draws) -> None:
        """Send label that no vesicle carries into blood: at once, or as the route's liquid gets in.

        What does not get in leaves with excreta. Where a dose is not given into blood, particles of
        label do not get there.
        """
        label, liquid = self.label, wiring.published.get(LIQUID)
        if liquid is None:
            wiring.dose_share(f"{label}.free", p[UNBOUND] * (1.0 - p[AGGREGATED]))
            wiring.dose_share(f"{label}.particles", p[UNBOUND] * p[AGGREGATED])
            return
        site = wiring.add_pool(f"{label}.at_site", rider=label)
        stuck = wiring.add_pool(f"{label}.particles_at_site", rider=label)
        wiring.dose_share(f"{label}.at_site", p[UNBOUND] * (1.0 - p[AGGREGATED]))
        wiring.dose_share(f"{label}.particles_at_site", p[UNBOUND] * p[AGGREGATED])
        gone = f"{liquid.leaves_with}.{label}" if liquid.leaves_with else f"{label}.faeces"
        for target, name, rate in (
            (f"{label}.free", "absorption", liquid.label_to_blood),
            (gone, "passage", liquid.lost),
        ):
            moved = wiring.parameter(f"{label}.{name}", rate)
            wiring.network.flux(site, wiring.pool(target), moved * site)
            if name == "passage":
                wiring.network.flux(stuck, wiring.pool(target), moved * stuck)
        self._show(wiring, "at_site", [site], "on no vesicle, where it was given")
        self._show(wiring, "particles_at_site", [stuck], "as particles, where it was given")

    def _from_vesicles(
        self, wiring: Wiring, pools: dict[str, State], in_cells: list[str], p: Draws
    ) -> None:
        """Let label leave vesicles in blood, and cells that took them."""
        label, network = self.label, wiring.network
        inactivation = wiring.parameter(f"{label}.inactivation", p[INACTIVATION])
        shedding = wiring.parameter(f"{label}.shedding", p[SHEDDING])
        for place in wiring.places.values():
            if place.name in wiring.port("blood.places"):
                wiring.lose(label, place, inactivation, f"{label}.inactivated")
                wiring.lose(label, place, shedding, f"{label}.released")
        returned = wiring.parameter(f"{label}.return", p[RELEASE] * p[DEGRADATION])
        digested = wiring.parameter(f"{label}.digestion", (1.0 - p[RELEASE]) * p[DEGRADATION])
        left = pools["catabolite" if label_named(label).survives else "inactivated"]
        for name in in_cells:
            held = wiring.pool(name)
            network.flux(held, pools["released"], returned * held)
            network.flux(held, left, digested * held)

    def _excreted(self, wiring: Wiring, pools: dict[str, State], p: Draws) -> None:
        """Let soluble label and catabolites leave the body, by urine and by faeces."""
        label = self.label
        for sources, name, rate, faeces in (
            (("free", "released"), "soluble_loss", p[SOLUBLE_LOSS], p[SOLUBLE_FAECES]),
            (("catabolite",), "excretion", p[EXCRETION], p[CATABOLITE_FAECES]),
        ):
            ways = {"urine": 1.0 - faeces, "faeces": faeces}
            if not label_named(label).survives:
                ways = {"inactivated": np.ones(wiring.members)}
            for way, share in ways.items():
                leaving = wiring.parameter(f"{label}.{name}.{way}", share * rate)
                for source in sources:
                    wiring.network.flux(pools[source], pools[way], leaving * pools[source])

    def _organs(self, wiring: Wiring, pools: dict[str, State], p: Draws) -> None:
        """Let organs take label that no vesicle carries, and give it back."""
        label, found = self.label, label_named(self.label)
        kinds = (
            ("free", "soluble_uptake", found.soluble, SOLUBLE_UPTAKE, ("free", "released")),
            ("free", "particle_uptake", found.particles, PARTICLE_UPTAKE, ("particles",)),
            ("catabolite", "uptake", found.catabolite, CATABOLITE_UPTAKE, ("catabolite",)),
        )
        for kind, name, organs, parameter, sources in kinds:
            for organ in organs:
                rate = wiring.parameter(f"{label}.{organ}.{name}", p.at(parameter, organ=organ))
                held = self._held(wiring, organ, kind, pools["catabolite"], p)
                for source in sources:
                    wiring.network.flux(pools[source], held, rate * pools[source])

    def _held(self, wiring: Wiring, organ: str, kind: str, back: State, p: Draws) -> State:
        """Return the pool of an organ's own share, declared once, with what it gives back."""
        name = f"{organ}.{self.label}.{kind}"
        if name in wiring.pools:
            return wiring.pool(name)
        held = wiring.add_pool(name, rider=self.label)
        rate = wiring.parameter(f"{self.label}.{organ}.return", p.at(ORGAN_RETURN, organ=organ))
        wiring.network.flux(held, back, rate * held)
        words = {"free": "without a vesicle", "catabolite": "broken down"}[kind]
        doc = f"{self.label} that {organ} took {words}"
        wiring.output(name, {held: 1.0}, unit="copy", doc=doc)
        return held

    def _show(self, wiring: Wiring, name: str, states: list[State], doc: str) -> None:
        output = f"{self.label}.{name}"
        wiring.output(output, dict.fromkeys(states, 1.0), unit="copy", doc=f"{self.label} {doc}")
