"""Remote loading: a gradient of pH pulls a weak base into vesicles and holds it there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.cargo_statistics import convolve, mixed_poisson
from exocast.laws.lumen import AVOGADRO, arrhenius, lumen_diameter, outer_area
from exocast.laws.steric import accessible_volume
from exocast.laws.weak_base import ammonium_given, citrate_given, permeability_share, trapped
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, setting
from exocast.material.suspension import Copies, Population, Suspension
from exocast.stages.loading.adding import Adding
from exocast.stages.loading.cargo import (
    MEMBRANE_PERMEABILITY,
    REFERENCE_TEMPERATURE,
    ROOM,
    Cargo,
    hydrodynamic_diameter,
)
from exocast.stages.loading.contact import (
    ACTIVATION_ENERGY,
    BILAYER_THICKNESS,
    contact,
    contact_parameters,
)
from exocast.stages.loading.losses import burst
from exocast.stages.loading.precipitate import DRUG_PARTICLE_PARAMETERS, Aging, precipitated
from exocast.stages.loading.release import (
    ACIDITY,
    CHARGED_PERMEABILITY,
    GRADIENT_HALF_LIFE,
    NEUTRAL_PH,
    RELEASE_PARAMETERS,
    SPREAD,
    hold,
    leaves,
    trap_of,
)

__all__ = ["RemoteLoading"]

Array = NDArray[np.float64]

MOST_TRAPPED = 1e9
"""Largest ratio that is kept: what is solid inside has no drug outside to speak of."""

WEAK = 6.0
"""Acidity constant below which a base is hardly charged in any lumen."""

_KEY = "loading.remote_loading."
HELD = Parameter(
    _KEY + "held_share", "1", "Share of vesicles that close again with the salt inside.",
    high=1.0, scale="logit",
)  # fmt: skip
LOST = Parameter(
    _KEY + "lost_share", "1", "Share of vesicles that filling with the salt destroys.",
    high=1.0, scale="logit",
)  # fmt: skip
SALT_SOLUBILITY = Parameter(
    _KEY + "salt_solubility", "mol/m^3", "Drug dissolved in a lumen before its salt falls out."
)


_OWN = (GRADIENT_HALF_LIFE, HELD, LOST, SALT_SOLUBILITY)
_BASE = tuple(one for one in RELEASE_PARAMETERS if one is not SPREAD)
_ANY = Cargo("any", "hydrophobic", "a small molecule that asks for every parameter")


@dataclass(frozen=True)
class RemoteLoading(Adding):
    r"""Vesicles are filled with a salt, the liquid around them is exchanged, a weak base added.

    The base crosses without its charge, takes up a proton inside and stays. Ammonium leaves as
    ammonia for each proton that is used; citrate gives up to three. What the lumen's buffer gives
    is the ceiling; above its solubility the salt of the drug falls out inside, and more comes in.

    Equation
    --------
    \bar{c} = h \, u V_i N_A \left(1 - e^{-k t}\right), \quad u V + C_o V_o = N, \quad u = \rho
    C_o \ \text{up to} \ s, \quad k = \frac{P A}{V_i} \left(\frac{C_o}{u} + \frac{V}{V_o}\right)

    Symbols
    -------
    \bar{c} : mean copies that the gradient holds in a vesicle
    h : held_share
    u : trapped, drug per volume of lumen
    V_i, A : accessible_volume and outer_area of the lumen
    V, V_o : all lumens with a gradient; liquid outside, with what bilayers hold [m^3]
    N : drug [mol]
    C_o : drug outside [mol/m^3]
    \rho : accumulation, from ammonium_given or citrate_given
    s : salt_solubility
    P : membrane_permeability, by arrhenius and permeability_share
    t : duration
    N_A : Avogadro constant

    Notes
    -----
    Bilayers and closed lumens take their part as in `loading.passive_incubation`. The gradient
    leaks while it loads (`gradient_half_life`), and afterwards holds its drug against dilution as
    long as it lasts: the property ``trapped.<cargo>`` of the vesicles says how many times over, and
    `loading.release` reads it. What vesicles held before is lost by those that open. Channels and
    proteins of a vesicle's membrane leak protons more than the liposomes of which this is known.
    """

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "remote_loading"
    title: ClassVar[str] = "remote loading by a gradient of pH"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = tuple(
        dict.fromkeys(
            (
                *ROOM, *contact_parameters(_ANY), *DRUG_PARTICLE_PARAMETERS, *_BASE, *_OWN,
            )
        )
    )  # fmt: skip

    cargo: str = setting("doxorubicin", doc="Cargo, by its name in the cargo table: a weak base.")
    gradient: str = setting(
        "ammonium_sulfate", choices=("ammonium_sulfate", "citrate"), source="remote_practice",
        doc="Salt in the lumen: what gives the protons.", moves="cargo inside",
    )  # fmt: skip
    salt: float = setting(
        250.0, unit="mol/m^3", low=5.0, high=500.0, source="remote_practice",
        doc="Concentration of the salt.", moves="cargo inside", direction=1,
    )  # fmt: skip
    lumen_ph: float = setting(
        4.0, unit="1", low=3.0, high=6.0, source="remote_practice",
        doc="Acidity of citrate in the lumen, as pH; ammonium finds its own.", moves="cargo inside",
    )  # fmt: skip
    ph: float = setting(
        7.4, unit="1", low=6.5, high=8.5, source="remote_practice",
        doc="Acidity of the liquid that it is exchanged for, as pH.", moves="cargo inside",
    )  # fmt: skip
    exchanged: float = setting(
        1000.0, unit="1", low=10.0, high=1e5, source="remote_practice",
        doc="How many times thinner the salt is outside after the exchange.", moves="cargo inside",
        direction=1,
    )  # fmt: skip
    temperature: float = setting(
        310.15, unit="K", low=273.15, high=333.15, source="remote_practice",
        doc="Temperature of the loading.", moves="cargo inside",
    )  # fmt: skip
    duration: float = setting(
        1800.0, unit="s", low=10.0, high=2.6e5, source="remote_practice",
        doc="Time of the loading.", moves="cargo inside",
    )  # fmt: skip

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        found = super().check()
        if found or leaves(self.cargo):
            return found
        words = (
            f"`{self.cargo}` has no form that crosses a membrane without charge: a gradient of pH "
            "pulls in weak bases, such as doxorubicin. (A published load of nucleic acids was had "
            "by putting one filtrate on vesicles again and again.) Ways for this cargo: "
            f"exocast recommend loading --cargo {self.cargo}"
        )
        return [words]

    def needs(self) -> list[Need]:
        """Return what the gradient needs; nothing of a cargo that it does not hold."""
        return [] if self.check() else super().needs()

    def wanted(self) -> tuple[Parameter, ...]:
        """Return what the gradient, the contact and what falls out need."""
        solid = DRUG_PARTICLE_PARAMETERS if self.substance.kind == "hydrophobic" else ()
        return (*contact_parameters(self.substance), *solid, *_BASE, *_OWN)

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube after filling, exchange and loading, and what was added."""
        filled, amounts = burst(suspension, p[LOST])
        filled = self._opened(filled, p)
        for name, copies in filled.free.items():
            amounts[f"cargo/{name}", "washed off"] = -copies * (1.0 - 1.0 / self.exchanged)
        washed = {name: copies / self.exchanged for name, copies in filled.free.items()}
        mixed, added = self.mixed(replace(filled, free=washed), p)
        for key, values in added.items():
            amounts[key] = values
        pulled, ratio, notes = self._trapped(mixed, p)
        free = mixed.free[self.cargo]
        for kind, means in pulled.items():
            free = free - p[HELD] * (mixed.population(kind).count * means).sum(axis=1)
        mixed = replace(mixed, free={**mixed.free, self.cargo: np.maximum(free, 0.0)})
        # What the gradient holds is set aside: bilayers take their part of the rest.
        mixed, excess = contact(mixed, self.substance, self.duration, self.temperature, p)
        for kind, means in pulled.items():
            full = self._filled(mixed.population(kind), means, ratio, p)
            mixed = mixed.with_population(full)
        if self.substance.kind == "hydrophobic":
            aging = Aging(self.duration, self.temperature)
            mixed, particles = precipitated(mixed, self.substance, excess, p, aging)
            amounts["particles/cargo_precipitate", "precipitation"] = particles
        resources = Resources(
            time=self.duration + 7200.0, hands_on=3600.0,
            consumables={"tube": 1.0, "membrane": 1.0, "desalting column": 1.0},
        )  # fmt: skip
        done = replace(mixed, temperature=self.temperature)
        return done, Exchange(amounts, resources, {**self.reported(mixed, p), **notes})

    @staticmethod
    def _opened(suspension: Suspension, p: Draws) -> Suspension:
        """Return the tube once the vesicles that fill have lost what they held."""
        free, shut = dict(suspension.free), 1.0 - p[HELD][:, None]
        populations = []
        for one in suspension.populations:
            inside = {}
            for name, held in one.inside.items() if one.vesicular else ():
                free[name] = free.get(name, 0.0) + p[HELD] * one.copies(name)
                inside[name] = Copies(
                    shut * held.mean, 1 - shut * (1 - held.empty), shut * held.second
                )
            populations.append(replace(one, inside=inside) if one.vesicular else one)
        return replace(suspension, populations=tuple(populations), free=free)

    def _lumen(self, one: Population, p: Draws) -> Array:
        """Return the room in a vesicle of each size, array (n, k) [m^3]."""
        within = lumen_diameter(one.diameter, p[BILAYER_THICKNESS][:, None])
        return accessible_volume(within, hydrodynamic_diameter(p)[:, None])

    def _trapped(
        self, tube: Suspension, p: Draws
    ) -> tuple[dict[str, Array], Array, dict[str, Array]]:
        """Return what the gradient pulls into a vesicle that has one, over what is left outside.

        By kind arrays (n, k) [copy/particle]; the ratio (n,) [1]; and figures for the ledger.
        """
        volume = np.asarray(tube.volume, float)
        lumen, outer = np.zeros(tube.members), volume.copy()
        for one in tube.populations:
            found = hold(one.diameter, p, self.temperature, self.ph, kind=one.kind,
                         vesicular=one.vesicular)  # fmt: skip
            outer = outer + (one.count * (found.capacity() - found.liquid)).sum(axis=1)
            if one.vesicular:
                lumen = lumen + p[HELD] * (one.count * self._lumen(one, p)).sum(axis=1)
        amount = np.where(volume > 0, tube.free[self.cargo], 0.0) / AVOGADRO
        held, ph = self._gradient(amount, outer, lumen, volume, p)
        outside = np.maximum(amount - held * lumen, 0.0)
        outside = np.divide(outside, outer, out=np.zeros_like(outer), where=outer > 0)
        ratio = np.divide(held, outside, out=np.ones_like(held), where=outside > 0)
        ratio = np.clip(ratio, 1.0, MOST_TRAPPED)
        room = np.divide(lumen, outer, out=np.zeros_like(outer), where=outer > 0)
        pulled = {}
        for one in tube.populations:
            if one.vesicular:
                means = (held * AVOGADRO)[:, None] * self._lumen(one, p)
                pulled[one.kind] = means * self._progress(one, ratio, room, p)
        notes = {
            "drug in a lumen with a gradient [mol/m^3]": held,
            "pH in lumens at the end [1]": ph,
        }
        return pulled, ratio, notes

    def _gradient(
        self, amount: Array, outer: Array, lumen: Array, volume: Array, p: Draws
    ) -> tuple[Array, Array]:
        """Return drug per volume of lumen at equilibrium, and the pH there, arrays (n,)."""
        left = np.exp2(-self.duration / p[GRADIENT_HALF_LIFE])
        share = np.divide(lumen, volume, out=np.zeros_like(lumen), where=volume > 0)
        low = np.full(p.members, 1.0 if self.gradient == "ammonium_sulfate" else self.lumen_ph)

        def given(inside: Array) -> Array:
            if self.gradient == "citrate":
                return left * citrate_given(inside, self.lumen_ph, self.salt)
            outside = 2.0 * self.salt / self.exchanged
            return ammonium_given(inside, self.ph, left * self.salt, outside, share)

        return trapped(
            amount, outer, lumen, p[ACIDITY], low, self.ph, p[SALT_SOLUBILITY], given
        )  # fmt: skip

    def _progress(self, one: Population, ratio: Array, room: Array, p: Draws) -> Array:
        """Return how far each size has come to equilibrium, array (n, k) [1]."""
        warmed = arrhenius(p[ACTIVATION_ENERGY], self.temperature, REFERENCE_TEMPERATURE)
        charged = permeability_share(p[ACIDITY], self.ph, p[CHARGED_PERMEABILITY], NEUTRAL_PH)
        speed = (p[MEMBRANE_PERMEABILITY] * warmed * charged)[:, None]
        lumen = self._lumen(one, p)
        area = outer_area(lumen_diameter(one.diameter, p[BILAYER_THICKNESS][:, None]))
        flow, lumen = np.broadcast_arrays(speed * area, lumen)
        rate = np.divide(flow, lumen, out=np.zeros(lumen.shape), where=lumen > 0)
        return np.asarray(-np.expm1(-rate * (1.0 / ratio + room)[:, None] * self.duration))

    def _filled(self, one: Population, means: Array, ratio: Array, p: Draws) -> Population:
        """Return the vesicles with what the gradient put into those that have it."""
        share = np.broadcast_to(p[HELD][:, None], means.shape)
        new = mixed_poisson([share], [means])
        held = one.inside.get(self.cargo, Copies.none(*one.count.shape))
        copies = Copies(*convolve((held.mean, held.empty, held.second), new))
        surface = {**one.surface, trap_of(self.cargo): 1.0 + p[HELD] * (ratio - 1.0)}
        return replace(one, inside={**one.inside, self.cargo: copies}, surface=surface)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag what is no base, and more drug than the salt can hold."""
        flags = super().flags(suspension, p)
        if float(np.median(p[ACIDITY])) < WEAK:
            message = (
                f"{self.cargo} takes up no proton at the pH of a lumen: a gradient does not hold "
                "it, and what goes in is passive incubation in fewer vesicles"
            )
            flags.append(Flag(self.name, message))
        lumen = np.zeros(suspension.members)
        for one in suspension.populations:
            if one.vesicular:
                lumen = lumen + p[HELD] * (one.count * self._lumen(one, p)).sum(axis=1)
        most = (2.0 if self.gradient == "ammonium_sulfate" else 3.0) * self.salt * lumen * AVOGADRO
        above = float(np.mean(self.copies(p) > most))
        if above > 0.5:
            message = (
                "more drug is added than the protons of all lumens can hold "
                f"({100 * above:.0f} % of the members): the rest stays outside or in bilayers"
            )
            flags.append(Flag(self.name, message))
        return flags
