"""A drug leaves its vesicles: on dilution, by pH, out of a bag; and the body gets it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.evidence.parameter import Need
from exocast.laws.release import binding_pools, retained_share
from exocast.stages.assay.release_curve import ReleaseCurve
from exocast.stages.loading.passive_incubation import PassiveIncubation
from exocast.stages.loading.release import (
    GRADIENT_HALF_LIFE,
    SPREAD,
    hold,
    relaxed,
    relaxing_needs,
    trap_of,
)

DRUGS = ("doxorubicin", "paclitaxel")
WARM = 310.15


class Both(PassiveIncubation):
    """An incubation that asks for what comes after it too."""

    def needs(self) -> list[Need]:
        return [*super().needs(), *relaxing_needs(self.cargo)]


@pytest.fixture(params=DRUGS)
def loaded(request, drawn, tube):
    step = Both(cargo=request.param, cargo_amount=1e-8, temperature=WARM, duration=86400.0)
    p = drawn(step)
    return step.apply(tube(p.members, vesicles=1e12), p)[0], request.param, p


def test_what_is_at_equilibrium_stays(loaded):
    tube, cargo, p = loaded
    after, left = relaxed(tube, cargo, 3600.0, WARM, p)
    assert np.abs(left).max() < 1e-3
    assert after.pools(cargo)["inside"] == pytest.approx(tube.pools(cargo)["inside"], rel=1e-3)


def test_dilution_draws_it_out_and_no_copy_is_lost(loaded):
    tube, cargo, p = loaded
    thin = replace(tube, volume=20 * tube.volume)
    whole = sum(tube.pools(cargo).values())
    before, kept = tube.pools(cargo)["inside"], []
    for time in (0.0, 1.0, 600.0, 1e7):
        after, _ = relaxed(thin, cargo, time, WARM, p)
        assert sum(after.pools(cargo).values()) == pytest.approx(whole, rel=1e-12)
        kept.append(after.pools(cargo)["inside"] / before)
        for one in after.populations:
            for copies in (*one.inside.values(), *one.attached.values()):
                assert (copies.empty >= 0).all()
                assert (copies.second >= copies.mean**2 * (1 - 1e-9) - copies.mean).all()
    assert (np.diff(kept, axis=0) <= 1e-12).all()
    assert kept[0] == pytest.approx(1.0)
    assert np.median(kept[-1]) < 0.5
    dry, left = relaxed(replace(tube, volume=0 * tube.volume), cargo, 1e7, WARM, p)
    assert not left.any()
    assert dry.pools(cargo)["inside"] == pytest.approx(before)


def test_a_gradient_holds_it_and_leaks_in_its_own_time(loaded):
    tube, cargo, p = loaded
    vesicles = tube.population("small_ev")
    held = {**vesicles.surface, trap_of(cargo): np.full(p.members, 1e6)}
    trapped = tube.with_population(replace(vesicles, surface=held))
    thin = replace(trapped, volume=20 * tube.volume)
    after, left = relaxed(thin, cargo, 60.0, WARM, p)
    _, bare = relaxed(replace(tube, volume=thin.volume), cargo, 60.0, WARM, p)
    assert (left < bare).all()
    weaker = after.population("small_ev").surface[trap_of(cargo)]
    assert weaker == pytest.approx(1 + (1e6 - 1) * 0.5 ** (60.0 / p[GRADIENT_HALF_LIFE]))


def test_a_base_leaves_more_slowly_in_acid_and_a_neutral_drug_does_not(drawn, tube):
    for cargo, slower in (("doxorubicin", True), ("paclitaxel", False)):
        p = drawn(Both(cargo=cargo))
        acid, neutral = (hold(np.array([1e-7]), p, WARM, ph).rate for ph in (5.0, 7.4))
        assert (acid < neutral).all() if slower else acid == pytest.approx(neutral, rel=1e-3)
        cold = hold(np.array([1e-7]), p, 277.15).rate
        assert (cold < neutral).all()


def test_a_large_sink_without_a_bag_is_the_law_of_a_sink(drawn, tube):
    """And in a small one the drug stays as far as the room of the vesicles goes."""
    step = ReleaseCurve(bag="none", sink=1e-2, sample=1e-9)
    p = drawn(step)
    held = tube(p.members)
    times = np.array([1.0, 10.0, 100.0, 1000.0])
    _, out = step.curve(held, times, p)
    room, rate, _ = step._rooms(held, p)
    factor, shares = binding_pools(p[SPREAD])
    kept = [retained_share(np.full(p.members, t), rate[:, None] * factor, shares) for t in times]
    assert 1.0 - out == pytest.approx(np.stack(kept, axis=1), abs=1e-5)
    small = replace(step, sink=1e-8, sample=5e-7)
    room, _, liquid = small._rooms(held, p)
    _, rested = small.curve(held, np.array([1e12]), p)
    assert 1.0 - rested[:, 0] == pytest.approx(room / (room + liquid + 1e-8), rel=1e-6)


def test_a_bag_lags_behind_what_is_out(drawn, tube):
    step = ReleaseCurve()
    p = drawn(step)
    read, out = step.curve(tube(p.members), np.linspace(60.0, 86400.0, 20), p)
    assert (read <= out + 1e-12).all()
    assert (np.diff(read, axis=1) > 0).all()
    assert np.median(read[:, 0]) < 0.05
    assert any("membrane" in flag.message for flag in step.flags(tube(p.members), p))
    assert ReleaseCurve(cargo="siRNA").check()
