"""Into the lungs, breathed in or dripped into the windpipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.material.step import Flag, KineticStep, setting
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.routes import epithelium, gut
from exocast.stages.biodistribution.routes.joining import (
    LIQUID,
    Liquid,
    into_lymph,
    reading_of,
    taken_up,
)
from exocast.stages.biodistribution.routes.measured import unmeasured

__all__ = ["Inhaled"]

_KEY = "biodistribution.inhaled."
DEPOSITED = Parameter(
    _KEY + "deposited",
    unit="1",
    doc="Share of what leaves the device that settles in the airways, alveoli included.",
    high=1.0,
    scale="logit",
)
ALVEOLAR = Parameter(
    _KEY + "alveolar",
    unit="1",
    doc="Share of that which reaches the alveoli.",
    high=1.0,
    scale="logit",
)
MACROPHAGES = Parameter(
    _KEY + "alveolar_macrophages",
    unit="1/s",
    doc="Rate at which alveolar macrophages take up what lies in the alveoli.",
)
REGIONS = ("airways", "alveoli")


@dataclass(frozen=True)
class Inhaled(KineticStep):
    r"""Into the lungs: cilia carry the airways' share to the gut, macrophages take the alveoli's.

    Droplets settle in airways or alveoli, or are breathed out. Mucus carries what fell on airways
    up, and it is swallowed. In the alveoli macrophages and epithelium share the vesicles; a little
    crosses whole, into lymph.

    Equation
    --------
    W(t_j^+) = W(t_j^-) + s (1 - a) D_j, \quad V(t_j^+) = V(t_j^-) + s a D_j

    \frac{d W}{dt} = k_V V - (k_W + g_W + u_W) W

    \frac{d V}{dt} = -(k_V + g_V + u_V + k_\phi) V

    u_r(d) = c_r \left(\frac{1}{k_m} + \frac{1}{k_e}\right)^{-1}, \quad k_m = \frac{\pi^2 f D(d) \,
    \exp [-\frac{\pi}{4} (\frac{d + d_f}{\xi + d_f})^2]}{4 h^2}

    Symbols
    -------
    W, V : vesicles of a size class on airways and in alveoli
    D_j : in one dose, as it leaves the device
    s : deposited
    a : alveolar
    k_W, k_V : clearance
    g_W, g_V : digestion
    k_\phi : alveolar_macrophages
    u_W, u_V, u_r : what epithelial cells take in, of which the intact_share crosses whole [1/s]
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
    The droplet decides where it lands, not the vesicle in it; that nebulisers break vesicles is
    left out: dose what leaves the device. What is swallowed goes on as by mouth.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "inhaled"
    title: ClassVar[str] = "Into the lungs"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        DEPOSITED,
        ALVEOLAR,
        MACROPHAGES,
        *gut.PARAMETERS,
    )
    speculative: ClassVar[bool] = True

    delivery: str = setting(
        "nebulised",
        choices=("nebulised", "instilled"),
        doc="Breathed in as droplets, or dripped into the windpipe.",
        moves="vesicles in lung",
        direction=1,
    )
    duration: float = setting(
        600.0,
        unit="s",
        low=0.0,
        high=86400.0,
        doc="How long one dose is breathed in.",
        source="route_practice",
        moves="peak in blood",
        direction=-1,
    )

    def context(self) -> dict[str, str]:
        """Return route and delivery, in whose context values are looked up."""
        return {"route": self.method, "delivery": self.delivery}

    def needs(self) -> list[Need]:
        """Return the values of lung and gut."""
        own = [Need(one) for one in (DEPOSITED, ALVEOLAR, MACROPHAGES)]
        return [*own, *epithelium.needs(*REGIONS), *gut.needs()]

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add airways and alveoli with the gut behind them, and send the doses there."""
        stomach = gut.wire(wiring, p)
        cells = taken_up(wiring, "lung")
        across: epithelium.Exit = (into_lymph(wiring), {})
        broken = taken_up(wiring, "lung_lining", outside=True)
        onward: epithelium.Exit = (stomach, {})
        lumens = []
        for region in REGIONS:
            lumen = epithelium.wire(
                wiring, p, region, onward=onward, cells=cells, across=across, digested=broken
            )
            lumens.append(lumen)
            onward = (lumen, {})
        airways, alveoli = lumens
        macrophages = wiring.parameter("alveoli.macrophages", p[MACROPHAGES])
        wiring.move(alveoli, cells[0], macrophages, release=cells[1], tag="alveoli.macrophages")
        breathed_out = wiring.add_place("breathed_out")
        settled = p[DEPOSITED]
        wiring.dose_into(airways, settled * (1.0 - p[ALVEOLAR]), duration=self.duration)
        wiring.dose_into(alveoli, settled * p[ALVEOLAR])
        wiring.dose_into(breathed_out, 1.0 - settled)
        reading_of(
            wiring, "lung", lumens, "vesicles in the lung: in cells and on airways and alveoli"
        )
        reading_of(
            wiring, "lung_lining", [broken[0]], "vesicles broken down on the lining of the lung"
        )
        reading_of(
            wiring, "breathed_out", [breathed_out], "vesicles left in the device or breathed out"
        )
        crossing = p.at(epithelium.CELL_UPTAKE, region="alveoli")
        up = p.at(epithelium.CLEARANCE, region="airways")
        wiring.publish(LIQUID, Liquid(settled * p[ALVEOLAR] * crossing, crossing, up, "faeces"))

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag a species in which nobody measured it."""
        return unmeasured(self, wiring.study)
