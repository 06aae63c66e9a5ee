"""What one computation found and the next takes over: draws, benches and compiled networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exocast.design.preparing import Batch
from exocast.design.simulating import Benches, bench
from exocast.engine.compiled import CompiledNetwork
from exocast.evidence import Axes, Catalogue, Ensemble, Need, draw
from exocast.material.document import Plan

__all__ = ["KEPT", "Store", "structure"]

KEPT = 8
"""Draws, benches and networks that are kept; a grid turns its last setting fastest."""


@dataclass
class Store:
    """Draws, benches and networks of one set of members, each made once.

    What is taken over is what would be computed again, bit for bit: draws belong to their needs,
    a bench to its steps and what they draw, a network to the Design.

    Attributes
    ----------
    catalogue : Catalogue
        Values to draw from.
    axes : Axes
        Members.
    seed : int
        Seed of every stream.
    """

    catalogue: Catalogue
    axes: Axes
    seed: int
    _ensembles: dict[object, Ensemble] = field(default_factory=dict)
    _benches: Benches = field(default_factory=list)
    _networks: list[tuple[object, CompiledNetwork]] = field(default_factory=list)

    def draw(self, needs: Sequence[Need], selection: Mapping[str, str]) -> Ensemble:
        """Return the values of all members; the same needs are drawn once."""
        asked = frozenset((one.parameter.key, frozenset(one.context.items())) for one in needs)
        key = (asked, frozenset(selection.items()))
        if key not in self._ensembles:
            while len(self._ensembles) >= KEPT:
                del self._ensembles[next(iter(self._ensembles))]
            drawn = draw(needs, self.catalogue, self.axes, self.seed, selection)
            self._ensembles[key] = drawn
        return self._ensembles[key]

    def bench(self, plan: Plan, ensemble: Ensemble) -> Batch:
        """Return the bench, gone on with from the last step that is as it was before."""
        batch = bench(plan, ensemble, self._benches)
        del self._benches[:-KEPT]
        return batch

    def network(self, plan: Plan, batch: Batch) -> CompiledNetwork | None:
        """Return the network of an earlier branch with the same structure, if there is one."""
        key = structure(plan, batch)
        return next((held for known, held in self._networks if known == key), None)

    def keep(self, plan: Plan, batch: Batch, network: CompiledNetwork) -> None:
        """Keep the network of a branch."""
        if self.network(plan, batch) is None:
            self._networks.append((structure(plan, batch), network))
        del self._networks[:-KEPT]


def structure(plan: Plan, batch: Batch) -> object:
    """Return what the structure of the system depends on; drawn values are no part of it."""
    held = [
        (one.kind, sorted(one.surface), sorted(one.inside), sorted(one.attached))
        for one in batch.suspension.populations
    ]
    return plan.kinetic, plan.route, plan.study, dict(plan.run.size_classes), held
