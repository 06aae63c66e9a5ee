"""Gradients, reagents and conjugates: balance, directions, and what each cannot do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.laws.complexation import adsorbed_share
from exocast.laws.lumen import AVOGADRO
from exocast.material.ledger import residual
from exocast.stages.loading.anchored import adsorbed_of, desorption_of
from exocast.stages.loading.hydrophobic_conjugate import ANCHORS, HydrophobicConjugate
from exocast.stages.loading.passive_incubation import PassiveIncubation
from exocast.stages.loading.release import relaxed, trap_of
from exocast.stages.loading.remote_loading import HELD, LOST, RemoteLoading
from exocast.stages.loading.transfection_reagent import KIND, TransfectionReagent

STEPS = {
    "ammonium": RemoteLoading(cargo="doxorubicin"),
    "citrate": RemoteLoading(cargo="doxorubicin", gradient="citrate"),
    "no base": RemoteLoading(cargo="paclitaxel"),
    "reagent": TransfectionReagent(cargo="siRNA"),
    "little reagent": TransfectionReagent(cargo="mRNA", charge_ratio=0.5, cargo_amount=1e-12),
    "conjugate": HydrophobicConjugate(cargo="siRNA"),
}


@pytest.mark.parametrize("name", STEPS)
def test_nothing_is_lost_and_what_is_there_already_stays_a_distribution(name, drawn, tube):
    step = STEPS[name]
    p = drawn(step)
    for vesicles, volume in ((1e11, 2e-7), (0.0, 2e-7), (0.0, 0.0)):
        before = tube(p.members, vesicles, volume, held=step.cargo)
        after, exchange = step.apply(before, p)
        assert residual(before, after, exchange)[0] < 1e-12
        again, more = step.apply(after, p)
        assert residual(after, again, more)[0] < 1e-12
        for one in again.populations:
            for copies in (*one.inside.values(), *one.attached.values()):
                assert np.isfinite(copies.mean).all()
                assert ((copies.empty >= 0) & (copies.empty <= 1)).all()


def test_a_gradient_loads_more_than_an_incubation_and_dilution_does_not_draw_it_out(drawn, tube):
    step = replace(STEPS["ammonium"], cargo_amount=1e-8)
    p = drawn(step, 40, 1)
    before = tube(p.members, vesicles=1e11)
    loaded, _ = step.apply(before, p)
    plain = PassiveIncubation(cargo="doxorubicin", cargo_amount=1e-8, temperature=310.15)
    bare, _ = plain.apply(before, p)
    each = [_per_vesicle(one) for one in (loaded, bare)]
    assert np.median(each[0]) > 1.5 * np.median(each[1])
    held = loaded.population("small_ev").surface[trap_of("doxorubicin")]
    assert (held > 1).all()
    left = []
    for one in (loaded, bare):
        thin = replace(one, volume=one.volume * 100)
        left.append(relaxed(thin, "doxorubicin", 600.0, 298.15, _both(step, drawn))[1])
    assert np.median(left[0]) < np.median(left[1])


def _per_vesicle(tube):
    vesicles = sum(one.total for one in tube.populations if one.vesicular)
    return tube.pools("doxorubicin")["inside"] / vesicles


def _both(step, drawn):
    from exocast.evidence.parameter import Need
    from exocast.stages.loading.release import relaxing_needs

    class Both(type(step)):
        def needs(self) -> list[Need]:
            return [*super().needs(), *relaxing_needs(self.cargo)]

    return drawn(Both(cargo=step.cargo), 40, 1)


def test_the_buffer_is_the_ceiling_and_a_neutral_drug_is_said_not_to_be_held(drawn, tube):
    step = RemoteLoading(cargo="doxorubicin", cargo_amount=1e-6, salt=50.0)
    p = drawn(step)
    _, exchange = step.apply(tube(p.members), p)
    held = exchange.notes["drug in a lumen with a gradient [mol/m^3]"]
    assert (held <= 100.0 * (1 + 1e-9)).all()
    assert any("protons of all lumens" in f.message for f in step.flags(tube(p.members), p))
    neutral = STEPS["no base"]
    p = drawn(neutral)
    assert any("takes up no proton" in f.message for f in neutral.flags(tube(p.members), p))
    assert "again and again" in RemoteLoading(cargo="siRNA").check()[0]


def test_vesicles_that_open_lose_what_they_held(drawn, tube):
    step = STEPS["ammonium"]
    p = drawn(step)
    before = tube(p.members, held="siRNA")
    after, _ = step.apply(before, p)
    share = after.pools("siRNA")["inside"] / before.pools("siRNA")["inside"]
    assert share == pytest.approx((1 - p[HELD]) * (1 - p[LOST]), rel=1e-9)


def test_complexes_stand_beside_vesicles_and_nearly_nothing_is_inside(drawn, tube):
    step = STEPS["reagent"]
    p = drawn(step, 30, 1)
    after, exchange = step.apply(tube(p.members, vesicles=1e9), p)
    pools = after.pools("siRNA")
    assert np.median(pools["aggregated"] / exchange.amounts["cargo/siRNA", "added"]) > 0.5
    assert (pools["inside"] < 0.2 * (pools["attached"] + 1)).all()
    assert after.population(KIND).total.min() > 0
    assert step.flags(after, p)[0].severity == "serious"
    few = replace(step, charge_ratio=0.2).apply(tube(p.members, vesicles=1e9), p)[0]
    assert (few.pools("siRNA")["free"] > pools["free"]).all()
    assert TransfectionReagent(cargo="doxorubicin").check()


def test_what_sat_there_before_complexes_keeps_its_own_hold(drawn, tube):
    def after(first):
        p = drawn(first)
        held, _ = first.apply(tube(p.members), p)
        step = TransfectionReagent(cargo="siRNA", cargo_amount=1e-12)
        held = replace(held, free={**held.free, "siRNA": np.zeros(p.members)})
        both, _ = step.apply(held, drawn(step))
        return held.population("small_ev"), both.population("small_ev")

    mixed, stuck = after(PassiveIncubation(cargo="siRNA", cargo_amount=1e-9))
    loose = [one.copies("siRNA", "attached") * one.surface[adsorbed_of("siRNA")]
             for one in (mixed, stuck)]  # fmt: skip
    assert np.all(loose[0] > 0)
    np.testing.assert_allclose(loose[1], loose[0], rtol=1e-9)
    mixed, stuck = after(HydrophobicConjugate(cargo="siRNA", cargo_amount=1e-11))
    drawn_off = [one.copies("siRNA", "attached") * one.surface[desorption_of("siRNA")]
                 for one in (mixed, stuck)]  # fmt: skip
    assert np.all(drawn_off[0] > 0)
    np.testing.assert_allclose(drawn_off[1], drawn_off[0], rtol=1e-9)


def test_sticking_is_first_order_in_vesicles_and_in_time():
    args = (np.array([1e-7, 2e-7]), np.array([1e-7]))
    little = adsorbed_share(np.array([[1e12, 2e12]]), *args, 60.0, np.array([1e3]), 298.0, 1e-3)
    more = adsorbed_share(np.array([[2e12, 4e12]]), *args, 30.0, np.array([1e3]), 298.0, 1e-3)
    assert little == pytest.approx(more)
    assert adsorbed_share(
        np.array([[1e20, 1e20]]), *args, 1e4, np.array([1.0]), 298.0, 1e-3
    ).sum() == pytest.approx(1.0)


def test_hydrophobicity_orders_the_anchors_and_too_many_aggregate(drawn, tube):
    loads = {}
    for anchor in ANCHORS:
        step = HydrophobicConjugate(cargo="siRNA", cargo_amount=1e-11, anchor=anchor)
        p = drawn(step, 60, 1)
        loads[anchor] = np.median(step.apply(tube(p.members), p)[0].pools("siRNA")["attached"])
    assert loads["vitamin_E"] > loads["cholesterol"] > loads["stearate"] > loads["DHA"]
    step = HydrophobicConjugate(cargo="siRNA", cargo_amount=1e-8)
    p = drawn(step)
    after, exchange = step.apply(tube(p.members, vesicles=1e9), p)
    assert (exchange.notes["places on membranes that are taken [1]"] <= 1).all()
    assert (after.pools("siRNA")["aggregated"] > 0).all()
    assert any("Add less" in f.message for f in step.flags(tube(p.members, vesicles=1e9), p))
    assert (after.pools("siRNA")["free"] <= 10.1e-3 * after.volume * AVOGADRO).all()
