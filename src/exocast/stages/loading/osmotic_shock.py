"""Osmotic shock: vesicles in a thin bath swell, burst and close until they bear the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.lumen import lumen_diameter
from exocast.laws.membrane_opening import (
    bursts,
    exchange_rate,
    held_concentration,
    met_share,
    relaxing_pore,
)
from exocast.laws.steric import accessible_volume
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, setting
from exocast.material.suspension import Population, Suspension
from exocast.stages.loading.adding import Adding
from exocast.stages.loading.contact import BILAYER_THICKNESS
from exocast.stages.loading.opening import (
    BROKEN_SHARE,
    OPENING_PARAMETERS,
    Opening,
    by_kind,
    opened,
    opening_parameters,
)
from exocast.stages.loading.pore import (
    CLOSING,
    RUPTURE_STRAIN,
    RUPTURE_TENSION,
    open_time,
    pore_life,
    rupture_filling,
)

__all__ = ["OsmoticShock"]

Array = NDArray[np.float64]

ION_DIFFUSIVITY = 1.5e-9  # m^2/s, sodium chloride in water near room temperature
ION_DIAMETER = 0.4e-9  # m, of a hydrated ion, by the same Stokes-Einstein sphere
SHOWN = 100e-9  # m, the vesicle that a note speaks of

_KEY = "loading.osmotic_shock."
INSIDE = Parameter(_KEY + "inside", "mol/m^3", "Solutes in the lumen before the shock.")
SLACK = Parameter(
    _KEY + "slack", "1", "Volume of a lumen swollen tight over that before the shock.", low=1.0
)
_OWN = (INSIDE, SLACK, RUPTURE_TENSION, *CLOSING, BROKEN_SHARE)


@dataclass(frozen=True)
class OsmoticShock(Adding):
    r"""Hypotonic dialysis: large vesicles burst in the bath, small ones bear it and stay shut.

    Water swells a vesicle tight; by Laplace's law the tension goes with its size, so that below
    some diameter a membrane bears even water. The others burst and close; each time some solutes
    leave and cargo comes in, until what is left inside is borne.

    Equation
    --------
    \bar{c} = C V_i N_A \left(1 - e^{-m}\right) f, \quad m = \frac{1}{\delta} \max \left(\ln
    \frac{c_i / s}{c_o + \Delta c}, \, 0\right)

    \delta = \frac{3}{2} \epsilon_c + k_\mathrm{ion} \tau

    Symbols
    -------
    \bar{c} : mean copies in a vesicle
    C : equilibrium_concentration
    V_i : accessible_volume of the lumen
    m : bursts
    f : exchanged_level
    \delta : fall of the logarithm of what is inside at a burst
    c_i : inside
    s : slack
    c_o : bath
    \Delta c : held_concentration at rupture_tension
    \epsilon_c : rupture_strain
    k_\mathrm{ion} : exchange_rate of salt
    \tau : lifetime
    N_A : Avogadro constant

    Notes
    -----
    The bath is taken to hold the cargo in, by its cut-off or by holding as much of it. Liquid that
    streams out of a bursting vesicle works against cargo that comes in; that is left out, so the
    load is an upper bound. Isotonic liquid at the end closes what is open.
    """

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "osmotic_shock"
    title: ClassVar[str] = "osmotic shock (hypotonic dialysis)"
    parameters: ClassVar[tuple[Parameter, ...]] = tuple(dict.fromkeys((*_OWN, *OPENING_PARAMETERS)))
    speculative: ClassVar[bool] = True

    bath: float = setting(
        10.0, unit="mol/m^3", low=0.0, high=300.0, source="opening_practice",
        doc="Osmolarity of the dialysis bath.", moves="bursts of a 100 nm vesicle [1]",
        direction=-1,
    )  # fmt: skip
    duration: float = setting(
        14400.0, unit="s", low=60.0, high=172800.0, source="opening_practice",
        doc="Time of the dialysis.", moves="cargo inside", direction=+1,
    )  # fmt: skip

    def context(self) -> Mapping[str, str]:
        """Return the cargo, and that water opens."""
        return {**super().context(), "opening": self.method}

    def wanted(self) -> tuple[Parameter, ...]:
        """Return what the shock and this cargo need."""
        return (*_OWN, *opening_parameters(self.substance))

    def events(self, diameter: Array, temperature: float, p: Draws) -> Array:
        """Return how often vesicles of these sizes burst, array (n, k) [1]."""
        strain, thickness = p[RUPTURE_STRAIN][:, None], p[BILAYER_THICKNESS][:, None]
        lumen = accessible_volume(lumen_diameter(diameter, thickness), ION_DIAMETER)
        pore = relaxing_pore(diameter, strain)
        ions = exchange_rate(ION_DIFFUSIVITY, ION_DIAMETER, pore, thickness, lumen)
        held = held_concentration(p[RUPTURE_TENSION][:, None], diameter, temperature)
        tight = (p[INSIDE] / p[SLACK])[:, None]
        return bursts(tight, self.bath, held, 1.5 * strain + ions * pore_life(diameter, p))

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube after dialysis and return to isotonic, and what was added and lost."""
        warmth = suspension.temperature
        events = by_kind(suspension, lambda one: self.events(one.diameter, warmth, p))

        def life(one: Population) -> Array:
            return pore_life(one.diameter, p)

        broken = p[BROKEN_SHARE][:, None]
        opening = Opening(
            shares={kind: met_share(number) for kind, number in events.items()},
            levels=by_kind(
                suspension, lambda one: rupture_filling(one, events[one.kind], life(one), p)
            ),
            times=by_kind(suspension, lambda one: open_time(events[one.kind], life(one))),
            lost={kind: met_share(broken * number) for kind, number in events.items()},
            lost_as="burst for good",
        )
        number = self.events(np.array([SHOWN]), warmth, p)[:, 0]
        notes = {"bursts of a 100 nm vesicle [1]": number}
        cost = Resources(self.duration + 1800.0, 900.0, {"dialysis cassette": 1.0})
        return opened(self, suspension, p, opening, self.duration, warmth, cost, notes)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag a bath that opens few vesicles of the usual size."""
        number = self.events(np.array([SHOWN]), suspension.temperature, p)
        share = float(np.median(met_share(number)))
        flags = super().flags(suspension, p)
        if share > 0.1:
            return flags
        words = (
            f"a vesicle of 100 nm bears this bath ({share:.0%} open): thin it, or take larger "
            "vesicles"
        )
        return [*flags, Flag(self.name, words)]
