"""Storage against closed forms: ice, glass, drying, and stretches that add up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exocast.evidence.catalogue import Catalogue
from exocast.evidence.ensemble import Axes, draw
from exocast.laws import freeze_drying, freezing, glass
from exocast.laws.aggregation import encounter_shape, encounters, singlet_fraction
from exocast.laws.cargo_statistics import thinned
from exocast.laws.kinetic_mean import mean_kinetic_temperature
from exocast.laws.wall_adsorption import adsorbed_fraction
from exocast.material.suspension import Copies, Population, Suspension, default_grid
from exocast.stages.storage import (
    FrozenStorage,
    LiquidStorage,
    LyophilisedStorage,
    StorageProfile,
)
from exocast.stages.storage.stretches import Stretch

DAY = 86400.0
GRID = default_grid()


def tube(members=40, count=1e11) -> Suspension:
    ones = np.ones(members)
    bell = np.exp(-0.5 * (np.log(GRID / 90e-9) / 0.3) ** 2)
    sizes = count * ones[:, None] * bell / bell.sum()
    one = Population(
        "small_ev", GRID, sizes, 1120 * ones, 1.4 * ones, True, {"cd63_copies": 20 * ones},
        {"siRNA": Copies.poisson(np.full(sizes.shape, 0.5))},
    )  # fmt: skip
    return Suspension((one,), {"siRNA": 1e10 * ones}, {}, 1e-6 * ones)


def kept(step, held=None, **fixed):
    """Return what is left of vesicles, copies in them, and their surface, over the start."""
    held = held or tube()
    after, exchange = _run(step, held, **fixed)
    old, new = held.population("small_ev"), after.population("small_ev")
    return (
        new.total / old.total,
        new.inside["siRNA"].mean[:, 10] / old.inside["siRNA"].mean[:, 10],
        new.surface["cd63_copies"] / old.surface["cd63_copies"],
        exchange,
    )


def _run(step, held, **fixed):
    context = dict(step.context())
    needs = step.needs()
    ensemble = draw(
        [type(need)(need.parameter, {**context, **need.context}) for need in needs],
        Catalogue.packaged(), Axes(held.members, 1), 3,
    )  # fmt: skip
    values = {
        name: np.full_like(value, fixed[key]) if (key := name.split("@")[0].split(".")[-1]) in fixed
        else value
        for name, value in ensemble.values.items()
    }  # fmt: skip
    return step.apply(held, replace(ensemble, values=values).draws(context))


def at(celsius: float, days: float) -> Stretch:
    return Stretch(temperature=celsius + 273.15, duration=days * DAY)


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.lists(st.floats(0.05, 1.0), min_size=2, max_size=5), size=st.floats(5e-8, 4e-7),
    days=st.floats(0.01, 100.0),
)  # fmt: skip
def test_laws_remember_so_that_parts_make_the_whole(cuts, size, days) -> None:
    one, shares = np.ones(1), np.array(cuts) / np.sum(cuts)
    pace, where = np.full((1, 1), 4.3e-13 / size * 1e-7), (np.array([1e-6]), np.array([5e-4]))
    whole, _ = adsorbed_fraction([[1e10]], [size], pace, days * DAY * one, *where, 0.3 * one)
    left, covered, stood = 1e10, 0.0 * one, 0.0
    for share in shares:
        lost, covered = adsorbed_fraction(
            [[left]], [size], pace, share * days * DAY * one, *where, 0.3 * one, covered,
            stood * one,
        )  # fmt: skip
        left, stood = left * (1 - lost[0, 0]), stood + share * days * DAY
    # The two branches of the slab meet to 1e-3, which a cut at that moment shows.
    assert left / 1e10 == pytest.approx(1 - whole[0, 0], rel=3e-3)

    shape = encounter_shape([[1e17]], [size])
    met = (1e6 * one, 277.0, 1.5e-3)
    once = singlet_fraction([[1e17]], [size], days * DAY * one, *met)[0, 0]
    number, clusters = 1e17, 0.0 * one
    for share in shares:
        step = share * days * DAY * one
        single = singlet_fraction([[number]], [size], step, *met, clusters, shape)[0, 0]
        grown = (number + clusters) / (1 + encounters(number + clusters, shape[1], step, *met))
        number, clusters = number * single, grown - number * single
    assert number / 1e17 == pytest.approx(once, rel=1e-9)


def test_equal_stretches_are_one_stretch_and_no_time_is_nothing() -> None:
    whole = StorageProfile(stretches=(at(4, 10),))
    parts = StorageProfile(stretches=(at(4, 2.5),) * 4)
    for a, b in zip(kept(whole)[:3], kept(parts)[:3], strict=True):
        assert a == pytest.approx(b, rel=0.02)  # processes take turns
        assert np.median(np.abs(a / b - 1)) < 5e-4
    for step in (LiquidStorage(duration=0.0), StorageProfile(stretches=(at(4, 0),))):
        for share in kept(step)[:3]:
            assert np.array_equal(share, np.ones(40))


def test_frozen_and_liquid_are_profiles() -> None:
    frozen = FrozenStorage(duration=20 * DAY, freeze_thaw_cycles=2, hold_time=3600.0)
    liquid = LiquidStorage(duration=5 * DAY, temperature=280.0)
    hold = Stretch(temperature=293.15, duration=3600.0)
    for step, way in (
        (frozen, (hold, at(-80, 10), hold, at(-80, 10))),
        (liquid, (Stretch(temperature=280.0, duration=5 * DAY),)),
    ):
        assert all(
            np.array_equal(a, b)
            for a, b in zip(kept(step)[:3], kept(StorageProfile(stretches=way))[:3], strict=True)
        )


def test_liquid_follows_its_closed_form_where_one_process_acts() -> None:
    alone = {"sticky_share": 1e-4, "stability_ratio": 1e30, "breakage_rate": 1e-7}
    fixed = {**alone, "breakage_energy": 5e4, "surface_decay": 2e-8, "surface_decay_energy": 9e4}
    warm = LiquidStorage(duration=10 * DAY, temperature=293.15)
    vesicles, _, surface, _ = kept(warm, **fixed)
    gas = 8.314462618
    factor = np.exp(-5e4 / gas * (1 / 293.15 - 1 / 277.15))
    assert vesicles == pytest.approx(np.exp(-1e-7 * factor * 10 * DAY), rel=2e-3)
    factor = np.exp(-9e4 / gas * (1 / 293.15 - 1 / 298.15))
    assert surface == pytest.approx(np.exp(-2e-8 * factor * 10 * DAY), rel=1e-12)


def test_below_its_solidus_nothing_moves_and_above_it_brine_collects() -> None:
    fixed = {"drift_rate": 0.0, "solidus_temperature": 250.0}
    day, year = (FrozenStorage(duration=d * DAY, temperature=240.0) for d in (1, 365))
    assert all(
        np.array_equal(a, b)
        for a, b in zip(kept(day, **fixed)[:3], kept(year, **fixed)[:3], strict=True)
    )
    wet = [kept(replace(year, temperature=t), **fixed)[0] for t in (249.0, 251.0)]
    assert (wet[1] < 0.9 * wet[0]).mean() > 0.8


def test_clumps_are_wider_particles_that_hold_all_that_they_were_made_of() -> None:
    held = tube(6, 1e12)
    still = {"sticky_share": 1e-4, "blocked_share": 1.0, "breakage_rate": 1e-30}
    still |= {"cargo_decay": 1e-30, "surface_decay": 1e-30}
    step = LiquidStorage(duration=30 * DAY)
    vesicles, _, surface, exchange = kept(step, held, stability_ratio=3e6, **still)
    assert (vesicles < 0.75).all()
    assert vesicles * surface == pytest.approx(1.0, rel=3e-3)  # but for the wall
    after, _ = _run(step, held, stability_ratio=3e6, **still)
    new, old = after.population("small_ev"), held.population("small_ev")
    wall = exchange.amounts["cargo/siRNA", "adsorbed to the wall"]
    outgrown = exchange.amounts["cargo/siRNA", "aggregated in storage"]
    assert (np.abs(outgrown) < 1e-5 * old.copies("siRNA")).all()
    assert new.copies("siRNA") - wall - outgrown == pytest.approx(old.copies("siRNA"), rel=1e-9)
    sizes = [(one.count @ GRID) / one.total for one in (old, new)]
    assert (sizes[1] > 1.08 * sizes[0]).all()
    pair = new.inside["siRNA"]
    assert (pair.second >= pair.mean**2 * (1 - 1e-9)).all()  # more spread than Poisson, or as much
    assert ((pair.empty >= np.exp(-pair.mean) - 1e-9) & (pair.empty < 1)).all()

    alone, _ = _run(step, held, stability_ratio=1e40, **still)
    sizes.append((alone.population("small_ev").count @ GRID) / alone.population("small_ev").total)
    assert sizes[2] == pytest.approx(sizes[0], rel=1e-3)


def test_an_excursion_costs_a_thaw_and_the_order_of_buffers_holds() -> None:
    calm = StorageProfile(stretches=(at(-80, 30),))
    warm = StorageProfile(stretches=(at(-80, 15), at(4, 0.5), at(-80, 15)))
    assert (kept(warm)[0] < kept(calm)[0]).all()
    shares = [
        np.median(kept(replace(calm, buffer=buffer))[0])
        for buffer in ("PBS", "HSA", "sucrose", "trehalose", "trehalose_HSA")
    ]
    assert shares == sorted(shares)
    blocked = LiquidStorage(duration=DAY, blocking="albumin")
    assert (kept(blocked)[0] > kept(replace(blocked, blocking="none"))[0]).all()


def test_ice_concentrates_as_the_freezing_point_says() -> None:
    cold = np.linspace(200.0, 272.6, 400)
    for last in (230.0, 260.0, 271.0):
        way = np.linspace(freezing.FREEZING_POINT, last, 20001)
        mean = np.trapezoid(freezing.concentration_in_ice(way, 25.0), way) / (
            last - freezing.FREEZING_POINT
        )
        assert float(freezing.mean_over_cooling(last, 25.0)) == pytest.approx(mean, rel=1e-6)
        thick = freezing.brine_viscosity(freezing.concentration_in_ice(way, 25.0), 25.0, 0.1)
        thin = freezing.brine_viscosity(1.0, 25.0, 0.1)
        slowed = freezing.concentration_in_ice(way, 25.0) * thin / thick
        found = freezing.mean_over_cooling(last, 25.0, 0.1 / thin)
        expected = np.trapezoid(slowed, way) / (last - freezing.FREEZING_POINT)
        assert float(found) == pytest.approx(expected, rel=1e-5)
    assert (np.diff(freezing.concentration_in_ice(cold, 25.0)) <= 0).all()
    assert float(freezing.mean_over_cooling(273.0, 25.0)) == 1.0


def test_glass_softens_with_water_and_flows_above() -> None:
    water = np.linspace(0, 1, 50)
    transition = glass.glass_transition(water, 360.0, 2.5)
    assert transition[0] == 360.0
    assert transition[-1] == pytest.approx(136.0)
    assert (np.diff(transition) < 0).all()
    assert np.isinf(glass.glass_viscosity(0.0))
    moving = glass.mobility(np.linspace(-20, 500, 131), 0.6)
    assert (moving[:6] == 0).all()
    assert (np.diff(moving) >= 0).all()
    assert moving[-1] == 1.0


def test_ice_meets_the_triple_point_and_its_heat_of_sublimation() -> None:
    assert float(freeze_drying.ice_pressure(273.16)) == pytest.approx(611.66, rel=1e-4)
    slope = np.diff(np.log(freeze_drying.ice_pressure([250.0, 250.1])))[0] / 0.1
    assert slope * 8.314462618 * 250.05**2 == pytest.approx(51.1e3, rel=0.005)  # J/mol
    dry = freeze_drying.sublimation_time(0.01, [233.15, 253.15], 5.0, 1e5, 1e7)
    assert dry[0] > 5 * dry[1]
    assert np.isinf(freeze_drying.sublimation_time(0.01, 200.0, 5.0, 1e5, 1e7))
    # Quadratic in the height where all resistance is dry cake.
    high = freeze_drying.sublimation_time([0.005, 0.01], 240.0, 5.0, 0.0, 1e7)
    assert high[1] == pytest.approx(4 * high[0])


def test_a_cake_is_a_glass_or_it_is_not() -> None:
    fixed = {"glass_floor": 1e-12, "dry_glass_temperature": 360.0}
    cake = LyophilisedStorage(duration=0.0, buffer="trehalose")
    fresh, old = (kept(replace(cake, duration=d * DAY), **fixed) for d in (0, 3650))
    for a, b in zip(fresh[:3], old[:3], strict=True):
        assert a == pytest.approx(b, rel=1e-6)
    soft = {**fixed, "dry_glass_temperature": 280.0}
    hot = replace(cake, duration=365 * DAY, temperature=313.15)
    assert (kept(hot, **soft)[0] < kept(hot, **fixed)[0]).all()
    collapsed = replace(cake, product_temperature=258.15)
    assert (kept(collapsed)[3].notes["water in the cake [1]"] > 0.08).all()
    assert "dry colder" in " ".join(
        one.message for one in collapsed.flags(tube(), _draws(collapsed))
    )
    bare = replace(cake, sugar=0.0)
    assert (kept(bare)[0] < kept(cake)[0]).all()


def _draws(step):
    needs = [type(n)(n.parameter, {**step.context(), **n.context}) for n in step.needs()]
    return draw(needs, Catalogue.packaged(), Axes(40, 1), 3).draws(step.context())


def test_thinning_is_binomial() -> None:
    rng = np.random.default_rng(1)
    loaded = rng.random(400_000) < 0.3
    copies = np.where(loaded, rng.poisson(4.0, loaded.size), 0)
    left = rng.binomial(copies, 0.35)
    w, m = 0.3, 4.0
    mean, empty, second = thinned((w * m, 1 - w + w * np.exp(-m), w * m**2), 0.35)
    assert mean == pytest.approx(left.mean(), rel=0.01)
    assert empty == pytest.approx((left == 0).mean(), rel=0.01)
    assert second == pytest.approx((left * (left - 1.0)).mean(), rel=0.03)
    same = thinned((1.0, 0.4, 2.0), 1.0)
    assert [float(x) for x in same] == [1.0, 0.4, 2.0]


def test_a_messenger_decays_as_its_rate_says() -> None:
    # Without clumps, in which copies add up.
    fixed = {"cargo_decay": 1e-7, "cargo_decay_energy": 1.3e5, "stability_ratio": 1e30}
    _, copies, _, exchange = kept(LiquidStorage(duration=10 * DAY, temperature=298.15), **fixed)
    assert copies == pytest.approx(np.exp(-1e-7 * 10 * DAY), rel=1e-9)
    assert (exchange.amounts["cargo/siRNA", "degraded in storage"] < 0).all()


def test_a_history_stands_at_its_mean_kinetic_temperature() -> None:
    kelvin, days = np.array([277.15, 298.15, 288.15]), np.array([30.0, 2.0, 5.0])
    mean = float(mean_kinetic_temperature(kelvin, days, 6e4))
    rate = np.exp(-6e4 / 8.314462618 / kelvin)
    assert np.exp(-6e4 / 8.314462618 / mean) == pytest.approx(rate @ days / days.sum(), rel=1e-9)
    assert kelvin @ days / days.sum() < mean < kelvin.max()
    way = (at(4, 30), at(-80, 100), at(25, 1))
    profile, held = StorageProfile(stretches=way), tube(2)
    expected = mean_kinetic_temperature([277.15, 298.15], [30.0, 1.0])
    assert profile.standing_at(held) == pytest.approx(float(expected))
    assert StorageProfile(stretches=way[1:2]).standing_at(held) == held.temperature


def test_a_thawed_vial_is_as_warm_as_its_bench_and_a_vial_is_filled_once() -> None:
    warm = FrozenStorage(duration=DAY, hold_temperature=288.15)
    after, _ = warm.apply(tube(), _draws(warm))
    assert after.temperature == warm.standing_at(after) == 288.15
    for water in (0.2, 1.0, 4.0):
        cake = LyophilisedStorage(duration=DAY, reconstitution=water)
        _, exchange = cake.apply(tube(), _draws(cake))
        assert exchange.resources.consumables["vial, polypropylene"] == 5.0
