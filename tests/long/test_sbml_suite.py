"""The public SBML test suite, where a copy of it is at hand.

``EXOCAST_SBML_SUITE`` names the folder ``cases/semantic`` of github.com/sbmlteam/sbml-test-suite
(LGPL, not part of exocast). A case must be refused by name or agree with its results within its
own tolerance, but for those listed here, which turn on what is written beside them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from exocast.engine.sbml import SbmlModel, read_sbml
from exocast.engine.solve import solve
from exocast.errors import ReaderError

pytestmark = pytest.mark.long

FOLDER = os.environ.get("EXOCAST_SBML_SUITE", "")
LEVELS = ("l3v2", "l3v1", "l2v4")
LOT = {"00952", "00964", "00965", "01466", "01591", "01599", "01626", "01627"}
"""Events of equal priority that must be drawn by lot."""

PERSISTENT = {"00935", "00978"}
"""Events that must act although another of the same moment took their trigger back."""

ENDLESS = {"00374", "00748"}
"""Events that follow one another ever faster: more than the engine has steps for."""

UNDEFINED = {"00951"}
"""A quantity without a value that nothing needs: we do not know it, the suite says NaN."""


def settings(case: Path) -> dict[str, str]:
    lines = (case / f"{case.name}-settings.txt").read_text().splitlines()
    return {key.strip(): value.strip() for key, _, value in (x.partition(":") for x in lines)}


def judged(case: Path) -> str:
    """Return how a case ended: passed, refused, wrong, or not a matter of time."""
    about = (case / f"{case.name}-model.m").read_text()
    files = [case / f"{case.name}-sbml-{level}.xml" for level in LEVELS]
    found = [path for path in files if path.exists()]
    if "FluxBalanceSteadyState" in about or not found:
        return "no time course"
    try:
        model = read_sbml(found[0])
    except ReaderError:
        return "refused"
    return "passed" if agrees(case, model) else "wrong"


def agrees(case: Path, model: SbmlModel) -> bool:
    asked = settings(case)
    times = float(asked["start"] or 0) + np.linspace(
        0.0, float(asked["duration"]), int(asked["steps"]) + 1
    )
    parameters, start = model.inputs()
    amount = np.zeros((1, len(times), 0))
    if start.shape[1]:
        solution = solve(model.network, parameters, start, times, rtol=1e-8, max_steps=500_000)
        amount = solution.amount

    def value(name: str) -> np.ndarray:
        return model.values(name, amount, parameters, times)[0]

    text = (case / f"{case.name}-results.csv").read_text().strip().splitlines()
    names = [name.strip().strip('"') for name in text[0].split(",")]
    rows = np.array([[float(item) for item in row.split(",")] for row in text[1:] if row.strip()])
    kind = {
        name: key for key in ("amount", "concentration") for name in re.findall(r"\w+", asked[key])
    }
    for column, name in enumerate(names):
        if name.lower() == "time":
            continue
        ours, theirs = value(name), rows[:, column]
        quantity = model.document.quantities.get(name)
        if quantity is not None and quantity.kind == "species":
            if kind.get(name) == "amount" and quantity.compartment:
                ours = ours * value(quantity.compartment)
            if kind.get(name) == "concentration" and not quantity.compartment:
                place = re.search(
                    rf'<species [^>]*id="{name}"[^>]*compartment="(\w+)"',
                    (case / f"{case.name}-sbml-{LEVELS[0]}.xml").read_text(),
                )
                assert place is not None
                ours = ours / value(place[1])
        allowed = float(asked["absolute"]) + float(asked["relative"]) * np.abs(theirs)
        same = (np.abs(ours - theirs) <= allowed) | (np.isnan(ours) & np.isnan(theirs))
        if not same.all():
            return False
    return True


@pytest.mark.skipif(not FOLDER, reason="no copy of the SBML test suite: set EXOCAST_SBML_SUITE")
@pytest.mark.parametrize("thousand", range(0, 2000, 200))
def test_the_public_suite(thousand: int) -> None:
    left_out = LOT | PERSISTENT | ENDLESS | UNDEFINED
    counted: dict[str, list[str]] = {}
    for case in sorted(path for path in Path(FOLDER).iterdir() if path.name.isdigit()):
        if thousand <= int(case.name) < thousand + 200 and case.name not in left_out:
            counted.setdefault(judged(case), []).append(case.name)
    assert counted.get("wrong", []) == []
    assert counted.get("passed")
