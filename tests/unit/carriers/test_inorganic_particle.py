"""Inorganic particles: the mass that was weighed in is there again, coats count, metal stays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exocast.design import Design
from exocast.design.run import run
from exocast.evidence import Axes, Catalogue, Need, draw
from exocast.material.carrier import carriers_of
from exocast.material.suspension import Suspension
from exocast.stages.donor.inorganic_particle import (
    KIND,
    SOLID,
    SURFACE,
    InorganicParticle,
    local_grid,
)

DESIGN = """
exocast = 1
title = "gold"
[question]
quantity = "particles taken up per target cell"
target_cell = "PANC-1"
at = "24 h"
[subject]
species = "mouse"
body_weight = "22 g"
tumour = {{ cell = "PANC-1", volume = "100 mm^3" }}
[[step]]
stage = "donor"
method = "inorganic_particle"
material = "gold"
core = "40 nm"
coating = "{coating}"
[regimen]
route = "intravenous_bolus"
dose = "1e9 particles"
[models]
body = "whole_body"
cell = "endocytosis_and_escape"
[run]
horizon = "24 h"
"""


def made(**settings: Any) -> Any:
    step = InorganicParticle(**({"material": "gold", "core": 20e-9} | settings))
    assert step.check() == []
    needs = [Need(n.parameter, {**step.context(), **n.context}) for n in step.needs()]
    p = draw(needs, Catalogue.packaged(), Axes(5, 2), 1).draws(dict(step.context()))
    tube, exchange = step.apply(Suspension.nothing(10), p)
    return tube, exchange, p, step


@pytest.mark.parametrize("material", ["gold", "silica", "titania", "iron_oxide"])
@pytest.mark.parametrize("variation", [0.02, 0.3])
def test_the_mass_that_was_weighed_in_is_there(material: str, variation: float) -> None:
    tube, _, p, _step = made(material=material, variation=variation, mass=2e-6)
    mean = np.pi / 6 * p[SOLID] * (20e-9) ** 3 * (1 + variation**2) ** 3
    assert tube.population(KIND).total * mean == pytest.approx(2e-6, rel=1e-12)


def test_what_travels_has_the_diameter_in_liquid() -> None:
    tube, exchange, _, _ = made(core=6.2e-9, hydrodynamic=34.6e-9, coating="PEG")
    held = tube.population(KIND)
    share = held.count / held.total[:, None]
    assert (share * held.diameter).sum(axis=1) == pytest.approx(34.6e-9, rel=0.03)
    assert exchange.notes["diameter [m]"] == pytest.approx(34.6e-9)
    thin, _, _, _ = made(coating="citrate")
    thick, _, _, _ = made(coating="PEG")
    mean = [np.average(t.population(KIND).diameter, weights=t.population(KIND).count[0])
            for t in (thin, thick)]  # fmt: skip
    assert mean[1] > mean[0] + 10e-9


def test_cargo_goes_with_the_surface_of_the_core() -> None:
    tube, exchange, _, _ = made(core=13e-9, cargo="siRNA", cargo_density=6e16, variation=0.1)
    held = tube.population(KIND)
    each = held.copies("siRNA") / held.total
    assert each == pytest.approx(6e16 * np.pi * (13e-9) ** 2 * 1.01, rel=1e-9)
    assert exchange.amounts["cargo/siRNA", "bound to particles"] == pytest.approx(
        held.copies("siRNA")
    )


def test_only_a_coat_of_peg_counts_chains_and_none_is_shed() -> None:
    coated = made(coating="PEG")[0].population(KIND).surface
    bare = made(coating="citrate")[0].population(KIND).surface
    assert "peg_copies" in coated
    assert "peg_desorption" not in coated
    assert "peg_copies" not in bare
    assert (bare[SURFACE] > 0).all()
    assert "phosphatidylserine_share" not in bare


def test_particles_below_the_filter_of_the_kidney_are_flagged() -> None:
    tube, _, p, step = made(core=2e-9)
    assert [flag.severity for flag in step.flags(tube, p)] == ["serious"]
    tube, _, p, step = made(core=40e-9)
    assert step.flags(tube, p) == []


def test_settings_that_contradict_each_other_are_refused() -> None:
    assert InorganicParticle(material="gold", core=5e-8, hydrodynamic=3e-8).check()
    assert InorganicParticle(material="gold", core=5e-8, cargo="sirna").check()
    assert made(cargo_density=1e16)[0].cargoes == ()


def test_a_few_sizes_stand_for_all() -> None:
    """Particles are carried to rounding, and their mean diameter with them."""
    tube, _, _, _ = made(variation=0.3)
    held = tube.population(KIND)
    carriers = carriers_of(tube)
    assert sum(c.count for c in carriers) == pytest.approx(held.total, rel=1e-12)
    mean = sum(c.count * c.diameter for c in carriers) / held.total
    assert mean == pytest.approx((held.count * held.diameter).sum(axis=1) / held.total, rel=0.01)


def test_the_grid_is_about_the_particle() -> None:
    grid = local_grid(30e-9)
    assert np.diff(np.log(grid)) == pytest.approx(np.log(16) / 40)


def test_the_dose_is_found_again_and_a_coat_keeps_it_in_blood() -> None:
    left = {}
    for coating in ("citrate", "PEG"):
        found = run(Design(DESIGN.format(coating=coating), ".", coating), members=(6, 2), seed=1)
        branch = found.base[0]
        assert branch.residual < 1e-10
        dose = branch.wired.dosed["particles"].sum(axis=1)
        places = (*branch.published["body.parts"], "tumour.in_cells")
        held = sum(branch.course.of(name)[:, -1] for name in places)
        assert held == pytest.approx(dose, rel=1e-4), "nothing of the metal is digested"
        soon = int(np.argmin(np.abs(branch.course.time - 600.0)))
        left[coating] = np.median(branch.course.of("blood")[:, soon] / dose)
    assert left["PEG"] > left["citrate"]
