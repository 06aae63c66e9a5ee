"""Hybrids and coated cores: what is kept, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.design import Design
from exocast.errors import DesignError
from exocast.evidence import Axes, Catalogue, Need, draw
from exocast.laws.lumen import outer_area
from exocast.material.suspension import Copies, Population, Suspension, default_grid
from exocast.stages.account import Account
from exocast.stages.loading.extrusion import pressed
from exocast.stages.loading.freeze_thaw import FreezeThaw
from exocast.stages.loading.opening import TURNED, strained
from exocast.stages.storage.parameters import BROKEN
from exocast.stages.surface_engineering import METHODS
from exocast.stages.surface_engineering.hybrid import HYBRID, LIPOSOME
from exocast.stages.surface_engineering.hybrid_by_extrusion import HybridByExtrusion
from exocast.stages.surface_engineering.hybrid_by_freezing import PLAIN, HybridByFreezing
from exocast.stages.surface_engineering.hybrid_by_polymer import HybridByPolymer
from exocast.stages.surface_engineering.joining import regridded
from exocast.stages.surface_engineering.membrane_coating import COATED, CORE, MembraneCoating

N = 3
GRID = default_grid()


def population(kind: str, total: float, median: float, **surface: float) -> Population:
    bell = np.exp(-0.5 * (np.log(GRID / median) / 0.25) ** 2)
    count = np.full((N, 1), total) * bell / bell.sum()
    return Population(
        kind, GRID, count, np.full(N, 1100.0), np.full(N, 1.4),
        surface={name: np.full(N, value) for name, value in surface.items()},
        inside={"siRNA": Copies.poisson(np.full(count.shape, 2.0))},
    )  # fmt: skip


def mixture(*others: Population) -> Suspension:
    vesicles = population(
        "small_ev", 1e10, 90e-9, cd63_copies=10.0, zeta_potential=-0.02,
        phosphatidylserine_share=0.5,
    )  # fmt: skip
    return Suspension((vesicles, *others), {}, {}, np.full(N, 1e-6))


LIPOSOMES = population(LIPOSOME, 3e10, 100e-9, zeta_potential=0.04, peg_copies=300.0)
CORES = population(CORE, 2e9, 60e-9, zeta_potential=0.03, recognition=0.2)


def draws(step):
    needs = [Need(one.parameter, {**step.context(), **one.context}) for one in step.needs()]
    return draw(needs, Catalogue.packaged(), Axes(N, 1), 1).draws(step.context())


def applied(step, tube):
    return step.apply(tube, draws(step))


def membrane(one: Population) -> np.ndarray:
    return (one.count * outer_area(one.diameter)).sum(axis=1)


def test_membrane_copies_and_cargo_are_kept_when_vesicles_fuse():
    tube = mixture(LIPOSOMES)
    step = HybridByFreezing(cycles=10)
    after, _ = applied(step, tube)
    parts = [after.population(kind) for kind in ("small_ev", LIPOSOME, HYBRID)]
    unbroken = (1 - draws(step).at(BROKEN, **PLAIN)) ** 10
    whole = sum(map(membrane, tube.populations))
    assert sum(map(membrane, parts)) == pytest.approx(unbroken * whole, rel=1e-9)
    assert after.totals()["cargo/siRNA"] == pytest.approx(tube.totals()["cargo/siRNA"], rel=1e-9)
    hybrid = after.population(HYBRID)
    held = sum(one.total * one.surface.get("peg_copies", 0.0) for one in parts)
    outside = held / (3e10 * 300.0 * unbroken)
    assert (outside <= 1 + 1e-12).all()
    assert (outside > 1 - draws(step)[TURNED]).all(), "what is missing broke, or faces inside"
    assert (hybrid.surface["zeta_potential"] > -0.02).all()
    assert (hybrid.surface["zeta_potential"] < 0.04).all()
    assert (hybrid.surface["phosphatidylserine_share"] < 0.5).all()
    wide = [(one.count * GRID).sum(1) / one.total for one in (parts[0], hybrid)]
    assert (wide[1] > wide[0]).all()


def test_ice_does_to_what_did_not_join_what_it_does_when_cargo_is_loaded():
    """The same shares broken and fused, and the same wear, with liposomes beside or without."""
    alone = FreezeThaw(cargo="siRNA", cargo_amount=0.0, cycles=3, buffer="PBS")
    step = HybridByFreezing(cycles=3)
    p, frozen = draws(step), mixture()
    thawed, exchange = alone.apply(frozen, draws(alone))
    after, joined = step.apply(mixture(LIPOSOMES), p)
    left = -np.expm1(-step.liposomes(mixture(LIPOSOMES), p))
    for cause in ("broken by ice", "torn"):
        own, beside = (one.amounts["particles/small_ev", cause] for one in (exchange, joined))
        assert beside == pytest.approx((1 - left) * own, rel=1e-9)
    worn = [one.population("small_ev").surface["cd63_copies"] for one in (thawed, after)]
    assert worn[1] == pytest.approx(worn[0], rel=1e-9)
    small = after.population("small_ev")
    assert (small.total * worn[1] < 1e10 * 10.0).all()
    assert (small.copies("siRNA") < 2.0 * small.total).all(), "what opened lost what it held"


def test_a_filter_narrows_hybrids_and_keeps_its_share_of_all():
    """In wide pores as in fine ones, membrane that passes is kept, and so is cargo."""
    wide, fine = HybridByExtrusion(pore=1e-6), HybridByExtrusion(pore=5e-8)
    tube = mixture(LIPOSOMES)
    for step in (wide, fine):
        p = draws(step)
        opening = pressed(tube, step.pore, step.passes, step.pressure, p)
        through, _ = strained(tube, opening, Account(), p)
        passed = [
            ((1 - opening.blocked[one.kind]) * one.count * outer_area(GRID)).sum(axis=1)
            for one in tube.populations
        ]
        np.testing.assert_allclose(list(map(membrane, through.populations)), passed, rtol=1e-9)
        after, exchange = step.apply(tube, p)
        kept = after.totals()["cargo/siRNA"] - exchange.amounts["cargo/siRNA", "held on the filter"]
        assert kept == pytest.approx(tube.totals()["cargo/siRNA"], rel=1e-9)
    hybrid = after.population(HYBRID)
    mean = (hybrid.count * GRID).sum(axis=1) / hybrid.total
    assert (mean < 2 * 5e-8).all(), "as wide as the pore, about"
    others = (after.population(kind) for kind in ("small_ev", LIPOSOME))
    for one, before in zip(others, tube.populations, strict=True):
        assert (membrane(one) < membrane(before)).all()
    assert (after.free["siRNA"] > 0.5 * tube.totals()["cargo/siRNA"]).all(), "torn, and not held"
    free = step.flags(tube, draws(replace(fine, pressure=5e4)))
    assert not any("on the filter" in flag.message for flag in free)
    weak = replace(fine, pressure=5e4)
    assert any("on the filter" in flag.message for flag in weak.flags(tube, draws(weak)))


def test_dilution_stops_fusion_by_a_polymer_and_hardly_by_ice():
    tube = mixture(LIPOSOMES)
    thin = replace(tube, volume=100 * tube.volume)
    for step, factor in ((HybridByPolymer(), 100.0), (HybridByFreezing(), 1.0)):
        p = draw(step.needs(), Catalogue.packaged(), Axes(N, 1), 1).draws({})
        thick_hazard, thin_hazard = step.hazard(tube, p), step.hazard(thin, p)
        assert thick_hazard == pytest.approx(factor * thin_hazard)


def test_a_coat_stands_between_core_and_vesicle():
    after, exchange = applied(MembraneCoating(), mixture(CORES))
    coated = after.population(COATED)
    assert coated.total + after.population(CORE).total == pytest.approx(2e9)
    covered = exchange.notes["covered share of a coated core [1]"]
    assert ((covered > 0) & (covered <= 1)).all()
    assert coated.surface["recognition"] == pytest.approx(0.2 + 0.8 * covered)
    assert coated.surface["phosphatidylserine_share"] == pytest.approx(0.5 * covered)
    assert (after.free["siRNA"] > 0).all(), "what the vesicles held dissolves"


def test_new_sizes_keep_number_and_membrane():
    one = LIPOSOMES
    wider = regridded(one, 1.37 * GRID)
    assert wider.total == pytest.approx(one.total)
    assert membrane(wider) == pytest.approx(1.37**2 * membrane(one), rel=1e-6)
    assert wider.copies("siRNA") == pytest.approx(one.copies("siRNA"))


@pytest.mark.parametrize("name", [name for name in METHODS if name.startswith("hybrid")])
def test_a_tube_without_liposomes_is_refused(name):
    design = Design.read("sirna-loading-bench")
    step = {"stage": "surface_engineering", "method": name}
    with pytest.raises(DesignError, match="no liposomes in the tube"):
        design.with_settings({"clean_up": step}).check()
