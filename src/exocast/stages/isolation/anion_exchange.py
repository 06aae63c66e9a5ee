"""A positively charged bed binds what is negative, and salt takes it off again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.ion_exchange import coverage, eluted_share, reached_share
from exocast.laws.wall_adsorption import JAMMING_COVERAGE, diffusivity
from exocast.laws.water import water_viscosity
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, Severity, setting
from exocast.material.suspension import Population, Suspension, grid_edges
from exocast.stages.account import Account
from exocast.stages.isolation.bed import (
    BED_PARAMETERS,
    STRAINED,
    through_bed,
    through_channel,
)
from exocast.stages.isolation.charged_wall import (
    CHARGED_WALL,
    LIQUID,
    OUTER,
    held_molecules,
    held_particles,
)
from exocast.stages.isolation.handling import once, passed_on

__all__ = ["AnionExchange"]

Array = NDArray[np.float64]

SUPPORTS = ("monolith", "membrane", "bead")
NUCLEIC = ("rna_protein_complex", "endotoxin")
WASH_BEDS = 5.0
PROTEIN_DIAMETER, NUCLEIC_DIAMETER = 7e-9, 5e-9
TAIL = 1e-6
WITHIN = 5
PROCESS_BED = 1e-2
TOO_FEW = 0.1
"""Share of vesicles bound below which an overloaded bed is said to hold none."""
FAST = 1 / 3.0
HIGH_SALT = 300.0

SAMPLE_SALT = Parameter(
    "isolation.anion_exchange.sample_salt", "mol/m^3", "Salt of the sample before conditioning."
)
FINE = Parameter(
    "isolation.anion_exchange.fine_area", "1/m", "Wall in fine pores, in a volume of bed."
)
PORE = Parameter("isolation.anion_exchange.pore", "m", "Diameter of the fine pores.")
CHANNEL = Parameter(
    "isolation.anion_exchange.channel", "m", "Width of the channels, or diameter of the beads."
)
SHERWOOD = Parameter("isolation.anion_exchange.sherwood", "1", "Mass transfer to the wall.")
PLATES = Parameter(
    "isolation.anion_exchange.plates", "1", "Theoretical plates of the bed.", low=2.0
)
FILM = Parameter(
    "isolation.anion_exchange.protein_film", "kg/m^2", "Protein in a full layer on the wall."
)
HELD = Parameter(
    "isolation.anion_exchange.held_share", "1", "Share of bound particles that never comes off.",
    high=1.0, scale="logit",
)  # fmt: skip
HANDS_ON = Parameter(
    "isolation.anion_exchange.hands_on", "s", "Operator time per run: equilibrate, load, clean."
)


@dataclass(frozen=True)
class _Passed:
    """Of one species: the shares that bind and that then elute, and the wall they would take."""

    bound: Array
    eluted: Array
    area: Array
    demand: Array


@dataclass(frozen=True)
class AnionExchange(PreparationStep):
    r"""Vesicles bind by their negative charge and come off in a step of salt.

    Equation
    --------
    n' = n \, s \, R (1 - E_w) \min\left(1, \frac{1}{q}\right) \frac{E_e - E_w}{1 - E_w} (1 - h)

    Symbols
    -------
    n, n' : particles of a kind and size, before and after
    s : unstrained_share of a bed of beads, for rigid particles; 1 for others
    R : reached_share, by support, size and flow
    E_w, E_e : eluted_share after the wash and after the elution, by retention in each salt
    q : coverage of the wall that the size reaches, were all to bind
    h : held_share

    Notes
    -----
    What keeps a particle is its zeta potential, its radius and the salt (`wall_attraction`): a wash
    above the salt that holds it loses it, an elution below that salt leaves it on the bed, and
    larger vesicles come off later. Protein and free nucleic acid follow salt displacement; nucleic
    acid binds hardest, so that a strong elution brings it along and a milder one leaves it behind.
    Protein reaches fine pores that vesicles do not: beads have much wall for protein and little for
    vesicles, monoliths and membranes one wall for all. What exceeds the wall flows through.

    Conditioning dilutes the sample with salt-free buffer. The pool stands in the eluting salt and
    wants a change of buffer. pH, multivalent ions, a gradient instead of a step, fouling and
    pressure are left out, and nucleic acid on vesicles does not add to their charge.
    """

    stage: ClassVar[str] = "isolation"
    method: ClassVar[str] = "anion_exchange"
    title: ClassVar[str] = "anion exchange"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        SAMPLE_SALT, *CHARGED_WALL, FINE, PORE, CHANNEL, SHERWOOD, PLATES, FILM, HELD, HANDS_ON,
        *BED_PARAMETERS,
    )  # fmt: skip

    support: str = setting(
        "monolith", choices=SUPPORTS, source="exchange_practice",
        doc="Convective monolith or membrane, or porous beads.", moves="particles/small_ev",
    )  # fmt: skip
    bed: float = setting(
        1e-6, unit="m^3", low=1e-8, high=10.0, source="exchange_practice",
        doc="Volume of the bed.", moves="particles/small_ev",
    )  # fmt: skip
    flow: float = setting(
        1e-6 / 60, unit="m^3/s", low=1e-11, high=1.0, source="exchange_practice",
        doc="Flow through the bed.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    dilution: float = setting(
        1.0, unit="1", low=1.0, high=50.0, source="exchange_practice",
        doc="Volume after conditioning with salt-free buffer, over volume before.",
        moves="particles/small_ev",
    )  # fmt: skip
    wash_salt: float = setting(
        150.0, unit="mol/m^3", low=5.0, high=2000.0, source="exchange_practice",
        doc="Salt of the wash.", moves="solute/protein", direction=-1,
    )  # fmt: skip
    elution_salt: float = setting(
        1000.0, unit="mol/m^3", low=10.0, high=3000.0, source="exchange_practice",
        doc="Salt of the step that elutes.", moves="cargo free", direction=1,
    )  # fmt: skip
    elution: float = setting(
        3e-6, unit="m^3", low=1e-8, high=10.0, source="exchange_practice",
        doc="Volume of that step, which is the pool.", moves="volume", direction=1,
    )  # fmt: skip
    temperature: float = setting(
        293.15, unit="K", low=273.15, high=313.15, source="exchange_practice",
        doc="Temperature of bed and buffers, at which a drug leaves or stays.",
        moves="particles/small_ev", direction=0,
    )  # fmt: skip
    buffer: str = setting("saline_eluate", source="exchange_practice", doc="Name of the pool.")

    def context(self) -> Mapping[str, str]:
        """Return the support."""
        return {"support": self.support}

    def needs(self) -> list[Need]:
        """Return the parameters; those of a bed of beads where it is one."""
        unused = () if self.support == "bead" else BED_PARAMETERS
        return [Need(held) for held in self.parameters if held not in unused]

    def check(self) -> list[str]:
        """Return what is wrong with the salts, as sentences."""
        if self.elution_salt <= self.wash_salt:
            return ["`elution_salt` must lie above `wash_salt`: what elutes was washed away before"]
        return []

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the eluted pool."""
        account = Account()
        passed = self._passed(suspension, p)
        populations = []
        for one in suspension.populations:
            here = passed[f"particles/{one.kind}"]
            off = here.eluted * (1 - p[HELD][:, None])
            entered = self._entered(one, p)
            account.removed(one, 1 - entered, STRAINED)
            account.removed(one, entered * (1 - here.bound), "did not bind")
            account.removed(one, entered * here.bound * (1 - off), "stayed on the bed")
            populations.append(one.kept(entered * here.bound * off))
        solutes, free = (
            {
                name: (passed[f"{head}/{name}"].bound * passed[f"{head}/{name}"].eluted)[:, 0]
                for name in held
            }
            for head, held in (("solute", suspension.solutes), ("cargo", suspension.free))
        )
        kept, copies = passed_on(suspension, solutes, free, "not in the pool", account)
        added = (self.dilution - 1) * suspension.volume
        account.add("volume", "conditioning buffer", added)
        account.add("volume", "flow-through", -suspension.volume - added)
        account.add("volume", "eluted", np.full(p.members, self.elution))
        pool = Suspension(
            tuple(populations), copies, kept, np.full(p.members, self.elution),
            self.temperature, self.buffer,
        )  # fmt: skip
        return pool, account.exchange(self._resources(suspension, p))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: overloaded, not bound, not eluted, in high salt, too fast, scale."""
        flags = []
        passed = self._passed(suspension, p)
        fullest = 0.0
        demand, area = self._stacked(passed)
        if demand.size:
            fullest = float(np.median(coverage(demand, area).max(axis=1)))
        if fullest > 1:
            message = f"the load is {fullest:,.1f} times what the wall takes (median): use more bed"
            held = [one for one in suspension.populations if one.vesicular and one.total.any()]
            bound = [_average(one, passed[f"particles/{one.kind}"].bound) for one in held]
            over = bool(bound) and max(bound) < TOO_FEW
            severe: Severity = "serious" if over else "warning"
            flags.append(Flag(self.name, message, severe, "impossible" if over else "scale"))
        for one in suspension.populations:
            if not one.vesicular or not (one.total > 0).any():
                continue
            here = passed[f"particles/{one.kind}"]
            kept = _average(one, here.bound)
            off = _average(one, here.bound * here.eluted) / max(kept, 1e-300)
            if kept < 0.5:
                message = f"{1 - kept:.0%} of {one.kind} flow through: less salt, slower, more bed"
                flags.append(Flag(self.name, message))
            elif off < 0.5:
                message = f"{1 - off:.0%} of bound {one.kind} stay on the bed: elute with more salt"
                flags.append(Flag(self.name, message))
        if self.elution_salt > HIGH_SALT:
            message = f"the pool stands in {self.elution_salt:.0f} mM salt: change the buffer"
            flags.append(Flag(self.name, message, "note"))
        if self.flow > FAST * self.bed:
            message = (
                "more than 20 bed volumes a minute: pressure and residence time leave practice"
            )
            flags.append(Flag(self.name, message))
        if self.bed > PROCESS_BED:
            message = f"a bed of {1e3 * self.bed:.3g} L is larger than those made for vesicles"
            flags.append(Flag(self.name, message, limit="scale"))
        return flags

    def _entered(self, one: Population, p: Draws) -> Array:
        """Return the share of each size that is not too wide for the bed, array (n, k)."""
        if self.support == "bead":
            return through_bed(one, p[CHANNEL], self.bed, p)
        return through_channel(one, p[CHANNEL][:, None])

    def _beds(self, volume: Array | float, retained: Array, p: Draws) -> Array:
        """Return bed lengths that a band moves while a volume flows."""
        return np.asarray(volume / (p[LIQUID][:, None] * self.bed * (1 + retained)))

    def _species(
        self, retained: tuple[Array, Array, Array], size: Array, suspension: Suspension, p: Draws
    ) -> tuple[Array, Array, Array]:
        """Return the shares (n, k) that bind if there is room, and then elute; and their wall."""
        load, wash, elute = retained
        plates = p[PLATES][:, None]
        volume = (suspension.volume * self.dilution)[:, None]
        entered = self._beds(volume, load, p)
        washed = self._beds(WASH_BEDS * self.bed, wash, p)
        before = eluted_share(washed, entered, plates)
        after = eluted_share(washed + self._beds(self.elution, elute, p), entered, plates)
        touched = reached_share(
            diffusivity(size, self.temperature, float(water_viscosity(self.temperature))),
            p[SHERWOOD][:, None], p[CHANNEL][:, None], p[OUTER][:, None], self.bed / self.flow,
        )  # fmt: skip
        # Tails below a millionth are the rounding of the plates.
        stays = np.where(1 - before > TAIL, 1 - before, 0.0)
        off = np.divide(after - before, stays, out=np.ones_like(stays), where=stays > 0)
        access = np.maximum(1 - size / p[PORE][:, None], 0.0) ** 2
        wall = self.bed * (p[OUTER][:, None] + p[FINE][:, None] * access)
        return touched * stays, np.clip(off, 0.0, 1.0), wall

    @once
    def _passed(self, suspension: Suspension, p: Draws) -> dict[str, _Passed]:
        """Return what each species does, with one wall shared by all."""
        warm = self.temperature
        salts = (
            p[SAMPLE_SALT] / self.dilution, np.full(p.members, self.wash_salt),
            np.full(p.members, self.elution_salt),
        )  # fmt: skip
        found: dict[str, _Passed] = {}
        for one in suspension.populations:
            # Salt cuts sharply by size: several points within each class keep the cut where it is.
            within = _within(one.diameter)
            at = tuple(held_particles(one, within, salt, warm, p) for salt in salts)
            bound, off, wall = (
                held.reshape(p.members, -1, WITHIN)
                for held in self._species((at[0], at[1], at[2]), within, suspension, p)
            )
            off = (bound * off).mean(axis=2)
            bound, wall = bound.mean(axis=2), wall.mean(axis=2)
            off = np.divide(off, bound, out=np.ones_like(off), where=bound > 0)
            entered = one.count * self._entered(one, p)
            taken = entered * bound * np.pi / 4 * one.diameter**2 / JAMMING_COVERAGE
            found[f"particles/{one.kind}"] = _Passed(bound, off, wall, taken)
        for name, mass in suspension.solutes.items():
            strong, size = name in NUCLEIC, np.array([PROTEIN_DIAMETER])
            at = held_molecules(name, strong=strong, salts=salts, p=p)
            bound, off, wall = self._species(at, size, suspension, p)
            taken = bound * (mass / p[FILM])[:, None]
            found[f"solute/{name}"] = _Passed(bound, off, wall, taken)
        for name, copies in suspension.free.items():
            size = np.array([NUCLEIC_DIAMETER])
            at = held_molecules(name, strong=True, salts=salts, p=p)
            bound, off, wall = self._species(at, size, suspension, p)
            taken = bound * copies[:, None] * np.pi / 4 * size**2 / JAMMING_COVERAGE
            found[f"cargo/{name}"] = _Passed(bound, off, wall, taken)
        demand, area = self._stacked(found)
        if not demand.size:
            return found
        full = coverage(demand, area)
        room = np.minimum(np.divide(1.0, full, out=np.ones_like(full), where=full > 1), 1.0)
        out, start = {}, 0
        for name, here in found.items():
            end = start + here.bound.shape[1]
            out[name] = _Passed(
                here.bound * room[:, start:end], here.eluted, here.area, here.demand
            )
            start = end
        return out

    @staticmethod
    def _stacked(found: Mapping[str, _Passed]) -> tuple[Array, Array]:
        """Return demand and reachable wall of all species side by side."""
        if not found:
            return np.zeros((1, 0)), np.zeros((1, 0))
        return (
            np.hstack([here.demand for here in found.values()]),
            np.hstack([here.area for here in found.values()]),
        )

    def _resources(self, suspension: Suspension, p: Draws) -> Resources:
        hands_on = float(np.median(p[HANDS_ON]))
        loaded = float(np.median(suspension.volume)) * self.dilution
        buffers = 2 * WASH_BEDS * self.bed + self.elution
        used = {
            f"{self.support} bed [mL]": self.bed * 1e6,
            "buffer [L]": 1e3 * (buffers + loaded * (1 - 1 / self.dilution)),
        }
        return Resources((loaded + buffers) / self.flow + hands_on, hands_on, used)


def _within(diameter: Array) -> Array:
    """Return sizes (k m,) that tile each class of a grid, m side by side."""
    edges = grid_edges(diameter)
    part = (np.arange(WITHIN) + 0.5) / WITHIN
    return np.asarray((edges[:-1, None] * (edges[1:] / edges[:-1])[:, None] ** part).ravel())


def _average(one: Population, share: Array) -> float:
    """Return the median over members of a share of a kind."""
    total = one.total
    kept = (one.count * share).sum(axis=1)
    return float(np.median(np.divide(kept, total, out=np.zeros_like(total), where=total > 0)))
