"""Into the cerebrospinal fluid, through a needle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.material.step import Flag, KineticStep, setting
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.brain import TURNOVER
from exocast.stages.biodistribution.routes import cavity
from exocast.stages.biodistribution.routes.joining import (
    LARGEST_VOLUME,
    LIQUID,
    Liquid,
    too_much,
)
from exocast.stages.biodistribution.routes.measured import unmeasured

__all__ = ["Intrathecal"]


@dataclass(frozen=True)
class Intrathecal(KineticStep):
    r"""Injection into the cerebrospinal fluid: it turns over in hours, and meninges take up.

    The liquid is renewed within hours; what leaves goes to venous blood and to lymph, and a little
    enters brain along its vessels: all of that is the body's own, and here it starts full. Added is
    what the phagocytes of the meninges take along the way, as diffusion brings it to them.

    Equation
    --------
    \frac{d C}{dt} = -k_T C - \frac{N r \kappa}{V} C + \dots, \quad C(t_j^+) = C(t_j^-) + D_j

    V = V_0 \frac{m}{m_0} + V_d, \quad N = N_0 \frac{m}{m_0}

    Symbols
    -------
    C : vesicles of a size class in cerebrospinal fluid
    D_j : in one dose
    k_T : csf_turnover
    V_0 : fluid_volume
    V_d : volume
    m_0 : reference_weight
    m : body weight [kg]
    N_0 : macrophages
    r : macrophage_uptake
    \kappa : what a Kupffer cell of this body clears of such vesicles [m^3/s]
    V, N : of this subject, with what was injected

    Notes
    -----
    One liquid from the ventricles to the sacral end: mixing takes about as long as turnover, so
    how much less reaches the far end is not told. Cells of brain, cord and meninges are one
    pool, since a sample of brain holds them all.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "intrathecal"
    title: ClassVar[str] = "Injection into the cerebrospinal fluid"
    parameters: ClassVar[tuple[Parameter, ...]] = (*cavity.PHAGOCYTES, TURNOVER, LARGEST_VOLUME)
    speculative: ClassVar[bool] = True

    volume: float = setting(
        5e-9,
        unit="m^3",
        low=1e-10,
        high=1e-5,
        doc="Liquid injected.",
        source="csf_2017",
        moves="blood exposure",
        direction=1,
    )

    def context(self) -> dict[str, str]:
        """Return the route, in whose context values are looked up."""
        return {"route": self.method}

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Let the meninges take from the cerebrospinal fluid, and send the doses into it."""
        name = "brain.csf"
        liquid = wiring.places.get(name) or wiring.add_place(name)
        held = cavity.held_volume(wiring, p, self.volume)
        cavity.add_phagocytes(wiring, p, liquid, held, "brain")
        wiring.dose_into(liquid)
        wiring.publish(LIQUID, Liquid(p[TURNOVER], p[TURNOVER], np.zeros(wiring.members)))

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag too much liquid, and a species in which nobody measured it."""
        return [*too_much(self, wiring, p, self.volume), *unmeasured(self, wiring.study)]
