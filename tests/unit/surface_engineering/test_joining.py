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
from exocast.stages.surface_engineering import METHODS
from exocast.stages.surface_engineering.hybrid import HYBRID, LIPOSOME
from exocast.stages.surface_engineering.hybrid_by_freezing import HybridByFreezing
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


def applied(step, tube):
    needs = [Need(one.parameter, {**step.context(), **one.context}) for one in step.needs()]
    p = draw(needs, Catalogue.packaged(), Axes(N, 1), 1).draws(step.context())
    return step.apply(tube, p)


def membrane(one: Population) -> np.ndarray:
    return (one.count * outer_area(one.diameter)).sum(axis=1)


def test_membrane_copies_and_cargo_are_kept_when_vesicles_fuse():
    tube = mixture(LIPOSOMES)
    after, _ = applied(HybridByFreezing(cycles=10), tube)
    parts = [after.population(kind) for kind in ("small_ev", LIPOSOME, HYBRID)]
    assert sum(map(membrane, parts)) == pytest.approx(sum(map(membrane, tube.populations)))
    assert after.totals()["cargo/siRNA"] == pytest.approx(tube.totals()["cargo/siRNA"])
    hybrid = after.population(HYBRID)
    held = sum(one.total * one.surface.get("peg_copies", 0.0) for one in parts)
    worn = held / (3e10 * 300.0)
    assert (worn <= 1 + 1e-12).all()
    assert (worn > 0.3).all(), "what is missing was worn off"
    assert (hybrid.surface["zeta_potential"] > -0.02).all()
    assert (hybrid.surface["zeta_potential"] < 0.04).all()
    assert (hybrid.surface["phosphatidylserine_share"] < 0.5).all()
    wide = [(one.count * GRID).sum(1) / one.total for one in (parts[0], hybrid)]
    assert (wide[1] > wide[0]).all()


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
