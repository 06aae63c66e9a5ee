"""Protection from digestion, with and without detergent; and the inventory of a small vesicle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.evidence import Axes, Catalogue, Need, draw
from exocast.laws.protection import surviving_share
from exocast.material.suspension import Copies, Population, Suspension, default_grid
from exocast.stages.assay import Composition, Protection
from exocast.stages.assay.composition import LIPIDS
from exocast.stages.assay.protection import ACCESS, HAZARD

LEFT = "siRNA that withstands digestion [1]"


def draws(step, members=40, seed=1):
    context = dict(step.context())
    needs = [Need(need.parameter, {**context, **need.context}) for need in step.needs()]
    return draw(needs, Catalogue.packaged(), Axes(members, 1), seed).draws(context)


def tube(members=40, cargo="siRNA", share=0.43, **pools):
    """A tube with a million vesicles and copies of a cargo in the pools that are named."""
    grid = default_grid()
    count = np.zeros((members, grid.size))
    count[:, 10] = 1e6
    one = np.ones(members)

    def copies(pool):
        return {cargo: Copies.poisson(np.full(count.shape, pools[pool] / 1e6))}

    held = Population(
        "small_ev", grid, count, 1120.0 * one, 1.38 * one, True,
        {"from_endosome_share": share * one, "cd63_copies": 10 * one},
        copies("inside") if "inside" in pools else {},
        copies("attached") if "attached" in pools else {},
    )  # fmt: skip
    grain = Population(
        "cargo_precipitate", grid, count, 1500.0 * one, 1.5 * one, False, {},
        copies("aggregated") if "aggregated" in pools else {},
    )  # fmt: skip
    free = {cargo: pools["free"] * one} if "free" in pools else {}
    return Suspension((held, grain), free, {}, 1e-6 * one)


def read(step, suspension):
    after, exchange = step.apply(suspension, draws(step, suspension.members))
    assert after is suspension
    assert not exchange.amounts
    return exchange.notes


def test_each_place_has_its_hazard():
    p = draws(Protection())
    for place, pool in (
        ("lumen", "inside"),
        ("surface", "attached"),
        ("precipitate", "aggregated"),
    ):
        expected = surviving_share(p.at(HAZARD, cargo_kind="nucleic_acid"),
                                   p.at(ACCESS, place=place), 1800.0)  # fmt: skip
        assert read(Protection(), tube(**{pool: 1e9}))[LEFT] == pytest.approx(expected)
    bare = read(Protection(), tube(free=1e9))[LEFT]
    assert np.median(bare) < 1e-3


def test_detergent_tells_a_lumen_from_a_precipitate():
    inside, grain = tube(inside=1e9), tube(aggregated=1e9)
    with_detergent = Protection(detergent="yes")
    assert np.median(read(Protection(), inside)[LEFT]) > 0.99
    assert np.median(read(with_detergent, inside)[LEFT]) < 0.1
    same = read(Protection(), grain)[LEFT]
    assert read(with_detergent, grain)[LEFT] == pytest.approx(same)
    assert np.median(same) > 0.5  # withstands, and was never in a vesicle
    words = Protection().flags(grain, draws(Protection()))
    assert "precipitate" in words[0].message
    assert not Protection().flags(inside, draws(Protection()))
    assert not with_detergent.flags(grain, draws(with_detergent))


def test_an_enzyme_cuts_its_own_kind():
    protein = tube(cargo="catalase", free=1e9)
    name = "catalase that withstands digestion [1]"
    assert (read(Protection(enzyme="nuclease"), protein)[name] == 1).all()
    assert (read(Protection(enzyme="protease"), protein)[name] < 1).all()
    drug = tube(cargo="doxorubicin", free=1e9, inside=1e9)
    name = "doxorubicin that withstands digestion [1]"
    assert (read(Protection(enzyme="protease_then_nuclease"), drug)[name] == 1).all()


def test_a_protease_lays_rna_on_surfaces_bare():
    on_surface = tube(attached=1e9)
    alone = read(Protection(duration=120.0), on_surface)[LEFT]
    after = read(Protection(duration=120.0, enzyme="protease_then_nuclease"), on_surface)[LEFT]
    assert np.median(after) < np.median(alone)


def test_an_empty_tube_reads_nothing():
    assert read(Protection(), Suspension.nothing(3)) == {}
    assert read(Composition(), Suspension.nothing(3)) == {}
    none = tube(3, inside=0.0)
    assert np.isfinite(read(Protection(), none)[LEFT]).all()


def test_the_inventory_follows_the_branch():
    shed, endosomal = (read(Composition(), tube(share=share)) for share in (0.0, 1.0))
    for name in ("ALIX", "TSG101", "abundant_miRNA"):
        key = f"{name} in a vesicle [1]"
        assert np.median(endosomal[key]) > np.median(shed[key])
    for name in ("integrin", "MHC_I"):
        key = f"{name} in a vesicle [1]"
        assert np.median(endosomal[key]) < np.median(shed[key])
    key = "density by composition [kg/m^3]"
    assert np.median(endosomal[key]) > np.median(shed[key])
    half = read(Composition(), tube(share=0.5))["ALIX in a vesicle [1]"]
    whole = (shed["ALIX in a vesicle [1]"] + endosomal["ALIX in a vesicle [1]"]) / 2
    assert half == pytest.approx(whole)


def test_lipids_are_all_of_the_lipid():
    notes = read(Composition(), tube())
    total = np.sum([notes[f"{lipid} in the lipid [1]"] for lipid in LIPIDS], axis=0)
    assert total == pytest.approx(np.ones(40), rel=1e-12)


def test_copies_grow_with_membrane_or_lumen():
    small, large = tube(), tube()
    grid = small.populations[0].diameter
    count = np.zeros_like(small.populations[0].count)
    count[:, 20] = 1e6
    large = small.with_population(replace(small.populations[0], count=count))
    ratio = grid[20] / grid[10]
    one, two = (read(Composition(), each) for each in (small, large))
    for name, power in (("integrin", 2), ("actin", 3)):
        key = f"{name} in a vesicle [1]"
        assert two[key] == pytest.approx(one[key] * ratio**power)


def test_the_sorted_microrna_is_six_times_the_other():
    sorted_, plain = (
        read(Composition(rna=rna), tube())["copies of the microRNA asked for [1]"]
        for rna in ("miR-223", "miR-190")
    )
    assert np.median(sorted_ / plain) == pytest.approx(6.24, rel=0.05)


def test_measured_density_fits_the_composition_and_the_index_does_not():
    # Density by composition reaches what iodixanol shows; then the index must lie above what
    # tracking by scattered light finds. One of the two is not of the whole vesicle.
    notes = read(Composition(), tube(200))
    density = np.percentile(notes["density by composition [kg/m^3]"], [5, 95])
    assert density[0] < 1160
    assert density[1] > 1090
    assert np.median(notes["refractive index by composition [1]"]) > 1.40


def test_a_tube_without_branches_says_so():
    plain = tube()
    held = plain.populations[0]
    bare = plain.with_population(replace(held, surface={}))
    step = Composition()
    assert step.flags(bare, draws(step))
    assert not step.flags(plain, draws(step))


def test_the_inventory_counts_the_cargo_that_the_tube_holds():
    notes = read(Composition(), tube(cargo="miRNA", inside=1e4, attached=1e6))
    assert notes["miRNA in a vesicle [copy/particle]"] == pytest.approx(0.01)
    assert notes["vesicles with miRNA [1]"] == pytest.approx(-np.expm1(-0.01))
