"""A body while it is wired: its vessels, the spaces behind them, and how cells take from both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.engine.network import Expression
from exocast.evidence.ensemble import Draws
from exocast.material.wiring import Place, Wiring
from exocast.stages.biodistribution import liquids
from exocast.stages.biodistribution.anatomy import Node
from exocast.stages.biodistribution.physiology import Circulation

__all__ = ["BARE", "Body", "mean_over_carriers", "saturate", "take_up"]

Array = NDArray[np.float64]
Intake = tuple[Place, Sequence[Expression]]

BARE = "bare."
"""Begins the names of places that hold carriers which have shed their coat."""

LOAD_SHARE = 1e-6
"""Share of a capacity below which its use need not be resolved."""


@dataclass(frozen=True)
class Body:
    """What the parts of a body share while they are wired.

    Attributes
    ----------
    wiring : Wiring
        Where everything is added.
    blood : Circulation
        Volumes and flows.
    phases : tuple of mapping of str to Place
        Blood of each node; a second phase for carriers that have shed a coat.
    p : Draws
        Drawn values.
    """

    wiring: Wiring
    blood: Circulation
    phases: tuple[dict[str, Place], ...]
    p: Draws

    @property
    def organs(self) -> tuple[Node, ...]:
        """Return the organs."""
        return self.blood.anatomy.of("organ")

    @property
    def last(self) -> dict[str, Place]:
        """Return the vessels to which carriers return: where there is a coat, they have lost it."""
        return self.phases[-1]

    def space(self, node: Node, phase: int = 0) -> Place:
        """Return the place behind the vessels of an organ or graft, as that phase reaches it.

        Behind most walls a coat no longer matters; where it does, the bare have a place of theirs.
        """
        bare = f"{BARE}{node.name}.interstitial"
        if phase and bare in self.wiring.places:
            return self.wiring.place(bare)
        return self.wiring.place(f"{node.name}.interstitial")

    def behind(self, node: Node) -> list[tuple[Place, Place]]:
        """Return every place behind an organ's vessels, with the blood that it goes back to."""
        each = [self.space(node, phase) for phase, _ in enumerate(self.phases)]
        if each[0] == each[-1]:
            return [(each[0], self.last[node.name])]
        vessels = [phase[node.name] for phase in self.phases]
        return list(zip(each, vessels, strict=True))

    def volume(self, node: Node) -> Array:
        """Return the liquid between the cells of an organ, array (n,) [m^3]."""
        return liquids.interstitial_volume(node, self.blood, self.p)

    def rates(self, name: str, values: Mapping[str, Array]) -> list[Expression]:
        """Return one rate for each carrier, by its name, as parameters."""
        return self.wiring.per_carrier(name, lambda carrier: values[carrier.name])

    def everywhere(self, name: str, values: Array) -> list[Expression]:
        """Return the same rate for every carrier, as one parameter."""
        return [self.wiring.parameter(name, values)] * len(self.wiring.carriers)


def take_up(
    wiring: Wiring, source: Place, organ: str, rates: Sequence[Expression], tag: str
) -> None:
    """Move carriers to an organ's cells, and what they carry to its pools."""
    release = {rider: f"{organ}.{rider}" for rider in wiring.riders}
    wiring.move(source, wiring.place(f"{organ}.taken_up"), rates, release=release, tag=tag)


def saturate(
    wiring: Wiring, name: str, intake: Sequence[Intake], capacity: Array, regain: Array
) -> list[list[Expression]]:
    """Multiply rates by the free share of a capacity that all carriers fill together.

    One pool of what is held, whatever its kind and size: a state for each class would only
    add to it. It is no matter of its own (what was taken up stays in its place) and balances
    nothing.
    """
    capacity = np.maximum(capacity, 1.0)  # where there are no cells, their rate is 0 as well
    held = wiring.add_pool(f"{name}.load", scale=capacity * LOAD_SHARE)
    free = 1.0 - held / wiring.parameter(f"{name}.capacity", capacity)
    limited = [[rate * free for rate in rates] for _, rates in intake]
    arriving: Expression | float = 0.0
    for (place, _), rates in zip(intake, limited, strict=True):
        for state, rate in zip(place.states, rates, strict=True):
            arriving = arriving + rate * state
    wiring.network.flux(None, held, arriving)
    wiring.network.flux(held, None, wiring.parameter(f"{name}.regain", regain) * held)
    return limited


def mean_over_carriers(values: Sequence[Array], wiring: Wiring) -> Array:
    """Return the mean over carriers, by number, array (n,); 0 where nothing is dosed."""
    count = np.stack([carrier.count for carrier in wiring.carriers], axis=1)
    total = count.sum(axis=1)
    summed = (np.stack(values, axis=1) * count).sum(axis=1)
    return np.asarray(np.divide(summed, total, out=np.zeros_like(total), where=total > 0))
