"""Onto the skin, as a film or through microneedles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.material.step import Flag, KineticStep, setting
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.routes import depot, epithelium
from exocast.stages.biodistribution.routes.joining import (
    LIQUID,
    Liquid,
    excreta,
    into_tissue,
    reading_of,
    taken_up,
)
from exocast.stages.biodistribution.routes.measured import unmeasured

__all__ = ["Topical"]

_KEY = "biodistribution.topical."
INTO_FOLLICLES = Parameter(
    _KEY + "into_follicles", unit="1/s", doc="Rate at which what lies on skin gets into follicles."
)
REMOVAL = Parameter(
    _KEY + "removal", unit="1/s", doc="Rate at which a film is rubbed off, washed off or shed."
)
PASSED = Parameter(
    _KEY + "horny_layer", unit="1/s", doc="Rate at which vesicles pass the horny layer whole."
)
PLACED = Parameter(
    _KEY + "placed",
    unit="1",
    doc="Share of a dose that microneedles place below the horny layer.",
    high=1.0,
    scale="logit",
)
VOLUME = 1e-8
"""Liquid that microneedles place [m^3]; what lymph takes of it depends little on it."""

REGION = "follicle"


@dataclass(frozen=True)
class Topical(KineticStep):
    r"""Onto the skin: it stays outside, in hair follicles for days, and next to none gets in whole.

    The horny layer lets no vesicle of this size pass whole, as far as anybody could show. Some get
    into the openings of hair follicles and stay there until sebum carries them out; a few are taken
    up by the cells around. Microneedles make the holes that skin does not have, and what they place
    is a depot in the dermis.

    Equation
    --------
    \frac{d F}{dt} = -(k_f + k_w + k_h) F, \quad F(t_j^+) = F(t_j^-) + (1 - m) D_j

    \frac{d H}{dt} = k_f F - (k_r + g_r + u_r) H

    \frac{d S}{dt} = k_h F + i u_r H + \dots

    u_r(d) = c_r \left(\frac{1}{k_m} + \frac{1}{k_e}\right)^{-1}, \quad k_m = \frac{\pi^2 f D(d) \,
    \exp [-\frac{\pi}{4} (\frac{d + d_f}{\xi + d_f})^2]}{4 h^2}

    Symbols
    -------
    F, H, S : vesicles of a size class in the film, in hair follicles and between cells of the skin
    D_j : in one dose
    m : placed, with microneedles; 0 without
    k_f : into_follicles
    k_w : removal
    k_h : horny_layer
    k_r : clearance
    g_r : digestion
    u_r : what cells of the follicle take in [1/s]
    i : intact_share
    c_r : contact
    k_m : layer_crossing [1/s]
    k_e : cell_uptake
    f : mucus_free
    D : brownian_diffusivity in water [m^2/s]
    d : diameter [m]
    d_f : mucus_fibre
    \xi : mucus_mesh
    h : mucus_thickness

    Notes
    -----
    Sound skin. Broken, shaved or inflamed skin lets more pass, and a wound is no skin at all: what
    is put there is nearer to an injection under the skin.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "topical"
    title: ClassVar[str] = "Onto the skin"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        INTO_FOLLICLES,
        REMOVAL,
        PASSED,
        PLACED,
        *epithelium.PARAMETERS,
        *depot.PARAMETERS,
    )
    speculative: ClassVar[bool] = True

    device: str = setting(
        "film",
        choices=("film", "microneedles"),
        doc="A film of liquid or gel, or the same through microneedles.",
        moves="blood exposure",
        direction=1,
    )

    def context(self) -> dict[str, str]:
        """Return the route, in whose context values are looked up."""
        return {"route": self.method}

    def needs(self) -> list[Need]:
        """Return the values of skin and follicles, and of a depot with microneedles."""
        own = [Need(one) for one in (INTO_FOLLICLES, REMOVAL, PASSED)]
        own += epithelium.needs(REGION)
        if self.device == "film":
            return own
        return [*own, Need(PLACED), *depot.needs()]

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add film and follicles, with microneedles a depot, and send the doses there."""
        shed = excreta(wiring, "shed", "vesicles that were rubbed or washed off, or shed")
        cells = taken_up(wiring, "skin")
        below = into_tissue(wiring, "skin")
        across: epithelium.Exit = (below, {})
        follicle = epithelium.wire(
            wiring, p, REGION, onward=shed, cells=cells, across=across, digested=shed
        )
        film = wiring.add_place("skin_surface.film")
        for target, release, name, rate in (
            (follicle, None, "into_follicles", p[INTO_FOLLICLES]),
            (shed[0], shed[1], "removal", p[REMOVAL]),
            (below, None, "horny_layer", p[PASSED]),
        ):
            wiring.move(film, target, wiring.parameter(f"film.{name}", rate), release=release)
        placed = np.zeros(wiring.members)
        if self.device == "microneedles":
            placed = p[PLACED]
            depot.wire(wiring, p, VOLUME, cells="skin", share=placed)
        else:
            nothing = np.zeros(wiring.members)
            wiring.publish(LIQUID, Liquid(nothing, nothing, p[REMOVAL], "shed"))
        wiring.dose_into(film, 1.0 - placed)
        doc = "vesicles on the skin: in the film and in hair follicles"
        reading_of(wiring, "skin_surface", [film, follicle], doc)

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag a species in which nobody measured it."""
        return unmeasured(self, wiring.study)
