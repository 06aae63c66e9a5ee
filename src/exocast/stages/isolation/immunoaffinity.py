"""Antibodies on beads or on a monolith hold what carries their marker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.errors import nearest
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.avidity import (
    avidity,
    binding_clearance,
    bond_strength,
    bonds_in_reach,
)
from exocast.laws.bead_capture import (
    captured_share,
    encounter_clearance,
    in_series,
    kept_through_washes,
)
from exocast.laws.displayed_copies import displaying
from exocast.laws.wall_adsorption import JAMMING_COVERAGE, diffusivity
from exocast.laws.water import water_viscosity
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Population, Suspension
from exocast.stages.account import Account
from exocast.stages.isolation.bed import through_channel
from exocast.stages.isolation.handling import concentration, copies_by_size, once, passed_on
from exocast.stages.wear import counts_copies

__all__ = ["Immunoaffinity"]

Array = NDArray[np.float64]

MONOLITH = "monolith"
TUBE_SHERWOOD = 3.66
WASH_TIME = 300.0
WASH_VOLUME = 1e-6
FULL = 0.9
LARGE_BATCH = 1e-3

WIDTH = Parameter(
    "isolation.immunoaffinity.width", "m", "Diameter of a bead, or of a channel of a monolith."
)
AREA = Parameter("isolation.immunoaffinity.area", "m^2/kg", "Surface of the dry support.")
ANTIBODIES = Parameter(
    "isolation.immunoaffinity.antibody_density", "1/m^2", "Antibodies that can bind, on an area."
)
ASSOCIATION = Parameter(
    "isolation.immunoaffinity.association", "m^3/mol/s",
    "Association rate constant of one antibody and one marker.",
)  # fmt: skip
DISSOCIATION = Parameter(
    "isolation.immunoaffinity.dissociation", "1/s", "Dissociation rate of one bond."
)
REACH = Parameter(
    "isolation.immunoaffinity.reach", "m", "Length of antibody, linker and marker together.",
    high=1e-7,
)  # fmt: skip
POSITIVE = Parameter(
    "isolation.immunoaffinity.positive_share", "1",
    "Share of vesicles that were given the marker at all.", high=1.0, scale="logit",
)  # fmt: skip
STICKING = Parameter(
    "isolation.immunoaffinity.sticking_velocity", "m/s",
    "Rate at which an area of support takes particles without the marker.",
)  # fmt: skip
PROTEIN_FILM = Parameter(
    "isolation.immunoaffinity.protein_film", "kg/m^2",
    "Protein that stays on a blocked and washed support.",
)  # fmt: skip
RESIDUAL = Parameter(
    "isolation.immunoaffinity.residual_volume", "m^3", "Liquid that stays with the support.",
    high=1e-2,
)  # fmt: skip
RELEASED = Parameter(
    "isolation.immunoaffinity.released_share", "1", "Share of what is held that comes off.",
    high=1.0, scale="logit",
)  # fmt: skip
BROKEN = Parameter(
    "isolation.immunoaffinity.broken_share", "1", "Share of released vesicles that break.",
    high=1.0, scale="logit",
)  # fmt: skip
DAMAGED = Parameter(
    "isolation.immunoaffinity.damaged_share", "1",
    "Share of surface proteins that release destroys.", high=1.0, scale="logit",
)  # fmt: skip
HANDS_ON = Parameter(
    "isolation.immunoaffinity.hands_on", "s", "Operator time per sample: mix, wash, release."
)

RELEASE = (RELEASED, BROKEN, DAMAGED)


@dataclass(frozen=True)
class _Held:
    """What the support holds after the washes: shares (n, k) of a kind, and by its marker."""

    share: Array
    by_marker: Array
    lost: Array
    copies: Array


@dataclass(frozen=True)
class Immunoaffinity(PreparationStep):
    r"""An antibody on a support captures vesicles by their copies of one marker.

    Equation
    --------
    n' = n y (1 - b) \left[s f_+ \frac{k_s g + k_0}{k_s + k_0} + (1 - s) f_0\right], \quad f =
    \mathrm{capture}(k_s + k_0 \text{ or } k_0)

    k_s = \frac{B}{V} \frac{\kappa_d \kappa_r}{\kappa_d + \kappa_r}, \quad k_0 = \frac{B}{V}
    \frac{\kappa_d v_0 a}{\kappa_d + v_0 a}

    Symbols
    -------
    n, n' : particles of a kind and size, before and after
    s : share that shows the marker, from displaying at positive_share
    f_+, f_0 : captured_share of particles with the marker and without
    k_s, k_0 : rates of capture by the marker and without
    \kappa_d : encounter_clearance
    \kappa_r : binding_clearance
    v_0 : sticking_velocity
    a : area of a bead
    B : beads
    V : volume of the sample [m^3]
    g : kept_through_washes, by avidity
    y : released_share
    b : broken_share

    Notes
    -----
    Copies fall on the positive share of a kind by chance (Poisson), in proportion to the membrane
    of each size; kinds without the marker are held by sticking only. All compete for the area of
    the support. What is left on it after a release is lost. Without release the vesicles go on with
    the support (`bead_bound_share`): good for an assay, not for a dose. Sticking has no end of its
    own, so that much support and a long time take everything, whatever its marker.

    A monolith is a wall of channels through which the sample is pumped round for the time of
    incubation; rigid particles wider than a channel do not enter. Several antibodies, markers that
    go together on one vesicle, a soluble form of the marker that blocks the support, and antibody
    that comes off with the vesicles are left out.
    """

    stage: ClassVar[str] = "isolation"
    method: ClassVar[str] = "immunoaffinity"
    title: ClassVar[str] = "immunoaffinity"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        WIDTH, AREA, ANTIBODIES, ASSOCIATION, DISSOCIATION, REACH, POSITIVE, STICKING,
        PROTEIN_FILM, RESIDUAL, *RELEASE, HANDS_ON,
    )  # fmt: skip

    marker: str = setting(
        doc="Marker that the antibody binds: a surface property, with or without `_copies`.",
        moves="particles/small_ev",
    )
    support: str = setting(
        "bead", choices=("bead", "nanobead", MONOLITH), source="affinity_practice",
        doc="Magnetic beads of micrometres or of 0.1 um, or a monolith.",
        moves="particles/small_ev",
    )  # fmt: skip
    amount: float = setting(
        1e-6, unit="kg", low=0.0, high=1.0, source="affinity_practice",
        doc="Support that is used, dry.", moves="particles/small_ev", direction=1,
    )  # fmt: skip
    duration: float = setting(
        7200.0, unit="s", low=0.0, high=2 * 86400.0, source="affinity_practice",
        doc="Time of incubation.", moves="particles/small_ev", direction=1,
    )  # fmt: skip
    washes: int = setting(
        3, unit="1", low=0, high=20, source="affinity_practice",
        doc="Washes of 1 mL and five minutes.", moves="solute/protein", direction=-1,
    )  # fmt: skip
    release: str = setting(
        "low_ph", choices=("none", "low_ph", "peptide", "enzymatic"), source="affinity_practice",
        doc="How vesicles are taken off: not at all, by acid, by a competing peptide, by cutting "
        "the linker.", moves="particles/small_ev",
    )  # fmt: skip
    elution: float = setting(
        1e-7, unit="m^3", low=1e-8, high=1e-1, source="affinity_practice",
        doc="Buffer in which they are taken up.", moves="volume", direction=1,
    )  # fmt: skip
    temperature: float = setting(
        293.15, unit="K", low=273.15, high=313.15, source="affinity_practice",
        doc="Temperature of incubation, washes and release.",
        moves="particles/small_ev", direction=0,
    )  # fmt: skip
    buffer: str = setting("PBS", source="affinity_practice", doc="Buffer after release.")

    @property
    def property_name(self) -> str:
        """Return the marker without the ending of its property."""
        return self.marker.removesuffix("_copies")

    def context(self) -> Mapping[str, str]:
        """Return marker, support and release."""
        return {"marker": self.property_name, "support": self.support, "release": self.release}

    def needs(self) -> list[Need]:
        """Return the parameters; those of release where there is one."""
        unused = RELEASE if self.release == "none" else ()
        return [Need(held) for held in self.parameters if held not in unused]

    def check(self) -> list[str]:
        """Return what is wrong with the settings, as sentences."""
        return [] if self.marker.strip() else ["`marker` is empty: name a surface marker"]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return what is taken off the support, or the support with what it holds."""
        account = Account()
        stays = self.release == "none"
        off = np.ones(p.members) if stays else p[RELEASED]
        broken = np.zeros(p.members) if stays else p[BROKEN]
        free_extra: dict[str, Array] = {}
        populations = []
        for one, held in zip(suspension.populations, self._held(suspension, p), strict=True):
            account.removed(one, 1 - held.share - held.lost, "not captured")
            account.removed(one, held.lost, "washed off")
            account.removed(one, held.share * (1 - off[:, None]), "stayed on the support")
            breaks = broken[:, None] if one.vesicular else np.zeros((p.members, 1))
            came = held.share * off[:, None]
            account.broken(one, came * breaks, "broken on release", free_extra)
            populations.append(self._marked(one, held, came * (1 - breaks), p))
        residual = np.minimum(p[RESIDUAL], suspension.volume)
        washed = self._washed(suspension, residual, p)
        protein = suspension.solutes.get("protein", np.zeros(p.members))
        film = np.minimum(p[PROTEIN_FILM] * p[AREA] * self.amount * off, 0.5 * protein)
        shares = dict.fromkeys(suspension.solutes, washed)
        stuck = concentration(film, protein)
        shares["protein"] = stuck + (1 - stuck) * washed
        solutes, free = passed_on(
            suspension, shares, dict.fromkeys(suspension.free, washed), "washed away", account
        )
        for cargo, copies in free_extra.items():
            free[cargo] = free.get(cargo, np.zeros(p.members)) + copies
        account.add("volume", "washed away", residual - suspension.volume)
        account.add("volume", "elution buffer", np.full(p.members, self.elution))
        eluate = Suspension(
            tuple(populations), free, solutes, residual + self.elution, self.temperature,
            self.buffer,
        )  # fmt: skip
        return eluate, account.exchange(self._resources(p))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: nothing to bind, a full support, vesicles on beads, scale."""
        flags = []
        name = f"{self.property_name}_copies"
        present = [one for one in suspension.populations if (self._copies(one) > 0).any()]
        if suspension.populations and not present:
            carried = {
                held.removesuffix("_copies")
                for one in suspension.populations
                for held in one.surface
                if held.endswith("_copies")
            }
            message = (
                f"no particle carries `{name}`. {nearest(self.property_name, carried)} "
                "What comes off is what sticks without it"
            )
            flags.append(Flag(self.name, message, "serious", "impossible"))
        share = float(np.median(self._filled(suspension, p)))
        if share > FULL:
            message = f"the support is {share:.0%} full (median): use more of it, or less sample"
            flags.append(Flag(self.name, message, limit="scale"))
        if self.release == "none":
            message = "vesicles stay on the support: good for an assay, not for a dose"
            flags.append(Flag(self.name, message))
        else:
            lost = float(np.median(1 - p[RELEASED]))
            message = f"{lost:.0%} stay on the support and {float(np.median(p[DAMAGED])):.0%} of "
            message += "the surface proteins of the others are damaged (medians, assumed)"
            flags.append(Flag(self.name, message, "note"))
        if self.amount > LARGE_BATCH:
            message = (
                f"{1e3 * self.amount:.3g} g of antibody support is beyond bench scale and cost"
            )
            flags.append(Flag(self.name, message, limit="scale"))
        return flags

    def _copies(self, population: Population) -> Array:
        name = self.marker if self.marker in population.surface else f"{self.property_name}_copies"
        return copies_by_size(population, name)

    def _given(self, population: Population, p: Draws) -> Array:
        """Return the share (n, 1) of a kind that was given the marker."""
        known = population.surface.get(f"{self.property_name}_positive_share")
        return (p[POSITIVE] if known is None else known)[:, None]

    def _rates(self, one: Population, suspension: Suspension, p: Draws) -> tuple[Array, ...]:
        """Return positive share, copies on these, rate by the marker and without, all (n, k)."""
        speed = diffusivity(
            one.diameter, self.temperature, float(water_viscosity(self.temperature))
        )
        share, copies = displaying(self._copies(one), self._given(one, p))
        width, area = p[WIDTH][:, None], (p[AREA] * self.amount)[:, None]
        antibody, on = p[ANTIBODIES][:, None], p[ASSOCIATION][:, None]
        volume = suspension.volume[:, None]
        if self.support == MONOLITH:
            number = area
            arrive, each = TUBE_SHERWOOD * speed / width, np.ones_like(width)
        else:
            number = area / (np.pi * width**2)
            own = diffusivity(width, self.temperature, float(water_viscosity(self.temperature)))
            arrive = encounter_clearance(width / 2, one.diameter / 2, speed, own)
            each = np.pi * width**2
        bind = binding_clearance(on, copies, antibody * each)
        per = np.divide(number, volume, out=np.zeros_like(number), where=volume > 0)
        if self.support == MONOLITH:
            per = per * through_channel(one, width)
        marked = per * in_series(arrive, bind)
        bare = per * in_series(arrive, p[STICKING][:, None] * each)
        return share, copies, marked, bare

    def _solved(self, suspension: Suspension, p: Draws) -> tuple[list[tuple[Array, ...]], Array]:
        """Return the rates of each kind, and what is captured of all classes side by side."""
        rates = [self._rates(one, suspension, p) for one in suspension.populations]
        if not rates:
            return [], np.zeros((p.members, 0))
        counts, speeds, sizes = [], [], []
        for one, (share, _, marked, bare) in zip(suspension.populations, rates, strict=True):
            counts += [one.count * share, one.count * (1 - share)]
            speeds += [marked + bare, bare]
            sizes += [one.diameter, one.diameter]
        footprint = np.pi / 4 * np.concatenate(sizes) ** 2
        room = JAMMING_COVERAGE * p[AREA] * self.amount
        caught = captured_share(
            np.hstack(counts), np.hstack(speeds), footprint, room, self.duration
        )
        return rates, caught

    @once
    def _held(self, suspension: Suspension, p: Draws) -> list[_Held]:
        """Return what of each kind is on the support after the washes."""
        rates, caught = self._solved(suspension, p)
        sizes = [one.diameter.size for one in suspension.populations for _ in range(2)]
        parts = np.split(caught, np.cumsum(sizes)[:-1], axis=1) if rates else []
        found = []
        for number, (one, rate) in enumerate(zip(suspension.populations, rates, strict=True)):
            share, copies, marked, bare = rate
            reach, antibody = p[REACH][:, None], p[ANTIBODIES][:, None]
            bonds = bonds_in_reach(copies, one.diameter, reach, antibody)
            affinity = p[DISSOCIATION][:, None] / p[ASSOCIATION][:, None]
            held = avidity(bonds, bond_strength(antibody, reach, affinity))
            kept = kept_through_washes(p[DISSOCIATION][:, None], held, self.washes * WASH_TIME)
            total = marked + bare
            stays = np.divide(marked * kept + bare, total, out=np.ones_like(total), where=total > 0)
            positive, negative = share * parts[2 * number], (1 - share) * parts[2 * number + 1]
            by_marker = positive * stays
            found.append(_Held(by_marker + negative, by_marker, positive - by_marker, copies))
        return found

    def _filled(self, suspension: Suspension, p: Draws) -> Array:
        """Return how much of the support's area is taken, array (n,)."""
        taken = np.zeros(p.members)
        for one, held in zip(suspension.populations, self._held(suspension, p), strict=True):
            area = np.pi / 4 * one.diameter**2
            taken = taken + (one.count * (held.share + held.lost) * area).sum(axis=1)
        return concentration(taken, JAMMING_COVERAGE * p[AREA] * self.amount)

    def _marked(self, one: Population, held: _Held, kept: Array, p: Draws) -> Population:
        """Return what is kept of a kind, with the surface that it then has."""
        whole = np.ones(p.members) if self.release == "none" else 1 - p[DAMAGED]
        surface = {
            name: values * whole if counts_copies(name) else values
            for name, values in one.surface.items()
        }
        bound = (one.count * held.share).sum(axis=1)
        with_marker = one.count * held.by_marker
        copies = concentration((with_marker * held.copies).sum(axis=1), bound)
        name = self.marker if self.marker in one.surface else f"{self.property_name}_copies"
        if name in one.surface:
            surface[name] = np.where(bound > 0, copies * whole, surface[name])
            surface[f"{self.property_name}_positive_share"] = np.where(
                bound > 0, concentration(with_marker.sum(axis=1), bound), self._given(one, p)[:, 0]
            )
        if self.release == "none":
            surface["bead_bound_share"] = np.ones(p.members)
        return replace(one.kept(kept), surface=surface)

    def _washed(self, suspension: Suspension, residual: Array, p: Draws) -> Array:
        """Return the share (n,) of dissolved matter that is still there after the washes."""
        first = concentration(residual, suspension.volume)
        return np.asarray(first * (residual / (residual + WASH_VOLUME)) ** self.washes)

    def _resources(self, p: Draws) -> Resources:
        hands_on = float(np.median(p[HANDS_ON]))
        time = self.duration + self.washes * WASH_TIME + hands_on
        used = {
            f"antibody {self.support}s [mg]": self.amount * 1e6,
            "buffer [L]": 1e3 * (self.washes * WASH_VOLUME + self.elution),
        }
        return Resources(time=time, hands_on=hands_on, consumables=used)
