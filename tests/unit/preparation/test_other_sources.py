"""Body fluids, blood cells, plants and extruded cells: order, conservation, what enters a body."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.laws.lumen import sphere_volume
from exocast.laws.membrane_area import mean_area, spare_share, sphere_area
from exocast.material.carrier import carriers_of
from exocast.material.suspension import LASTING, LIPOPROTEINS, Suspension
from exocast.stages.account import pooled
from exocast.stages.assay import Nta
from exocast.stages.donor import BloodCells, BodyFluid, CellCulture, MimeticNanovesicles, Plant
from exocast.stages.donor import blood_cells as blood
from exocast.stages.donor import body_fluid as fluids
from exocast.stages.donor import mimetic_nanovesicles as mimetic
from exocast.stages.isolation import SizeExclusion
from exocast.stages.storage import LiquidStorage

DAY = 86400.0
MANY = 200
PLASMA = BodyFluid(fluid="plasma", volume=1e-6)
RED = BloodCells(cells=2e12, volume=4e-4)
PRESSED = MimeticNanovesicles(cell_type="MCF-7", cells=1e7, cargo="siRNA", cargo_copies=1e5)
GINGER = Plant(plant="ginger", mass=0.1)
SOURCES = (
    *(BodyFluid(fluid=one, volume=1e-6) for one in fluids.FLUIDS),
    RED, replace(RED, cell="platelet"), PRESSED, GINGER, replace(GINGER, process="homogenate"),
)  # fmt: skip


def made(bench, step, members=7):
    return bench.run(step, Suspension.nothing(members))


def messages(bench, step, tube=None):
    flags = step.flags(tube or Suspension.nothing(7), bench.draws(step))
    return " ".join(flag.message for flag in flags)


@pytest.mark.parametrize("step", SOURCES, ids=lambda one: one.headline())
def test_only_vesicles_enter_the_body(bench, step) -> None:
    tube, _, _ = made(bench, step)
    entering = {carrier.kind for carrier in carriers_of(tube)}
    assert entering == {held.kind for held in tube.populations if held.vesicular}
    assert entering <= {"small_ev", "large_ev", "mimetic_nanovesicle"}
    assert entering
    carried = sum(carrier.count for carrier in carriers_of(tube))
    counted = sum(held.total for held in tube.populations if held.vesicular)
    assert carried == pytest.approx(counted, rel=1e-9)


# ---- plasma: read numbers ----------------------------------------------------------------------


def test_lipoproteins_outnumber_vesicles_of_plasma_as_two_papers_say(bench) -> None:
    _, exchange, _ = made(bench, PLASMA, MANY)
    ratio = exchange.notes["other particles for each vesicle [1]"]
    assert 1e6 < np.median(ratio) < 1e7


def test_tracking_of_plasma_sees_lipoproteins(bench) -> None:
    """Over 98 % of what tracking counts in plasma is VLDL (Sci Rep 2018 8:17110, introduction)."""
    tube, _, _ = made(bench, PLASMA, MANY)
    tracking = Nta(dilution=1e4)
    p = bench.draws(tracking, MANY)
    seen = {
        held.kind: tracking._seen_of(index, tube, p) for index, held in enumerate(tube.populations)
    }
    total = np.sum(list(seen.values()), axis=0)
    assert np.median(seen["vldl"] / total) > 0.98
    assert np.median(seen["hdl"] / total) < 1e-9  # the many are too small to be seen
    assert "do not call these particles EVs" in " ".join(
        flag.message for flag in tracking.flags(tube, p)
    )


def test_tracking_of_plasma_counts_what_a_reference_interval_says_within_its_spread(bench) -> None:
    """1.4e11 to 1.2e12 per mL was read; the forecast's own 5 to 95 % reach into it."""
    tube, _, _ = made(bench, PLASMA, MANY)
    reading = Nta(dilution=1e4).look(tube, bench.draws(Nta(dilution=1e4), MANY))
    low, high = np.percentile(reading.figures["concentration [particle/m^3]"] / 1e6, [5, 95])
    assert low < 1.2e12
    assert high > 1.4e11


def test_the_grid_reaches_hdl_and_keeps_its_mass(bench) -> None:
    """1.75e16 particles of 8 nm and 1.14 g/mL are 6 g/L: what plasma has of HDL is 2 to 5."""
    tube, _, _ = made(bench, PLASMA, MANY)
    hdl = tube.population("hdl")
    mass = (hdl.count * sphere_volume(hdl.diameter)).sum(axis=1) * hdl.density / tube.volume
    assert 1.0 < np.median(mass) < 20.0
    assert np.median(hdl.count[:, 0] / hdl.total) < 0.01  # the grid does not cut it
    ldl = tube.population("ldl")
    mass = (ldl.count * sphere_volume(ldl.diameter)).sum(axis=1) * ldl.density / tube.volume
    assert 1.5 < np.median(mass) < 9.0  # 3 to 4 g/L


