"""Filters and fibres: what passes, what the membrane keeps, how long it takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.stages.isolation import (
    DifferentialCentrifugation,
    Spin,
    TangentialFlowFiltration,
    Ultrafiltration,
)

G, HOUR, KILODALTON = 9.80665, 3600.0, 1.66053906660e-24
FIBRES = TangentialFlowFiltration()
FILTER = Ultrafiltration()
DEAD_END_PES = replace(FILTER, membrane="polyethersulfone", cut_off=100 * KILODALTON)


def harvest(make_tube, members=80, count=6e11, protein=2e-5):
    """Return 200 mL of medium with 3e9 vesicles/mL (a cell factory) and 0.1 g/L of protein."""
    tube = make_tube(members, count=count, volume=2e-4)
    return replace(tube, solutes={"protein": protein * np.ones(members)})


def kept(after, tube, kind="small_ev"):
    return after.population(kind).total / tube.population(kind).total


def test_published_recovery_of_fibres_and_of_a_pellet(bench, make_tube) -> None:
    # 60.9 % of vesicles of stromal cells by a 500 kDa polyethersulfone fibre, 20.6 % by
    # ultracentrifugation, about 99 % of the protein out in 6 diafiltration volumes (abstract of a
    # thesis). Release from the membrane is assumed with the first in sight: no calibration, and
    # what is asked for is that both lie inside the 5 to 95 % of what is not known.
    tube = harvest(make_tube, 200)
    after, _, _ = bench.run(FIBRES, tube)
    fibres = kept(after, tube)
    assert np.percentile(fibres, 5) < 0.609 < np.percentile(fibres, 95)
    assert 0.4 < np.median(fibres) < 0.8
    assert np.median(after.solutes["protein"] / tube.solutes["protein"]) < 0.01
    pellet = Spin(rotor="Type 45 Ti", duration=4200.0, keep="pellet", rcf=1e5 * G, resuspend=1e-3)
    spun, _, _ = bench.run(DifferentialCentrifugation(spins=(pellet,)), tube)
    pelleted = kept(spun, tube)
    assert np.percentile(pelleted, 5) < 0.206 < np.percentile(pelleted, 95)
    assert np.median(fibres) > 1.5 * np.median(pelleted)


def test_cellulose_of_10_kda_is_the_better_spin_filter(bench, make_tube) -> None:
    # Vergauwen 2017 (abstract): 10 kDa regenerated cellulose recovered most, the other four spin
    # filters less than 40 %. The order of the materials was set with it in sight.
    tube = make_tube(200, count=1e10, volume=5e-6)
    best, other = (np.median(kept(bench.run(s, tube)[0], tube)) for s in (FILTER, DEAD_END_PES))
    assert best > 0.6
    assert other < 0.75 * best


def test_a_small_cut_off_concentrates_and_does_not_purify(bench, make_tube) -> None:
    tube = make_tube(60, volume=5e-6)
    tight, open_pores = (
        bench.run(step, tube)[0].solutes["protein"] / tube.solutes["protein"]
        for step in (FILTER, DEAD_END_PES)
    )
    assert np.median(tight) > 0.9
    assert np.median(open_pores) < 0.3


def test_few_particles_lose_a_larger_part_to_the_membrane(bench, make_tube) -> None:
    shares = []
    for count in (1e8, 1e10, 1e12):
        tube = make_tube(40, count=count, volume=1e-6)
        _, exchange, _ = bench.run(FILTER, tube)
        gone = exchange.amounts["particles/small_ev", "held by the membrane"]
        shares.append(np.median(-gone / tube.population("small_ev").total))
    assert (np.diff(shares) < 0).all()
    assert shares[0] > 0.03
    assert shares[-1] < 0.1 * shares[0]


def test_the_membrane_never_holds_more_than_its_capacity(bench, make_tube) -> None:
    tube = make_tube(40, count=1e12, volume=1e-6)
    after, exchange, p = bench.run(FILTER, tube)
    area = np.zeros(40)
    for population in tube.populations:
        lost = population.count.sum(axis=1)
        gone = -exchange.amounts[f"particles/{population.kind}", "held by the membrane"]
        # Small particles are held first: their footprint is at least that of the smallest.
        area += gone * np.pi / 4 * population.diameter[0] ** 2
        assert (gone <= lost).all()
    room = (
        0.547
        * 7.6e-4
        * p._ensemble.values[next(k for k in p._ensemble.values if "membrane.sticky_share" in k)]
    )
    assert (area <= room * (1 + 1e-9)).all()
    assert (after.volume <= tube.volume).all()


def test_fibres_wash_out_as_the_exponential_of_volumes(bench, make_tube) -> None:
    tube = harvest(make_tube, 30)
    free = []
    for volumes in (0.0, 2.0, 4.0):
        step = replace(FIBRES, diafiltration_volumes=volumes, rinse=0.0)
        after, _, _ = bench.run(step, tube)
        free.append(after.free["siRNA"] / after.volume)
    assert free[2] / free[1] == pytest.approx(free[1] / free[0], rel=0.05)
    assert np.median(free[1] / free[0]) == pytest.approx(np.exp(-2), rel=0.25)


def test_gentle_pressure_keeps_more_and_takes_longer(bench, make_tube) -> None:
    tube = harvest(make_tube, 80)
    hard, gentle = (bench.run(replace(FIBRES, pressure=x), tube) for x in (1e5, 5e3))
    lying = [
        np.median(-e.amounts["particles/small_ev", "left on the membrane"]) for _, e, _ in
        (hard, gentle)
    ]  # fmt: skip
    assert lying[1] < 0.8 * lying[0]
    assert gentle[1].resources.time > hard[1].resources.time


def test_protein_limits_the_flux_and_more_membrane_saves_time(bench, make_tube) -> None:
    thin, thick = harvest(make_tube, 30, protein=2e-5), harvest(make_tube, 30, protein=4e-3)
    tight = replace(FIBRES, cut_off=30 * KILODALTON)
    times = [
        np.median(bench.run(tight, tube)[1].notes["filter time [s]"]) for tube in (thin, thick)
    ]
    assert times[1] > 1.5 * times[0]
    twice = replace(tight, area=2 * tight.area)
    half = bench.run(twice, thick)[1].notes["filter time [s]"]
    assert half == pytest.approx(bench.run(tight, thick)[1].notes["filter time [s]"] / 2, rel=0.05)


def test_scale_at_equal_membrane_per_volume_is_the_same(bench, make_tube) -> None:
    small = harvest(make_tube, 20)
    large = replace(
        make_tube(20, count=6e13, volume=2e-2), solutes={"protein": 2e-3 * np.ones(20)},
        free={"siRNA": 1e16 * np.ones(20)},
    )  # fmt: skip
    first, _, _ = bench.run(FIBRES, small)
    second, _, _ = bench.run(replace(FIBRES, area=100 * FIBRES.area), large)
    assert kept(second, large) == pytest.approx(kept(first, small), rel=1e-6)
    assert second.volume == pytest.approx(100 * first.volume)


def test_flags_tell_of_clogging_holding_and_passing(bench, make_tube) -> None:
    tube = make_tube(20, volume=1e-6)
    p = bench.draws(FIBRES, 20)
    assert any("holds back more than" in f.message for f in FIBRES.flags(tube, p))
    few = make_tube(20, count=1e9, volume=1e-4)
    assert any("the membrane holds" in f.message for f in FIBRES.flags(few, p))
    much = make_tube(20, volume=2e-4)
    assert any("14 filters" in f.message for f in FILTER.flags(much, bench.draws(FILTER, 20)))
    small = replace(FILTER, area=1e-5, holds=1e-3)
    slow = small.flags(replace(much, solutes={"protein": 1e-3 * np.ones(20)}),
                       bench.draws(small, 20))  # fmt: skip
    assert any("clogged" in f.message for f in slow)
    assert replace(FILTER, concentrate_to=2e-5).check() == [
        "`concentrate_to` must lie below `holds`: nothing would be filtered"
    ]


def test_washes_take_dissolved_matter_and_cost_time(bench, make_tube) -> None:
    tube = make_tube(20, volume=5e-6)
    step = replace(DEAD_END_PES, device="stirred_cell")
    once, twice = (bench.run(replace(step, washes=n), tube) for n in (0, 2))
    left = twice[0].solutes["protein"] / once[0].solutes["protein"]
    assert np.median(left) < 0.2
    assert (kept(twice[0], tube) <= kept(once[0], tube)).all()
    assert twice[1].resources.time > once[1].resources.time
