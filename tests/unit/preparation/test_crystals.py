"""Crystals of drug on the bench: what strains them, what breaks them, and how warm a column is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.material.suspension import Copies, Population, coarse_grid, default_grid
from exocast.stages.isolation import METHODS, Spin
from exocast.stages.isolation.anion_exchange import AnionExchange
from exocast.stages.isolation.immunoaffinity import Immunoaffinity
from exocast.stages.isolation.microfluidic_sorting import MicrofluidicSorting
from exocast.stages.isolation.size_exclusion import SizeExclusion
from exocast.stages.loading.extrusion import Extrusion
from exocast.stages.loading.passive_incubation import PassiveIncubation
from exocast.stages.loading.sonication import Sonication
from exocast.stages.storage.liquid import LiquidStorage
from exocast.stages.surface_engineering.hybrid_by_extrusion import HybridByExtrusion

DRUG = {"cargo": "paclitaxel", "cargo_mass": 1e-7, "volume": 1e-6}
WIDE = coarse_grid(default_grid())
PELLET = Spin(rotor="Type 45 Ti", duration=4200.0, keep="pellet", rcf=9.81e5, resuspend=1e-6)
BEDS = (
    SizeExclusion(resin="CL-6B"), AnionExchange(support="bead"), AnionExchange(),
    MicrofluidicSorting(),
)  # fmt: skip


@pytest.fixture
def muddy(make_tube):
    """Return a tube with as many crystals of every size, up to 50 um."""

    def made(members=7):
        tube = make_tube(members)
        even = np.full((members, WIDE.size), 1e6)
        one = np.ones(members)
        inside = {"paclitaxel": Copies.poisson(np.broadcast_to(1e25 * WIDE**3, even.shape))}
        crystals = Population(
            "cargo_precipitate", WIDE, even, 1250.0 * one, 1.5 * one, False, {}, inside
        )
        return tube.with_population(crystals)

    return made


def share_by_size(before, after) -> np.ndarray:
    kept = after.population("cargo_precipitate").count
    return np.median(kept / before.population("cargo_precipitate").count, axis=0)


def test_a_column_strains_crystals_and_no_vesicle(bench, muddy) -> None:
    tube = muddy()
    after, exchange, _ = bench.run(SizeExclusion(resin="CL-6B"), tube)
    passed = share_by_size(tube, after)
    assert passed[WIDE > 16e-6].max() == 0
    assert passed[WIDE < 5e-7].min() > 0.5
    for quantity in ("particles/cargo_precipitate", "cargo/paclitaxel"):
        assert np.all(exchange.amounts[quantity, "strained by the bed"] < 0)
    assert {q for q, c in exchange.amounts if c == "strained by the bed" and "ev" in q} == {
        "particles/small_ev"
    }
    assert np.all(exchange.amounts["particles/small_ev", "strained by the bed"] == 0)


@pytest.mark.parametrize("step", BEDS, ids=lambda one: one.name)
def test_every_device_that_is_narrow_holds_crystals_back(bench, muddy, step) -> None:
    tube = muddy()
    after, _, _ = bench.run(step, tube)
    assert share_by_size(tube, after)[WIDE > 20e-6].max() == 0


@pytest.mark.parametrize(
    "name", ["polymer_precipitation", "ultrafiltration", "differential_centrifugation"]
)
def test_what_works_by_weight_or_pores_keeps_crystals(bench, muddy, name) -> None:
    more = {"spins": (PELLET,)} if name == "differential_centrifugation" else {}
    tube = muddy()
    after, _, _ = bench.run(METHODS[name](**more), tube)
    passed = share_by_size(tube, after)
    assert passed[WIDE > 5e-6].min() > 0.1


def test_a_clearing_spin_takes_crystals_and_leaves_vesicles(bench, muddy) -> None:
    tube = muddy()
    spin = Spin(rotor="Type 45 Ti", duration=600.0, keep="supernatant", rcf=2e4)
    after, _, _ = bench.run(METHODS["differential_centrifugation"](spins=(spin,)), tube)
    assert share_by_size(tube, after)[WIDE > 2e-6].max() == 0
    left = after.population("small_ev").total / tube.population("small_ev").total
    assert np.median(left) > 0.8


def test_crystals_do_not_enter_a_monolith_with_antibody(bench, muddy) -> None:
    tube = muddy()
    step = Immunoaffinity(marker="cd47", support="monolith")
    after, _, _ = bench.run(step, tube)
    assert share_by_size(tube, after)[WIDE > 20e-6].max() == 0


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("size_exclusion", {}), ("anion_exchange", {}), ("microfluidic_sorting", {}),
        ("immunoaffinity", {"marker": "cd47"}), ("ultrafiltration", {}),
        ("tangential_flow_filtration", {}), ("asymmetric_flow_fractionation", {}),
    ],
)  # fmt: skip
def test_a_device_is_as_warm_as_it_is_set_and_not_as_the_tube(bench, make_tube, name, more) -> None:
    tube = make_tube()
    step = METHODS[name](temperature=283.15, **more)
    runs = [bench.run(step, replace(tube, temperature=warm)) for warm in (277.15, 310.15)]
    for after, exchange, _ in runs:
        assert after.temperature == 283.15
        for key, amount in runs[0][1].amounts.items():
            assert np.array_equal(exchange.amounts[key], amount), key


def widths(tube) -> np.ndarray:
    """Return the mean volume of the particles of drug, array (n,) [m^3]."""
    held = tube.population("cargo_precipitate")
    return (held.count * held.diameter**3).sum(axis=1) / held.total


def test_sound_breaks_crystals_and_standing_grows_particles(bench, make_tube) -> None:
    tube = make_tube()
    tube = replace(tube, populations=tube.populations[:2])
    sound = [
        widths(bench.run(Sonication(**DRUG, power=power, rest=0.0), tube)[0])
        for power in (0.05, 2.0, 20.0)
    ]
    assert np.all(sound[0] * (1 + 1e-9) >= sound[1])
    assert np.all(sound[1] * (1 + 1e-9) >= sound[2])
    assert (sound[0] > 1.1 * sound[2]).mean() > 0.8
    mixed = [
        widths(bench.run(PassiveIncubation(**DRUG, duration=time), tube)[0])
        for time in (0.0, 3600.0, 86400.0)
    ]
    assert np.all(mixed[0] < mixed[1])
    assert np.all(mixed[1] < mixed[2])
    few = bench.run(PassiveIncubation(**{**DRUG, "cargo_mass": 1e-8}, duration=86400.0), tube)[0]
    assert np.all(widths(few) < mixed[2])


@pytest.mark.parametrize(
    "step",
    [HybridByExtrusion(pore=4e-7), Extrusion(cargo="siRNA", pore=4e-7)],
    ids=lambda one: one.name,
)
def test_pores_keep_what_crystallised_before(bench, muddy, step) -> None:
    tube = muddy()
    after, exchange, _ = bench.run(step, tube)
    assert share_by_size(tube, after)[WIDE > 4e-7].max() == 0
    assert np.all(exchange.amounts["cargo/paclitaxel", "held on the filter"] < 0)


def test_pores_keep_wide_crystals_with_their_drug(bench, make_tube) -> None:
    tube = make_tube()
    after, exchange, _ = bench.run(Extrusion(**DRUG, pore=4e-7), tube)
    held = after.population("cargo_precipitate")
    assert held.count[:, held.diameter > 4e-7].max() == 0
    assert np.all(exchange.amounts["cargo/paclitaxel", "held on the filter"] < 0)


def test_crystals_stand_in_a_vial_as_they_are(bench, muddy) -> None:
    tube = muddy()
    after, _, _ = bench.run(LiquidStorage(duration=86400.0), tube)
    kept = after.population("cargo_precipitate").count
    assert np.array_equal(kept[:, 40:], tube.population("cargo_precipitate").count[:, 40:])
    assert np.all(kept[:, :40] < tube.population("cargo_precipitate").count[:, :40])
