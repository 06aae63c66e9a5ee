"""What each method of donor, isolation and storage owes: balance, repeatability, valued keys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.evidence.catalogue import lint
from exocast.material.step import settings_of
from exocast.material.suspension import Suspension
from exocast.stages import donor, isolation, storage
from exocast.stages.donor import CellCulture
from exocast.stages.isolation import (
    AsymmetricFlowFractionation,
    DensityGradient,
    DifferentialCentrifugation,
    Layer,
    SizeExclusion,
    Spin,
    TangentialFlowFiltration,
    Ultrafiltration,
)
from exocast.stages.storage import FrozenStorage, LiquidStorage

G = 9.80665
DAY = 86400.0
PELLET = Spin(rotor="Type 45 Ti", duration=4200.0, keep="pellet", rcf=1e5 * G, resuspend=1e-6)
CLEAR = Spin(rotor="Type 45 Ti", duration=1800.0, keep="supernatant", rcf=1e4 * G)

STEPS = {
    "flask": CellCulture(cell_type="HEK293T", cells=2e8, medium=2e-4, duration=2 * DAY),
    "flask in serum": CellCulture(
        cell_type="mesenchymal_stromal_cell", cells=1e7, medium=2e-4, duration=DAY, serum="serum"
    ),
    "spins": DifferentialCentrifugation(spins=(CLEAR, PELLET)),
    "column": SizeExclusion(),
    "gradient": DensityGradient(),
    "filter": Ultrafiltration(washes=1),
    "fibres": TangentialFlowFiltration(area=1e-3),
    "channel": AsymmetricFlowFractionation(),
    "frozen": FrozenStorage(duration=14 * DAY),
    "frozen often": FrozenStorage(
        duration=100 * DAY, freeze_thaw_cycles=5, temperature=253.15, buffer="trehalose_HSA"
    ),
    "liquid": LiquidStorage(duration=7 * DAY, container="low_binding"),
}


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("members", [1, 7])
def test_balances_and_keeps_the_number_of_members(bench, name, members, make_tube) -> None:
    for tube in (make_tube(members), Suspension.nothing(members), make_tube(members, count=0.0)):
        after, exchange, _ = bench.run(STEPS[name], tube)
        assert after.members == members
        assert exchange.resources.time > 0
        assert exchange.resources.hands_on > 0
        assert all(number >= 0 for number in exchange.resources.consumables.values())


@pytest.mark.parametrize("name", STEPS)
def test_one_seed_is_one_result(bench, name, make_tube) -> None:
    first, second, other = (bench.run(STEPS[name], make_tube(), seed)[0] for seed in (1, 1, 2))
    for kind in first.kinds:
        assert np.array_equal(first.population(kind).count, second.population(kind).count)
    assert not np.array_equal(
        first.population("small_ev").total, other.population("small_ev").total
    )


@pytest.mark.parametrize("name", STEPS)
def test_every_declared_parameter_is_used(bench, name, make_tube) -> None:
    step = STEPS[name]
    _, _, p = bench.run(step, make_tube())
    step.flags(make_tube(), p)
    assert p.asked == {parameter.key for parameter in step.parameters}
    assert {need.parameter for need in step.needs()} == set(step.parameters)


@pytest.mark.parametrize("name", STEPS)
def test_members_do_not_see_each_other(bench, name, make_tube) -> None:
    tube = make_tube(3)
    p = bench.draws(STEPS[name], 3)
    whole, _ = STEPS[name].apply(tube, p)
    order = np.array([2, 0, 1])
    values = {key: value[order] for key, value in p._ensemble.values.items()}
    turned = replace(p._ensemble, values=values).draws(p.context)
    shuffled, _ = STEPS[name].apply(tube, turned)
    for kind in whole.kinds:
        assert np.array_equal(whole.population(kind).count[order], shuffled.population(kind).count)


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        (name, setting.name)
        for name in ("flask", "flask in serum", "column", "frozen", "liquid")
        for setting in settings_of(type(STEPS[name])).values()
        # What no total of the tube shows is turned in tests/contract/test_settings.py.
        if setting.direction and not setting.choices and setting.name not in ("donors", "glucose")
    ],
)
def test_a_setting_moves_what_it_says(bench, name, setting, make_tube) -> None:
    declared = settings_of(type(STEPS[name]))[setting]
    middle = getattr(STEPS[name], setting)
    if "temperature" in setting or not middle:
        low, high = declared.low, declared.high
    else:
        low = max(declared.low, middle * 0.5 if declared.name != "freeze_thaw_cycles" else 1)
        high = min(declared.high, middle * 2)
    if setting.startswith("collect"):
        low, high = middle * 0.9, middle * 1.1
    totals = [
        bench.run(replace(STEPS[name], **{setting: value}), make_tube())[0].totals()[declared.moves]
        for value in (low, high)
    ]
    change = np.sign(totals[1] - totals[0])
    # A buffer that is solid throughout gives members in which the freezer does not matter.
    assert set(change) <= {declared.direction, 0.0}
    assert (change == declared.direction).any()


@pytest.mark.parametrize("buffer", ["sucrose", "trehalose", "trehalose_HSA"])
def test_the_buffers_and_materials_have_rows_and_albumin_protects(bench, buffer, make_tube) -> None:
    for container in ("polypropylene", "low_binding", "glass"):
        plain = replace(STEPS["frozen"], container=container)
        kept = bench.run(replace(plain, buffer=buffer), make_tube())[0].population("small_ev").total
        saline = bench.run(plain, make_tube())[0].population("small_ev").total
        assert np.median(kept) > np.median(saline)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("duration", 600.0, 7200.0), ("rcf", 2e4 * G, 1e5 * G), ("temperature", 277.15, 298.15)],
)
def test_a_harder_spin_pellets_more(bench, name, low, high, make_tube) -> None:
    left = [
        bench.run(
            DifferentialCentrifugation(spins=(replace(CLEAR, **{name: value}),)), make_tube()
        )[0].population("small_ev").total
        for value in (low, high)
    ]  # fmt: skip
    assert (left[1] < left[0]).all()


def test_the_rows_are_in_order(bench) -> None:
    mine = [
        row
        for key, rows in bench.catalogue.values.items()
        if key.split(".")[0] in ("donor", "isolation", "storage")
        for row in rows
    ]
    assert len(mine) > 150
    assert lint(mine) == []
    files = (
        "donor.csv", "vesicle.csv", "rotor.csv", "isolation.csv", "size_and_density.csv",
        "storage.csv",
    )  # fmt: skip
    assert [text for text in bench.catalogue.problems if text.startswith(files)] == []
    made = [*donor.METHODS.values(), *isolation.METHODS.values(), *storage.METHODS.values()]
    declared = {p.key for method in made for p in method.parameters}
    assert {row.key for row in mine} == {
        key for key in declared if key.startswith(("donor.", "isolation.", "storage."))
    }
    assumed = [row for row in mine if row.method == "assumed" and row.distribution != "fixed"]
    silent = {row.key for row in assumed if not row.note}
    assert silent <= {"donor.vesicle.geometric_sd", "donor.vesicle.median_diameter"}


def test_defaults_have_sources(bench) -> None:
    for step in (
        CellCulture, SizeExclusion, FrozenStorage, LiquidStorage, Spin, Layer, DensityGradient,
        Ultrafiltration, TangentialFlowFiltration, AsymmetricFlowFractionation,
    ):  # fmt: skip
        for setting in settings_of(step).values():
            if not setting.required and setting.source:
                assert setting.source in bench.catalogue.sources
