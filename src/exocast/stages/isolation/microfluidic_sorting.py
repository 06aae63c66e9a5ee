"""Arrays of posts that displace large particles sideways, many of them side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.lateral_displacement import critical_diameter, displaced_share
from exocast.laws.wall_adsorption import diffusivity
from exocast.laws.water import water_viscosity
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, Severity, setting
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.isolation.bed import through_channel
from exocast.stages.isolation.handling import passed_on

__all__ = ["MicrofluidicSorting"]

Array = NDArray[np.float64]

DAY = 86400.0
CLOGGING = 0.9

LANES = Parameter(
    "isolation.microfluidic_sorting.lanes", "1", "Gaps side by side across one array.", low=1.0
)
DEPTH = Parameter("isolation.microfluidic_sorting.depth", "m", "Depth of the channels.")
POST = Parameter(
    "isolation.microfluidic_sorting.post_ratio", "1", "Diameter of a post over the gap."
)
SHARPNESS = Parameter(
    "isolation.microfluidic_sorting.sharpness", "1",
    "Spread of ln diameter over which an array turns from one path to the other.",
)  # fmt: skip
STUCK = Parameter(
    "isolation.microfluidic_sorting.stuck_share", "1",
    "Share of particles that stays in the device.", high=1.0, scale="logit",
)  # fmt: skip
HANDS_ON = Parameter(
    "isolation.microfluidic_sorting.hands_on", "s", "Operator time per sample: wet, load, collect."
)


@dataclass(frozen=True)
class MicrofluidicSorting(PreparationStep):
    r"""Deterministic lateral displacement parts particles at a critical diameter.

    Equation
    --------
    n' = n (1 - w) \left[q + (1 - q) f\right] \quad \text{displaced side}, \qquad n (1 - w)(1 - q)(1
    - f) \quad \text{straight side}

    t = \frac{V}{N_a N_l \, G H u}

    Symbols
    -------
    n, n' : particles of a kind and size, before and after
    f : displaced_share, at critical_diameter of gap and shift
    q : outlet_share
    w : stuck_share
    t : time to run the sample
    V : volume of the sample [m^3]
    N_a : arrays
    N_l : lanes
    G : gap
    H : depth
    u : velocity

    Notes
    -----
    Sample enters over the whole width; the displaced side leaves with a share of the liquid, in
    which large particles are concentrated and small ones and dissolved matter are as dilute as
    before. Size alone decides: lipoproteins and aggregates above the critical diameter come along,
    as long as they are narrower than the gap where they keep their shape.
    One array passes tens of picolitres a second, so that a chip holds hundreds and a millilitre
    still takes half a day: the time is the scale limit. Soft vesicles that deform, charge, and
    pressure are left out.
    """

    stage: ClassVar[str] = "isolation"
    method: ClassVar[str] = "microfluidic_sorting"
    title: ClassVar[str] = "microfluidic sorting"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (LANES, DEPTH, POST, SHARPNESS, STUCK, HANDS_ON)

    gap: float = setting(
        150e-9, unit="m", low=20e-9, high=1e-5, source="sorting_practice",
        doc="Gap between posts.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    shift: float = setting(
        0.1, unit="1", low=0.01, high=0.35, source="sorting_practice",
        doc="Offset of each row over the period.", moves="particles/small_ev", direction=0,
    )  # fmt: skip
    length: float = setting(
        1e-3, unit="m", low=1e-5, high=0.1, source="sorting_practice",
        doc="Length of an array.", moves="particles/small_ev",
    )  # fmt: skip
    velocity: float = setting(
        3e-4, unit="m/s", low=1e-6, high=0.1, source="sorting_practice",
        doc="Mean velocity in an array; faster leaves less time to diffuse.",
        moves="particles/small_ev",
    )  # fmt: skip
    arrays: int = setting(
        1024, unit="1", low=1, high=10**7, source="sorting_practice",
        doc="Arrays run side by side.", moves="time at the bench", direction=-1,
    )  # fmt: skip
    outlet_share: float = setting(
        0.2, unit="1", low=0.01, high=0.9, source="sorting_practice",
        doc="Share of the liquid that leaves on the displaced side.", moves="volume", direction=1,
    )  # fmt: skip
    temperature: float = setting(
        293.15, unit="K", low=273.15, high=313.15, source="sorting_practice",
        doc="Temperature of the chip; warmer particles wander more.",
        moves="particles/small_ev", direction=0,
    )  # fmt: skip
    keep: str = setting(
        "displaced", choices=("displaced", "straight"), source="sorting_practice",
        doc="Which side goes on.", moves="particles/small_ev",
    )  # fmt: skip

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the side that is kept."""
        account = Account()
        populations = []
        clear = (1 - p[STUCK])[:, None]
        for one in suspension.populations:
            share = self._share(one.diameter, p)
            moving = clear * through_channel(one, self.gap)
            account.removed(one, 1 - moving, "stayed in the device")
            account.removed(one, moving * (1 - share), "other outlet")
            populations.append(one.kept(moving * share))
        part = self.outlet_share if self.keep == "displaced" else 1 - self.outlet_share
        whole = np.full(p.members, part)
        solutes, free = passed_on(
            suspension, dict.fromkeys(suspension.solutes, whole),
            dict.fromkeys(suspension.free, whole), "other outlet", account,
        )  # fmt: skip
        account.add("volume", "other outlet", (part - 1) * suspension.volume)
        kept = Suspension(
            tuple(populations), free, solutes, part * suspension.volume, self.temperature,
            suspension.buffer,
        )  # fmt: skip
        time = float(np.median(self._time(suspension, p)))
        account.note("critical diameter [m]", np.full(p.members, self._critical()))
        hands_on = float(np.median(p[HANDS_ON]))
        used = {"sorting chip": 1.0}
        return kept, account.exchange(Resources(time + hands_on, hands_on, used))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: time, clogging, diffusion, and contaminants of the same size."""
        flags = []
        time = float(np.median(self._time(suspension, p)))
        if time > DAY:
            message = (
                f"the sample takes {float(f'{time / DAY:.2g}'):,g} days through {self.arrays} "
                "arrays (median): concentrate it first"
            )
            severe: Severity = "serious" if time > 30 * DAY else "warning"
            flags.append(Flag(self.name, message, severe, "scale"))
        wide = sum(
            float(one.count[:, one.diameter > CLOGGING * self.gap].sum())
            for one in suspension.populations
        )
        total = sum(float(one.count.sum()) for one in suspension.populations)
        if wide > 0.01 * total > 0:
            message = (
                f"{wide / total:.0%} of the particles are about as wide as the gap: posts clog; "
                "filter or spin them out first"
            )
            flags.append(Flag(self.name, message))
        warm = self.temperature
        speed = diffusivity(self._critical(), warm, float(water_viscosity(warm)))
        wander = np.sqrt(2 * float(speed) * self.length / self.velocity)
        if 4 * wander > self.shift * self.length:
            message = "particles diffuse as far as the array displaces them: longer or faster"
            flags.append(Flag(self.name, message))
        return flags

    def _critical(self) -> float:
        return float(critical_diameter(self.gap, self.shift))

    def _share(self, diameter: Array, p: Draws) -> Array:
        """Return the share of each size that leaves on the kept side, array (n, k)."""
        warm = self.temperature
        speed = diffusivity(diameter, warm, float(water_viscosity(warm)))
        period = (self.gap * (1 + p[POST]))[:, None]
        aside = displaced_share(
            diameter, self._critical(), speed, self.velocity, period, self.length, self.shift,
            p[SHARPNESS][:, None],
        )  # fmt: skip
        kept = self.outlet_share + (1 - self.outlet_share) * aside
        return kept if self.keep == "displaced" else 1 - kept

    def _time(self, suspension: Suspension, p: Draws) -> Array:
        """Return how long the sample runs, array (n,) [s]."""
        through = self.arrays * p[LANES] * self.gap * p[DEPTH] * self.velocity
        return np.asarray(suspension.volume / through)
