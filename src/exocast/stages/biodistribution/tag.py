"""A label: it rides vesicles, leaves them, and outlives or is outlived by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.material.step import KineticStep, setting
from exocast.material.wiring import Wiring
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
UNBOUND = Parameter(
    _KEY + "unbound", unit="1", doc="Share of injected label that no vesicle carries.", high=0.99
)
SOLUBLE_LOSS = Parameter(_KEY + "soluble_loss", unit="1/s", doc="Loss of soluble label.")
EXCRETION = Parameter(_KEY + "excretion", unit="1/s", doc="Excretion of catabolites.")
SOLUBLE_VOLUME = Parameter(
    _KEY + "soluble_volume", unit="m^3/kg", doc="Volume that soluble label spreads in."
)
CATABOLITE_VOLUME = Parameter(
    _KEY + "catabolite_volume", unit="m^3/kg", doc="Volume that catabolites spread in."
)

REFERENCE_DIAMETER = 100e-9
"""A vesicle of this diameter carries one unit of label [m]: only shares of the dose are shown."""


@dataclass(frozen=True)
class Tag(KineticStep):
    r"""A label on the vesicles, in proportion to their surface.

    It is lost in blood (``<label>.inactivated``), and from tissue with a share returning to blood
    (``<label>.soluble``) and the rest as catabolites (``<label>.catabolite``), both of which leave
    in excreta (``<label>.excreted``). A share of each dose was never on a vesicle.

    Equation
    --------
    \frac{d B}{dt} = \dots - k_i B, \quad \frac{d U_o}{dt} = \dots - k_d U_o

    \frac{d S}{dt} = r k_d \sum_o U_o - k_S S, \quad \frac{d G}{dt} = (1 - r) k_d \sum_o U_o -
    k_G G

    S(t_j^+) = S(t_j^-) + \varphi D_j

    Symbols
    -------
    B : label on vesicles in blood
    U_o : label that cells of organ o took
    S : soluble label
    G : catabolites
    k_i : inactivation
    k_d : degradation
    r : release
    k_S : soluble_loss
    k_G : excretion
    \varphi : unbound
    D_j : label in one dose

    Notes
    -----
    B' = ... - k_inact B; U_o' = uptake - k_deg U_o; S' = r k_deg sum U_o - k_S S;
    G' = (1 - r) k_deg sum U_o - k_G G.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "tag"
    title: ClassVar[str] = "Label that rides the vesicles"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        DEGRADATION,
        RELEASE,
        INACTIVATION,
        UNBOUND,
        SOLUBLE_LOSS,
        EXCRETION,
        SOLUBLE_VOLUME,
        CATABOLITE_VOLUME,
    )
    speculative: ClassVar[bool] = True

    label: str = setting(doc="Name of the label, a context of its rows.", moves="what is shown")

    def context(self) -> dict[str, str]:
        """Return the label, in whose context every parameter is looked up."""
        return {"label": self.label}

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add the label's pools and losses to a body and a route that are wired already.

        What other steps add later (a tumour's cells) keeps its label.
        """
        label, network = self.label, wiring.network
        in_cells = [
            name
            for name, rider in wiring.pool_riders.items()
            if rider == label and name not in wiring.outside
        ]
        soluble, catabolite, excreted, _ = (
            wiring.add_pool(f"{label}.{name}", rider=label)
            for name in ("soluble", "catabolite", "excreted", "inactivated")
        )
        wiring.rider_amounts[label] = tuple(
            carrier.average((carrier.grid / REFERENCE_DIAMETER) ** 2) for carrier in wiring.carriers
        )
        self._unbound(wiring, p)
        inactivation = wiring.parameter(f"{label}.inactivation", p[INACTIVATION])
        for place in wiring.places.values():
            if place.name in wiring.port("blood.places"):
                wiring.lose(label, place, inactivation, f"{label}.inactivated")
        returned = wiring.parameter(f"{label}.return", p[RELEASE] * p[DEGRADATION])
        digested = wiring.parameter(f"{label}.digestion", (1.0 - p[RELEASE]) * p[DEGRADATION])
        for name in in_cells:
            held = wiring.pool(name)
            network.flux(held, soluble, returned * held)
            network.flux(held, catabolite, digested * held)
        loss = wiring.parameter(f"{label}.soluble_loss", p[SOLUBLE_LOSS])
        excretion = wiring.parameter(f"{label}.excretion", p[EXCRETION])
        network.flux(soluble, excreted, loss * soluble)
        network.flux(catabolite, excreted, excretion * catabolite)
        for name, doc in (
            ("soluble", "off the vesicle, in blood and what it reaches"),
            ("catabolite", "broken down, in the body"),
            ("excreted", "in excreta"),
            ("inactivated", "without signal"),
        ):
            state = wiring.pool(f"{label}.{name}")
            wiring.output(f"{label}.{name}", {state: 1.0}, unit="copy", doc=f"{label} {doc}")
        weight = np.full(wiring.members, wiring.study.body_weight)
        wiring.publish(f"{label}.soluble_volume", p[SOLUBLE_VOLUME] * weight)
        wiring.publish(f"{label}.catabolite_volume", p[CATABOLITE_VOLUME] * weight)

    def _unbound(self, wiring: Wiring, p: Draws) -> None:
        """Send label that no vesicle carries into blood: at once, or as the route's liquid gets in.

        What does not get in leaves with excreta.
        """
        label, liquid = self.label, wiring.published.get(LIQUID)
        if liquid is None:
            wiring.dose_share(f"{label}.soluble", p[UNBOUND])
            return
        site = wiring.add_pool(f"{label}.at_site", rider=label)
        wiring.dose_share(f"{label}.at_site", p[UNBOUND])
        gone = f"{liquid.leaves_with}.{label}" if liquid.leaves_with else f"{label}.excreted"
        for target, name, rate in (
            (f"{label}.soluble", "absorption", liquid.label_to_blood),
            (gone, "passage", liquid.lost),
        ):
            moved = wiring.parameter(f"{label}.{name}", rate)
            wiring.network.flux(site, wiring.pool(target), moved * site)
        doc = f"{label} on no vesicle, where it was given"
        wiring.output(f"{label}.at_site", {site: 1.0}, unit="copy", doc=doc)
