"""Macromolecules on surfaces: as many as find room, off again in a wash, strong sites last."""

from dataclasses import replace

import numpy as np
import pytest

from exocast.laws.lumen import lumen_diameter, lumen_volume
from exocast.stages.loading.adsorption import (
    resettled,
    settling_adsorbed_needs,
    sites_of,
)
from exocast.stages.loading.anchored import adsorbed_of
from exocast.stages.loading.contact import BILAYER_THICKNESS
from exocast.stages.loading.opening import CLUMPED
from exocast.stages.loading.passive_incubation import PassiveIncubation
from exocast.stages.loading.saponin import Saponin
from exocast.stages.loading.sonication import DAMAGE, Sonication

CARGO = "catalase"


@pytest.fixture
def covered(drawn, tube):
    """Return a tube whose surfaces hold catalase, and what is needed of it."""
    step = PassiveIncubation(cargo=CARGO, cargo_mass=5e-8, duration=64800.0, volume=1e-6)
    p = drawn(step)
    assert {need.parameter for need in settling_adsorbed_needs(CARGO)} <= set(step.parameters)
    return step.apply(tube(p.members), p)[0], p


def test_no_more_sticks_than_finds_room_and_more_where_more_is_added(drawn, tube):
    held = []
    for mass in (1e-9, 1e-7, 1e-5):
        step = PassiveIncubation(cargo=CARGO, cargo_mass=mass, volume=1e-6)
        p = drawn(step)
        before = tube(p.members)
        after, _ = step.apply(before, p)
        for one in after.populations:
            assert np.all(one.attached[CARGO].mean <= sites_of(one, p) * (1 + 1e-12))
        held.append(after.pools(CARGO)["attached"])
    assert np.all(held[0] < held[1])
    assert np.all(held[1] < held[2])
    full = replace(step, cargo_mass=9e-5)
    said = [flag.message for flag in full.flags(before, drawn(full))]
    assert any("surfaces are full" in words for words in said)


def test_a_wash_takes_the_weak_part_first_and_keeps_the_balance(covered):
    tube, p = covered
    held = tube.pools(CARGO)["attached"]
    first, left, gone = resettled(tube, CARGO, 600.0, p, washed=True)
    second, less, _ = resettled(first, CARGO, 600.0, p, washed=True)
    assert first.pools(CARGO)["attached"] + gone == pytest.approx(held, rel=1e-12)
    assert first.free[CARGO] == pytest.approx(tube.free[CARGO], rel=1e-12)
    assert np.all((left > 0) & (left < 1))
    assert np.all(less < left)
    assert np.all(second.population("small_ev").surface[adsorbed_of(CARGO)] <= 1)


def test_without_a_wash_the_tube_comes_to_one_equilibrium(covered):
    tube, p = covered
    thin = replace(tube, volume=tube.volume * 100)
    after, left, gone = resettled(thin, CARGO, 1e12, p)
    assert after.totals()[f"cargo/{CARGO}"] == pytest.approx(
        tube.totals()[f"cargo/{CARGO}"], rel=1e-12
    )
    assert np.all(left > 0)
    assert np.all(gone == 0)
    _, rest, _ = resettled(after, CARGO, 1e12, p)
    assert rest == pytest.approx(np.zeros(p.members), abs=1e-4)
    _, still, _ = resettled(tube, CARGO, 0.0, p)
    assert still == pytest.approx(np.zeros(p.members), abs=1e-9)
    _, none, _ = resettled(replace(tube, volume=0 * tube.volume), CARGO, 1e9, p)
    assert none == pytest.approx(np.zeros(p.members), abs=1e-9)


def test_what_is_anchored_stays(drawn, tube):
    p = drawn(PassiveIncubation(cargo=CARGO))
    before = tube(p.members, held=CARGO)  # put there by other means
    after, left, gone = resettled(before, CARGO, 1e9, p, washed=True)
    assert after is before
    assert np.all(left == 0)
    assert np.all(gone == 0)


def test_an_enzyme_that_unfolds_is_destroyed_or_clumps(drawn, tube):
    step = Sonication(cargo=CARGO, cargo_mass=5e-8, power=2.0)
    p = drawn(step)
    after, exchange = step.apply(tube(p.members), p)
    unfolded = step.copies(p) * -np.expm1(-p[DAMAGE] * step.energy(after))
    clumped = after.population("cargo_precipitate").copies(CARGO)
    assert clumped == pytest.approx(unfolded * p[CLUMPED], rel=1e-9)
    lost = -exchange.amounts[f"cargo/{CARGO}", "damaged by sound"]
    assert clumped + lost == pytest.approx(unfolded, rel=1e-9)
    plain = Sonication(cargo="siRNA")
    assert "cargo_precipitate" not in plain.apply(tube(p.members), drawn(plain))[0].kinds


def test_holes_that_differ_let_a_wide_enzyme_into_some_and_it_sticks_inside(drawn, tube):
    step = Saponin(cargo=CARGO, cargo_mass=5e-8, saponin=0.2, duration=3600.0, volume=1e-6)
    p = drawn(step)
    after, exchange = step.apply(tube(p.members), p)
    opened = exchange.notes["share opened [1]"]
    enters = exchange.notes["share that lets the cargo in [1]"]
    assert np.all((enters > 0) & (enters < opened))
    small = after.population("small_ev")
    thickness = p[BILAYER_THICKNESS][:, None]
    added = (step.copies(p) / 1e-6)[:, None]
    lumen = added * lumen_volume(small.diameter, thickness)
    wall = sites_of(small, p, within=lumen_diameter(small.diameter, thickness))
    share, mean = enters[:, None], small.inside[CARGO].mean
    assert np.all(mean <= share * (lumen + wall) * (1 + 1e-9) + 1e-12)
    assert np.median(small.copies(CARGO)) > np.median((small.count * share * lumen).sum(axis=1))
