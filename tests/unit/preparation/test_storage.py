"""Storage: cargo goes with its particles, walls fill up, ice and brine take their share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.stages.storage import FrozenStorage, LiquidStorage

DAY = 86400.0
FROZEN = FrozenStorage(duration=14 * DAY)


def kept(bench, step, tube):
    after, _, _ = bench.run(step, tube)
    return after.population("small_ev").total / tube.population("small_ev").total


def lost(bench, step, tube, cause):
    _, exchange, _ = bench.run(step, tube)
    return -exchange.amounts["particles/small_ev", cause] / tube.population("small_ev").total


def test_cargo_of_broken_vesicles_dissolves_and_the_rest_leaves_with_its_particles(
    bench, make_tube
) -> None:
    tube = make_tube()
    after, exchange, _ = bench.run(FROZEN, tube)
    assert (after.free["siRNA"] > tube.free["siRNA"]).all()
    gone = {cause for quantity, cause in exchange.amounts if quantity == "cargo/siRNA"}
    assert gone == {"adsorbed to the wall", "aggregated in storage", "degraded in storage"}


def test_a_vesicle_that_opens_loses_all_that_was_inside_and_nothing_outside(
    bench, make_tube
) -> None:
    tube = make_tube(count=1e2)  # too few to meet: copies of a clump would add up
    after, _, p = bench.run(replace(FROZEN, hold_time=0.0), tube)
    before, now = tube.population("small_ev"), after.population("small_ev")
    opened = p._ensemble.values["storage.frozen.opened_share@buffer=PBS"][:, None]
    old, new = before.inside["siRNA"], now.inside["siRNA"]
    assert new.mean == pytest.approx(old.mean * (1 - opened))
    assert 1 - new.empty == pytest.approx((1 - old.empty) * (1 - opened))
    assert new.second == pytest.approx(old.second * (1 - opened))
    assert np.array_equal(now.attached["siRNA"].mean, before.attached["siRNA"].mean)


def test_solid_is_stable_and_brine_is_not(bench, make_tube) -> None:
    tube = make_tube(50, count=1e11)
    month, year = (kept(bench, replace(FROZEN, duration=d * DAY), tube) for d in (30, 365))
    assert np.median(year / month) > 0.97
    warm = kept(bench, replace(FROZEN, temperature=253.15, duration=30 * DAY), tube)
    assert np.median(warm) < 0.9 * np.median(month)


def test_each_cycle_takes_its_share(bench, make_tube) -> None:
    tube = make_tube(50, count=1e9)
    one, five = (kept(bench, replace(FROZEN, freeze_thaw_cycles=c), tube) for c in (1, 5))
    assert np.median(five) == pytest.approx(np.median(one) ** 5, rel=0.25)


def test_concentrated_product_loses_a_smaller_share_to_the_wall(bench, make_tube) -> None:
    step, cause = LiquidStorage(duration=30 * DAY), "adsorbed to the wall"
    dilute, dense = (
        np.median(lost(bench, step, make_tube(50, count=c), cause)) for c in (1e8, 1e13)
    )
    assert dilute > 0.2
    assert dense < 0.01


def test_small_vesicles_go_to_the_wall_first(bench, make_tube) -> None:
    tube = make_tube(count=1e8)
    after, _, _ = bench.run(LiquidStorage(duration=DAY), tube)
    left = after.population("small_ev").count / tube.population("small_ev").count
    assert (np.diff(left, axis=1) > -1e-12).all()
    assert (left[:, 0] < left[:, -1]).all()


def test_precipitate_is_not_broken_by_ice(bench, make_tube) -> None:
    _, exchange, _ = bench.run(FROZEN, make_tube())
    causes = {c for q, c in exchange.amounts if q == "particles/cargo_precipitate"}
    assert causes == {"adsorbed to the wall", "aggregated in storage"}


def test_flags_and_headlines(bench, make_tube) -> None:
    def messages(step, tube):
        return " ".join(flag.message for flag in step.flags(tube, bench.draws(step)))

    warm = replace(FROZEN, temperature=253.15)
    assert "may keep liquid brine at -20 °C (100% of members)" in messages(warm, make_tube())
    assert messages(FROZEN, make_tube()) == ""
    assert "is stored as PBS" in messages(FROZEN, make_tube(buffer="trehalose_EDTA"))
    assert "60 days as a liquid" in messages(LiquidStorage(duration=60 * DAY), make_tube())
    assert (
        LiquidStorage(duration=DAY).flags(make_tube(), bench.draws(LiquidStorage(duration=DAY)))
        == []
    )
    assert FROZEN.headline() == "after 14 d at -80 °C"
    assert LiquidStorage(duration=2 * DAY).headline() == "after 2 d at 4 °C"


def test_vials_are_counted(bench, make_tube) -> None:
    _, exchange, _ = bench.run(FROZEN, make_tube(volume=1e-6))
    assert exchange.resources.consumables == {"vial, polypropylene": 5.0}
