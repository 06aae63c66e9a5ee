"""What every injection into tissue shares: a depot, its liquid and how much a site holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.material.step import Flag, KineticStep, setting
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.routes import depot
from exocast.stages.biodistribution.routes.joining import LARGEST_VOLUME, too_much
from exocast.stages.biodistribution.routes.measured import unmeasured

__all__ = ["Injection", "liquid"]


def liquid(default: float, doc: str = "Liquid injected at one site.") -> Any:
    """Return the setting of the injected volume, with the default of a route [m^3]."""
    return setting(
        default,
        unit="m^3",
        low=1e-9,
        high=1e-5,
        doc=doc,
        source="route_practice",
        moves="blood exposure",
        direction=-1,
    )


@dataclass(frozen=True)
class Injection(KineticStep):
    r"""A needle into tissue: a depot that empties into veins, lymph and the cells of the site.

    One equation for every site; a route is a title, a volume and its rows.

    Equation
    --------
    \frac{d F}{dt} = -k_s F, \quad F(t_j^+) = F(t_j^-) + D_j

    \frac{d S}{dt} = (1 - q) \, k_s F - (k_L + k_c + k_u) S

    \frac{d B}{dt} = q (1 - v) \, k_s F - (k_L + k_c + k_u) B

    \frac{d A_\mathrm{ven}}{dt} = q v \, k_s F + k_c (S + B) + \dots

    k_L(d) = k_0 \left(\frac{V_0}{V}\right)^{1/3} \Phi(d), \quad k_c(d) = \mathrm{PS}(d)

    Symbols
    -------
    F, S, B : vesicles of a size class freshly injected, settled in the tissue and along the needle
    A_\mathrm{ven} : in venous blood
    D_j : in one dose
    k_s : settling
    q : squeezed
    v : into_veins
    k_L : lymph_uptake of a depot of this volume, with the mesh of fibre_share and fibre_radius
    k_0 : rate at which lymph carries off the liquid of a depot of the reference volume [1/s]
    V : volume
    V_0 : reference_volume
    \Phi : fibre_exclusion
    k_c, \mathrm{PS} : pore_permeability of the site's large pores, per volume of its liquid [1/s]
    k_u : local_uptake
    d : diameter [m]
    """

    stage: ClassVar[str] = "biodistribution"
    parameters: ClassVar[tuple[Parameter, ...]] = (*depot.PARAMETERS, LARGEST_VOLUME)
    speculative: ClassVar[bool] = True
    cells: ClassVar[str] = "injection_site"
    """Stem of the pools of the cells there: an organ's, where a sample of it holds the site."""

    volume: float = liquid(1e-7)

    def context(self) -> dict[str, str]:
        """Return the route, in whose context values are looked up."""
        return {"route": self.method}

    def needs(self) -> list[Need]:
        """Return the values of a depot, and the largest volume."""
        return [*depot.needs(), Need(LARGEST_VOLUME)]

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add the depot and its exits, and send the doses into it."""
        depot.wire(wiring, p, self.volume, cells=self.cells)

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag too much liquid, and a species in which nobody measured it."""
        return [*too_much(self, wiring, p, self.volume), *unmeasured(self, wiring.study)]
