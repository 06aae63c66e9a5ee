"""What opening membranes does to a tube: copies one by one, losses, sizes, surfaces, rank."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import poisson

from exocast.laws.lumen import AVOGADRO, lumen_diameter, outer_area
from exocast.laws.steric import accessible_volume
from exocast.material.ledger import residual
from exocast.stages.loading import METHODS
from exocast.stages.loading.cargo import MOLAR_MASS, hydrodynamic_diameter
from exocast.stages.loading.contact import BILAYER_THICKNESS
from exocast.stages.loading.efficiency import apparent_efficiency
from exocast.stages.loading.extrusion import Extrusion, blocked_share
from exocast.stages.loading.freeze_thaw import FreezeThaw
from exocast.stages.loading.osmotic_shock import OsmoticShock
from exocast.stages.loading.saponin import Saponin
from exocast.stages.loading.sonication import Sonication
from exocast.stages.surface_engineering.molecules import area_of

OPENING = ("extrusion", "freeze_thaw", "osmotic_shock", "saponin", "sonication")


@pytest.mark.parametrize("name", ["sonication", "osmotic_shock", "saponin"])
def test_moments_are_those_of_copies_counted_one_by_one(name, drawn, tube):
    """Enumerate: every size, opened or not, every number of copies by its own probability."""
    step = METHODS[name](cargo="siRNA", cargo_amount=1e-9, volume=1e-6)
    p = drawn(step, 3, 1)
    before = tube(p.members)
    # Closed vesicles are to hold nothing, and none to tear: what tears is in the next test.
    shut = [key for key in p._ensemble.values if "permeability" in str(key) or "torn_" in str(key)]
    p._ensemble.values.update({key: np.zeros(3) for key in shut})
    after, exchange = step.apply(before, p)
    small = after.population("small_ev")
    inside = small.inside["siRNA"]
    if name == "saponin":
        share = exchange.notes["share that lets the cargo in [1]"][:, None] * np.ones(
            small.count.shape
        )
    elif name == "sonication":
        events = exchange.notes["openings of a 100 nm vesicle [1]"][:, None]
        share = 1 - np.exp(-events * small.diameter / 100e-9)
    else:
        share = 1 - np.exp(-step.events(small.diameter, before.temperature, p))
    # What the open ones hold follows from the mean.
    own = np.divide(inside.mean, share, out=np.zeros_like(share), where=share > 0)
    copies = np.arange(0, 800)[:, None, None]
    chance = share * poisson.pmf(copies, own) + (1 - share) * (copies == 0)
    count = small.count / small.total[:, None]
    pooled = (count * chance).sum(axis=2)  # over the sizes, as single-vesicle counting sees it
    number = copies[:, :, 0]
    for explicit, held, absolute in (
        ((number * pooled).sum(0), inside.mean, 1e-9),
        (pooled[0], inside.empty, 0.0),
        ((number * (number - 1) * pooled).sum(0), inside.second, 1e-9),
    ):
        assert explicit == pytest.approx((count * held).sum(axis=1), rel=1e-6, abs=absolute)


def test_torn_membrane_keeps_its_area_and_fills_to_the_ceiling(drawn, tube):
    step = Extrusion(cargo="siRNA", pore=5e-8, passes=1, pressure=1e7, volume=1e-6)
    p = drawn(step)
    before = tube(p.members)
    after, exchange = step.apply(before, p)
    small, old = after.population("small_ev"), before.population("small_ev")
    held = blocked_share(old.diameter, step.pore, step.passes, step.pressure, p)
    passed = (old.count * (1 - held) * outer_area(old.diameter)).sum(axis=1)
    assert area_of(small) == pytest.approx(passed, rel=1e-9)
    assert np.all(small.total > old.total * 0.9)  # more, smaller vesicles
    thickness = p[BILAYER_THICKNESS][:, None]
    room = accessible_volume(
        lumen_diameter(small.diameter, thickness), hydrodynamic_diameter(p)[:, None]
    )
    at = np.searchsorted(small.diameter, 55e-9)
    ratio = (small.inside["siRNA"].mean / (1e-9 / 1e-6 * AVOGADRO * room))[:, at]
    assert np.all((ratio > 0.5) & (ratio <= 1))
    assert np.all(exchange.amounts["particles/small_ev", "closed from torn membrane"] > 0)


def test_a_filter_wider_than_the_vesicles_loads_none_of_them(drawn, tube):
    wide, narrow = Extrusion(pore=4e-7), Extrusion(pore=5e-8)
    p = drawn(wide)
    tubes = [step.apply(tube(p.members), p)[0] for step in (wide, narrow)]
    loads = [one.population("small_ev").copies("siRNA") for one in tubes]
    assert np.all(loads[1] > 30 * loads[0])
    assert any("pass shut" in flag.message for flag in wide.flags(tube(p.members), p))
    weak = replace(narrow, pressure=5e4)
    assert any("stay on the filter" in flag.message for flag in weak.flags(tube(p.members), p))


def test_what_was_inside_leaks_and_surfaces_wear_and_show_their_inner_lipid(drawn, tube):
    step = Sonication(cargo="catalase", power=5.0)
    p = drawn(step)
    plain = tube(p.members, held="siRNA")
    marked = replace(
        plain.population("small_ev"),
        surface={
            "cd63_copies": np.full(p.members, 10.0),
            "phosphatidylserine_share": np.full(p.members, 0.2),
        },
    )
    before = plain.with_population(marked)
    after, exchange = step.apply(before, p)
    assert residual(before, after, exchange)[0] < 1e-12
    small = after.population("small_ev")
    was, now = (t.population("small_ev").inside["siRNA"].mean for t in (before, after))
    assert np.all(now < was)
    assert np.all(after.free["siRNA"] > 0)
    assert np.all(small.surface["cd63_copies"] * small.total < 10.0 * marked.total)
    shown = small.surface["phosphatidylserine_share"]
    assert np.all((shown > 0.2) & (shown <= 1))
    causes = {cause for _, cause in exchange.amounts}
    assert {"destroyed by sound", "damaged by sound", "torn", "added"} <= causes


def test_sound_cuts_a_plasmid_and_spares_an_sirna(drawn, tube):
    lost = {}
    for cargo in ("plasmid_DNA", "siRNA"):
        step = Sonication(cargo=cargo, cargo_amount=1e-12, power=2.0)
        p = drawn(step)
        _, exchange = step.apply(tube(p.members), p)
        lost[cargo] = -np.median(exchange.amounts[f"cargo/{cargo}", "damaged by sound"])
    assert lost["plasmid_DNA"] > 0.9 * 1e-12 * AVOGADRO
    assert lost["siRNA"] < 0.1 * 1e-12 * AVOGADRO
    hot = Sonication(cargo="plasmid_DNA", cargo_amount=1e-12, power=20.0, cooling="none")
    said = " ".join(flag.message for flag in hot.flags(tube(10), drawn(hot)))
    assert "heats the sample" in said
    assert "sound destroys" in said


def test_sugar_that_protects_vesicles_from_ice_also_keeps_them_shut(drawn, tube):
    loads = {}
    for buffer in ("PBS", "trehalose"):
        step = FreezeThaw(cargo="siRNA", buffer=buffer)
        p = drawn(step, 60, 1)
        _, exchange = step.apply(tube(p.members), p)
        loads[buffer] = np.median(exchange.notes["true copies per vesicle [copy/particle]"])
    assert loads["PBS"] > loads["trehalose"] > 0


def test_saponin_is_shared_among_vesicles_and_too_much_dissolves_them(drawn, tube):
    step = Saponin(cargo="siRNA", saponin=0.05)
    p = drawn(step)
    few, many = (step.apply(tube(p.members, vesicles=v), p)[1] for v in (1e10, 1e13))
    assert np.all(few.notes["share opened [1]"] >= many.notes["share opened [1]"])
    assert np.any(few.notes["share opened [1]"] > many.notes["share opened [1]"])
    harsh = replace(step, saponin=5.0)
    _, exchange = harsh.apply(tube(p.members), p)
    assert np.median(-exchange.amounts["particles/small_ev", "dissolved by saponin"]) > 5e10
    assert any("take less" in flag.message for flag in harsh.flags(tube(p.members), p))


def test_the_thinner_the_bath_the_more_vesicles_burst_and_large_ones_first(drawn, tube):
    step = OsmoticShock(cargo="siRNA")
    p = drawn(step)
    grid = tube(1).populations[0].diameter
    thin, thick = (replace(step, bath=b).events(grid, 293.15, p) for b in (0.0, 150.0))
    assert np.all(thin >= thick)
    assert np.all(np.diff(thin > 0, axis=1) >= 0)
    bears = replace(step, bath=250.0)
    assert any("bears this bath" in flag.message for flag in bears.flags(tube(p.members), p))


@pytest.mark.parametrize("name", OPENING)
def test_three_efficiencies_are_one_amount(name, drawn, tube):
    step = METHODS[name](cargo="catalase", cargo_mass=1e-8)
    p = drawn(step)
    after, exchange = step.apply(tube(p.members), p)
    added, molecule = step.copies(p), p[MOLAR_MASS] / AVOGADRO
    seen = apparent_efficiency(after, "catalase", added, molecule)
    vesicles = sum(one.total for one in after.populations if one.vesicular)
    mass = sum(
        (one.count * np.pi / 6 * one.diameter**3).sum(axis=1) * one.density
        for one in after.populations
        if one.vesicular
    )
    for view in (seen.true, seen.apparent):
        assert view.of_input * added == pytest.approx(view.per_vesicle * vesicles, rel=1e-12)
        assert view.of_vesicle_mass * mass == pytest.approx(
            view.of_input * added * molecule, rel=1e-12
        )
    assert exchange.notes["true loading of input [1]"] == pytest.approx(seen.true.of_input)


def test_every_way_of_opening_beats_incubation_for_an_enzyme(drawn, tube):
    """One set of parameters; incubation comes last, as printed."""
    loads = {}
    for name in ("passive_incubation", *OPENING):
        step = METHODS[name](cargo="catalase", cargo_mass=1e-7, volume=1e-6)
        p = drawn(step, 40, 1)
        loads[name] = np.median(step.apply(tube(p.members), p)[0].pools("catalase")["inside"])
    still = loads.pop("passive_incubation")
    loads.pop("saponin")  # its hole is about as wide as the enzyme: by the draw it passes or not
    assert all(load > 100 * still for load in loads.values())