def test_lipoproteins_float_or_sink_as_they_are_named(bench) -> None:
    tube, _, _ = made(bench, PLASMA, MANY)
    heavy = [np.median(tube.population(k).density) for k in ("chylomicron", "vldl", "ldl", "hdl")]
    assert heavy == sorted(heavy)
    size = [
        np.average(held.diameter, weights=np.median(held.count, axis=0))
        for held in map(tube.population, ("chylomicron", "vldl", "ldl", "hdl"))
    ]
    assert size == sorted(size, reverse=True)
    assert all(not tube.population(kind).vesicular for kind in LIPOPROTEINS if kind in tube.kinds)


def test_a_meal_brings_chylomicrons_and_nothing_else(bench) -> None:
    before, after = (made(bench, replace(PLASMA, meal=meal))[0] for meal in fluids.MEALS)
    assert (after.population("chylomicron").total > before.population("chylomicron").total).all()
    for kind in ("small_ev", "vldl", "ldl", "hdl"):
        assert np.array_equal(after.population(kind).total, before.population(kind).total)


def test_platelets_left_in_frozen_plasma_become_vesicles(bench) -> None:
    fresh = made(bench, replace(PLASMA, platelets="single_spin"), MANY)[0]
    frozen = [
        made(bench, replace(PLASMA, platelets=one, history="frozen"), MANY)[0]
        for one in fluids.PLATELETS
    ]
    rise = [
        np.median(tube.population("large_ev").total / fresh.population("large_ev").total - 1)
        for tube in frozen
    ]
    assert rise == sorted(rise, reverse=True)
    assert 1.0 < rise[0] < 30  # 100 to 1,500 % was read for plasma spun once
    assert rise[2] < 0.1
    assert "fragments of platelets" in messages(bench, replace(PLASMA, history="frozen"))


def test_a_column_parts_hdl_from_vesicles_and_vldl_hardly(bench) -> None:
    tube, _, _ = made(bench, replace(PLASMA, volume=5e-7), MANY)
    after, _, _ = bench.run(SizeExclusion(), tube)
    kept = {
        kind: np.median(after.population(kind).total / tube.population(kind).total)
        for kind in ("small_ev", "vldl", "hdl")
    }
    assert kept["hdl"] < 0.1 * kept["small_ev"]
    assert 0.2 * kept["small_ev"] < kept["vldl"] < kept["small_ev"]


def test_lipoproteins_do_not_clump_in_their_own_fluid(bench) -> None:
    """1e16 HDL per mL would else take every vesicle into a cluster within minutes."""
    tube, _, _ = made(bench, PLASMA)
    assert (tube.population("hdl").surface[LASTING] == 1).all()
    step = LiquidStorage(duration=DAY)
    _, exchange, _ = bench.run(step, tube)
    lost = exchange.amounts["particles/small_ev", "aggregated in storage"]
    assert (-lost < 0.5 * tube.population("small_ev").total).all()
    assert not exchange.amounts["particles/hdl", "aggregated in storage"].any()


def test_casein_fills_a_tenth_of_milk(bench) -> None:
    tube, _, _ = made(bench, BodyFluid(fluid="milk", volume=1e-6), MANY)
    casein = tube.population("protein_aggregate")
    share = (casein.count * sphere_volume(casein.diameter)).sum(axis=1) / tube.volume
    assert 0.03 < np.median(share) < 0.3
    assert (casein.surface[LASTING] == 1).all()


# ---- blood cells -------------------------------------------------------------------------------


def test_no_cell_sheds_more_than_it_can_spare(bench) -> None:
    for step in (RED, replace(RED, storage=60 * DAY), replace(RED, cell="platelet")):
        tube, exchange, p = made(bench, step, MANY)
        area = sum((held.count * np.pi * held.diameter**2).sum(axis=1) for held in tube.populations)
        share = area / (step.cells * p[blood.AREA])
        assert share == pytest.approx(exchange.notes["membrane shed [1]"], rel=1e-9, abs=1e-15)
        assert (share <= spare_share(p[blood.AREA], p[blood.VOLUME]) + 1e-12).all()


def test_a_red_cell_can_spare_a_quarter(bench) -> None:
    _, exchange, _ = made(bench, RED, MANY)
    assert 0.2 < np.median(exchange.notes["membrane to spare [1]"]) < 0.3


def test_storage_and_calcium_make_more(bench) -> None:
    quiet = replace(RED, stimulus="none")
    assert (made(bench, quiet)[0].population("small_ev").total == 0).all()
    old = made(bench, replace(quiet, storage=42 * DAY))[0].population("small_ev").total
    both = made(bench, replace(RED, storage=42 * DAY))[0].population("small_ev").total
    assert (old > 0).all()
    assert (both > old).all()


def test_what_bursts_spills_its_haemoglobin_and_no_more(bench) -> None:
    tube, exchange, p = made(bench, RED)
    spilled = exchange.amounts["solute/protein", "spilled by cells that burst"]
    whole = RED.cells * p[blood.VOLUME] * p[blood.PROTEIN]
    assert spilled == pytest.approx(whole * exchange.notes["cells burst [1]"], rel=1e-12)
    assert (spilled < whole).all()
    assert (tube.population("small_ev").surface["cd63_copies"] == 0).all()


