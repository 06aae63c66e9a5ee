"""What every method that works on a tube owes: balance, repeatability, members that are alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exocast.evidence import Axes
from exocast.material.ledger import Ledger
from exocast.material.step import PreparationStep
from exocast.material.suspension import Suspension

Tube = Callable[..., Suspension]
MEMBERS = 7

MADE_OF_CARGO = ("cargo_precipitate", "reagent_complex")
"""Kinds of particles that cargo makes without vesicles."""

UNDEFINED = {"note D50 [m]"}
"""Figures that nothing at all does not have: NaN for an empty tube."""

SPINS = "isolation.differential_centrifugation"
HEDGED = {
    # Which analysis a file was made with, it says itself.
    ("assay.nta", "assay.nta.track_steps"),
    # Spins that keep no pellet resuspend nothing.
    (SPINS, f"{SPINS}.aggregated_share"),
    (SPINS, f"{SPINS}.not_resuspended_share"),
    # Without a kept pellet there is no cushion.
    (SPINS, f"{SPINS}.cushion_lost_share"),
    (SPINS, f"{SPINS}.density_spread"),
    # Protein of a kind is asked for where the tube holds it.
    ("assay.total_protein", "assay.total_protein.protein_in_particle"),
}
"""Needs that not every example asks for, by method and key."""


PRICES = Path(__file__).parents[2] / "src/exocast/templates/prices.csv"
PRICED = {
    line.rsplit(",", 3)[0].strip('"')
    for line in PRICES.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
}
"""What the table of prices has a line for."""


@pytest.mark.parametrize("members", [1, MEMBERS])
def test_conserves(
    preparation: PreparationStep, bench: Any, any_tube: Tube, members: int, picture: Any
) -> None:
    before = bench.partnered(preparation, any_tube(members))
    after, exchange = bench.apply(preparation, before)
    step = preparation
    ledger = Ledger().closed(
        step.name, step.title, step.stage, step.method, before, after, exchange
    )
    assert ledger.residual < 1e-12
    assert after.members == members
    empty = not any(population.total.any() for population in before.populations)
    for name, values in picture(after, exchange).items():
        assert np.shape(values)[0] == members, name
        assert np.isfinite(values).all() or (empty and name in UNDEFINED), name
        if not name.startswith(("exchange", "note")) and "zeta" not in name:
            assert (np.asarray(values) >= 0).all(), name


def test_nothing_is_changed_in_place(preparation: PreparationStep, bench: Any, tube: Tube) -> None:
    before = tube()
    for population in before.populations:
        population.count.setflags(write=False)
    before.volume.setflags(write=False)
    bench.everything(preparation, before, bench.draws(preparation))
    for one, other in zip(before.populations, tube().populations, strict=True):
        assert np.array_equal(one.count, other.count)
    assert before.free.keys() == tube().free.keys()
    assert before.solutes.keys() == tube().solutes.keys()


def test_an_empty_tube_stays_empty(
    preparation: PreparationStep, bench: Any, empty_tube: Tube
) -> None:
    """Of vesicles: a donor brings some, and cargo that is added may fall out as particles."""
    before = empty_tube(MEMBERS)
    bench.everything(preparation, before, bench.draws(preparation))
    after, exchange = bench.apply(preparation, before)
    if preparation.stage == "donor":
        return
    for population in after.populations:
        assert not population.total.any() or population.kind in MADE_OF_CARGO
    brought = {quantity for quantity, cause in exchange.amounts if "precipitation" not in cause}
    moved = [
        amount
        for (quantity, _), amount in exchange.amounts.items()
        if quantity.startswith("particles/")
        and quantity in brought - {f"particles/{kind}" for kind in MADE_OF_CARGO}
    ]
    assert not np.any(moved)


def test_copies_are_a_distribution(preparation: PreparationStep, bench: Any, tube: Tube) -> None:
    """Shares of empty particles lie in 0..1, and no more are loaded than there are copies."""
    after, _ = bench.apply(preparation, bench.partnered(preparation, tube()))
    for population in after.populations:
        for pool in (population.inside, population.attached):
            for copies in pool.values():
                assert ((copies.empty >= 0) & (copies.empty <= 1)).all()
                assert (1 - copies.empty <= copies.mean * (1 + 1e-9) + 1e-12).all()
                # Jensen: E[c(c-1)] >= E[c]^2 - E[c], or the variance would be negative.
                least = copies.mean**2 - copies.mean
                assert (copies.second >= least - 1e-9 * (1 + copies.mean**2)).all()


def test_one_seed_is_one_result(
    preparation: PreparationStep, bench: Any, tube: Tube, picture: Any, facts: Any
) -> None:
    first, again, other = (
        bench.apply(
            preparation, bench.partnered(preparation, tube()), bench.draws(preparation, seed=seed)
        )
        for seed in (1, 1, 2)
    )
    held, same = picture(*first), picture(*again)
    assert held.keys() == same.keys()
    assert all(np.array_equal(held[name], same[name]) for name in held)
    assert facts(*first) == facts(*again)
    different = picture(*other)
    assert any(not np.array_equal(held[name], different[name]) for name in held)


def test_members_are_alone(
    preparation: PreparationStep, bench: Any, tube: Tube, picture: Any
) -> None:
    """Some of the members, in another order, give their own results to the last bits."""
    order = np.array([4, 0, 5])
    held = bench.partnered(preparation, tube())
    whole = picture(*bench.apply(preparation, held, bench.draws(preparation)))
    p = bench.draws(preparation)
    drawn = {name: values[order] for name, values in p._ensemble.values.items()}
    part = replace(p._ensemble, values=drawn, axes=Axes(len(order), 1)).draws(p.context)
    some = picture(*bench.apply(preparation, _some(held, order), part))
    assert some.keys() == whole.keys()
    for name, values in some.items():
        expected = np.asarray(whole[name])[order]
        assert np.allclose(values, expected, rtol=1e-12, atol=0.0), name


def test_what_is_declared_is_used(preparation: PreparationStep, bench: Any, tube: Tube) -> None:
    p = bench.draws(preparation)
    bench.everything(preparation, bench.partnered(preparation, tube()), p)
    needs = bench.needs(preparation)
    needed = {(need.parameter.key, frozenset(need.context.items())) for need in needs}
    place = f"{preparation.stage}.{preparation.method}"
    unused = {key for key, _ in needed - p.seen}
    assert {(place, key) for key in unused} <= HEDGED, "declared and never asked for"
    assert p.seen <= needed


def test_every_parameter_of_a_class_is_used_by_an_example(
    entries: Any, examples: Any, bench: Any, tube: Tube
) -> None:
    for name, cls in entries.items():
        if not issubclass(cls, PreparationStep):
            continue
        asked = set()
        for step in examples(name).values():
            p = bench.draws(step)
            bench.everything(step, bench.partnered(step, tube()), p)
            asked |= p.asked
        assert asked == {parameter.key for parameter in cls.parameters}, name


def test_costs_are_sensible(preparation: PreparationStep, bench: Any, tube: Tube) -> None:
    _, exchange = bench.apply(preparation, bench.partnered(preparation, tube()))
    resources = exchange.resources
    assert set(resources.consumables) <= PRICED, "a line for its price, in templates/prices.csv"
    assert np.all(np.asarray(resources.time) >= 0)
    assert np.all(np.asarray(resources.time) >= np.asarray(resources.hands_on))
    assert all(number >= 0 for number in resources.consumables.values())
    assert np.any(np.asarray(resources.time) > 0), "every step takes time"


def test_it_flags_and_titles_in_words(preparation: PreparationStep, bench: Any, tube: Tube) -> None:
    held = bench.partnered(preparation, tube())
    for flag in preparation.flags(held, bench.draws(preparation)):
        assert flag.where == preparation.name
        assert flag.severity in ("note", "warning", "serious")
        assert len(flag.message.split()) > 4
        assert "nan" not in flag.message.split()
    assert preparation.headline()
    named = replace(preparation, id="a_name")
    assert named.name == "a_name"


def _some(tube: Suspension, order: np.ndarray) -> Suspension:
    """Return a tube of some members."""

    def of(pool: Any) -> dict[str, Any]:
        return {
            name: replace(
                copies,
                mean=copies.mean[order], empty=copies.empty[order], second=copies.second[order],
            )
            for name, copies in pool.items()
        }  # fmt: skip

    populations = tuple(
        replace(
            held,
            count=held.count[order],
            density=held.density[order],
            refractive_index=held.refractive_index[order],
            surface={name: values[order] for name, values in held.surface.items()},
            inside=of(held.inside),
            attached=of(held.attached),
        )
        for held in tube.populations
    )
    return replace(
        tube,
        populations=populations,
        free={name: copies[order] for name, copies in tube.free.items()},
        solutes={name: mass[order] for name, mass in tube.solutes.items()},
        volume=tube.volume[order],
    )
