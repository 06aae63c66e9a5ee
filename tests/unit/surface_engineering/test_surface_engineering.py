"""What is put on vesicles: copies that add up, by surface, on what has a membrane."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.design import Design
from exocast.design.design import templates
from exocast.errors import DesignError
from exocast.evidence import Axes, Catalogue, draw
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need
from exocast.laws.lumen import AVOGADRO
from exocast.material.suspension import Population, Suspension, default_grid
from exocast.stages.surface_engineering import (
    METHODS,
    Display,
    GlycanTrimming,
    Insertion,
    ligands_of,
)

MEMBERS = 3


def tube() -> Suspension:
    """Return small and large EVs, lipoproteins and aggregates."""
    grid, ones = default_grid(), np.ones(MEMBERS)

    def shape(middle: float, total: float) -> np.ndarray:
        held = np.exp(-0.5 * (np.log(grid / middle) / 0.3) ** 2)
        return np.broadcast_to(total * held / held.sum(), (MEMBERS, grid.size)).copy()

    kinds = (("small_ev", 1e-7, 1e11, True), ("large_ev", 3e-7, 1e9, True),
             ("lipoprotein", 4e-8, 1e12, False),
             ("protein_aggregate", 1e-7, 1e10, False))  # fmt: skip
    populations = tuple(
        Population(kind, grid, shape(middle, total), 1100 * ones, 1.4 * ones, vesicular=vesicular)
        for kind, middle, total, vesicular in kinds
    )
    return Suspension(populations, {}, {}, 1e-6 * ones)


def draws(step: object) -> Draws:
    needs = [Need(one.parameter, {**step.context(), **one.context}) for one in step.needs()]
    axes = Axes(MEMBERS, 1)
    return draw(needs, Catalogue.packaged(), axes, 1).draws(dict(step.context()))


def applied(step: object) -> tuple[Suspension, dict]:
    after, exchange = step.apply(tube(), draws(step))
    return after, exchange.notes


def test_displayed_copies_go_with_surface():
    after, _ = applied(Display(molecule="irgd", copies=40.0, displaying=0.5))
    small, large = (after.population(kind).surface for kind in ("small_ev", "large_ev"))
    assert (small["ligand.irgd"] > 0).all()
    assert (large["ligand.irgd"] > 5 * small["ligand.irgd"]).all()
    np.testing.assert_array_equal(small["ligand.irgd.share"], 0.5)
    assert not after.population("lipoprotein").surface
    assert not after.population("protein_aggregate").surface


def test_an_anchor_of_endosomes_goes_with_their_vesicles():
    """CD63 is on vesicles from there, a plasma membrane's anchor on the others."""
    held = tube()
    copies = {}
    for anchor in ("cd63", "ptgfrn"):
        step = Display(molecule="irgd", anchor=anchor, copies=40.0, displaying=0.5)
        for share in (0.1, 0.9):
            small = held.population("small_ev")
            small = replace(small, surface={"from_endosome_share": np.full(MEMBERS, share)})
            after, _ = step.apply(held.with_population(small), draws(step))
            copies[anchor, share] = after.population("small_ev").surface["ligand.irgd"]
    assert (copies["cd63", 0.9] > copies["cd63", 0.1]).all()
    assert np.median(copies["ptgfrn", 0.9] / copies["ptgfrn", 0.1]) < 1.2


def test_a_guard_saves_copies_and_a_batch_has_fewer():
    lamp, guarded, batch = (
        np.median(applied(Display(molecule="rvg", **change))[0].population("small_ev").surface[
            "ligand.rvg"
        ])
        for change in ({}, {"guard": "glycan"}, {"expression": "transient"})
    )  # fmt: skip
    assert batch < lamp < guarded


def test_inserted_molecules_are_no_more_than_were_added():
    step = Insertion(molecule="transferrin", amount=1e-12)
    after, notes = applied(step)
    held = sum(one.surface.get("ligand.transferrin", 0.0) * one.total for one in after.populations)
    added = step.amount * AVOGADRO
    np.testing.assert_allclose(held, added * (1.0 - notes["left dissolved [1]"]), rtol=1e-9)
    assert (held < added).all()
    fats = after.population("lipoprotein")
    assert (fats.surface["ligand.transferrin"] > 0).all()  # they take their share


def test_membranes_fill_up():
    copies = [
        applied(Insertion(molecule="peg", amount=amount))[0].population("small_ev").surface
        for amount in (1e-9, 1e-6, 1e-5)
    ]
    peg = [held["peg_copies"] for held in copies]
    assert (peg[0] < peg[1]).all()
    np.testing.assert_allclose(peg[1], peg[2], rtol=0.3)
    assert (copies[0]["peg_desorption"] > 0).all()


def test_a_longer_chain_covers_more():
    short, long = (
        applied(Insertion(molecule="peg", chain_mass=mass))[0].population("small_ev").surface
        for mass in (2.0, 5.0)
    )
    np.testing.assert_allclose(long["peg_copies"], 2.5**1.2 * short["peg_copies"])


def test_iron_is_a_moment():
    after, _ = applied(Insertion(molecule="iron_oxide", amount=1e-9))
    moment = after.population("small_ev").surface["magnetic_moment"]
    assert ((moment > 1e-21) & (moment < 1e-15)).all()


def test_trimming_leaves_what_it_cannot_reach():
    none, some, long = (
        applied(GlycanTrimming(duration=time))[0].population("small_ev").surface
        for time in (0.0, 60.0, 1e5)
    )
    assert "sialic_acid_share" not in none
    assert (some["sialic_acid_share"] >= long["sialic_acid_share"]).all()
    assert (long["sialic_acid_share"] > 0).all()


@pytest.mark.parametrize(
    "step",
    [
        Display(molecule="irgd", copies=0.0),
        Insertion(molecule="irgd", amount=0.0),
        GlycanTrimming(enzyme=0.0),
    ],
)
def test_nothing_added_is_nothing_changed(step):
    before = tube()
    after, _ = step.apply(before, draws(step))
    assert after is before
    assert ligands_of(step) == ()


def test_ligands_are_known_to_the_design():
    assert ligands_of(Display(molecule="rvg")) == ("rvg",)
    assert ligands_of(Display(molecule="cd47")) == ()
    assert set(METHODS) == {"display", "insertion", "glycan_trimming"}


def test_a_misspelt_molecule_or_magnet_is_a_problem_of_the_design():
    design = Design.read(templates()["targeted-vesicles"])
    design.check()
    plan = design.plan()
    assert plan.study.ligands == ("irgd",)
    assert design.plan("magnet").study.ligands == ()
    assert design.plan("magnet").study.magnet.organ == "tumour"
    with pytest.raises(DesignError, match="Did you mean `irgd`"):
        design.with_settings({"ligand.molecule": "irgb"}).check()
    with pytest.raises(DesignError, match="Did you mean `liver`"):
        design.with_settings({"regimen.magnet": {"organ": "livre"}}).check()
