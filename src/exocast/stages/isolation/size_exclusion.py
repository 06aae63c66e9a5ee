"""One cut from a size-exclusion column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.size_exclusion import (
    elution_volume,
    partition_coefficient,
    stay_in_bead,
    tailed_share,
)
from exocast.laws.wall_adsorption import diffusivity
from exocast.laws.water import water_viscosity
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.isolation.bed import BED_PARAMETERS, STRAINED, through_bed
from exocast.stages.isolation.runs import many, several

__all__ = ["Fraction", "SizeExclusion"]

Array = NDArray[np.float64]

RESINS = ("CL-2B", "CL-4B", "CL-6B")
WIDE_LOAD = 0.1
STRAINED_AWAY = 0.1
"""Share that passes, or is strained, from which either is said."""

VOID = Parameter(
    "isolation.size_exclusion.void_share", "1", "Share of the bed that is liquid between beads.",
    low=0.1, high=0.6, scale="linear",
)  # fmt: skip
PLATES = Parameter(
    "isolation.size_exclusion.plates", "1", "Theoretical plates of the packing alone.", low=5.0
)
BEAD = Parameter(
    "isolation.size_exclusion.bead_diameter", "m", "Diameter of a bead of the gel, by volume."
)
GEL_SCALE = Parameter(
    "isolation.size_exclusion.gel_scale", "m", "Scale of the openings of the gel, by resin."
)
HELD = Parameter(
    "isolation.size_exclusion.held_share", "1", "Share of particles that the gel keeps for good.",
    high=1.0, scale="logit",
)  # fmt: skip
PROTEIN_RADIUS = Parameter(
    "isolation.size_exclusion.solute_radius", "m", "Hydrodynamic radius of dissolved protein."
)
CARGO_RADIUS = Parameter(
    "isolation.size_exclusion.free_cargo_radius", "m", "Hydrodynamic radius of dissolved cargo."
)
STRAY = Parameter(
    "isolation.size_exclusion.stray_share", "1",
    "Share that elutes anywhere, whatever its size: channels, complexes, slow release.",
    high=1.0, scale="logit",
)  # fmt: skip
FLOW = Parameter("isolation.size_exclusion.flow", "m^3/s", "Flow through a bed of 10 mL.")
GRAVITY_BED = 1e-5
"""Bed that the flow was told for [m^3]."""
HANDS_ON = Parameter(
    "isolation.size_exclusion.hands_on", "s", "Operator time per run: equilibrate, load, collect."
)


@dataclass(frozen=True)
class Fraction:
    """One cut of what a column collects."""

    start: float = setting(
        unit="m^3", low=0.0, high=1e-2, doc="Eluted volume at which it begins.",
        moves="volume", direction=-1,
    )  # fmt: skip
    end: float = setting(
        unit="m^3", low=0.0, high=1e-2, doc="Eluted volume at which it ends.",
        moves="volume", direction=1,
    )  # fmt: skip


@dataclass(frozen=True)
class SizeExclusion(PreparationStep):
    r"""Elution by size, with slow ways into beads, a packing and the volume of the load.

    Equation
    --------
    n' = n (1 - h) \, s \, F(d / 2), \quad m' = m F(r_s)

    F(r) = (1 - x) f(r) + x \, \frac{\min(v_2, V_0 + V_t) - \max(v_1, V_0)}{V_t}, \quad f =
    \mathrm{tailed}(V_e, V_0, Q \tau, N)

    Symbols
    -------
    n, n' : particles of a kind and size, before and after
    m, m' : dissolved matter, before and after
    h : held_share
    s : unstrained_share of a bed of beads, for rigid particles; 1 for others
    F : share in the cut at a radius
    f : tailed_share of the cut
    V_e : elution_volume at the radius
    \tau : stay_in_bead, of bead_diameter
    Q : flow, the same velocity in a bed of the same shape
    N : plates
    x : stray_share
    r_s : solute_radius
    v_1 : collect_from
    v_2 : collect_to
    V_0 : liquid between the beads, void_share times bed [m^3]
    V_t : bed

    Notes
    -----
    A particle elutes about V_0 + K_av (V_t - V_0). The packing, the load and, above all, chance
    spread it: a large solute diffuses into a bead so slowly that it enters few of them on its way,
    so that some of it leaves early, with the vesicles, and some late. A slow column parts better
    than a fast one, and fine beads better than coarse ones. Vesicles, large lipoproteins, protein
    aggregates and cargo precipitate all elute in the void: a column takes away what is dissolved
    and not what is large, until that is so wide that beads strain it: crystals of drug of more than
    a hundredth of a bead. A part of the particles stays on the gel (assumed, the same for all
    sizes). A column runs at its own temperature, whatever the tube had that is put on it. Of a pool
    of several fractions F is the sum. Volumes count from the start of loading, each run alike; a
    volume above one load takes several runs.
    """

    stage: ClassVar[str] = "isolation"
    method: ClassVar[str] = "size_exclusion"
    title: ClassVar[str] = "size exclusion"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        VOID, PLATES, BEAD, GEL_SCALE, HELD, PROTEIN_RADIUS, CARGO_RADIUS, STRAY, FLOW, HANDS_ON,
        *BED_PARAMETERS,
    )  # fmt: skip

    resin: str = setting(
        "CL-2B", choices=RESINS, source="column_practice",
        doc="Gel of the column; `[[equipment]]` brings yours.",
        moves="solute/protein", direction=0,
    )  # fmt: skip
    bed: float = setting(
        1e-5, unit="m^3", low=1e-6, high=1e-2, source="column_practice", doc="Volume of the bed.",
        moves="particles/small_ev", direction=0,
    )  # fmt: skip
    load: float = setting(
        5e-7, unit="m^3", low=1e-8, high=1e-3, source="column_practice",
        doc="Sample loaded in one run.", moves="volume", direction=-1,
    )  # fmt: skip
    collect_from: float = setting(
        2.8e-6, unit="m^3", low=0.0, high=1e-2, source="column_practice",
        doc="Eluted volume at which collecting starts.", moves="volume", direction=-1,
    )  # fmt: skip
    collect_to: float = setting(
        4.8e-6, unit="m^3", low=0.0, high=1e-2, source="column_practice",
        doc="Eluted volume at which collecting ends.", moves="volume", direction=1,
    )  # fmt: skip
    temperature: float = setting(
        293.15, unit="K", low=273.15, high=313.15, source="column_practice",
        doc="Temperature of column and buffer, at which a drug leaves or stays.",
        moves="solute/protein", direction=0,
    )  # fmt: skip
    buffer: str = setting("PBS", source="column_practice", doc="Eluting buffer.")
    fraction_table: str = setting(
        "",
        doc="A table of your fractions beside the Design (CSV: fraction, volume, pooled), in "
        "place of `collect_from` and `collect_to`.",
    )
    pool: tuple[Fraction, ...] = setting(
        (), doc="Cuts that are pooled, in place of `collect_from` and `collect_to`.", table=Fraction
    )

    def context(self) -> Mapping[str, str]:
        """Return the resin."""
        return {"resin": self.resin}

    def check(self) -> list[str]:
        """Return what is wrong with the cut, as sentences."""
        if not self.pool and self.collect_to <= self.collect_from:
            return ["`collect_to` must lie above `collect_from`: the cut is empty"]
        if any(end <= start for start, end in self.cuts):
            return ["the `end` of a fraction in `pool` must lie above its `start`"]
        if any(after[0] < before[1] for before, after in pairwise(self.cuts)):
            return ["the fractions in `pool` overlap, or are not in the order in which they elute"]
        return []

    @property
    def cuts(self) -> tuple[tuple[float, float], ...]:
        """Return the eluted volumes between which is collected [m^3]."""
        if self.pool:
            return tuple((one.start, one.end) for one in self.pool)
        return ((self.collect_from, self.collect_to),)

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the collected cut of all runs."""
        account = Account()
        runs = self._runs(suspension)
        populations = []
        for population in suspension.populations:
            radius = np.broadcast_to(population.diameter / 2, population.count.shape)
            eluting = (1 - p[HELD])[:, None]
            cut = self._cut(radius, suspension, p)
            passed = through_bed(population, p[BEAD], self.bed, p)
            account.removed(population, 1 - passed, STRAINED)
            account.removed(population, passed * (1 - eluting), "held by the gel")
            account.removed(population, passed * eluting * (1 - cut), "outside the cut")
            populations.append(population.kept(passed * eluting * cut))
        solutes, free = {}, {}
        for name, mass in suspension.solutes.items():
            share = self._dissolved(p[PROTEIN_RADIUS], suspension, p)
            account.add(f"solute/{name}", "outside the cut", -(1 - share) * mass)
            solutes[name] = share * mass
        for cargo, copies in suspension.free.items():
            share = self._dissolved(p[CARGO_RADIUS], suspension, p)
            account.add(f"cargo/{cargo}", "outside the cut", -(1 - share) * copies)
            free[cargo] = share * copies
        volume = runs * sum(end - start for start, end in self.cuts)
        account.add("volume", "loaded", -suspension.volume)
        account.add("volume", "collected", volume)
        collected = Suspension(
            tuple(populations), free, solutes, volume, self.temperature, self.buffer
        )
        return collected, account.exchange(self._resources(float(np.median(runs)), p))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: a wide load, many runs, and what a column cannot take away."""
        flags = []
        # Molecules leave by one bed at the latest and vesicles with the void: a load of that
        # length brings both out together, whatever is collected.
        parted = float(np.median(1 - p[VOID])) * self.bed
        if self.load >= parted:
            message = (
                f"the load of {1e6 * self.load:.3g} mL is more than the {1e6 * parted:.3g} mL "
                f"between void and end of a bed of {1e6 * self.bed:.3g} mL: it parts nothing"
            )
            flags.append(Flag(self.name, message, "serious", "impossible"))
        elif self.load > WIDE_LOAD * self.bed:
            flags.append(
                Flag(self.name, f"the load is {self.load / self.bed:.0%} of the bed: peaks merge")
            )
        runs = self._runs(suspension)
        if np.max(runs) > 1:
            message = f"the sample takes {several(runs)} runs: concentrate it first"
            flags.append(Flag(self.name, message, many(runs), "scale"))
        large = []
        for held in suspension.populations:
            if held.vesicular:
                continue
            kind, total = held.kind, held.total
            through = held.count * np.median(through_bed(held, p[BEAD], self.bed, p), axis=0)
            share = np.divide(through.sum(axis=1), total, out=np.ones_like(total), where=total > 0)
            if (total > 0).any() and np.median(share) > STRAINED_AWAY:
                large.append(f"{kind.replace('_', ' ')}s")
            if np.median(share) < 1 - STRAINED_AWAY:
                message = (
                    f"the bed strains {1 - np.median(share):.0%} of the {kind.replace('_', ' ')}s "
                    "(median), which clog it: spin them out first"
                )
                flags.append(Flag(self.name, message))
        if large:
            flags.append(
                Flag(
                    self.name,
                    f"{' and '.join(large)} elute with the vesicles: size does not part them",
                )
            )
        return flags

    def _runs(self, suspension: Suspension) -> Array:
        return np.asarray(np.maximum(np.ceil(suspension.volume / self.load - 1e-9), 1.0))

    def _cut(self, radius: Array, suspension: Suspension, p: Draws) -> Array:
        """Return the share of what elutes that falls into the cut, array (n, m)."""
        partition = partition_coefficient(radius, p[GEL_SCALE][:, None])
        void = p[VOID][:, None] * self.bed
        plug = np.maximum(suspension.volume / self._runs(suspension), 1e-6 * self.bed)[:, None]
        degrees = self.temperature
        free = diffusivity(2 * radius, degrees, float(water_viscosity(degrees)))
        stay = stay_in_bead(p[BEAD][:, None], free, partition) * self._flow(p)[:, None]
        eluting, stray = elution_volume(partition, void, self.bed), p[STRAY][:, None]
        found = np.zeros(np.broadcast_shapes(radius.shape, void.shape))
        for start, end in self.cuts:
            peak = tailed_share(eluting, void, stay, p[PLATES][:, None], plug, start, end)
            # What channels and complexes carry is spread evenly over one bed from the void on:
            # without it a column would look perfect.
            overlap = np.minimum(end, void + self.bed) - np.maximum(start, void)
            found = found + (1 - stray) * peak + stray * np.maximum(overlap, 0.0) / self.bed
        return np.asarray(found)

    def _dissolved(self, radius: Array, suspension: Suspension, p: Draws) -> Array:
        """Return the share of dissolved matter in the cut, array (n,)."""
        return self._cut(radius[:, None], suspension, p)[:, 0]

    def _flow(self, p: Draws) -> Array:
        """Return the flow (n,): the same velocity in a bed of the same shape."""
        return np.asarray(p[FLOW] * (self.bed / GRAVITY_BED) ** (2 / 3))

    def _resources(self, runs: float, p: Draws) -> Resources:
        """Return time, runs and buffer: two beds of buffer wash the column between runs."""
        hands_on = runs * float(np.median(p[HANDS_ON]))
        flow = float(np.median(self._flow(p)))
        time = runs * (self.cuts[-1][1] + 2 * self.bed) / flow
        buffer = runs * (self.cuts[-1][1] + 2 * self.bed) * 1e3
        column = {f"column run, {self.resin}": runs, "buffer [L]": buffer}
        return Resources(time=time + hands_on, hands_on=hands_on, consumables=column)
