"""By mouth: swallowed or gavaged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.material.step import Flag, KineticStep
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.routes import gut
from exocast.stages.biodistribution.routes.joining import LIQUID, Liquid
from exocast.stages.biodistribution.routes.measured import unmeasured

__all__ = ["Oral"]


@dataclass(frozen=True)
class Oral(KineticStep):
    r"""By mouth: most is digested or leaves with faeces, and next to nothing reaches blood whole.

    Content passes stomach, small and large intestine, in each of which vesicles are digested. Those
    that lie on the mucus cross it and are taken up by the cells below, and a small share of these
    comes out whole on the other side, into lymph. What digestion sets free is absorbed or passes:
    a label in blood is no vesicle in blood.

    Equation
    --------
    \frac{d G_r}{dt} = k_{r-1} G_{r-1} - (k_r + g_r + u_r) G_r, \quad G_1(t_j^+) = G_1(t_j^-) + D_j

    u_r(d) = c_r \left(\frac{1}{k_m} + \frac{1}{k_e}\right)^{-1}, \quad k_m = \frac{\pi^2 f D(d) \,
    \exp [-\frac{\pi}{4} (\frac{d + d_f}{\xi + d_f})^2]}{4 h^2}

    \frac{d L}{dt} = \sum_r i_r u_r G_r + \dots, \quad \frac{d U}{dt} = \sum_r (1 - i_r) u_r G_r

    \frac{d P}{dt} = \sum_r g_r G_r - (k_a + k_p) P

    Symbols
    -------
    G_r : vesicles of a size class in the lumen of stomach, small and large intestine
    L, U : in lymph, and taken up by cells of the wall
    P : cargo or label that digestion set free, in the lumen
    D_j : in one dose
    k_r : clearance
    g_r : digestion
    u_r : what cells of the wall take in [1/s]
    c_r : contact
    k_m : layer_crossing [1/s]
    k_e : cell_uptake
    f : mucus_free
    D : brownian_diffusivity in water [m^2/s]
    d : diameter [m]
    d_f : mucus_fibre
    \xi : mucus_mesh
    h : mucus_thickness
    i_r : intact_share
    k_a : fragment_absorption
    k_p : fragment_passage

    Notes
    -----
    An empty stomach; a meal delays and buffers. Vesicles of milk stand digestion better than
    others, which one range covers. A share absorbed that was read off a label counts fragments.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "oral"
    title: ClassVar[str] = "By mouth"
    parameters: ClassVar[tuple[Parameter, ...]] = gut.PARAMETERS
    speculative: ClassVar[bool] = True

    def context(self) -> dict[str, str]:
        """Return the route, in whose context values are looked up."""
        return {"route": self.method}

    def needs(self) -> list[Need]:
        """Return the values of the gut."""
        return gut.needs()

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add the gut with its exits, and send the doses into the stomach."""
        wiring.dose_into(gut.wire(wiring, p))
        nothing = np.zeros(wiring.members)
        wiring.publish(LIQUID, Liquid(nothing, p[gut.FRAGMENTS], p[gut.PASSAGE], "faeces"))

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag what a label shows here, and a species in which nobody measured it."""
        found = unmeasured(self, wiring.study)
        if wiring.study.labels:
            message = (
                "digestion sets label free, and the gut absorbs it: a label found in blood or "
                "organs after a dose by mouth is no vesicle there"
            )
            found.append(Flag("biodistribution.oral", message))
        return found
