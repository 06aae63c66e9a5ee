"""No number fills a vesicle beyond what it can hold: what is too much is refused, with the ceiling.

A setting of which there can be too much says what it `fills`, and its step has a `Ceiling` for it.
That none forgets to say so is asked of every setting that moves what a particle carries.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from exocast.evidence import Axes, Catalogue, Need, draw
from exocast.laws.lumen import outer_area, sphere_volume
from exocast.material.step import PreparationStep, Setting, settings_of
from exocast.material.suspension import Suspension
from exocast.stages import STAGES, methods
from exocast.stages.loading.cargo import MOLAR_MASS, SPECIFIC_VOLUME, cargo_context, dry_volume

Tube = Callable[..., Suspension]

CARRIED = ("cargo inside", "cargo attached", "copies on small EVs", "peg copies")
"""What a setting says it moves when it puts something into or onto a particle."""

TIMES = ("s",)
INSTEAD = {"cargo_amount": "cargo_mass", "cargo_mass": "cargo_amount"}
"""One of these is given."""

THINNEST, CHAIN = 1e-18, 0.25e-18
"""What one molecule of a ligand, or one stretched chain of PEG, covers at least [m^2]."""

SETTINGS = [
    (f"{stage}.{name}", one)
    for stage in STAGES
    for name, cls in methods(stage).items()
    if issubclass(cls, PreparationStep)
    for one in settings_of(cls).values()
]
MARKED = [each for each in SETTINGS if each[1].fills]
CARRYING = [
    each
    for each in SETTINGS
    if each[1].moves in CARRIED and each[1].direction > 0 and each[1].unit not in (*TIMES, "")
]


def names(cases: list[tuple[str, Setting]]) -> list[str]:
    return [f"{entry}.{one.name}" for entry, one in cases]


def at(step: PreparationStep, one: Setting, value: float) -> PreparationStep:
    """Return a step with the setting at a value, and what stands in its place at none."""
    other = INSTEAD.get(one.name)
    emptied = {other: 0.0} if other in settings_of(type(step)) else {}
    return replace(step, **{**emptied, one.name: value})


def fillings(method: str, one: Setting, examples: Any) -> list[PreparationStep]:
    """Return the examples of an entry with the setting at its upper bound, where that is sound."""
    assert math.isfinite(one.high), "a setting that carries has an upper bound"
    found = [at(step, one, one.high) for step in examples(method).values()]
    sound = [step for step in found if not step.check()]
    assert sound, f"no example of `{method}` can have its `{one.name}` at the upper bound"
    return sound


@pytest.mark.parametrize(("method", "one"), MARKED, ids=names(MARKED))
def test_too_much_is_refused_with_the_ceiling_and_less_is_not(
    method: str, one: Setting, examples: Any, bench: Any, tube: Tube
) -> None:
    met = 0
    for step in fillings(method, one, examples):
        p, before = bench.draws(step), tube()
        found = [each for each in step.ceilings(before, p) if each.setting == one.name]
        if not found:
            continue  # such as a carrier without a cargo
        met += 1
        first = min(found, key=lambda each: np.median(each.most) / np.median(each.asked))
        full = one.high * float(np.median(first.most) / np.median(first.asked))
        refused = at(step, one, 2.0 * full).refusals(before, p)
        assert any(
            flag.limit == "impossible"
            and flag.severity == "serious"
            and f"`{one.name}` asks for" in flag.message
            and f"the ceiling is {float(np.median(first.most)):.3g} {first.unit}" in flag.message
            for flag in refused
        ), [flag.message for flag in refused]
        fitting = at(step, one, 0.5 * full).refusals(before, p)
        assert fitting == [], [flag.message for flag in fitting]
    assert met, (
        f"`{method}` says that its `{one.name}` fills {one.fills}, and has no ceiling for it"
    )


def overfilled(after: Suspension) -> list[str]:
    """Return what is held beyond geometry: matter without voids, and discs of the least width."""
    found = []
    for population in after.populations:
        volume = (population.count * sphere_volume(population.diameter)).sum(axis=1)
        area = (population.count * outer_area(population.diameter)).sum(axis=1)
        within = np.zeros(after.members)
        for cargo in population.inside:
            within = within + population.copies(cargo) * matter(cargo, after.members)
        on = population.surface
        ligands = [held for name, held in on.items() if name.startswith("ligand.")
                   and name.count(".") == 1]  # fmt: skip
        discs = population.total * (
            sum(ligands, np.zeros(after.members)) * THINNEST + on.get("peg_copies", 0.0) * CHAIN
        )
        for what, held, room in (("inside", within, volume), ("on the surface", discs, area)):
            if population.vesicular and (held > room).any():
                found.append(f"{population.kind}, {what}: {float(np.max(held / room)):.3g} fold")
    return found


def matter(cargo: str, members: int) -> np.ndarray:
    needs = [Need(one, cargo_context(cargo)) for one in (MOLAR_MASS, SPECIFIC_VOLUME)]
    ensemble = draw(needs, Catalogue.packaged(), Axes(1, 1), 1)
    return np.full(members, dry_volume(ensemble.draws(cargo_context(cargo)))[0])


@pytest.mark.parametrize(("method", "one"), CARRYING, ids=names(CARRYING))
def test_nothing_is_carried_beyond_geometry_unless_it_is_refused(
    method: str, one: Setting, examples: Any, bench: Any, tube: Tube
) -> None:
    """At the upper bound, once and a second time: what is not refused fits."""
    for step in fillings(method, one, examples):
        p, held = bench.draws(step), tube()
        if method.startswith("donor"):
            held = Suspension.nothing(held.members)
        for _ in range(2):
            if any(f"`{one.name}`" in flag.message for flag in step.refusals(held, p)):
                assert one.fills, f"`{one.name}` can be too much: say what it `fills`"
                break
            held, _ = bench.apply(step, held, p)
            assert overfilled(held) == []
