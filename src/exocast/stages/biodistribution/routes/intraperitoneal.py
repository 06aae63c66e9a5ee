"""Into the abdominal cavity, through a needle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.material.step import Flag, KineticStep, setting
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.routes import cavity
from exocast.stages.biodistribution.routes.joining import (
    LARGEST_VOLUME,
    LIQUID,
    Liquid,
    reading_of,
    too_much,
)
from exocast.stages.biodistribution.routes.measured import unmeasured

__all__ = ["Intraperitoneal"]


@dataclass(frozen=True)
class Intraperitoneal(KineticStep):
    r"""Injection into the abdomen: stomata of the diaphragm drain it, whatever the size.

    Liquid leaves the cavity whole through the stomata of the diaphragm, which a vesicle of any size
    passes, into lymph and so to blood. Macrophages of the cavity take what diffusion brings them.
    More liquid than lymph carries seeps into the walls, and vesicles with it as far as their mesh
    lets them in.

    Equation
    --------
    \frac{d C}{dt} = -\left(\frac{Q}{V} + \frac{N r \kappa}{V} + \frac{w Q}{V} \Phi\right) C, \quad
    C(t_j^+) = C(t_j^-) + D_j

    V = V_0 \frac{m}{m_0} + V_d, \quad Q = Q_0 \left(\frac{m}{m_0}\right)^{b}, \quad N = N_0
    \frac{m}{m_0}

    Symbols
    -------
    C : vesicles of a size class in the liquid of the cavity
    D_j : in one dose
    V_0 : fluid_volume
    V_d : volume
    Q_0 : drainage
    b : flow_exponent
    m_0 : reference_weight
    m : body weight [kg]
    w : wall_flow
    \Phi : fibre_exclusion of fibre_share and fibre_radius
    N_0 : macrophages
    r : macrophage_uptake
    \kappa : what a Kupffer cell of this body clears of such vesicles [m^3/s]
    V, Q, N : of this subject, with what was injected

    Notes
    -----
    The injected liquid is counted as staying while vesicles leave. Lining, fat and omentum are one
    wall. Of what the stomata take a part meets the nodes of the chest.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "intraperitoneal"
    title: ClassVar[str] = "Injection into the abdominal cavity"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *cavity.PHAGOCYTES,
        *cavity.DRAINED,
        LARGEST_VOLUME,
    )
    speculative: ClassVar[bool] = True

    volume: float = setting(
        2e-7,
        unit="m^3",
        low=1e-9,
        high=1e-2,
        doc="Liquid injected.",
        source="route_practice",
        moves="peak in blood",
        direction=-1,
    )

    def context(self) -> dict[str, str]:
        """Return the route, in whose context values are looked up."""
        return {"route": self.method}

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add the cavity and its exits, and send the doses into it."""
        name = "peritoneal_cavity"
        liquid = wiring.add_place(f"{name}.liquid")
        held = cavity.held_volume(wiring, p, self.volume)
        leaving = cavity.drainage(wiring, p, held)
        cavity.add_phagocytes(wiring, p, liquid, held, name)
        cavity.add_drainage(wiring, p, liquid, leaving, "peritoneal_wall")
        wiring.dose_into(liquid)
        seeping = leaving * (1.0 + p[cavity.WALL_FLOW])
        wiring.publish(LIQUID, Liquid(seeping, seeping, np.zeros(wiring.members)))
        doc = "vesicles in the abdominal cavity: in its liquid and in its macrophages"
        reading_of(wiring, name, [liquid, wiring.place(f"{name}.taken_up")], doc)
        wall = [wiring.place("peritoneal_wall.taken_up")]
        reading_of(wiring, "peritoneal_wall", wall, "vesicles in the walls of the abdominal cavity")

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag too much liquid, and a species in which nobody measured it."""
        return [*too_much(self, wiring, p, self.volume), *unmeasured(self, wiring.study)]
