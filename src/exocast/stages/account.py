"""What a preparation step adds and removes, summed by quantity and cause while it works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from exocast.material.ledger import Exchange, Resources
from exocast.material.suspension import Copies, Population, Suspension

__all__ = ["Account", "pooled"]

Array = NDArray[np.float64]


class Account:
    """The amounts of one step; `exchange` closes it.

    A step says what leaves and why; cargo on and in the particles that leave is booked with them,
    so that no step counts cargo by hand.
    """

    def __init__(self) -> None:
        self._amounts: dict[tuple[str, str], Array] = {}
        self._notes: dict[str, Array] = {}

    def add(self, quantity: str, cause: str, amount: Array) -> None:
        """Book an amount (n,): positive when added, negative when removed."""
        held = self._amounts.get((quantity, cause))
        self._amounts[quantity, cause] = amount if held is None else held + amount

    def note(self, name: str, values: Array) -> None:
        """Keep a figure that is not an exchange; the name says its unit."""
        self._notes[name] = values

    def removed(self, population: Population, share: Array, cause: str) -> None:
        """Book a share (n, k) of a population, with its cargo, as lost."""
        leaving = population.kept(share)
        self.add(f"particles/{population.kind}", cause, -leaving.total)
        for cargo in {*population.inside, *population.attached}:
            copies = leaving.copies(cargo) + leaving.copies(cargo, "attached")
            self.add(f"cargo/{cargo}", cause, -copies)

    def broken(
        self, population: Population, share: Array, cause: str, free: dict[str, Array]
    ) -> None:
        """Book a share (n, k) of a population as destroyed: its cargo joins the dissolved pool.

        `free` is changed in place. Cargo stays in the tube, so only particles are booked.
        """
        leaving = population.kept(share)
        self.add(f"particles/{population.kind}", cause, -leaving.total)
        for cargo in {*population.inside, *population.attached}:
            copies = leaving.copies(cargo) + leaving.copies(cargo, "attached")
            free[cargo] = free.get(cargo, np.zeros_like(copies)) + copies

    def liquid(self, suspension: Suspension, share: Array, cause: str) -> None:
        """Book a share (n,) of the liquid, with everything dissolved in it, as removed."""
        self.add("volume", cause, -share * suspension.volume)
        for name, mass in suspension.solutes.items():
            self.add(f"solute/{name}", cause, -share * mass)
        for cargo, copies in suspension.free.items():
            self.add(f"cargo/{cargo}", cause, -share * copies)

    def exchange(self, resources: Resources) -> Exchange:
        """Return the exchange, with what the step cost."""
        return Exchange(dict(self._amounts), resources, dict(self._notes))


def pooled(held: Population, new: Population) -> Population:
    """Return two populations of one kind as one; properties are number-weighted means.

    The cargo of either is diluted by the other; particles that never met a cargo carry none of it.
    """
    count = held.count + new.count
    part = np.divide(held.count, count, out=np.ones_like(count), where=count > 0)
    total = count.sum(axis=1)
    whole = np.divide(held.total, total, out=np.zeros_like(total), where=total > 0)

    def mean(old: Array, fresh: Array) -> Array:
        return np.asarray(whole * old + (1 - whole) * fresh)

    def mixed(old: Mapping[str, Copies], fresh: Mapping[str, Copies]) -> dict[str, Copies]:
        none = Copies.none(*count.shape)
        pairs = {
            cargo: (old.get(cargo, none), fresh.get(cargo, none))
            for cargo in dict.fromkeys((*old, *fresh))
        }
        return {
            cargo: Copies(
                part * a.mean + (1 - part) * b.mean,
                1 - part * (1 - a.empty) - (1 - part) * (1 - b.empty),
                part * a.second + (1 - part) * b.second,
            )
            for cargo, (a, b) in pairs.items()
        }

    surface = {
        name: mean(held.surface.get(name, values), values) for name, values in new.surface.items()
    }
    return replace(
        new,
        count=count,
        density=mean(held.density, new.density),
        refractive_index=mean(held.refractive_index, new.refractive_index),
        surface={**held.surface, **surface},
        inside=mixed(held.inside, new.inside),
        attached=mixed(held.attached, new.attached),
    )
