"""The bench rehearsed by one member at the medians: a train that cannot work is refused here.

What is impossible is told before anything is run; what is only a bad idea is a flag of the run.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from exocast.design.benching import head_kind, of_kind
from exocast.design.lint import Desk
from exocast.design.preparing import Batch, needs_of, prepare
from exocast.design.reading import Node
from exocast.errors import DesignError
from exocast.evidence import Axes, Catalogue, draw
from exocast.material.document import Plan
from exocast.material.step import Flag, PreparationStep
from exocast.material.suspension import Suspension
from exocast.stages.isolation.medium import MEDIA

__all__ = ["LEFT_MEDIUM", "medium_left", "rehearse"]

LEFT_MEDIUM = 30.0
"""Gradient medium that may stay in a batch [kg/m^3], 3 % w/v."""
ONE = 1.0
"""Fewer vesicles than this are none."""


def rehearse(
    desk: Desk, nodes: list[tuple[Node, PreparationStep]], plan: Plan, catalogue: Catalogue
) -> tuple[Flag, ...]:
    """Run the bench for one member at the medians, and note what cannot be.

    Parameters
    ----------
    desk : Desk
        Where problems are noted.
    nodes : list of (Node, PreparationStep)
        Every preparation step with where it stands, in order.
    plan : Plan
        The plan that they are of.
    catalogue : Catalogue
        The rows.

    Returns
    -------
    tuple of Flag
        What is worth saying of the train as a whole.
    """
    needs = [need for _, step in nodes for need in needs_of(step, plan.study)]
    chosen = {family: option for family, option in plan.hypotheses.items() if option != "each"}
    ensemble = draw(needs, catalogue, Axes(1, 1), 0, chosen)
    steps = [step for _, step in nodes]
    bench: list[Batch] = []
    flags: list[Flag] = []
    told, before = 0, 0.0
    kind, refused, medium = head_kind(plan), False, 0
    for number, (node, step) in enumerate(nodes, start=1):
        label = f"step {number} ({step.stage}.{step.method})"
        flags += _loaded_in_medium(bench[-1] if bench else None, step)
        try:
            batch = prepare(steps[:number], {}, plan.study, ensemble, bench)[-1]
        except DesignError as error:  # a step may refuse what it finds in the tube
            for problem in error.problems:
                desk.problem(node.line, f"{problem.message.rstrip('.')}.", label)
            return tuple(flags)
        bench.append(batch)
        impossible = [flag for flag in batch.flags[told:] if flag.limit == "impossible"]
        for flag in impossible:
            desk.problem(node.line, f"{flag.message}.", label)
        told = len(batch.flags)
        held = float(of_kind(batch.suspension, kind)[0])
        refused = refused or bool(impossible)
        if before >= ONE > held and not refused:
            refused = True
            desk.problem(node.line, _nothing(batch, kind, held), label)
        words = medium_left(batch.suspension)
        medium = (medium or number) if words else 0
        before = held
    if medium and plan.regimen is not None:
        node, step = nodes[medium - 1]
        message = f"it would be dosed as it is: {medium_left(bench[-1].suspension)}."
        desk.problem(node.line, message, f"step {medium} ({step.stage}.{step.method})")
    return tuple(flags)


def medium_left(tube: Suspension) -> str:
    """Return what is wrong with the gradient medium in a tube; empty where there is little."""
    for medium in MEDIA:
        mass = tube.solutes.get(medium, np.zeros(tube.members))
        left = np.divide(mass, tube.volume, out=np.zeros_like(mass), where=tube.volume > 0)
        if (amount := float(np.median(left))) > LEFT_MEDIUM:
            return (
                f"{amount:.0f} g/L of {medium} stay with the vesicles: end on a washing spin, a "
                "filter or a column"
            )
    return ""


def _nothing(batch: Batch, kind: str, held: float) -> str:
    """Say that nothing is left, and where it went."""
    entry = batch.ledger.entries[-1]
    lost = {
        cause: -float(amount[0])
        for (quantity, cause), amount in entry.exchange.amounts.items()
        if quantity == f"particles/{kind}" and amount[0] < 0
    }
    cause = max(lost, key=lambda name: lost[name], default="")
    where = f" (most of it: {cause})" if cause else ""
    named = kind.replace("_ev", " EVs").replace("_", " ")
    return f"nothing is left after it: {held:.2g} {named} at the medians{where}."


def _loaded_in_medium(before: Batch | None, step: PreparationStep) -> Iterator[Flag]:
    """Yield a flag where cargo is loaded into vesicles that are still in gradient medium."""
    if before is not None and step.stage == "loading" and (
        words := medium_left(before.suspension)
    ):  # fmt: skip
        message = f"loaded in gradient medium, in which no row of loading was measured; {words}"
        yield Flag(step.name, message, "warning")
