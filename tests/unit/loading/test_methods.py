"""What every loading method must do."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exocast.laws.lumen import AVOGADRO, lipid_count, lumen_diameter, lumen_volume
from exocast.material.ledger import residual
from exocast.material.step import settings_of
from exocast.material.suspension import Population
from exocast.stages.loading import METHODS
from exocast.stages.loading.adsorption import sites_of
from exocast.stages.loading.cargo import BILAYER_CAPACITY, MOLAR_MASS, cargo_table
from exocast.stages.loading.contact import BILAYER_THICKNESS, LIPID_AREA
from exocast.stages.loading.efficiency import apparent_efficiency
from exocast.stages.loading.electroporation import CONDUCTIVITY, OPEN_SHARE, Electroporation
from exocast.stages.loading.passive_incubation import PassiveIncubation
from exocast.stages.wear import worn

KINDS = {one.kind: name for name, one in reversed(cargo_table().items())}  # the first of each
CHOOSY = {"remote_loading", "transfection_reagent", "hydrophobic_conjugate"}  # test_chemistry.py
BENCH = [name for name, cls in METHODS.items() if not cls.in_culture and name not in CHOOSY]
EVERY = [(name, cargo) for name in BENCH for cargo in KINDS.values()]

MOST = {"field": 1e6, "cargo_amount": 1e-6, "cargo_mass": 1e-6}
"""Ends of a turn where the bound of the setting asks for more than a small tube holds."""


@pytest.mark.parametrize(("name", "cargo"), EVERY)
@pytest.mark.parametrize("option", ["precipitate", "pores"])
def test_cargo_and_particles_are_conserved(name, cargo, option, drawn, tube):
    step = METHODS[name](cargo=cargo)
    p = drawn(step, electroporation=option)
    before = tube(p.members, held=cargo)
    after, exchange = step.apply(before, p)
    assert residual(before, after, exchange)[0] < 1e-12
    again, more = step.apply(after, p)  # on vesicles and precipitate that are there already
    assert residual(after, again, more)[0] < 1e-12
    for population in again.populations:
        for copies in (*population.inside.values(), *population.attached.values()):
            assert np.all((copies.empty >= 0) & (copies.empty <= 1))
            assert np.all(copies.mean >= 0)
            assert np.all(copies.second >= 0)


@pytest.mark.parametrize(("name", "cargo"), EVERY)
def test_every_need_is_used_valued_and_declared(name, cargo, drawn, tube):
    step = METHODS[name](cargo=cargo)
    p = drawn(step)
    step.apply(tube(p.members), p)
    step.flags(tube(p.members), p)
    step.refusals(tube(p.members), p)
    needed = {need.parameter.key for need in step.needs()}
    assert needed == p.asked
    assert needed <= {parameter.key for parameter in step.parameters}


@pytest.mark.parametrize(("name", "cargo"), EVERY)
@pytest.mark.parametrize("members", [(1, 1), (7, 1)])
def test_it_repeats_and_takes_an_empty_tube(name, cargo, members, drawn, tube):
    step = METHODS[name](cargo=cargo)
    p = drawn(step, *members)
    for vesicles, volume in ((0.0, 2e-7), (1e10, 2e-7), (0.0, 0.0)):
        before = tube(p.members, vesicles, volume)
        first, exchange = step.apply(before, p)
        assert residual(before, first, exchange)[0] < 1e-12
        second = step.apply(before, p)[0].pools(cargo)
        for pool, copies in first.pools(cargo).items():
            assert np.all(np.isfinite(copies))
            assert np.array_equal(copies, second[pool])


@pytest.mark.parametrize(("name", "cargo"), EVERY)
def test_no_cargo_gives_exactly_nothing(name, cargo, drawn, tube):
    step = METHODS[name](cargo=cargo, cargo_amount=0.0)
    p = drawn(step)
    after, _ = step.apply(tube(p.members), p)
    assert all(np.all(copies == 0) for copies in after.pools(cargo).values())
    assert after.populations[0].inside[cargo].empty.min() == 1.0


def _read(after, exchange, cargo, moves):
    if moves.startswith("solute/"):
        return after.solutes[moves.removeprefix("solute/")]
    pools = after.pools(cargo)
    if moves == "cargo inside":
        vesicles = sum(p.total for p in after.populations if p.vesicular)
        return pools["inside"] / vesicles
    return pools[moves.removeprefix("cargo ")]


@pytest.mark.parametrize("name", ["electroporation", "passive_incubation"])
@pytest.mark.parametrize("cargo", ["siRNA", "doxorubicin"])
def test_every_setting_moves_what_it_says(name, cargo, drawn, tube):
    for setting in settings_of(METHODS[name]).values():
        if not setting.unit:
            continue
        high = min(setting.high, MOST.get(setting.name, np.inf))
        results = []
        for value in (setting.low, high):
            step = METHODS[name](**{"cargo": cargo, setting.name: value})
            p = drawn(step)
            after, exchange = step.apply(tube(p.members, vesicles=1e9), p)
            results.append(_read(after, exchange, cargo, setting.moves))
        change = results[1] - results[0]
        if setting.direction:
            assert np.all(change * setting.direction > 0), setting.name
        else:
            assert np.all(change != 0), setting.name


def test_a_mass_is_the_same_cargo_as_its_amount(drawn, tube):
    amount = PassiveIncubation(cargo="paclitaxel", cargo_amount=1e-9)
    mass = PassiveIncubation(cargo="paclitaxel", cargo_mass=853.9e-12)
    p = drawn(amount)
    pools = [step.apply(tube(p.members), p)[0].pools("paclitaxel") for step in (amount, mass)]
    for pool in pools[0]:
        assert pools[0][pool] == pytest.approx(pools[1][pool], rel=1e-9)


def test_a_cargo_beyond_the_ceiling_is_refused_with_the_ceiling(drawn, tube):
    step = PassiveIncubation(cargo="albumin", cargo_amount=1e-5)
    p = drawn(step)
    (refused,) = step.refusals(tube(p.members), p)
    assert refused.limit == "impossible"
    assert re.search(
        r"touch at \d+ g/L.*the ceiling is 7\.\d+ mol/m\^3\. Add less", refused.message
    )
    assert replace(step, volume=1e-2).refusals(tube(p.members), p) == []


def test_a_coil_wider_than_the_lumen_stays_out_and_a_small_molecule_does_not(drawn, tube):
    shares = {}
    for cargo in ("siRNA", "mRNA", "plasmid_DNA"):
        step = Electroporation(cargo=cargo, cargo_amount=1e-12, rest=0.0)
        p = drawn(step, 9, 1, electroporation="pores")
        small = step.apply(tube(p.members), p)[0].population("small_ev")
        lumen = lumen_volume(small.diameter, p[BILAYER_THICKNESS][:, None])
        full = 1e-12 / 0.4e-6 * lumen * AVOGADRO
        shares[cargo] = np.median(small.inside[cargo].mean / full / p[OPEN_SHARE][:, None], axis=0)
    at = np.searchsorted(tube(1).populations[0].diameter, 100e-9)
    assert 0.8 < shares["siRNA"][at] < 0.95
    assert 0.25 < shares["mRNA"][at] < 0.5
    assert shares["plasmid_DNA"][at] == 0
    assert shares["plasmid_DNA"][-1] > 0.3


def test_wear_takes_copies_and_leaves_what_is_no_count():
    flat = np.ones((2, 3))
    held = {"cd63_copies": 8.0, "ligand.rvg": 4.0, "ligand.rvg.share": 0.5, "zeta_potential": -0.02}
    surface = {name: np.full(2, value) for name, value in held.items()}
    sizes = np.array([5e-8, 1e-7, 2e-7])
    one = Population("small_ev", sizes, flat, flat[:, 0], flat[:, 0], surface=surface)
    after = worn(one, np.array([0.25, 1.0])).surface
    assert after["cd63_copies"].tolist() == [6.0, 0.0]
    assert after["ligand.rvg"].tolist() == [3.0, 0.0]
    assert after["ligand.rvg.share"].tolist() == [0.5, 0.5]
    assert after["zeta_potential"].tolist() == [-0.02, -0.02]


def test_an_unknown_cargo_is_named_with_the_nearest():
    problems = Electroporation(cargo="siRNA_KRAS_G12").check()
    assert problems == ["no cargo is called `siRNA_KRAS_G12`. Did you mean `siRNA_KRAS_G12D`?"]
    assert Electroporation(cargo="catalase").check() == []


OPENING = ("electroporation", "extrusion", "freeze_thaw", "osmotic_shock", "saponin", "sonication")


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(OPENING),
    amount=st.floats(1e-15, 2e-8),
    vesicles=st.floats(1e6, 1e13),
    harshness=st.floats(0.0, 1.0),
    option=st.sampled_from(["precipitate", "pores"]),
    cargo=st.sampled_from(["siRNA", "catalase", "plasmid_DNA"]),
)
def test_nothing_that_only_opens_a_membrane_passes_the_lumen_ceiling(
    drawn, tube, name, amount, vesicles, harshness, option, cargo
):
    harsh = {
        "electroporation": {"field": 1e4 * 1000**harshness},
        "extrusion": {"pore": 1e-6 / 20**harshness},
        "freeze_thaw": {"cycles": 1 + round(19 * harshness)},
        "osmotic_shock": {"bath": 300.0 * (1 - harshness)},
        "saponin": {"saponin": 1e-3 * 5000**harshness},
        "sonication": {"power": 0.05 * 1000**harshness},
    }[name]
    step = METHODS[name](cargo=cargo, cargo_amount=amount, volume=0.4e-6, **harsh)
    p = drawn(step, electroporation=option)
    before = tube(p.members, vesicles)
    after, exchange = step.apply(before, p)
    assert residual(before, after, exchange)[0] < 1e-12
    for kind in ("small_ev", "large_ev"):
        population = after.population(kind)
        lumen = lumen_volume(population.diameter, p[BILAYER_THICKNESS][:, None])
        ceiling = amount / 0.4e-6 * lumen * AVOGADRO
        if name in ("electroporation", "freeze_thaw", "osmotic_shock", "saponin", "sonication"):
            # The inside of a membrane that was open for a while holds what sticks to it.
            within = lumen_diameter(population.diameter, p[BILAYER_THICKNESS][:, None])
            ceiling = ceiling + sites_of(population, p, within=within)
        assert np.all(population.inside[cargo].mean <= ceiling * (1 + 1e-9))


def test_the_rivals_differ_by_the_share_that_opens_and_meet_above_the_threshold(drawn, tube):
    def inside(option, **chosen):
        step = Electroporation(cargo="siRNA_KRAS_G12D", **chosen)
        p = drawn(step, electroporation=option)
        small = step.apply(tube(p.members), p)[0].population("small_ev")
        return small.inside["siRNA_KRAS_G12D"].mean[:, 20], p[OPEN_SHARE]

    usual, few = inside("precipitate", rest=0.0)
    rival, many = inside("pores", rest=0.0)
    assert np.all((few >= 1e-4) & (few <= 0.1) & (many >= 0.1) & (many <= 1.0))
    # Not exactly: what fills the lumens is missing from the liquid.
    assert rival / usual == pytest.approx(many / few, rel=1e-3)
    strong, _ = inside("precipitate", field=1e7, pulses=50.0, pulse_duration=2e-3)
    other, _ = inside("pores", field=1e7, pulses=50.0, pulse_duration=2e-3)
    assert np.all(strong >= usual)
    assert np.median(strong / other) > 0.5


def test_large_vesicles_open_before_small_ones(drawn, tube):
    step = Electroporation(cargo="siRNA", field=3e5, pulses=50.0)
    p = drawn(step)
    grid = tube(p.members)
    shares = step._opened(grid, p)["large_ev"][1][0]
    assert np.all(np.diff(shares, axis=1) >= 0)
    assert np.median(shares[:, 0]) < 1e-3 < np.median(shares[:, -1])


def test_the_signal_at_usual_fields_is_precipitate_and_a_chelator_takes_it_away(drawn, tube):
    def seen(buffer):
        step = Electroporation(cargo="siRNA", buffer=buffer)
        p = drawn(step, 20, 1)
        after, _ = step.apply(tube(p.members), p)
        added = np.full(p.members, 1e-9 * AVOGADRO)
        return apparent_efficiency(after, "siRNA", added, p[MOLAR_MASS] / AVOGADRO)

    plain, citrate = seen("PBS"), seen("citrate")
    assert np.all(plain.apparent.of_input > 100 * plain.true.of_input)
    assert np.median(citrate.apparent.of_input) < 0.01 * np.median(plain.apparent.of_input)
    assert np.median(seen("sucrose").apparent.of_input) < np.median(plain.apparent.of_input)
    assert np.all(plain.true.per_vesicle < 1)
    assert np.all(plain.apparent.of_vesicle_mass >= plain.true.of_vesicle_mass)


def test_a_bilayer_stays_at_its_capacity_while_the_apparent_load_passes_it(drawn, tube):
    step = PassiveIncubation(cargo="paclitaxel", cargo_amount=1e-6)
    p = drawn(step, 30, 1)
    after, _ = step.apply(tube(p.members), p)
    small = after.population("small_ev")
    lipids = lipid_count(small.diameter, p[BILAYER_THICKNESS][:, None], p[LIPID_AREA][:, None])
    ratio = small.inside["paclitaxel"].mean / lipids
    assert np.all(ratio <= p[BILAYER_CAPACITY][:, None] * 1.001)
    assert np.all(ratio < 0.07)
    added = np.full(p.members, 1e-6 * AVOGADRO)
    seen = apparent_efficiency(after, "paclitaxel", added, p[MOLAR_MASS] / AVOGADRO)
    assert np.median(seen.apparent.per_vesicle) > 1e5  # more than one molecule per lipid
    assert np.median(seen.true.per_vesicle) < 1e4
    assert np.median(seen.apparent.of_vesicle_mass) > 0.28


def test_hydrophobic_cargo_loads_better_than_hydrophilic_macromolecules(drawn, tube):
    shares = {}
    for cargo in ("curcumin", "doxorubicin", "catalase", "siRNA"):
        step = PassiveIncubation(cargo=cargo, cargo_amount=1e-11)
        p = drawn(step, 15, 1)
        shares[cargo] = np.median(step.apply(tube(p.members), p)[0].pools(cargo)["inside"])
    assert shares["curcumin"] > shares["doxorubicin"] > 100 * shares["siRNA"]
    assert shares["doxorubicin"] > 100 * shares["catalase"]


def test_lipoproteins_take_a_drug_without_protecting_it(drawn, tube):
    step = PassiveIncubation(cargo="paclitaxel", cargo_amount=1e-12)
    p = drawn(step)
    full = tube(p.members)
    bare = replace(full, populations=full.populations[:2])
    with_fat, without = (step.apply(t, p)[0].pools("paclitaxel") for t in (full, bare))
    assert np.all(with_fat["inside"] < without["inside"])
    assert np.all(without["attached"] == 0)
    assert np.all(with_fat["attached"] > 0)


def test_flags_say_when_the_domain_is_left(drawn, tube):
    step = Electroporation()
    p = drawn(step)
    (only,) = step.flags(tube(p.members), p)
    assert "3 mV across a 100 nm vesicle" in only.message
    hot = Electroporation(field=3e6, pulses=10.0)
    found = [flag.message for flag in hot.flags(tube(p.members), drawn(hot))]
    assert any("heat the sample" in text for text in found)
    assert any("arcs" in text for text in found)
    assert np.all(drawn(hot)[CONDUCTIVITY] > 1)
    much = PassiveIncubation(cargo="paclitaxel", cargo_amount=1e-6)
    (flag,) = much.flags(tube(10), drawn(much))
    assert "drug particles" in flag.message
    little = PassiveIncubation(cargo="paclitaxel", cargo_amount=1e-15)
    assert little.flags(tube(10), drawn(little)) == []
