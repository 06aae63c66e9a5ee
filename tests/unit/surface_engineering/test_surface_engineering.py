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
from exocast.stages.biodistribution.ligands import ligand_table
from exocast.stages.biodistribution.receptor_beds import ASSOCIATION, DISSOCIATION
from exocast.stages.donor.cell import BURDEN
from exocast.stages.surface_engineering import (
    METHODS,
    Affinity,
    Conjugation,
    Display,
    GlycanEditing,
    Insertion,
    ligands_of,
)
from exocast.stages.surface_engineering.display import TRANSFECTED
from exocast.stages.surface_engineering.molecules import RADIUS, area_of

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
        applied(Insertion(molecule="peg", amount=1e-14, chain_mass=mass))[0]
        .population("small_ev").surface["peg_copies"]
        for mass in (2.0, 5.0)
    )  # fmt: skip
    np.testing.assert_allclose(long, 2.5**1.2 * short, rtol=1e-4)


def test_what_stands_there_takes_room_from_what_comes():
    """Any number of helpings, and chains of any length, never cover more than a full membrane."""
    full = Insertion(molecule="peg", amount=1e-5)
    most = applied(full)[0].population("small_ev").surface["peg_copies"]
    after = tube()
    for step in (full, full, replace(full, chain_mass=20.0)):
        after = step.apply(after, draws(step))[0]
        held = after.population("small_ev").surface["peg_copies"]
        np.testing.assert_allclose(held, most, rtol=1e-6)
    once = Conjugation(molecule="cetuximab", amount=1e-6, reagent=10.0)
    after = tube()
    for _ in range(4):
        after = once.apply(after, draws(once))[0]
    small = after.population("small_ev")
    room = 0.547 / np.pi / draws(once)[RADIUS] ** 2 * area_of(small) / small.total
    assert (small.surface["ligand.cetuximab"] < room * (1 + 1e-9)).all()


def test_iron_is_a_moment():
    after, _ = applied(Insertion(molecule="iron_oxide", amount=1e-9))
    moment = after.population("small_ev").surface["magnetic_moment"]
    assert ((moment > 1e-21) & (moment < 1e-15)).all()


