"""Spins: what goes where, by cause; runs, tubes and rated speeds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.errors import EvidenceError
from exocast.stages.isolation import DifferentialCentrifugation, Spin
from exocast.stages.isolation.medium import dissolved_media

G = 9.80665
PELLET = Spin(rotor="Type 45 Ti", duration=4200.0, keep="pellet", rcf=1e5 * G, resuspend=2e-7)
CLEAR = Spin(rotor="SH-3000", duration=600.0, keep="supernatant", rcf=300 * G, top_up="no")


def of(*spins):
    return DifferentialCentrifugation(spins=spins)


def shares(exchange, tube, kind):
    total = tube.population(kind).total
    return {
        cause: -amount / total
        for (quantity, cause), amount in exchange.amounts.items()
        if quantity == f"particles/{kind}"
    }


def test_at_100_000_g_the_loss_is_resuspension_not_pelleting(bench, make_tube) -> None:
    tube = make_tube(50)
    after, exchange, _ = bench.run(of(PELLET), tube)
    lost = shares(exchange, tube, "small_ev")
    assert set(lost) == {"left in the supernatant", "aggregated on pelleting", "not resuspended"}
    assert np.median(lost["left in the supernatant"]) < 0.05
    kept = after.population("small_ev").total / tube.population("small_ev").total
    assert sum(lost.values()) + kept == pytest.approx(np.ones(50))
    assert 0.15 < np.median(kept) < 0.55


def test_precipitate_pellets_and_free_cargo_stays_with_the_liquid(bench, make_tube) -> None:
    tube = make_tube(50)
    after, _, p = bench.run(of(PELLET), tube)
    assert 1e-4 < np.median(after.free["siRNA"] / tube.free["siRNA"]) < 1e-2
    kept = after.pools("siRNA")["aggregated"] / tube.pools("siRNA")["aggregated"]
    vesicles = after.pools("siRNA")["inside"] / tube.pools("siRNA")["inside"]
    assert kept == pytest.approx(vesicles, rel=0.15)  # clean-up does not remove what pellets
    assert after.volume == pytest.approx(
        2e-7 + np.minimum(p._ensemble.values[
            "isolation.differential_centrifugation.residual_volume"], 0.5 * 94e-6)
    )  # fmt: skip


def test_a_second_wash_clears_more_free_cargo(bench, make_tube) -> None:
    tube = make_tube()
    once, _, _ = bench.run(of(PELLET), tube)
    twice, _, _ = bench.run(of(PELLET, PELLET), tube)
    assert (twice.free["siRNA"] < 0.05 * once.free["siRNA"]).all()
    assert (twice.population("small_ev").total < once.population("small_ev").total).all()


def test_particles_lighter_than_the_liquid_do_not_pellet(bench, make_tube) -> None:
    tube = make_tube(20)
    _, exchange, _ = bench.run(of(PELLET), tube)
    floating = shares(exchange, tube, "lipoprotein")
    assert floating["not resuspended"].max() == 0.0
    assert floating["left in the supernatant"].min() > 0.99


def test_large_ones_leave_first(bench, make_tube) -> None:
    after, _, _ = bench.run(
        of(replace(PELLET, keep="supernatant", rcf=2e4 * G, resuspend=0.0)), make_tube()
    )
    kept = after.population("small_ev").count / make_tube().population("small_ev").count
    assert (np.diff(kept, axis=1) <= 1e-15).all()
    assert (kept[:, 0] > 0.8).all()
    assert (kept[:, -1] < 1e-6).all()


def test_a_volume_above_the_rotor_takes_several_runs(bench, make_tube) -> None:
    big = make_tube(volume=200e-6)
    spin = replace(CLEAR, rotor="SW 40Ti", top_up="yes")
    _, exchange, p = bench.run(of(spin), big)
    overhead = np.median(p._ensemble.values["isolation.differential_centrifugation.run_overhead"])
    resources = exchange.resources
    assert resources.consumables["tube, SW 40Ti"] == 15  # 14 mL each
    assert resources.time - resources.hands_on == pytest.approx(3 * (600 + overhead))
    messages = [flag.message for flag in of(spin).flags(big, p)]
    assert any("holds 84 mL: the volume takes 3 runs" in message for message in messages)
    severity = {flag.severity for flag in of(spin).flags(big, p) if "runs" in flag.message}
    assert severity == {"note"}
    huge = of(spin).flags(make_tube(volume=2e-3), p)
    assert {flag.severity for flag in huge if "takes 24 runs" in flag.message} == {"warning"}
    bench_rotor = bench.run(of(CLEAR), big)[1].resources
    assert bench_rotor.consumables["tube, SH-3000"] == 4
    assert bench_rotor.time < resources.time


def test_overspeed_and_diffusion_are_flagged_and_do_not_raise(bench, make_tube) -> None:
    fast = of(replace(PELLET, rotor="SW28", rcf=None, rpm=40_000.0))
    flags = fast.flags(make_tube(), bench.draws(fast))
    assert any(
        "above the 28,000 rpm" in flag.message and flag.severity == "serious" for flag in flags
    )
    rated = of(replace(PELLET, rotor="SW28", rcf=None, rpm=28_000.0))
    assert not any("rpm" in flag.message for flag in rated.flags(make_tube(), bench.draws(rated)))
    slow = of(replace(PELLET, rcf=3 * G, duration=86400.0))
    assert any("diffuse" in flag.message for flag in slow.flags(make_tube(), bench.draws(slow)))
    assert not any(
        "diffuse" in flag.message for flag in of(PELLET).flags(make_tube(), bench.draws(of(PELLET)))
    )


def test_rpm_and_rcf_say_the_same(bench, make_tube) -> None:
    rpm = float(np.sqrt(1e5 * G / 69.9e-3) * 30 / np.pi)
    by_force, _, _ = bench.run(of(PELLET), make_tube())
    by_speed, _, _ = bench.run(of(replace(PELLET, rcf=None, rpm=rpm)), make_tube())
    assert by_speed.population("small_ev").total == pytest.approx(
        by_force.population("small_ev").total
    )


def test_top_up_adds_buffer_and_changes_no_particle(bench, make_tube) -> None:
    spin = replace(CLEAR, rotor="Type 45 Ti")
    plain, _, _ = bench.run(of(spin), make_tube())
    filled, exchange, _ = bench.run(of(replace(spin, top_up="yes")), make_tube())
    assert exchange.amounts["volume", "buffer to fill the tubes"] == pytest.approx(
        np.full(7, 93e-6)
    )
    assert (filled.volume > 50 * plain.volume).all()


def test_a_small_sample_in_a_large_tube_is_said_to_be_diluted(bench, make_tube) -> None:
    tube = make_tube(volume=1e-6)
    clear = replace(CLEAR, rotor="Type 45 Ti", top_up="yes")
    for spin, said in ((clear, True), (replace(clear, top_up="no"), False), (PELLET, False)):
        step = of(spin)
        flags = " ".join(flag.message for flag in step.flags(tube, bench.draws(step)))
        assert ("dilutes what is kept 94-fold" in flags) == said


def test_plasma_is_dense_and_thick_by_its_protein(bench, make_tube) -> None:
    step, tube = of(CLEAR), make_tube(101, volume=1e-6)
    p = bench.draws(step, 101)
    plasma = replace(tube, solutes={"protein": np.full(101, 7e-5)})
    denser, thicker = dissolved_media(plasma, p, 310.15)
    # Saline and 70 g/L: plasma is 1.025 and, at 37 degC, 1.10 to 1.39 mPa s over water of 0.69.
    assert 1022 < 1005 + np.median(denser) < 1028
    assert 1.5 < np.median(thicker) < 2.0
    bare = replace(tube, solutes={})
    assert dissolved_media(bare, p, 310.15)[1] == pytest.approx(1.0)


def test_problems_are_collected_and_an_unknown_rotor_lists_the_table(bench) -> None:
    wrong = of(replace(PELLET, rpm=100.0, resuspend=0.0), replace(CLEAR, resuspend=1e-6))
    assert wrong.check() == [
        "spin 1: give either rcf (such as `100000 g`) or rpm, and not both",
        "spin 1: a kept pellet needs `resuspend`, the buffer it is taken up in",
        "spin 2: `resuspend` is for a kept pellet; this spin keeps the supernatant",
    ]
    assert of().check() == ["`spins` is empty: list at least one spin"]
    with pytest.raises(EvidenceError, match="rotor=SW 40Ti"):
        bench.draws(of(replace(PELLET, rotor="SW 4O")))


ROTORS = (
    "SW 40Ti", "SW28", "MLS-50", "Type 45 Ti", "Type 60 Ti", "Type 70 Ti", "F-45-24-15", "TLA 110",
    "SW 32 Ti", "SW 41 Ti", "Type 50.2 Ti", "SH-3000",
)  # fmt: skip


@pytest.mark.parametrize("rotor", ROTORS)
def test_every_rotor_of_the_table_spins(bench, rotor, make_tube) -> None:
    spin = replace(PELLET, rotor=rotor, rcf=2000 * G)
    _, exchange, _ = bench.run(of(spin), make_tube())
    assert exchange.resources.consumables[f"tube, {rotor}"] >= 1


CUSHION = replace(PELLET, cushion=2e-6)


def test_a_cushion_saves_vesicles_from_the_pellet_and_stays_with_them(bench, make_tube) -> None:
    tube = make_tube(60)
    hard, _, _ = bench.run(of(PELLET), tube)
    soft, exchange, _ = bench.run(of(CUSHION), tube)
    kept = [np.median(each.population("small_ev").total / tube.population("small_ev").total)
            for each in (hard, soft)]  # fmt: skip
    assert kept[1] > 1.7 * kept[0]
    # What is denser than 60 % iodixanol goes through it, and is an ordinary pellet.
    for kind in ("cargo_precipitate",):
        both = [each.population(kind).total for each in (hard, soft)]
        assert both[1] == pytest.approx(both[0], rel=1e-6)
    assert soft.solutes["iodixanol"] == pytest.approx(np.full(60, 2e-6 * 600.0))
    assert soft.volume == pytest.approx(hard.volume + 2e-6)
    assert set(shares(exchange, tube, "small_ev")) >= {"lost on the cushion"}
    assert "iodixanol" not in hard.solutes


def test_a_thin_cushion_lets_vesicles_through(bench, make_tube) -> None:
    tube = make_tube(60)
    left = [
        np.median(bench.run(of(replace(CUSHION, cushion_concentration=c)), tube)[0]
                  .population("small_ev").total)
        for c in (60.0, 150.0, 240.0, 600.0)
    ]  # fmt: skip
    assert (np.diff(left) > 0).all()
    hard, _, _ = bench.run(of(PELLET), tube)
    assert left[0] == pytest.approx(np.median(hard.population("small_ev").total), rel=0.05)


def test_a_cushion_takes_room_in_the_tube(bench, make_tube) -> None:
    tube = make_tube(volume=94e-6)
    assert bench.run(of(PELLET), tube)[1].resources.consumables["tube, Type 45 Ti"] == 1
    assert bench.run(of(CUSHION), tube)[1].resources.consumables["tube, Type 45 Ti"] == 2
    p = bench.draws(of(replace(CUSHION, cushion=5e-5)))
    flags = of(replace(CUSHION, cushion=5e-5)).flags(tube, p)
    assert any("more than half of the tube" in flag.message for flag in flags)


def test_washes_are_the_same_spin_again(bench, make_tube) -> None:
    tube = make_tube(20)
    washed, exchange, _ = bench.run(of(replace(PELLET, washes=2)), tube)
    listed, other, _ = bench.run(of(PELLET, PELLET, PELLET), tube)
    assert np.array_equal(washed.population("small_ev").count, listed.population("small_ev").count)
    assert np.array_equal(washed.solutes["protein"], listed.solutes["protein"])
    assert exchange.resources.time == other.resources.time
    assert (exchange.notes["runs of the rotor [1]"] == 3).all()
    # The cushion lies under the sample alone: the wash thins what it left.
    once, _, _ = bench.run(of(CUSHION), tube)
    clean, _, _ = bench.run(of(replace(CUSHION, washes=1)), tube)
    assert (clean.solutes["iodixanol"] < 0.02 * once.solutes["iodixanol"]).all()


def test_cushion_and_washes_are_for_a_pellet() -> None:
    assert of(replace(CLEAR, cushion=1e-6)).check() == [
        "spin 1: `cushion` and `washes` are for a kept pellet, not for a supernatant"
    ]
    assert of(replace(CLEAR, washes=1)).check()
