"""Vials, and what happens in them: wall, clusters, breakage, opening, chemistry and wear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from exocast.laws.aggregation import RARE, clumped, encounters
from exocast.laws.cargo_statistics import thinned
from exocast.laws.wall_adsorption import adsorbed_fraction, diffusivity, wetted_area_per_volume
from exocast.laws.water import water_viscosity
from exocast.material.suspension import LASTING, Copies, Population, Suspension
from exocast.stages.account import Account
from exocast.stages.loading.cargo import cargo_table
from exocast.stages.storage.clumps import with_clumps
from exocast.stages.storage.parameters import MESSENGER
from exocast.stages.wear import worn_vesicles

__all__ = ["Vials"]

Array = NDArray[np.float64]

STEPS = np.diff([0.0, 1e-3, 0.02, 0.1, 0.3, 0.6, 1.0])
"""Shares of a stretch that processes take turns in."""

ENOUGH = 1e-3
"""Encounters of a particle that are worth joining what met; fewer wait for the next step."""


@dataclass
class Vials:
    """A suspension in equal vials, while a storage method works on it.

    Attributes
    ----------
    suspension : Suspension
        What is left, all vials together.
    account : Account
        What was lost and why.
    vial_volume : float
        Liquid in one vial [m^3].
    sticky_share : array (n,)
        Share of the wall that holds particles.
    free : dict
        Dissolved cargo, which broken particles add to.
    covered : array (n,)
        Wall taken so far, all vials together [m^2].
    working, intact : array (n,)
        Share of surface molecules, and of each kind of cargo, that has not decayed.
    """

    suspension: Suspension
    account: Account
    vial_volume: float
    sticky_share: Array
    free: dict[str, Array] = field(init=False)
    covered: Array = field(init=False)
    working: Array = field(init=False)
    intact: dict[str, Array] = field(init=False)
    _diffused: Array = field(init=False)
    _sticky: Array = field(init=False)
    _met: Array = field(init=False)

    def __post_init__(self) -> None:
        zero = np.zeros(self.suspension.members)
        self.free = dict(self.suspension.free)
        self.covered, self._diffused, self._met = zero, zero, zero
        self.working = zero + 1.0
        self.intact = {}
        populations = self.suspension.populations
        if populations:
            # Lipoproteins and casein stand in their own fluid for days and do not clump.
            lasting = [np.reshape(one.surface.get(LASTING, zero), (-1, 1)) for one in populations]
            self._sticky = 1 - np.array(lasting)

    @property
    def _diameter(self) -> Array:
        return self.suspension.populations[0].diameter

    def _counts(self) -> Array:
        """Return the particles by kind and size, array (kinds, n, k).

        Crystals of drug that are wider than the classes of the tube settle: no wall, no clusters.
        """
        classes = self._diameter.size
        return np.array([one.counted(classes) for one in self.suspension.populations])

    @property
    def wall(self) -> Array:
        """Return the wetted wall of all vials together, array (n,) [m^2]."""
        return np.asarray(self.suspension.volume * float(wetted_area_per_volume(self.vial_volume)))

    def mix(self) -> None:
        """Mix the liquid: what was emptied next to the wall is filled again."""
        self._diffused = np.zeros(self.suspension.members)

    def stand(self, time: Array, temperature: float, stability: Array, breaking: Array) -> None:
        """Let the liquid stand: particles diffuse to the wall until it is full, meet, and break.

        All go on at once, wall and meeting fast at first: they take turns in steps that grow.
        `breaking` (n,) [1/s] is the rate at which vesicles fall apart.
        """
        if not self.suspension.populations:
            return
        viscosity = float(water_viscosity(temperature))
        pace = temperature / viscosity  # to which every diffusivity is proportional
        coefficient = diffusivity(self._diameter, temperature, viscosity)
        for share in STEPS:
            step = share * time
            part = -np.expm1(-breaking * step / 2)
            self._fall_apart(part)
            held = self._counts()
            lost, self.covered = adsorbed_fraction(
                held.sum(axis=0),
                self._diameter,
                np.broadcast_to(coefficient, held.shape[1:]),
                step,
                self.suspension.volume,
                self.wall,
                self.sticky_share,
                self.covered,
                self._diffused / pace,
            )
            self._diffused = self._diffused + step * pace
            self._leave(lost, "adsorbed to the wall")
            self._clump(step, temperature, stability, viscosity, 1.0)
            self._fall_apart(part)

    def aggregate(
        self,
        time: Array,
        temperature: float,
        stability: Array,
        concentrated: Array | float,
        viscosity: Array | None = None,
        breaking: Array | None = None,
    ) -> None:
        """Let particles meet, and break, where no wall is near: in brine, or in a soft cake."""
        if not self.suspension.populations:
            return
        thickness = water_viscosity(temperature) if viscosity is None else viscosity
        for share in STEPS if breaking is not None else (1.0,):
            step = share * time
            part = -np.expm1(-(np.zeros_like(step) if breaking is None else breaking) * step / 2)
            self._fall_apart(part)
            self._clump(step, temperature, stability, thickness, concentrated)
            self._fall_apart(part)

    def _clump(
        self,
        time: Array,
        temperature: float,
        stability: Array,
        viscosity: Array | float,
        concentrated: Array | float,
    ) -> None:
        """Let particles meet, and stick once enough of them have."""
        volume = self.suspension.volume / np.asarray(concentrated)
        each = np.divide(1.0, volume, out=np.zeros_like(volume), where=volume > 0)
        self._met = self._met + encounters(each, 1.0, time, stability, temperature, viscosity)
        self._stick(ENOUGH)

    def _stick(self, enough: float) -> None:
        """Join what has met: those are wider particles from now on, with all that they held."""
        sticking = (self._counts() * self._sticky).sum(axis=0)
        progress = self._met * sticking.sum(axis=1)
        rows = np.flatnonzero(progress > enough)
        if not rows.size:
            return
        self._met = np.where(progress > enough, 0.0, self._met)
        moved = clumped(sticking[rows], self._diameter, progress[rows])
        after = []
        for population, sticky in zip(self.suspension.populations, self._sticky, strict=True):
            clumps, outgrown, merged = with_clumps(population, moved, rows, sticky[:, 0] > 0)
            self.account.removed(population, outgrown, "aggregated in storage")
            self.account.add(f"particles/{population.kind}", "aggregated in storage", -merged)
            after.append(clumps)
        self.suspension = replace(self.suspension, populations=tuple(after))

    def _leave(self, share: Array, cause: str) -> None:
        """Remove a share (n, k) of the sizes of the tube, with what they carry."""
        kept = []
        for population in self.suspension.populations:
            beyond = population.diameter.size - share.shape[1]
            part = np.pad(share, ((0, 0), (0, beyond)))
            self.account.removed(population, part, cause)
            kept.append(population.kept(1 - part))
        self.suspension = replace(self.suspension, populations=tuple(kept))

    def _fall_apart(self, share: Array) -> None:
        """Let a share (n,) of the vesicles fall apart."""
        self.break_vesicles(share, "fell apart in storage")

    def break_vesicles(self, share: Array, cause: str) -> None:
        """Destroy a share (n,) or (n, m) of the vesicles; what they carried is dissolved."""
        kept = []
        for population in self.suspension.populations:
            if population.vesicular:
                part = np.reshape(share, (len(share), -1))
                self.account.broken(population, part, cause, self.free)
                population = population.kept(1 - part)  # noqa: PLW2901
            kept.append(population)
        self.suspension = replace(self.suspension, populations=tuple(kept))

    def lose(self, share: Array, cause: str) -> None:
        """Remove a share (n,) of every particle, with what it carries."""
        kept = []
        for population in self.suspension.populations:
            self.account.removed(population, share[:, None], cause)
            kept.append(population.kept(1 - share[:, None]))
        self.suspension = replace(self.suspension, populations=tuple(kept))

    def open_vesicles(self, share: Array) -> None:
        """Open a share (n,) of the vesicles for a moment: each loses all that is inside."""
        opened = []
        for population in self.suspension.populations:
            if population.vesicular and population.inside:
                for cargo in population.inside:
                    leaked = share * population.copies(cargo)
                    self.free[cargo] = self.free.get(cargo, np.zeros_like(leaked)) + leaked
                population = _opened(population, share)  # noqa: PLW2901
            opened.append(population)
        self.suspension = replace(self.suspension, populations=tuple(opened))

    def decay(self, exposure: Mapping[str, Array], cause: str = "degraded in storage") -> None:
        """Let cargo decay, wherever it is, by rate times time (n,) of its kind."""
        for kind, done in exposure.items():
            held = self.intact.get(kind, np.ones_like(done))
            self.intact[kind] = held * np.exp(-done)
        changed = []
        for population in self.suspension.populations:
            inside = self._decayed(population, population.inside, exposure, cause)
            attached = self._decayed(population, population.attached, exposure, cause)
            changed.append(replace(population, inside=inside, attached=attached))
        self.suspension = replace(self.suspension, populations=tuple(changed))
        for cargo, copies in self.free.items():
            if _kind(cargo) in exposure:
                gone = -np.expm1(-exposure[_kind(cargo)]) * copies
                self.account.add(f"cargo/{cargo}", cause, -gone)
                self.free[cargo] = copies - gone

    def _decayed(
        self,
        population: Population,
        pool: Mapping[str, Copies],
        exposure: Mapping[str, Array],
        cause: str,
    ) -> dict[str, Copies]:
        """Return a pool of a population without the copies that decayed, which are booked."""
        left = dict(pool)
        for cargo, held in pool.items():
            if _kind(cargo) in exposure:
                kept = np.exp(-exposure[_kind(cargo)])[:, None]
                left[cargo] = Copies(*thinned((held.mean, held.empty, held.second), kept))
                gone = (population.count * (held.mean - left[cargo].mean)).sum(axis=1)
                self.account.add(f"cargo/{cargo}", cause, -gone)
        return left

    def wear(self, share: Array) -> None:
        """Take a share (n,) of the surface molecules of vesicles out of work."""
        self.working = self.working * (1 - share)
        self.suspension = worn_vesicles(self.suspension, share)

    def closed(self, buffer: str, temperature: float) -> Suspension:
        """Return what is in the vials at the end, and note how it is."""
        if self.suspension.populations:
            self._stick(RARE)
        wall = self.wall
        taken = np.divide(self.covered, wall, out=np.zeros_like(wall), where=wall > 0)
        self.account.note("share of the wall taken [1]", taken)
        self.account.note("surface molecules that still work [1]", self.working)
        for kind, share in self.intact.items():
            self.account.note(f"intact {kind} [1]", share)
        return replace(self.suspension, free=self.free, buffer=buffer, temperature=temperature)

    def number(self) -> float:
        """Return how many vials there are."""
        filled = float(np.median(self.suspension.volume)) / self.vial_volume
        return max(float(np.ceil(filled - 1e-9)), 1.0)


def _kind(cargo: str) -> str:
    known = cargo_table().get(cargo)
    if known is None:
        return ""
    return MESSENGER if cargo == "mRNA" else known.kind


def _opened(population: Population, share: Array) -> Population:
    """Return a population of which a share (n,) has lost its inside, all or none."""
    shut = 1 - share[:, None]
    return replace(
        population,
        inside={
            cargo: Copies(shut * held.mean, 1 - shut * (1 - held.empty), shut * held.second)
            for cargo, held in population.inside.items()
        },
    )
