"""Cargo that is dosed outside vesicles is said, unless the body follows it."""

from dataclasses import replace

import numpy as np
import pytest

import exocast
from exocast.design.preparing import prepare
from exocast.design.simulating import aside, lingering, outside, plan_needs
from exocast.evidence import Axes, Catalogue, draw
from exocast.material.suspension import Copies, Population, Suspension
from exocast.material.timecourse import TimeCourse
from exocast.stages.loading.anchored import adsorbed_of
from exocast.units.numbers import amount

GRID = np.array([80e-9, 120e-9])
ONE = np.ones(2)


def tube(
    free: float, attached: float = 0.0, inside: float = 0.5, cargo: str = "siRNA"
) -> Suspension:
    """Two members with 100 vesicles each."""
    count = np.full((2, 2), 50.0)
    every = np.ones_like(count)
    vesicles = Population(
        "small_ev",
        GRID,
        count,
        1120 * ONE,
        1.4 * ONE,
        inside={cargo: Copies.poisson(inside * every)},
        attached={cargo: Copies.poisson(attached * every)},
    )
    return Suspension((vesicles,), {cargo: free * ONE}, {}, 1e-7 * ONE)


def test_what_is_outside_is_counted_per_copy_inside():
    (flag,) = outside(tube(free=1000.0, attached=2.0, cargo="doxorubicin"), "doxorubicin")
    assert "(20 dissolved, 4 on surfaces; medians)" in flag.message
    assert "doxorubicin" in flag.message
    assert "not followed" in flag.message


def test_a_macromolecule_is_followed_dissolved_and_on_surfaces_but_not_in_precipitate():
    held = tube(free=1e6, attached=2.0)
    assert outside(held, "siRNA") == []
    (vesicles,) = held.populations
    clumps = replace(vesicles, kind="cargo_precipitate", vesicular=False, attached={})
    clumps = replace(clumps, inside={"siRNA": Copies.poisson(np.full((2, 2), 2.0))})
    (flag,) = outside(replace(held, populations=(vesicles, clumps)), "siRNA")
    assert "(4 in precipitate; medians)" in flag.message


@pytest.fixture(scope="module")
def pulsed():
    """Return the plan of pulsed vesicles, what is drawn for it and the tube in the end."""
    design = exocast.template("sirna-electroporated-or-conjugated")
    plan = design.plan()
    drawn = draw(plan_needs(plan), Catalogue.packaged(), Axes(40, 1), 1)
    return plan, drawn, prepare(plan.preparation, {}, plan.study, drawn)[-1].suspension


def test_what_clings_longer_than_the_body_believes_is_said(pulsed):
    plan, drawn, tube = pulsed
    (flag,) = lingering(plan, drawn, tube)
    inside, attached = (tube.pools(plan.study.cargo)[where] for where in ("inside", "attached"))
    assert f"{amount(float(np.median(attached / inside)))} are adsorbed" in flag.message
    bare = [replace(one, attached={}) for one in tube.populations]
    assert lingering(plan, drawn, replace(tube, populations=tuple(bare))) == []


def test_what_an_anchor_holds_is_followed_and_not_said(pulsed):
    plan, drawn, tube = pulsed
    held = [
        replace(one, surface={**one.surface, adsorbed_of(plan.study.cargo): np.zeros(40)})
        for one in tube.populations
    ]
    assert lingering(plan, drawn, replace(tube, populations=tuple(held))) == []


def course(free: float, carried: float) -> TimeCourse:
    names = ("dissolved.in_cytosol", "in_cytosol")
    amount = np.broadcast_to(np.array([free, carried], np.float32), (2, 1, 2)).copy()
    words = dict.fromkeys(names, "copy")
    return TimeCourse(np.array([60.0]), names, words, words, amount, np.zeros(2, np.int64))


def test_what_gets_in_by_itself_is_held_against_what_is_carried():
    (flag,) = aside(course(free=30.0, carried=10.0), 60.0)
    assert "3 get there by themselves" in flag.message
    assert "control" in flag.message
    assert aside(course(free=5.0, carried=10.0), 60.0) == []
    assert aside(course(free=5.0, carried=0.0), 60.0) == []


@pytest.mark.parametrize(
    ("held", "cargo"),
    [(tube(free=10.0), "siRNA"), (tube(free=1e6, inside=0.0), "siRNA"), (tube(free=1e6), "")],
)
def test_silent_where_most_is_inside_or_there_is_none(held, cargo):
    assert outside(held, cargo) == []
