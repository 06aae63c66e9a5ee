"""Into the nose, as drops or spray."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.material.step import Flag, KineticStep, setting
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.routes import epithelium, gut
from exocast.stages.biodistribution.routes.joining import (
    LIQUID,
    Liquid,
    into_lymph,
    into_tissue,
    reading_of,
    taken_up,
)
from exocast.stages.biodistribution.routes.measured import unmeasured

__all__ = ["Intranasal"]

_KEY = "biodistribution.intranasal."
ROOM = Parameter(_KEY + "room", unit="m^3", doc="Liquid that the nose holds; the rest runs off.")
OLFACTORY = Parameter(
    _KEY + "olfactory",
    unit="1",
    doc="Share of what the nose holds that lies on olfactory mucosa.",
    high=1.0,
    scale="logit",
)
REGIONS = ("nose", "olfactory")


@dataclass(frozen=True)
class Intranasal(KineticStep):
    r"""Into the nose: swallowed within the hour, but for what nerves may carry to the brain.

    The nose holds little; the rest runs down the throat. Cilia carry on what lies on respiratory
    mucosa, and it is swallowed. On olfactory mucosa mucus stands longer, and a share of what its
    cells take up may travel along olfactory and trigeminal nerves into brain: how large it is is
    contested, and carried as two rivals.

    Equation
    --------
    R(t_j^+) = R(t_j^-) + (1 - o) \, b D_j, \quad O(t_j^+) = O(t_j^-) + o b D_j, \quad b = \min
    \left(1, \frac{V_n}{V}\right)

    \frac{d R}{dt} = k_O O - (k_R + g_R + u_R) R

    \frac{d O}{dt} = -(k_O + g_O + u_O) O, \quad \frac{d B}{dt} = i_O u_O O + \dots

    u_r(d) = c_r \left(\frac{1}{k_m} + \frac{1}{k_e}\right)^{-1}, \quad k_m = \frac{\pi^2 f D(d) \,
    \exp [-\frac{\pi}{4} (\frac{d + d_f}{\xi + d_f})^2]}{4 h^2}

    Symbols
    -------
    R, O : vesicles of a size class on respiratory and on olfactory mucosa
    B : between the cells of the brain
    D_j : in one dose
    V_n : room
    V : volume
    o : olfactory
    b : share of a dose that the nose holds; the rest is in the stomach at once
    k_R, k_O : clearance
    g_R, g_O : digestion
    u_R, u_O, u_r : what epithelial cells take in [1/s]
    i_O : intact_share
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
    An animal that is awake and swallows; under anaesthesia rodents breathe larger volumes into
    their lungs. Rodents have far more olfactory mucosa than primates: a share to the brain is not
    to be carried over from one to the other.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "intranasal"
    title: ClassVar[str] = "Into the nose"
    parameters: ClassVar[tuple[Parameter, ...]] = (ROOM, OLFACTORY, *gut.PARAMETERS)
    speculative: ClassVar[bool] = True

    volume: float = setting(
        1e-8,
        unit="m^3",
        low=1e-9,
        high=1e-6,
        doc="Liquid given, over both nostrils.",
        source="route_practice",
        moves="vesicles in nose",
        direction=-1,
    )

    def context(self) -> dict[str, str]:
        """Return the route, in whose context values are looked up."""
        return {"route": self.method}

    def needs(self) -> list[Need]:
        """Return the values of nose and gut."""
        return [Need(ROOM), Need(OLFACTORY), *epithelium.needs(*REGIONS), *gut.needs()]

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add the mucosae of the nose with the gut behind them, and send the doses there."""
        stomach = gut.wire(wiring, p)
        cells = taken_up(wiring, "nose")
        broken = taken_up(wiring, "nose_lining", outside=True)
        nerves: epithelium.Exit = (into_tissue(wiring, "brain"), {})
        nose = epithelium.wire(
            wiring, p, "nose", onward=(stomach, {}), cells=cells,
            across=(into_lymph(wiring), {}), digested=broken,
        )  # fmt: skip
        olfactory = epithelium.wire(
            wiring, p, "olfactory", onward=(nose, {}), cells=cells, across=nerves, digested=broken
        )
        held = np.minimum(1.0, p[ROOM] / self.volume)
        wiring.dose_into(nose, held * (1.0 - p[OLFACTORY]))
        wiring.dose_into(olfactory, held * p[OLFACTORY])
        wiring.dose_into(stomach, 1.0 - held)
        reading_of(wiring, "nose", [nose, olfactory, cells[0]], "vesicles in the nose")
        reading_of(
            wiring, "nose_lining", [broken[0]], "vesicles broken down on the lining of the nose"
        )
        wiring.cumulative("nose_to_brain", ["olfactory.across"])
        nothing = np.zeros(wiring.members)
        up = p.at(epithelium.CLEARANCE, region="nose")
        uptake = p.at(epithelium.CELL_UPTAKE, region="nose")
        wiring.publish(LIQUID, Liquid(nothing, uptake, up, "faeces"))

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag the contested share to the brain, and a species in which nobody measured it."""
        message = (
            "what nerves carry from the nose to the brain is contested: compare "
            '`hypotheses.nose_to_brain = "each"`, and do not carry it over between species'
        )
        return [Flag("biodistribution.intranasal", message), *unmeasured(self, wiring.study)]
