"""A thin channel: small ones leave first, kinds of one size leave together, crowding mixes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exocast.stages.isolation import AsymmetricFlowFractionation

CHANNEL = AsymmetricFlowFractionation()
MINUTE = 60.0


def few(make_tube, members=30, count=1e8):
    return make_tube(members, count=count, volume=1e-7)


def shares(bench, step, tube):
    after, _, _ = bench.run(step, tube)
    return {
        held.kind: held.count / np.where(t.count > 0, t.count, 1.0)
        for held, t in zip(after.populations, tube.populations, strict=True)
    }


def test_early_fractions_hold_the_small_and_late_ones_the_large(bench, make_tube) -> None:
    tube = few(make_tube)
    early = replace(CHANNEL, collect_from=0.0, collect_to=12 * MINUTE)
    late = replace(CHANNEL, collect_from=25 * MINUTE, collect_to=60 * MINUTE)
    first, second = (shares(bench, step, tube)["small_ev"] for step in (early, late))
    small, large = slice(0, 4), slice(14, 22)
    assert np.median(first[:, small]) > 3 * np.median(first[:, large])
    assert np.median(second[:, large]) > 3 * np.median(second[:, small])


def test_density_and_kind_do_not_matter(bench, make_tube) -> None:
    got = shares(bench, CHANNEL, few(make_tube))
    for member in range(5):
        ratio = got["lipoprotein"][member] / np.maximum(got["small_ev"][member], 1e-300)
        known = got["small_ev"][member] > 1e-6
        # The same sizes leave alike; what sticks is their number's affair.
        assert np.ptp(ratio[known]) < 1e-6 * ratio[known].max()


def test_dissolved_protein_leaves_before_the_vesicles(bench, make_tube) -> None:
    after, _, _ = bench.run(CHANNEL, few(make_tube))
    assert np.median(after.solutes["protein"] / 1e-6) < 0.01


def test_beyond_inversion_the_largest_come_back_early(bench, make_tube) -> None:
    hard = replace(CHANNEL, cross_flow=5e-8, hold=60 * MINUTE, collect_from=0.0, spacer=250e-6)
    early = replace(hard, collect_to=45 * MINUTE)
    share = np.median(shares(bench, early, few(make_tube))["small_ev"], axis=0)
    turn = int(np.argmin(share))
    assert 3 < turn < 36
    assert share[-1] > share[turn] + 0.2
    p = bench.draws(early, 30)
    assert any("the order turns" in f.message for f in early.flags(few(make_tube), p))


def test_a_crowded_layer_leaves_early_and_is_flagged(bench, make_tube) -> None:
    lone, crowd = few(make_tube), few(make_tube, count=1e11)
    times = [np.median(bench.run(CHANNEL, tube)[1].notes["median leaves after [s]"])
             for tube in (lone, crowd)]  # fmt: skip
    assert times[1] < 0.8 * times[0]
    p = bench.draws(CHANNEL, 30)
    assert any("crowd the layer" in f.message for f in CHANNEL.flags(crowd, p))
    assert not any("crowd the layer" in f.message for f in CHANNEL.flags(lone, p))


def test_more_than_an_injection_takes_several(bench, make_tube) -> None:
    tube = make_tube(7, count=1e8, volume=2e-6)
    after, exchange, p = bench.run(CHANNEL, tube)
    assert exchange.resources.consumables["channel run"] == 20
    assert np.allclose(after.volume, 20 * CHANNEL.out_flow * 35 * MINUTE)
    assert any("takes 20 injections" in f.message for f in CHANNEL.flags(tube, p))
    assert replace(CHANNEL, collect_to=60.0).check()
