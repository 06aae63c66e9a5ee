"""Ligands and magnets: what they can change, and what they cannot."""

from dataclasses import replace

import numpy as np
import pytest

from exocast.evidence import Catalogue
from exocast.material.magnet import Magnet
from exocast.stages.biodistribution.ligands import SITES, ligand_table, receptor_table
from exocast.stages.biodistribution.sampling import Sampling

LABEL = "zirconium-89"
MINUTES = np.array([0.0, 1, 2, 5, 10, 30, 60, 90, 240, 1440])
QUICK = {"classes": {"small_ev": 1}, "minutes": MINUTES, "labels": (LABEL,)}
MATTERS = 1.02
"""A ligand whose receptor an organ's blood can see moves it by this at least."""


def carrying(tube, **surface):
    """Return a tube whose small EVs have surface properties."""
    held = tube(1)
    given = {name.replace("__", "."): np.full(1, value) for name, value in surface.items()}
    small = held.population("small_ev")
    return held.with_population(replace(small, surface={**small.surface, **given}))


@pytest.fixture(scope="module")
def plain(bench, tube):
    return bench(tube=tube(1), **QUICK)


@pytest.fixture(scope="module")
def with_ligand(bench, tube):
    held = {}

    def run(name, copies=100.0, fix=None):
        key = name, copies, tuple((fix or {}).items())
        if key not in held:
            dose = carrying(tube, **{f"ligand__{name}": copies})
            held[key] = bench(tube=dose, ligands=(name,), fix=fix, **QUICK)
        return held[key]

    return run


def taken(run, organ, name):
    """Return what an organ took by a ligand, in the end, as a share of the dose."""
    return run.course.of(f"{organ}.by_{name}")[0, -1] / run.given["particles"][0, -1]


@pytest.mark.parametrize("name", list(ligand_table()))
def test_every_ligand_runs_and_its_dose_is_found_again(name, with_ligand):
    run = with_ligand(name)
    assert run.residual < 1e-10
    shown = Sampling(run.course, run.wiring.published, run.given)
    for label in ("", LABEL):
        np.testing.assert_allclose(sum(shown.found(label).values()), 100.0, rtol=1e-5)


@pytest.mark.parametrize("name", list(ligand_table()))
def test_it_takes_where_its_receptor_is_and_nowhere_else(name, with_ligand):
    run = with_ligand(name)
    receptors = ligand_table()[name].bound
    expected = {organ for one in receptors for site in SITES for organ in getattr(one, site)}
    wired = {n.partition(".by_")[0] for n in run.course.names if n.endswith(f".by_{name}")}
    assert wired == expected
    for organ in wired:
        assert run.course.of(f"{organ}.by_{name}")[0, -1] > 0


def test_a_strong_ligand_raises_the_organ_of_its_receptor(plain, with_ligand):
    for name, organ in (("anti_transferrin_receptor", "brain"), ("cxcr4", "marrow")):
        ratio = with_ligand(name).course.of(organ)[0, -1] / plain.course.of(organ)[0, -1]
        assert ratio > MATTERS, (name, organ)
    for organ in ("kidney", "muscle"):  # without its receptor: no more than before
        ratio = with_ligand("cxcr4").course.of(organ)[0, -1] / plain.course.of(organ)[0, -1]
        assert ratio < MATTERS


def test_rvg_as_it_was_measured_does_nothing_for_the_brain(plain, with_ligand):
    """Hundreds of litres a mole and second, and a constant of 40 uM: no bond forms in a passage."""
    assert taken(with_ligand("rvg"), "brain", "rvg") < 1e-4


def test_blood_flow_and_diffusion_are_the_ceiling(bench, tube, with_ligand):
    """A thousand times the receptors of a bed that takes nearly all it meets: hardly more."""
    name, key = "anti_transferrin_receptor", "biodistribution.targeting.receptors@"
    many = {f"{key}organ=brain": 1e7, "biodistribution.targeting.association": 1e3}
    most = {f"{key}organ=brain": 1e10, "biodistribution.targeting.association": 1e3}
    first, second = (taken(with_ligand(name, 1000.0, fix), "brain", name) for fix in (many, most))
    assert second == pytest.approx(first, rel=0.05)
    dose = carrying(tube, **{f"ligand__{name}": 1000.0})
    run = bench(tube=dose, ligands=(name,), fix=most, classes={"small_ev": 1})
    blood, course = run.wiring.port("circulation"), run.course
    # All that blood brought past: flow times concentration, over the day.
    passed = np.trapezoid(course.of("blood")[0], course.time) / blood.blood_volume[0]
    assert course.of(f"brain.by_{name}")[0, -1] < passed * blood.through["brain"][0]
    # And of each pass no more than diffusion brings to the wall.
    bed = run.wiring.published[f"targeting.{name}"]["endothelium", "brain"]
    cleared = sum(each["small_ev.0"] for each in bed.clearance.values())
    area = 2 * blood.blood["brain"] * 0.5 / 3.5e-6
    assert 0.3 < cleared / (3.66 * 4.4e-12 / 7e-6 * area) < 1.5


