"""Sonication: a probe's bubbles open membranes, and heat, wear and shear what is in the tube."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.heating import cooled_rise
from exocast.laws.membrane_opening import cavitation_events, met_share
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, setting
from exocast.material.suspension import Population, Suspension
from exocast.stages.loading.adding import Adding
from exocast.stages.loading.opening import (
    BROKEN_SHARE,
    OPENING_PARAMETERS,
    Opening,
    by_kind,
    closing_sizes,
    opened,
    opening_parameters,
)
from exocast.stages.loading.pore import CLOSING, open_time, pore_life, rupture_filling
from exocast.stages.loading.precipitate import FINENESS, FINEST

__all__ = ["Sonication"]

Array = NDArray[np.float64]

REFERENCE = 100e-9
"""Size of the vesicle that the yield of openings is given for [m]."""
HOT = 323.15  # K, where membranes and proteins begin to suffer

_KEY = "loading.sonication."
EVENTS = Parameter(
    _KEY + "events_per_energy", "m^3/J", "Openings of a vesicle of 100 nm per energy density."
)
TORN = Parameter(
    _KEY + "torn_share", "1", "Share of openings in which a vesicle tears and closes anew.",
    high=1.0, scale="logit",
)  # fmt: skip
CLOSED = Parameter(
    _KEY + "closed_diameter", "m", "Median diameter to which sonicated membrane closes."
)
CLOSED_SPREAD = Parameter(
    _KEY + "closed_spread", "1", "Geometric standard deviation of that diameter.", low=1.01
)
WEAR = Parameter(_KEY + "wear_per_energy", "m^3/J", "Loss of surface molecules per energy density.")
DAMAGE = Parameter(
    _KEY + "damage_per_energy", "m^3/J", "Loss of intact, active cargo per energy density."
)
COOLING = Parameter(
    _KEY + "cooling_time", "s", "Time in which the sample gives its heat to what cools it."
)
_OWN = (EVENTS, TORN, CLOSED, CLOSED_SPREAD, WEAR, DAMAGE, COOLING)
_OPENS = (*CLOSING, BROKEN_SHARE)
_BREAKS = (FINENESS, FINEST)


@dataclass(frozen=True)
class Sonication(Adding):
    r"""Bubbles that collapse near a vesicle open it; it fills through the pore until that closes.

    How often a vesicle is opened goes with the sound that the liquid takes up and with its size.
    Each time it fills (and leaks) by diffusion, or tears and closes over the liquid around it, or
    is lost. A hydrophobic drug has long reached the outer leaflet: sound lets it into the inner one
    and breaks drug particles up, which a clean-up that strains coarse ones then leaves with the
    vesicles.

    Equation
    --------
    \bar{c} = C V_i N_A \, \left(1 - e^{-m}\right) f + S \, \theta(C), \quad m = b \, \frac{P t}{V}
    \, \frac{d}{d_0}

    x' = x \, e^{-k P t / V}, \quad \delta' = \mathrm{broken}\left(\delta, \frac{P t}{V}\right)

    Symbols
    -------
    \bar{c} : mean copies in a vesicle
    C : equilibrium_concentration, at most the solubility
    V_i : accessible_volume of the lumen
    m : cavitation_events
    f : exchanged_level, through a relaxing_pore for its closing_time
    S : sites of the bilayer
    \theta : occupancy
    b : events_per_energy
    P : power
    t : sound_time
    V : volume of the tube
    d : diameter of the vesicle
    d_0 : 100 nm
    x, x' : cargo, or surface molecules, before and after
    k : damage_per_energy, or wear_per_energy
    \delta, \delta' : diameter of particles of drug, before and after
    \mathrm{broken} : broken_diameter
    N_A : Avogadro constant

    Notes
    -----
    Power is what reaches the liquid, by calorimetry: a fraction of what the generator shows. Cargo
    is damaged while it is dissolved. Metal that a probe sheds is not followed.
    """

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "sonication"
    title: ClassVar[str] = "sonication"
    parameters: ClassVar[tuple[Parameter, ...]] = tuple(
        dict.fromkeys((*_OWN, *_BREAKS, *_OPENS, *OPENING_PARAMETERS))
    )
    speculative: ClassVar[bool] = True

    volume: float = setting(
        1e-6, unit="m^3", low=0.0, high=1e-2, source="opening_practice",
        doc="Volume that the mixture is made up to; it shares the sound.",
        moves="openings of a 100 nm vesicle [1]", direction=-1,
    )  # fmt: skip
    power: float = setting(
        2.0, unit="W", low=0.05, high=50.0, source="opening_practice",
        doc="Sound that the sample takes up, by calorimetry.",
        moves="openings of a 100 nm vesicle [1]", direction=+1,
    )  # fmt: skip
    sound_time: float = setting(
        60.0, unit="s", low=1.0, high=3600.0, source="opening_practice",
        doc="Time with sound on, pauses left out.",
        moves="openings of a 100 nm vesicle [1]", direction=+1,
    )  # fmt: skip
    cooling: str = setting(
        "ice", choices=("ice", "none"), source="opening_practice",
        doc="What the tube stands in.", moves="warming [K]",
    )  # fmt: skip
    rest: float = setting(
        3600.0, unit="s", low=0.0, high=86400.0, source="opening_practice",
        doc="Time of contact with the cargo, in which membranes recover.", moves="cargo inside",
        direction=+1,
    )  # fmt: skip
    rest_temperature: float = setting(
        310.15, unit="K", low=273.15, high=333.15, source="opening_practice",
        doc="Temperature of that time.", moves="cargo inside", direction=0,
    )  # fmt: skip

    def context(self) -> Mapping[str, str]:
        """Return the cargo, how it is cooled, and that sound opens."""
        return {**super().context(), "cooling": self.cooling, "opening": self.method}

    def wanted(self) -> tuple[Parameter, ...]:
        """Return what sound and this cargo need."""
        solid = _BREAKS if self.substance.kind == "hydrophobic" else ()
        return (*_OWN, *solid, *_OPENS, *opening_parameters(self.substance))

    def energy(self, suspension: Suspension) -> Array:
        """Return the sound taken up per volume, array (n,) [J/m^3]."""
        volume = np.maximum(suspension.volume, self.volume)
        taken = np.full(volume.shape, self.power * self.sound_time)
        none = np.zeros(volume.shape)
        return np.asarray(np.divide(taken, volume, out=none, where=volume > 0))

    def warming(self, suspension: Suspension, p: Draws) -> Array:
        """Return the rise in temperature at the end of the sound, array (n,) [K]."""
        return cooled_rise(self.energy(suspension), self.sound_time, p[COOLING])

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube after sound and rest, and what was added and lost."""
        energy = self.energy(suspension)
        dose, yielded = energy[:, None], p[EVENTS][:, None]
        events = by_kind(
            suspension, lambda one: cavitation_events(yielded, dose, one.diameter, REFERENCE)
        )

        def life(one: Population) -> Array:
            return pore_life(one.diameter, p)

        broken, torn = p[BROKEN_SHARE][:, None], p[TORN][:, None]
        opening = Opening(
            shares={kind: met_share(number) for kind, number in events.items()},
            levels=by_kind(
                suspension, lambda one: rupture_filling(one, events[one.kind], life(one), p)
            ),
            times=by_kind(suspension, lambda one: open_time(events[one.kind], life(one))),
            torn={kind: met_share(torn * number) for kind, number in events.items()},
            sizes=closing_sizes(suspension, p[CLOSED], p[CLOSED_SPREAD]),
            lost={kind: met_share(broken * number) for kind, number in events.items()},
            lost_as="destroyed by sound",
            damaged_as="damaged by sound",
            worn=met_share(p[WEAR] * energy),
            damaged=met_share(p[DAMAGE] * energy),
            energy=energy,
        )
        time = 3 * self.sound_time + self.rest + 900.0  # pauses take about twice the sound
        notes = {
            "energy density [J/m^3]": energy,
            "warming [K]": self.warming(suspension, p),
            "openings of a 100 nm vesicle [1]": p[EVENTS] * energy,
        }
        cost = Resources(time, 1200.0, {"tube": 1.0})
        warmth = self.rest_temperature
        return opened(self, suspension, p, opening, self.rest, warmth, cost, notes)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag a sample that gets hot, and a cargo that sound destroys."""
        flags = super().flags(suspension, p)
        rise = float(np.median(self.warming(suspension, p)))
        if suspension.temperature + rise > HOT:
            words = (
                f"the sound heats the sample by {rise:.0f} K: use less power, shorter bursts or "
                "ice; harm by heat is not modelled"
            )
            flags.append(Flag(self.name, words, "serious"))
        harmed = float(np.median(met_share(p[DAMAGE] * self.energy(suspension))))
        if harmed > 0.5:
            words = f"sound destroys {harmed:.0%} of the {self.cargo}, which is cut or unfolded"
            flags.append(Flag(self.name, words))
        return flags
