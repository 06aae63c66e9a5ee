"""What vesicles carry outside: it leaves by its own law, nothing is lost, and it is asked for."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from exocast.design import Design
from exocast.design.recording import forecast_of
from exocast.design.run import run
from exocast.design.simulating import kinetic_steps
from exocast.errors import DesignError
from exocast.evidence.catalogue import Catalogue
from exocast.evidence.ensemble import Axes, draw
from exocast.evidence.parameter import Need
from exocast.laws.release import binding_pools
from exocast.material.asking import QUANTITIES
from exocast.material.carrier import carriers_of
from exocast.material.study import Study
from exocast.material.suspension import Copies
from exocast.material.wired import wire
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.cargo_release import PARTS
from exocast.stages.biodistribution.outside import (
    Outside,
    adsorbed,
    load_outside,
    outside_of,
    rides_outside,
)
from exocast.stages.loading.anchored import with_anchored
from exocast.stages.loading.release import SPREAD

PER_SECOND, CUT = 1e-4, 3e-5
ONE_SIZE = {"small_ev": 1, "large_ev": 1}
BOTH = "sirna-electroporated-or-conjugated"


def covered(tube, copies: float = 20.0, off: float = PER_SECOND, cut: float = CUT):
    """The tube with copies held on the outside of every vesicle."""
    held = []
    for one in tube.populations:
        full = np.full_like(one.count, copies)
        rate = np.ones(len(one.count))
        one = replace(one, inside={}, attached={"siRNA": Copies.poisson(full)})
        held.append(with_anchored(one, "siRNA", rate, off * rate, cut * rate))
    return replace(tube, populations=tuple(held))


def test_one_compartment_loses_it_as_the_closed_form_says(tube):
    held = covered(tube(1))
    carriers = carriers_of(held, ONE_SIZE)
    study = Study(
        "mouse", 0.02, "PANC-1", 1e-7, "siRNA", (), "intravenous_bolus", (0.0,), 3600.0, 86400.0,
        anchored=("siRNA",), outside="outside_per_cell",
    )  # fmt: skip
    wiring = Wiring(1, carriers, study, (outside_of("siRNA"),))
    load_outside(wiring)
    wiring.dose_into(wiring.add_place("tumour.interstitial"))
    graft = SimpleNamespace(of=lambda *_: [SimpleNamespace(name="tumour")])
    wiring.publish("circulation", SimpleNamespace(anatomy=graft))
    wiring.publish("blood.places", frozenset())
    wiring.publish("tumour.cells", np.ones(1))
    step = Outside(cargo="siRNA")
    p = draw([Need(SPREAD)], Catalogue.packaged(), Axes(1, 1), 1).draws({})
    step.contribute(wiring, p)
    count = np.stack([one.count for one in carriers], axis=1)
    hours = np.array([0.0, 1.0, 5.0, 24.0])
    course, residual = wire(wiring, count[:, :, None]).run(3600.0 * hours, rtol=1e-9)
    assert residual < 1e-12
    factor, shares = binding_pools(p[SPREAD], PARTS)
    off = PER_SECOND * factor[0][:, None]
    both, whole = off + CUT, 20.0 * count.sum()
    left = np.exp(-both * 3600.0 * hours)
    given = whole * shares[:, None]
    assert course.of("outside_cells")[0] == pytest.approx((given * left).sum(0), rel=2e-6)
    summed = (given * (1 - left) / both).sum(0) / 3600.0
    assert course.of("outside_cells.hours")[0] == pytest.approx(summed, rel=2e-6)
    shed = (given * off / both * (1 - left)).sum(0)
    assert course.of("tumour.siRNA.shed")[0] == pytest.approx(shed, rel=2e-6)
    assert "comes off" in step.flags(wiring, p)[0].message


def test_in_a_body_it_balances_and_both_engines_agree(bench, tube):
    case = {
        "tube": covered(tube(1)), "classes": {"small_ev": 1}, "anchored": ("siRNA",),
        "outside": "outside_per_cell", "minutes": np.array([0.0, 1.0, 30.0, 120.0]),
    }  # fmt: skip
    fast, slow = (bench(engine=engine, **case) for engine in ("native", "reference"))
    assert fast.residual < 1e-12
    assert [one.name for one in fast.wiring.milestones][-2:] == [
        "outside_cells",
        "outside_per_cell",
    ]
    for name in ("siRNA.shed", "liver.siRNA_outside", "blood.siRNA_outside.aboard"):
        assert fast.course.of(name)[0, -1] > 0
        assert fast.course.of(name) == pytest.approx(slow.course.of(name), rel=1e-5), name


def test_what_only_adsorbs_rides_nothing_and_is_dissolved(tube):
    held = tube(1)
    carriers = carriers_of(held, ONE_SIZE)
    asked = SimpleNamespace(cargo="siRNA", outside="")
    assert not adsorbed(carriers, "siRNA", 1).any()
    assert not rides_outside(asked, carriers)
    stuck = replace(
        held, populations=tuple(replace(one, attached=one.inside) for one in held.populations)
    )
    carriers = carriers_of(stuck, ONE_SIZE)
    assert not rides_outside(asked, carriers)
    there = sum(one.copies("siRNA", "attached") for one in stuck.populations)
    assert adsorbed(carriers, "siRNA", 1) == pytest.approx(there, rel=1e-12)
    carriers = carriers_of(covered(held), ONE_SIZE)
    assert rides_outside(asked, carriers)
    assert not adsorbed(carriers, "siRNA", 1).any()


@pytest.fixture(scope="module")
def either():
    """Two days of one member or two: siRNA inside, and the variant that has it outside."""
    design = Design.read(BOTH).with_settings(
        {"run.classes": ONE_SIZE, "hypotheses.endosomal_escape": "common"}
    )
    return run(design, members=(2, 1), variants=["conjugated"])


def test_a_conjugate_reaches_the_cytosol_from_outside_and_all_is_told_once(either):
    (inside,), (outside,) = either.branches[""], either.branches["conjugated"]
    assert max(inside.residual, outside.residual) < 1e-10
    assert "outside.in_cytosol" not in inside.course.names
    by_itself = outside.course.of("outside.in_cytosol")[:, -1]
    assert outside.course.of("in_cytosol")[:, -1] == pytest.approx(by_itself, rel=1e-6)
    assert (by_itself > inside.course.of("in_cytosol")[:, -1]).all()
    dosed, other = (
        {name: held.sum() for name, held in one.wired.dosed.items()} for one in (inside, outside)
    )
    cargo = either.plan.study.cargo
    assert dosed[cargo] > 0
    assert other[cargo] == 0
    assert other[outside_of(cargo)] > 1e3 * dosed[cargo]


def test_only_designs_that_hold_it_outside_have_the_step(either):
    methods = {name: [s.method for s in kinetic_steps(p)] for name, p in either.plans.items()}
    assert "outside" not in methods[""]
    assert methods["conjugated"][-1] == "outside"


def test_the_cascade_of_a_displayed_cytokine_is_closed_from_donor_to_tumour():
    design = Design.read("il12-display").with_settings({"run.classes": ONE_SIZE})
    record = forecast_of(run(design, members=(2, 1), variants=[])).record
    rows = {row["name"]: row for row in record["cascade"]}
    assert record["balance"]["largest"] < 1e-9
    assert record["answer"]["row"] == "outside_per_cell"
    assert "surface copies per cell" in record["answer"]["sentence"]
    heads = [row["head"] for row in record["cascade"]]
    assert sorted(set(heads), key=heads.index) == ["vesicles", "cargo", "cell"]
    chain = [rows[name]["median"] for name in ("loaded", "arrived", "outside_cells")]
    assert chain == sorted(chain, reverse=True)
    assert chain[-1] > 0
    assert not any("interleukin_12" in flag["message"] and "generic" in flag["message"]
                   for flag in record["flags"])  # fmt: skip


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("kras-sirna-tumour", {}, "no step holds any there"),
        ("il12-display", {"question.cargo": "interleukin_2"}, "holds this on the outside"),
    ],
)
def test_a_question_about_what_is_not_there_is_refused(name, settings, words):
    asked = {"question.quantity": "surface copies in the tumour per target cell"}
    design = Design.read(name).with_settings(asked | settings)
    with pytest.raises(DesignError, match=words):
        design.check()


def test_silencing_is_not_asked_of_what_stays_outside():
    design = Design.read("il12-display").with_settings({"models.response": ["gene_silencing"]})
    with pytest.raises(DesignError, match="acts from outside cells"):
        design.check()


def test_copy_hours_are_read_with_their_unit():
    asked = QUANTITIES["surface copy-hours in the tumour per target cell"]
    assert asked.read("1000 copies*h") == asked.read(1000) == 1000.0
    assert asked.read("3600 copies*s") == pytest.approx(1.0)