def test_receptors_run_out(with_ligand):
    name = "cxcr4"
    few = {"biodistribution.targeting.receptors@organ=marrow": 1.0,
           "biodistribution.targeting.receptor_return": 1e-9}  # fmt: skip
    run = with_ligand(name, 100.0, few)
    bed = run.wiring.published[f"targeting.{name}"]["endothelium", "marrow"]
    assert run.course.of(f"marrow.by_{name}")[0, -1] <= float(bed.stock["cxcl12"][0])


def test_more_copies_never_take_less(with_ligand):
    name = "cxcr4"
    shares = [
        taken(with_ligand(name, copies), "marrow", name) for copies in (0.1, 1.0, 10.0, 100.0)
    ]
    assert shares == sorted(shares)
    assert shares[0] > 0


@pytest.fixture(scope="module")
def at_the_wall(bench, tube):
    """Run a ligand of brain with more on the surface; return the run and what its wall clears."""
    name = "anti_transferrin_receptor"

    def run(**surface):
        given = {key.replace("LIGAND", f"ligand__{name}"): one for key, one in surface.items()}
        dose = carrying(tube, **{f"ligand__{name}": 100.0}, **given)
        low = {"biodistribution.targeting.height": 2e-9}  # at the foot of the chains
        held = bench(tube=dose, ligands=(name,), fix=low, **QUICK)
        assert held.residual < 1e-10
        bed = held.wiring.published[f"targeting.{name}"]["endothelium", "brain"]
        cleared = [
            sum(float(each["small_ev.0"][0]) for each in one.values()) if one else 0.0
            for one in (bed.clearance, bed.bare)
        ]
        return held, *cleared

    return run


def test_a_coat_hides_a_ligand_unless_it_stands_out_of_it(at_the_wall):
    _, plain, none = at_the_wall()
    run, coated, bare = at_the_wall(peg_copies=8000.0, peg_desorption=1e-3)
    _, on_chains, _ = at_the_wall(peg_copies=8000.0, LIGAND__spacer=1e-8)
    assert none == 0.0
    assert coated < 0.7 * plain
    assert bare == pytest.approx(plain)
    assert on_chains == pytest.approx(plain)
    # Both are wired, and behind the wall of a tumour as well.
    assert {"bare.brain.vascular", "bare.tumour.interstitial"} <= set(run.wiring.places)


def test_an_anchor_that_leaves_takes_its_ligand_along(at_the_wall):
    name = "anti_transferrin_receptor"
    plain, stays, soon = (
        taken(at_the_wall(**held)[0], "brain", name)
        for held in ({}, {"LIGAND__desorption": 0.0}, {"LIGAND__desorption": 1e-2})
    )
    assert stays == pytest.approx(plain, rel=1e-6)
    assert soon < 0.7 * plain


def test_no_copy_changes_nothing_bit_for_bit(bench, plain, tube):
    named = bench(tube=tube(1), ligands=("irgd",), **QUICK)
    assert named.course.names == plain.course.names
    np.testing.assert_array_equal(named.course.amount, plain.course.amount)


def test_every_receptor_has_its_rows():
    values = Catalogue.packaged().values["biodistribution.targeting.receptors"]
    held = {(row.context["receptor"], row.context["site"], row.context["organ"]) for row in values}
    places = {(one.name, *place) for one in receptor_table().values() for place in one.places()}
    assert held == places
    bound = {name for one in ligand_table().values() for name in one.receptors}
    assert bound == set(receptor_table())


def magnet(bench, tube, moment=2e-17, **change):
    held = Magnet(**{"organ": "tumour", "gradient": 100.0, "duration": 3600.0, **change})
    dose = carrying(tube, magnetic_moment=moment)
    return bench(tube=dose, magnet=held, **QUICK)


def test_a_magnet_holds_while_it_stays(bench, plain, tube):
    run = magnet(bench, tube)
    assert run.residual < 1e-10
    shown = Sampling(run.course, run.wiring.published, run.given)
    for label in ("", LABEL):
        np.testing.assert_allclose(sum(shown.found(label).values()), 100.0, rtol=1e-5)
    held = run.course.of("tumour.held")[0]
    at = {minute: held[list(MINUTES).index(minute)] for minute in (30, 60, 90)}
    assert at[30] > 0
    assert at[90] < 0.01 * at[60]  # washed off once it is gone
    assert run.course.of("tumour")[0, -1] > plain.course.of("tumour")[0, -1]


def test_a_magnet_holds_more_with_more_of_it(bench, tube):
    half_hour = list(MINUTES).index(30)
    base = magnet(bench, tube).course.of("tumour.held")[0, half_hour]
    for change in ({"gradient": 10.0}, {"moment": 2e-18}, {"duration": 300.0}):
        less = magnet(bench, tube, **change).course.of("tumour.held")[0, half_hour]
        assert less < 0.5 * base, change
    elsewhere = magnet(bench, tube, organ="liver")
    assert elsewhere.course.of("liver.held")[0, half_hour] > 0
    assert "tumour.held" not in elsewhere.course.names


def test_without_iron_there_is_nothing_to_hold(bench, plain, tube):
    run = bench(tube=tube(1), magnet=Magnet(organ="liver"), **QUICK)
    np.testing.assert_array_equal(run.course.amount, plain.course.amount)
