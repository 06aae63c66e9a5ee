"""What the spine owes: balances, bits, linearity, size classes, nothing from nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.design import Design
from exocast.design.recording import forecast_of
from exocast.design.run import Run, run
from exocast.design.simulating import Branch, bench, simulate, time_grid
from exocast.engine.solve import Status, solve
from exocast.material.document import Plan

MEMBERS = (6, 3)


def rerun(finished: Run, plan: Plan, index: int = 0, **options: object) -> Branch:
    """Simulate a changed plan on the very same draws."""
    branch = finished.base[index]
    time = time_grid(plan.study.times, plan.study.at, plan.study.horizon)
    batch = bench(plan, branch.ensemble, [])
    return simulate(plan, "", branch.rival, branch.ensemble, batch, time, **options)  # type: ignore[arg-type]


def answer(branch: Branch, at: float) -> np.ndarray:
    held = next(m for m in branch.milestones if m.name == "in_cytosol")
    return branch.course.at(held.output, at)


def test_everything_balances(finished: Run) -> None:
    for branches in finished.branches.values():
        for branch in branches:
            assert branch.batch.ledger.residual < 1e-9
            assert branch.residual < 1e-10


def test_members_finish(finished: Run) -> None:
    assert all((branch.course.status == 0).all() for branch in finished.base)


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_do_not_change_a_bit(finished: Run, threads: int) -> None:
    again = rerun(finished, finished.plan, threads=threads)
    time = again.course.time
    kept = np.isin(finished.base[0].course.time, time)
    expected = finished.base[0].course.amount[:, kept]
    assert np.array_equal(again.course.amount, expected, equal_nan=True)


@pytest.mark.parametrize("variant", ["", "into the tumour"])
def test_the_twin_agrees_on_every_state(finished: Run, variant: str) -> None:
    wired = finished.branches[variant][1].wired
    members = slice(0, 2)
    time = np.array([0.0, 300.0, 3600.0, 86400.0, 4 * 86400.0])
    doses = replace(wired.doses, amount=np.asarray(wired.doses.amount)[members])
    fast, slow = (
        solve(
            wired.network,
            wired.parameters[members],
            wired.start[members],
            time,
            doses=doses,
            scale=wired.scale[members],
            rtol=1e-8,
            engine=engine,
        )
        for engine in ("native", "reference")
    )
    assert (fast.status == 0).all()
    assert (slow.status == 0).all()
    size = np.abs(slow.amount) + wired.scale[members][:, None, :]
    assert (np.abs(fast.amount - slow.amount) / size).max() < 1e-5


def test_a_member_that_fails_is_counted_shown_and_left_out(finished: Run) -> None:
    branch = finished.base[0]
    status, amount = branch.course.status.copy(), branch.course.amount.copy()
    status[4], amount[4] = Status.STEP_UNDERFLOW, np.nan
    course = replace(branch.course, status=status, amount=amount)
    broken = replace(branch, travel=replace(branch.body, course=course))
    record = forecast_of(
        replace(finished, branches={"": (broken, finished.base[1])}, plans={"": finished.plan})
    ).record
    assert record["members"]["asked"] == 36
    assert record["members"]["finished"] == 35
    assert record["members"]["by_status"]["step_underflow"] == 1
    assert record["members"]["advice"]["step_underflow"]
    assert any("left out" in flag["message"] for flag in record["flags"])
    assert all(row["finished"] == 17 and np.isfinite(row["median"]) for row in record["cascade"])


def test_double_dose_at_low_load_doubles_exposure(finished: Run) -> None:
    plan = finished.plan
    low = replace(plan.regimen.dose, value=1e6)
    once = rerun(finished, replace(plan, regimen=replace(plan.regimen, dose=low)))
    twice = rerun(
        finished, replace(plan, regimen=replace(plan.regimen, dose=replace(low, value=2e6)))
    )
    at = plan.study.at
    assert answer(twice, at) == pytest.approx(2 * answer(once, at), rel=1e-4)


def test_doubling_the_size_classes_moves_results_by_less_than_two_per_cent(finished: Run) -> None:
    plan = finished.plan
    doubled = {kind: 2 * number for kind, number in plan.run.size_classes.items()}
    fine = rerun(finished, replace(plan, run=replace(plan.run, classes=doubled)))
    coarse = finished.base[0]
    at = plan.study.at
    assert answer(fine, at) == pytest.approx(answer(coarse, at), rel=0.02)
    for organ in ("liver", "spleen", "lung", "marrow"):
        assert fine.course.at(organ, at) == pytest.approx(coarse.course.at(organ, at), rel=0.02)


def test_no_cargo_gives_exactly_nothing(design: Design) -> None:
    empty = design.with_settings({"loading.electroporation.cargo_amount": "0 mol"})
    for branch in run(empty, members=(3, 2), variants=[]).base:
        assert (answer(branch, 86400.0) == 0).all()
        for name in branch.course.names:
            if "siRNA" in name:
                assert (branch.course.of(name) == 0).all(), name


def test_into_the_tumour_does_better(finished: Run) -> None:
    at = finished.plan.study.at
    local = finished.branches["into the tumour"]
    for vein, tumour in zip(finished.base, local, strict=True):
        assert (answer(tumour, at) > answer(vein, at)).all()


def test_rivals_share_members_and_differ_only_after_the_endosome(finished: Run) -> None:
    rare, common = finished.base
    assert rare.rival.selection != common.rival.selection
    at = finished.plan.study.at
    for milestone in rare.milestones:
        if milestone.name == "arrived":
            assert rare.course.at(milestone.output, at) == pytest.approx(
                common.course.at(milestone.output, at), rel=1e-6
            )
    assert (answer(common, at) > answer(rare, at)).all()


def test_a_member_depends_on_its_own_draws_only(design: Design, finished: Run) -> None:
    """A variability axis of another size keeps the uncertainty draws that both share."""
    wired = finished.base[0].wired
    order = np.random.default_rng(0).permutation(len(wired.parameters))
    shuffled = replace(
        wired,
        parameters=wired.parameters[order],
        start=wired.start[order],
        scale=wired.scale[order],
        doses=replace(wired.doses, amount=np.asarray(wired.doses.amount)[order]),
        dosed={name: amount[order] for name, amount in wired.dosed.items()},
    )
    time = np.array([0.0, 3600.0, 86400.0])
    one, _ = wired.run(time)
    other, _ = shuffled.run(time)
    assert np.array_equal(one.amount[order], other.amount)
