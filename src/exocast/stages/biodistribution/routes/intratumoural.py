"""Into a tumour, through a needle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exocast.errors import WiringError
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.material.step import Flag, KineticStep
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.routes.joining import count_part
from exocast.stages.biodistribution.routes.measured import unmeasured
from exocast.stages.biodistribution.sampling import show_rider

__all__ = ["Intratumoural"]

_KEY = "biodistribution.intratumoural."
LEAK = Parameter(
    _KEY + "leak",
    unit="1",
    doc="Share of the dose that runs back or into torn vessels.",
    high=1.0,
    scale="logit",
)
LEAK_TO_BLOOD = Parameter(
    _KEY + "leak_to_blood",
    unit="1",
    doc="Share of that which enters blood.",
    high=1.0,
    scale="logit",
)
SPREADING = Parameter(
    _KEY + "spreading", unit="1/s", doc="Rate at which injected liquid leaves its cavity."
)
TRACK_DRAINAGE = Parameter(
    _KEY + "track_drainage", unit="1/s", doc="Drainage from beside the tumour to blood."
)
TRACK_UPTAKE = Parameter(
    _KEY + "track_uptake", unit="1/s", doc="Uptake by cells beside the tumour."
)


@dataclass(frozen=True)
class Intratumoural(KineticStep):
    r"""Injection into a tumour: the liquid spreads, and a share of it runs back.

    From its cavity the dose enters the tumour's interstitium, or leaks into blood and along the
    needle; beside the tumour it drains to blood or is taken up by cells there.

    Equation
    --------
    \frac{d C}{dt} = -k_s C, \quad C(t_j^+) = C(t_j^-) + D_j

    \frac{d I}{dt} = (1 - l) \, k_s C + \dots, \quad \frac{d A_\mathrm{ven}}{dt} = l b \, k_s C
    + k_d B + \dots

    \frac{d B}{dt} = l (1 - b) \, k_s C - (k_d + k_u) B

    Symbols
    -------
    C : vesicles of a size class in the injected cavity
    I : in the interstitium of the tumour
    B : beside the tumour
    A_\mathrm{ven} : in venous blood
    D_j : in one dose
    k_s : spreading
    l : leak
    b : leak_to_blood
    k_d : track_drainage
    k_u : track_uptake
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "intratumoural"
    title: ClassVar[str] = "Injection into a tumour"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        LEAK,
        LEAK_TO_BLOOD,
        SPREADING,
        TRACK_DRAINAGE,
        TRACK_UPTAKE,
    )
    speculative: ClassVar[bool] = True

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add the cavity and the tissue beside the tumour, and send the doses into the cavity.

        Raises
        ------
        WiringError
            If the subject has no tumour.
        """
        if "tumour.interstitial" not in wiring.places:
            raise WiringError(
                "the route is intratumoural and the subject has no tumour: give "
                "`subject.tumour.volume`, or choose another route"
            )
        cavity = wiring.add_place("tumour.cavity")
        track = wiring.add_place("beside_tumour")
        cells = wiring.add_place("beside_tumour.taken_up", sink=True)
        leak, into_blood = p[LEAK] * p[SPREADING], p[LEAK_TO_BLOOD]
        flows = (
            (cavity, "tumour.interstitial", "spread", p[SPREADING] - leak, "into_tumour"),
            (cavity, "venous", "leak_to_blood", leak * into_blood, ""),
            (cavity, "beside_tumour", "leak_beside", leak * (1.0 - into_blood), ""),
            (track, "venous", "track_drainage", p[TRACK_DRAINAGE], ""),
        )
        for source, target, name, rate, tag in flows:
            expression = wiring.parameter(f"intratumoural.{name}", rate)
            wiring.move(source, wiring.place(target), expression, tag=tag)
        release = {}
        for rider in wiring.riders:
            release[rider] = f"beside_tumour.{rider}"
            wiring.add_pool(release[rider], rider=rider)
        uptake = wiring.parameter("intratumoural.track_uptake", p[TRACK_UPTAKE])
        wiring.move(track, cells, uptake, release=release)
        wiring.dose_into(cavity)
        wiring.output_places(
            "injection_site",
            [(cavity, 1.0), (track, 1.0), (cells, 1.0)],
            doc="vesicles in the injected cavity and beside the tumour",
        )
        count_part(wiring, "injection_site")
        for rider in wiring.riders:
            show_rider(wiring, "beside_tumour", rider, [(cavity, 1.0), (track, 1.0)])

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag a species in which nobody measured it."""
        return unmeasured(self, wiring.study)