def test_trimming_leaves_what_it_cannot_reach():
    none, some, long = (
        applied(GlycanEditing(duration=time))[0].population("small_ev").surface
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
        GlycanEditing(enzyme=0.0),
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
    assert set(METHODS) == {
        "display", "insertion", "conjugation", "affinity", "glycan_editing", "hybrid_by_freezing",
        "hybrid_by_polymer", "hybrid_by_extrusion", "membrane_coating",
    }  # fmt: skip


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


def shown(**surface: float) -> Suspension:
    """Return the tube whose small EVs show something."""
    held = tube()
    small = held.population("small_ev")
    given = {name: np.full(MEMBERS, value) for name, value in surface.items()}
    return held.with_population(replace(small, surface=given))


def test_clicked_molecules_are_no_more_than_handles_room_or_what_was_added():
    for step, most in (
        (Conjugation(molecule="cetuximab", amount=1e-6, reagent=10.0), 0.547 / (np.pi * 16e-18)),
        (Conjugation(molecule="irgd", amount=1e-12), np.inf),
    ):
        after, notes = applied(step)
        held = sum(one.surface.get(f"ligand.{step.molecule}", 0.0) * one.total
                   for one in after.populations)  # fmt: skip
        assert (held < step.amount * AVOGADRO * (1 + 1e-9)).all()
        area = np.pi * 1e-14 * np.exp(2 * 0.3**2)
        assert (notes["copies on a small EV [copy/particle]"] < most * area).all()


def test_chemistry_costs_function_and_several_handles_cost_vesicles():
    mild, harsh = (
        Conjugation(molecule="transferrin", chemistry=one, handles=6.0, amount=1e-8)
        for one in ("metabolic_azide", "copper_click")
    )
    kept = {}
    for step in (mild, harsh):
        after, exchange = step.apply(shown(cd47_copies=20.0), draws(step))
        kept[step.chemistry] = after.population("small_ev")
        lost = exchange.amounts["particles/small_ev", "bridged to others"]
        assert (lost <= 0).all()
    for name in ("cd47_copies",):
        assert (kept["copper_click"].surface[name] < kept["metabolic_azide"].surface[name]).all()
    assert (kept["copper_click"].total < kept["metabolic_azide"].total).all()


def test_dissolved_protein_takes_its_share_of_the_reaction():
    step = Conjugation(molecule="irgd", amount=1e-9)
    clean = tube()
    dirty = replace(clean, solutes={"protein": np.full(MEMBERS, 1e-5)})
    copies = [
        step.apply(held, draws(step))[0].population("small_ev").surface["ligand.irgd"]
        for held in (clean, dirty)
    ]
    assert (copies[1] < copies[0]).all()


def test_what_binds_a_target_hides_it():
    lipid = Affinity(molecule="egfr_nanobody", amount=1e-9)
    after, _ = lipid.apply(shown(phosphatidylserine_share=0.6, cd47_copies=20.0), draws(lipid))
    small = after.population("small_ev").surface
    assert (small["phosphatidylserine_share"] < 0.6).all()
    assert (small["cd47_copies"] == 20.0).all()
    assert (small["ligand.egfr_nanobody.share"] == 0.6).all()
    assert (small["ligand.egfr_nanobody.desorption"] > 0).all()
    guard = Affinity(molecule="egfr_nanobody", target="cd47", amount=1e-9)
    after, _ = guard.apply(shown(cd47_copies=20.0), draws(guard))
    small = after.population("small_ev").surface
    np.testing.assert_allclose(small["cd47_copies"] + small["ligand.egfr_nanobody"], 20.0)
    nothing, _ = guard.apply(tube(), draws(guard))
    assert (nothing.population("small_ev").surface["ligand.egfr_nanobody"] == 0).all()


def test_an_inserted_ligand_leaves_with_its_anchor_and_stands_on_its_chain():
    after, _ = applied(Insertion(molecule="irgd", anchor="DMPE", chain_mass=5.0))
    small = after.population("small_ev").surface
    assert (small["ligand.irgd.desorption"] > 1e-5).all()
    np.testing.assert_allclose(small["ligand.irgd.spacer"], 6.0e-9, rtol=0.02)
    both = Insertion(molecule="irgd").apply(shown(**{"ligand.irgd": 50.0}), draws(
        Insertion(molecule="irgd")
    ))[0].population("small_ev").surface  # fmt: skip
    alone = applied(Insertion(molecule="irgd"))[0].population("small_ev").surface
    assert (both["ligand.irgd.desorption"] < alone["ligand.irgd.desorption"]).all()


def test_capping_undoes_baring_and_a_cut_takes_all():
    bare, cap, crown, cut = (
        GlycanEditing(edit=one, enzyme=1.0, duration=1e5)
        for one in ("sialidase", "sialyltransferase", "fucosyltransferase", "pngase_f")
    )
    bared, _ = bare.apply(tube(), draws(bare))
    capped, _ = cap.apply(bared, draws(cap))
    crowned, _ = crown.apply(tube(), draws(crown))
    poor, _ = crown.apply(bared, draws(crown))
    after, _ = cut.apply(crowned, draws(cut))
    surfaces = [one.population("small_ev").surface for one in (bared, capped, crowned, poor, after)]
    assert (surfaces[0]["sialic_acid_share"] < surfaces[1]["sialic_acid_share"]).all()
    name = "ligand.sialyl_lewis_x"
    assert (surfaces[3][name] < surfaces[2][name]).all()  # it needs what is capped
    assert (surfaces[4][name] < surfaces[2][name]).all()
    assert (surfaces[4]["n_glycan_share"] < 1).all()
    assert ligands_of(crown) == ("sialyl_lewis_x",)
    assert ligands_of(cut) == ()


@pytest.mark.parametrize("name", [n for n, one in ligand_table().items() if one.beyond])
def test_an_antigen_says_what_is_not_followed(name):
    """By whatever way it is put on; how many there is room for goes with its width."""
    for step in (Display(molecule=name, copies=20.0), Affinity(molecule=name),
                 Conjugation(molecule=name), Insertion(molecule=name)):  # fmt: skip
        said = [flag.message for flag in step.flags(tube(), draws(step)) if flag.severity == "note"]
        assert any("not modelled" in message for message in said), step
    crowd = Display(molecule=name, copies=5000.0)
    (refused,) = crowd.refusals(tube(), draws(crowd))
    assert refused.limit == "impossible"


def test_a_peptide_on_mhc_binds_weakly_and_class_two_more_weakly_and_slowly():
    """TCRs bind in the micromolar range; class I is met faster (Cole 2007)."""
    held = Catalogue.packaged()
    one, two = (
        [held.find(Need(what, {"ligand": name})).value for what in (DISSOCIATION, ASSOCIATION)]
        for name in ("pmhc_1", "pmhc_2")
    )
    assert 1e-4 < one[0] < two[0] < 1.0, "mol/m^3: between 0.1 uM and 1 mM"
    assert one[1] > two[1]
    off = [each[0] * each[1] for each in (one, two)]
    assert 0.01 < off[0] < 1.0
    assert 0.01 < off[1] < 1.0, "off within seconds, class I and II alike"


def test_lactadherin_hides_what_it_sits_on():
    step = Display(molecule="egfr_nanobody", anchor="lactadherin", copies=100.0)
    after, _ = step.apply(shown(phosphatidylserine_share=0.6), draws(step))
    small = after.population("small_ev").surface
    assert (small["phosphatidylserine_share"] < 0.6).all()
    assert (small["ligand.egfr_nanobody.desorption"] > 0).all()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_chains_on_a_bond_stay_when_inserted_ones_leave(order):
    steps = (Insertion(molecule="peg", anchor="DMPE"), Conjugation(molecule="peg"))
    alone = steps[0].apply(tube(), draws(steps[0]))[0].population("small_ev").surface
    held = tube()
    for index in order:
        held = steps[index].apply(held, draws(steps[index]))[0]
    both = held.population("small_ev").surface
    leaving = [one["peg_copies"] * one["peg_desorption"] for one in (alone, both)]
    # Chains that are there already take a little room from those that are inserted.
    assert leaving[1] == pytest.approx(leaving[0], rel=[1e-6, 1e-3][order[0]])
    assert (both["peg_desorption"] < alone["peg_desorption"]).all()
    assert (both["peg_copies"] > alone["peg_copies"]).all(), "no amine of PEG's own is spent"


def test_only_what_a_fed_cell_made_has_azido_sugars():
    for chemistry, found in (("metabolic_azide", False), ("dbco_azide", True)):
        after, _ = applied(Conjugation(molecule="irgd", chemistry=chemistry))
        assert "ligand.irgd" in after.population("small_ev").surface
        assert ("ligand.irgd" in after.population("lipoprotein").surface) is found


def test_only_cells_that_express_are_burdened():
    step = Display(molecule="rvg", expression="transient")
    p = draws(step)
    _, exchange = step.apply(tube(), p)
    lost = -exchange.amounts["particles/small_ev", "not made by cells that express it"] / 1e11
    cells = lost / p[BURDEN]  # that express it
    assert (cells < 1).all()
    assert cells * (1 - p[BURDEN]) / (1 - lost) == pytest.approx(p[TRANSFECTED])
