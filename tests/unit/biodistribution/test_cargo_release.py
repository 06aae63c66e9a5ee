"""A drug that leaves its vesicles in the body: nothing is lost, and it leaves by its own law."""

from __future__ import annotations

import numpy as np
import pytest

from exocast.design import Design
from exocast.design.run import run

SETTINGS = {"run.horizon": "1 d", "run.classes": {"small_ev": 1, "large_ev": 1}}


@pytest.fixture(scope="module")
def branch():
    design = Design.read("doxorubicin-mouse").with_settings(SETTINGS)
    return run(design, members=(3, 1), variants=[]).base[0]


def test_the_body_balances_and_the_drug_goes_where_the_free_drug_goes(branch):
    travel, course = branch.travel, branch.travel.course
    assert travel.residual < 1e-10
    held = {name: course.of(f"released.{name}") for name in ("plasma", "tissue", "cleared")}
    dosed = travel.wired.dosed["doxorubicin"].sum(axis=1)
    out = (sum(held.values()) + course.of("tumour.released"))[:, -1] / dosed
    assert (out > 0).all()
    assert (out < 1).all()
    assert (np.diff(held["cleared"], axis=1) >= -1e-6 * dosed[:, None]).all()


def test_it_leaves_in_blood_as_the_flag_says_and_on_the_bench_as_its_note_says(branch):
    words = [flag.message for flag in branch.flags]
    assert any("in vesicles has left them" in text for text in words)
    column = next(e for e in branch.batch.ledger.entries if e.method == "size_exclusion")
    left = column.exchange.notes["doxorubicin that left vesicles [1]"]
    assert (left > 0).all()
    assert branch.batch.ledger.residual < 1e-9


def test_what_cannot_cross_is_not_asked(branch):
    design = Design.read("kras-sirna-tumour")
    names = [step.method for step in _kinetic(design)]
    assert "cargo_release" not in names
    assert "cargo_release" in [s.method for s in _kinetic(Design.read("doxorubicin-mouse"))]


def _kinetic(design):
    from exocast.design.simulating import kinetic_steps

    return kinetic_steps(design.plan())