def test_flags_of_blood_cells(bench) -> None:
    assert "blood groups" in messages(bench, RED)
    assert "blood groups" not in messages(bench, replace(RED, origin="autologous"))
    assert "beyond 7 days" in messages(bench, replace(RED, cell="platelet", storage=8 * DAY))
    assert "larger `volume`" in messages(bench, replace(RED, volume=1e-4))
    assert "end as spheres" not in messages(bench, RED)


# ---- plants ------------------------------------------------------------------------------------


def test_a_blender_makes_more_than_a_press_and_neither_has_tetraspanins(bench) -> None:
    juice, pulp = made(bench, GINGER)[0], made(bench, replace(GINGER, process="homogenate"))[0]
    assert np.median(pulp.population("small_ev").total) > np.median(
        juice.population("small_ev").total
    )
    for name in ("cd9_copies", "cd63_copies", "cd81_copies", "cd47_copies"):
        assert (juice.population("small_ev").surface[name] == 0).all()
    assert "count the harvest" in messages(bench, GINGER)


# ---- extruded cells ----------------------------------------------------------------------------


def test_membrane_is_conserved(bench) -> None:
    tube, _, p = made(bench, PRESSED, MANY)
    held = tube.population(mimetic.KIND)
    ended = (held.count * np.pi * held.diameter**2).sum(axis=1)
    share = p[mimetic.EFFICIENCY] * (1 + p[mimetic.INNER])
    cell = p[mimetic.FOLD] * sphere_area(p[mimetic.CELL_VOLUME])
    assert ended == pytest.approx(PRESSED.cells * share * cell, rel=1e-12)
    assert held.total * mean_area(held.count / held.total[:, None], held.diameter) == (
        pytest.approx(ended, rel=1e-12)
    )


def test_cargo_of_the_cells_is_inside_or_free_and_mostly_lost(bench) -> None:
    tube, exchange, _ = made(bench, PRESSED, MANY)
    pools = tube.pools("siRNA")
    whole = PRESSED.cells * PRESSED.cargo_copies
    assert pools["inside"] + pools["free"] == pytest.approx(np.full(MANY, whole), rel=1e-12)
    assert (pools["inside"] <= whole * exchange.notes[mimetic.ENCLOSED] * (1 + 1e-9)).all()
    assert np.median(exchange.notes[mimetic.ENCLOSED]) < 0.05
    crammed = replace(PRESSED, cargo_copies=1e9)
    assert (made(bench, crammed, MANY)[0].pools("siRNA")["free"] >= 0).all()


def test_the_yield_beside_secretion_follows_and_hangs_on_the_rate(bench) -> None:
    """A review's 100-fold is one answer: it depends on what the cell secretes in two days."""
    flask = CellCulture(cell_type="MCF-7", cells=1e7, medium=1e-5, duration=2 * DAY, viability=1.0)
    secreted = made(bench, flask, MANY)[0].population("small_ev").total
    pressed = made(bench, replace(PRESSED, cargo=""), MANY)[0].population(mimetic.KIND).total
    low, middle, high = np.percentile(pressed / secreted, [5, 50, 95])
    assert low < middle < high
    assert 1 < middle < 100
    assert high / low > 10


def test_finer_pores_make_more_and_smaller_ones(bench) -> None:
    coarse, fine = (
        made(bench, replace(PRESSED, last_pore=pore))[0].population(mimetic.KIND)
        for pore in (1e-6, 1e-7)
    )
    assert (fine.total > coarse.total).all()
    size = [(one.count @ one.diameter) / one.total for one in (coarse, fine)]
    assert (size[1] < size[0]).all()


def test_flags_of_extrusion(bench) -> None:
    assert "no volume was found" not in messages(bench, PRESSED)
    assert "no volume was found" in messages(bench, replace(PRESSED, cell_type="HEK293T"))
    assert "clog above" in messages(bench, replace(PRESSED, cells=1e9))
    assert "below 100 nm" in messages(bench, replace(PRESSED, last_pore=5e-8))
    assert PRESSED.check() == []
    assert "no cargo is called" in replace(PRESSED, cargo="siRMA").check()[0]


def test_pressing_twice_keeps_the_cargo_of_both(bench) -> None:
    tube, _, _ = made(bench, PRESSED)
    held = tube.population(mimetic.KIND)
    both = pooled(held, held)
    assert both.copies("siRNA") == pytest.approx(2 * held.copies("siRNA"), rel=1e-12)
    assert both.inside["siRNA"].empty == pytest.approx(held.inside["siRNA"].empty, rel=1e-12)
    bench.run(PRESSED, tube)


def test_headlines() -> None:
    assert PLASMA.headline() == "in plasma, 1 mL"
    assert RED.headline() == "shed by 2×10¹² red cells"
    assert PRESSED.headline() == "pressed from 10⁷ cells, 1000 nm last"
    assert GINGER.headline() == "in ginger juice, 0.1 kg"


def test_what_a_dose_counts_is_what_the_donor_makes() -> None:
    assert MimeticNanovesicles.vesicle == mimetic.KIND
    assert BodyFluid.vesicle == BloodCells.vesicle == Plant.vesicle == ""  # small EVs
