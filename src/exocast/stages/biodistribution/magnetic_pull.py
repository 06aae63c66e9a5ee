"""A magnet: it pulls vesicles that carry iron oxide to the walls of an organ's vessels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.engine.network import Expression
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.magnetic_pull import magnetic_drift, pulled_clearance
from exocast.material.carrier import Carrier
from exocast.material.magnet import Magnet
from exocast.material.step import Flag, KineticStep, setting
from exocast.material.wiring import Place, Wiring
from exocast.stages.biodistribution.body import BARE
from exocast.stages.biodistribution.carried import copies_on
from exocast.stages.biodistribution.liquids import VISCOSITY
from exocast.stages.biodistribution.physiology import Circulation
from exocast.stages.biodistribution.receptor_beds import CAPILLARY_RADIUS, CAPILLARY_SHARE
from exocast.stages.biodistribution.sampling import show_rider
from exocast.stages.biodistribution.targeting import tissue_sink

__all__ = ["MagneticPull"]

Array = NDArray[np.float64]

MOMENT = "magnetic_moment"
"""Surface property: magnetic moment of all that one vesicle carries [A m^2]."""

_KEY = "biodistribution.magnetic_pull."
WALL_UPTAKE = Parameter(
    _KEY + "wall_uptake", unit="1/s", doc="Uptake by the wall of what a magnet holds there."
)
WASHING_OFF = Parameter(
    _KEY + "washing_off",
    unit="1/s",
    doc="Rate at which blood washes vesicles off the wall once the magnet is gone.",
)


@dataclass(frozen=True)
class MagneticPull(KineticStep):
    r"""Force over drag holds vesicles at walls while the magnet stays; then blood has them back.

    Equation
    --------
    \frac{d A_o}{dt} = \dots - b(t) \, \frac{v V_c}{2 r V_{p,o}} A_o + (1 - b(t)) \, k_w W, \quad v
    = \frac{m G}{3 \pi \eta d}

    \frac{d W}{dt} = b(t) \, \frac{v V_c}{2 r V_{p,o}} A_o - (1 - b(t)) \, k_w W - k_u W

    Symbols
    -------
    A_o : vesicles of a size class in the blood of the organ
    W : vesicles at the walls of its capillaries
    b : 1 while the magnet stays after a dose, else 0
    m : magnetic moment of a vesicle [A m^2]
    G : gradient
    \eta : plasma_viscosity
    d : diameter
    V_{p,o} : plasma of the organ [m^3]
    V_c : blood in its capillaries, capillary_share of it [m^3]
    r : capillary_radius
    k_w : washing_off
    k_u : wall_uptake

    Notes
    -----
    A vesicle drifts micrometres a second at the pole of a strong magnet and a hundredth of that a
    centimetre away, and blood passes a capillary in seconds: what a magnet can do is written in
    these numbers. The field is taken as strong enough to saturate the cores; shear does not tear
    vesicles off while the magnet stays.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "magnetic_pull"
    title: ClassVar[str] = "Magnet over an organ"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        WALL_UPTAKE,
        WASHING_OFF,
        VISCOSITY,
        CAPILLARY_RADIUS,
        CAPILLARY_SHARE,
    )
    speculative: ClassVar[bool] = True

    organ: str = setting(doc="Organ, or tumour.", moves="held by a magnet")
    gradient: float = setting(
        10.0, unit="T/m", low=0.1, high=1000.0, doc="Gradient of the field there.",
        source="magnet_practice", moves="held by a magnet", direction=1,
    )  # fmt: skip
    duration: float = setting(
        3600.0, unit="s", low=0.0, high=604800.0, doc="Time that it stays after each dose.",
        source="magnet_practice", moves="held by a magnet", direction=1,
    )  # fmt: skip

    @staticmethod
    def of(magnet: Magnet) -> MagneticPull:
        """Return the step of a magnet that a Design names."""
        return MagneticPull(organ=magnet.organ, gradient=magnet.gradient, duration=magnet.duration)

    def needs(self) -> list[Need]:
        """Return what it needs in its organ."""
        own = [Need(one) for one in (WALL_UPTAKE, WASHING_OFF, VISCOSITY)]
        return own + [
            Need(one, {"organ": self.organ}) for one in (CAPILLARY_RADIUS, CAPILLARY_SHARE)
        ]

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add the wall, what the magnet brings to it, and what becomes of that."""
        organ = self.organ
        moved = any(MOMENT in carrier.surface for carrier in wiring.carriers)
        if not moved or f"{organ}.vascular" not in wiring.places or self.duration <= 0:
            return
        blood: Circulation = wiring.port("circulation")
        on, off = self._switch(wiring)
        wall = wiring.add_place(f"{organ}.held")
        washed = wiring.parameter(f"{organ}.washing_off", p[WASHING_OFF])
        plasma = blood.plasma(organ)
        rates = wiring.per_carrier(
            f"{organ}.magnet", lambda c: self.clearance(wiring, c, blood, p) / plasma
        )
        sources = [f"{prefix}{organ}.vascular" for prefix in ("", BARE)]
        vessels = [wiring.places[name] for name in sources if name in wiring.places]
        for vessel in vessels:
            wiring.move(vessel, wall, [rate * on for rate in rates], tag=f"{organ}.held")
        wiring.move(wall, vessels[-1], washed * off)
        target, release = tissue_sink(wiring, organ)
        taken = wiring.parameter(f"{organ}.wall_uptake", p[WALL_UPTAKE])
        wiring.move(wall, target, taken, release=release, tag=f"{organ}.by_magnet")
        wiring.cumulative(f"{organ}.by_magnet", [f"{organ}.by_magnet"])
        self._show(wiring, wall)

    def clearance(self, wiring: Wiring, carrier: Carrier, blood: Circulation, p: Draws) -> Array:
        """Return the plasma that the magnet clears of a carrier in its organ, (n,) [m^3/s]."""
        moment = copies_on(wiring, carrier, MOMENT)
        drift = magnetic_drift(moment, self.gradient, carrier.diameter, p[VISCOSITY])
        inside = blood.blood[self.organ] * p.at(CAPILLARY_SHARE, organ=self.organ)
        return pulled_clearance(drift, inside, p.at(CAPILLARY_RADIUS, organ=self.organ))

    def _switch(self, wiring: Wiring) -> tuple[Expression, Expression]:
        """Return 1 while the magnet stays after a dose, else 0; and the opposite."""
        ends: dict[float, float] = {}
        for time in wiring.study.times:
            ends[time] = 1.0
            ends[time + self.duration] = 0.0
        inside = [
            time for time in ends
            if not any(dose < time < dose + self.duration for dose in wiring.study.times)
        ]  # fmt: skip
        knots = sorted(inside)
        values = [ends[time] for time in knots]
        if knots[0] > 0:
            knots, values = [0.0, *knots], [0.0, *values]
        other = [1.0 - value for value in values]
        table = wiring.network.table
        return table(knots, values, "step"), table(knots, other, "step")

    def _show(self, wiring: Wiring, wall: Place) -> None:
        """Count what is held to the organ, for vesicles and for what they carry."""
        organ, held = self.organ, [(wall, 1.0)]
        wiring.add_to_output(organ, held)
        doc = f"of the vesicles in {organ}, those that a magnet holds at walls"
        wiring.output_places(f"{organ}.held", held, doc=doc)
        for rider in wiring.riders:
            if not wiring.add_to_output(f"{organ}.{rider}.aboard", held):
                show_rider(wiring, organ, rider, held)

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Say how much of a pass the magnet holds, and that iron is needed for it to hold any."""
        where = f"{self.stage}.{self.method}"
        if not any(MOMENT in carrier.surface for carrier in wiring.carriers):
            message = "nothing in the dose carries iron oxide: the magnet holds nothing"
            return [Flag(where, message)]
        if f"{self.organ}.vascular" not in wiring.places:
            return [Flag(where, f"there is no {self.organ} for the magnet to be held over")]
        blood: Circulation = wiring.port("circulation")
        flow = blood.through[self.organ] * blood.plasma_share
        count = np.stack([one.count for one in wiring.carriers])
        each = np.stack([self.clearance(wiring, one, blood, p) for one in wiring.carriers])
        cleared = (count * each).sum(axis=0) / np.maximum(count.sum(axis=0), 1e-300)
        share = float(np.median(cleared / (cleared + flow)))
        message = (
            f"the magnet holds {share:.2g} of what one pass of blood brings through {self.organ}; "
            "blood flow brings the rest past it"
        )
        return [Flag(where, message, "note")]
