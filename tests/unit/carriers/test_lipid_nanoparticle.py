"""Lipid nanoparticles: what geometry gives, what a coat does, and where they were found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exocast.evidence import Axes, Catalogue, Need, draw
from exocast.laws.lumen import AVOGADRO, sphere_volume
from exocast.learn.benchmarks import benchmarks
from exocast.material.suspension import Suspension
from exocast.stages.donor.lipid_nanoparticle import CEILING, KIND, SOLIDS, LipidNanoparticle


def made(**settings: Any) -> Any:
    step = LipidNanoparticle(cargo="siRNA", **({"cargo_amount": 1e-10} | settings))
    needs = [Need(n.parameter, {**step.context(), **n.context}) for n in step.needs()]
    p = draw(needs, Catalogue.packaged(), Axes(5, 2), 1).draws(dict(step.context()))
    tube, exchange = step.apply(Suspension.nothing(10), p)
    return tube, exchange, p, step


@pytest.fixture(scope="module")
def typical(bench: Any) -> Any:
    return bench("lipid_nanoparticle", axes=(24, 4))


def test_particles_hold_what_geometry_gives_and_no_more() -> None:
    """Mass of solids times share of cargo, over all particles that are not empty."""
    tube, _, p, step = made(diameter=100e-9, polydispersity=0.05)
    held = tube.population(KIND)
    core = np.maximum(held.diameter - 2 * 3e-9, 0)
    full = held.inside["siRNA"].mean[0] / (1 - held.inside["siRNA"].empty[0])
    part = step.cargo_to_lipid / (1 + step.cargo_to_lipid)
    rough = sphere_volume(core) * p[SOLIDS][0] * part / 13.3 * AVOGADRO
    large = held.diameter > 60e-9
    assert full[large] == pytest.approx(rough[large], rel=0.25)


def test_cargo_is_inside_or_dissolved() -> None:
    tube, _, _, _ = made(encapsulated=0.8)
    pools = tube.pools("siRNA")
    total = 1e-10 * AVOGADRO
    assert pools["inside"] == pytest.approx(0.8 * total, rel=1e-12)
    assert pools["free"] == pytest.approx(0.2 * total, rel=1e-12)
    none, _, _, _ = made(encapsulated=0.0)
    assert none.population(KIND).total == pytest.approx(0.0)


def test_a_label_composition_is_far_from_neutral_charge() -> None:
    _, exchange, _, _ = made()
    tube, _, _, _ = made()
    held = tube.population(KIND)
    mean = held.copies("siRNA") / held.total
    assert 2.5 < np.median(exchange.notes[CEILING] / mean) < 4.5


def test_too_much_cargo_for_its_lipid_is_refused() -> None:
    _, _, p, step = made(cargo_to_lipid=0.3)
    assert step.refusals(Suspension.nothing(10), p) != []
    _, _, p, step = made()
    assert step.refusals(Suspension.nothing(10), p) == []


def test_everything_balances(typical: Any) -> None:
    assert typical.residual < 1e-12


def test_the_liver_takes_what_was_published(typical: Any) -> None:
    """Bare mRNA nanoparticles in mice: 83 % of clearance is the liver's (read, never fitted).

    And above 90 % of an siRNA formulation. The model is not tuned to either; the fold error is
    stated, and both lie within twofold.
    """
    inside = typical.tube.population(KIND).copies("siRNA")
    share = typical.at("liver.siRNA", 240) / inside
    for name in ("nanoparticle_liver", "lipidoid_liver"):
        fold = np.median(share) / benchmarks()[name].value
        assert 0.5 < fold < 1.3, f"{name}: fold {fold:.2f}"
    assert np.median(share) > 0.5


@pytest.mark.xfail(
    reason="0.235 is left: through its coat it is wrapped more slowly since coats act on wrapping, "
    "and how soon that coat goes is assumed"
)
def test_it_leaves_blood_within_minutes(typical: Any) -> None:
    """Bare nanoparticles in mice leave blood with about 5 min (20 mL/h from 2.5 mL)."""
    dose = typical.tube.population(KIND).total
    left = typical.at("blood", 30) / dose
    assert np.median(left) < 0.2


def test_a_coat_keeps_it_in_blood(bench: Any) -> None:
    """No PEG or a short anchor: gone sooner. A long anchor: it stays, and hepatocytes get less."""
    none, short, long = (
        bench("lipid_nanoparticle", peg_share=share, peg_anchor=anchor, cells=False)
        for share, anchor in ((0.0, "C14"), (0.05, "C14"), (0.05, "C18"))
    )
    left = [
        run.at("blood", 5)[0] / run.tube.population(KIND).total[0] for run in (none, short, long)
    ]
    assert left[0] < left[1] <= left[2]


def test_hepatocytes_take_it_through_apolipoprotein_e(bench: Any) -> None:
    """Without LDL receptors none is taken that way, and less of the dose ends in liver."""
    with_, without = (
        bench("lipid_nanoparticle", cells=False, fix={"apoe_binding": value})
        for value in (3e-16, 1e-30)
    )
    dose = with_.tube.population(KIND).total[0]
    assert with_.at("liver.ldl_receptor", 240)[0] > 0.05 * dose
    assert without.at("liver.ldl_receptor", 240)[0] < 1e-6 * dose
    assert with_.at("liver.hepatocytes", 240)[0] > with_.at("liver.ldl_receptor", 240)[0]
    assert with_.at("liver.siRNA", 240)[0] > without.at("liver.siRNA", 240)[0]


def test_its_own_escape_is_used(bench: Any) -> None:
    """The rival on vesicles does not concern it."""
    rare, common = (bench("lipid_nanoparticle", escape=option) for option in ("rare", "common"))
    assert rare.at("in_cytosol", 1440) == pytest.approx(common.at("in_cytosol", 1440))
    share = rare.at("in_cytosol", 2880) / rare.at("taken_up", 2880)
    assert 0.003 < float(share[0]) < 0.06


def test_no_other_body_has_a_second_blood(bench: Any) -> None:
    vesicles, particles = bench("vesicles", cells=False), bench("lipid_nanoparticle", cells=False)
    assert not any("bare." in name for name in vesicles.wired.network.state_names)
    assert any("bare." in name for name in particles.wired.network.state_names)
