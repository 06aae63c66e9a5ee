"""Vials of liquid: what they lose to the wall, to aggregation and to breakage."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.parameter import Parameter
from exocast.laws.aggregation import singlet_fraction
from exocast.laws.wall_adsorption import adsorbed_fraction, diffusivity, wetted_area_per_volume
from exocast.laws.water import water_viscosity
from exocast.material.suspension import LASTING, Copies, Population, Suspension
from exocast.stages.account import Account

__all__ = ["BUFFERS", "HANDS_ON", "MATERIALS", "STABILITY_RATIO", "STICKY_SHARE", "Vials"]

Array = NDArray[np.float64]

BUFFERS = ("PBS", "sucrose", "trehalose", "trehalose_HSA")
MATERIALS = ("polypropylene", "low_binding", "glass")

STICKY_SHARE = Parameter(
    "storage.vial.sticky_share", "1", "Share of the wall that holds particles which touch it.",
    low=1e-4, high=1.0,
)  # fmt: skip
STABILITY_RATIO = Parameter(
    "storage.vial.stability_ratio", "1", "Encounters in the liquid for each one that sticks.",
    low=1.0,
)  # fmt: skip
HANDS_ON = Parameter("storage.vial.hands_on", "s", "Operator time per vial: fill, label, move.")


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
    """

    suspension: Suspension
    account: Account
    vial_volume: float
    sticky_share: Array
    free: dict[str, Array] = field(init=False)
    covered: Array = field(init=False)

    def __post_init__(self) -> None:
        self.free = dict(self.suspension.free)
        self.covered = np.zeros(self.suspension.members)

    def stand(self, time: Array, temperature: float) -> None:
        """Let the liquid stand: particles diffuse to the wall until it is full."""
        populations = self.suspension.populations
        if not populations:
            return
        diameter = np.concatenate([population.diameter for population in populations])
        count = np.concatenate([population.count for population in populations], axis=1)
        coefficient = diffusivity(diameter, temperature, water_viscosity(temperature))
        volume = self.suspension.volume
        lost, self.covered = adsorbed_fraction(
            count,
            diameter,
            np.broadcast_to(coefficient, count.shape),
            time,
            volume,
            volume * float(wetted_area_per_volume(self.vial_volume)),
            self.sticky_share,
            self.covered,
        )
        self._lose(lost, "adsorbed to the wall")

    def aggregate(
        self, time: Array, temperature: float, stability: Array, concentrated: Array | float = 1.0
    ) -> None:
        """Let particles meet and stick; those in clusters leave the count."""
        populations, volume = self.suspension.populations, self.suspension.volume
        if not populations:
            return
        # Lipoproteins and casein stand in their own fluid for days: they neither clump nor collect.
        sticky = [1 - population.surface.get(LASTING, 0.0) for population in populations]
        free = np.concatenate(
            [np.ones_like(one.count) * np.reshape(part, (-1, 1))
             for one, part in zip(populations, sticky, strict=True)], axis=1,
        )  # fmt: skip
        count = np.concatenate([population.count for population in populations], axis=1) * free
        density = np.divide(
            count, volume[:, None], out=np.zeros_like(count), where=volume[:, None] > 0
        )
        single = singlet_fraction(
            density * np.asarray(concentrated).reshape(-1, 1),
            np.concatenate([population.diameter for population in populations]),
            time,
            stability,
            temperature,
            water_viscosity(temperature),
        )
        self._lose((1 - single) * free, "aggregated in storage")

    def break_vesicles(self, share: Array, cause: str) -> None:
        """Destroy a share (n,) of the vesicles; what they carried is dissolved."""
        kept = []
        for population in self.suspension.populations:
            if population.vesicular:
                self.account.broken(population, share[:, None], cause, self.free)
                population = population.kept(1 - share[:, None])  # noqa: PLW2901
            kept.append(population)
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

    def closed(self, buffer: str, temperature: float) -> Suspension:
        """Return what is in the vials at the end."""
        return replace(self.suspension, free=self.free, buffer=buffer, temperature=temperature)

    def number(self) -> float:
        """Return how many vials there are."""
        filled = float(np.median(self.suspension.volume)) / self.vial_volume
        return max(float(np.ceil(filled - 1e-9)), 1.0)

    def _lose(self, share: Array, cause: str) -> None:
        """Remove a share (n, m) over all kinds and sizes."""
        kept, start = [], 0
        for population in self.suspension.populations:
            part = share[:, start : start + population.diameter.size]
            start += population.diameter.size
            self.account.removed(population, part, cause)
            kept.append(population.kept(1 - part))
        self.suspension = replace(self.suspension, populations=tuple(kept))


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
