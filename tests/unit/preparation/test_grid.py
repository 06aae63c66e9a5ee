"""Twice as many sizes of particles give the same yields."""

from __future__ import annotations

import numpy as np
import pytest

from exocast import Design
from exocast.design.simulating import bench, plan_needs
from exocast.evidence import Axes, Catalogue, draw
from exocast.material.suspension import DEFAULT_CLASSES, default_grid

TRAINS = Design.read("isolation-trains")
NAMES = ["", *TRAINS.variants]


def yields(name):
    """Return the share of small EVs that every step passes, arrays (n,), by step."""
    plan = TRAINS.plan(name) if name else TRAINS.plan()
    ensemble = draw(plan_needs(plan), Catalogue.packaged(), Axes(5, 1), 3)
    entries = bench(plan, ensemble, []).ledger.entries
    held = [entry.after.population("small_ev").total for entry in entries]
    return {
        entry.step: after / before
        for entry, before, after in zip(entries[1:], held, held[1:], strict=False)
    }


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name or "as it stands")
def test_yields_do_not_depend_on_the_grid(name, monkeypatch):
    ordinary = yields(name)
    monkeypatch.setattr(default_grid, "__defaults__", (2 * DEFAULT_CLASSES,))
    assert len(default_grid()) == 2 * DEFAULT_CLASSES
    finer = yields(name)
    assert ordinary.keys() == finer.keys()
    for step, share in ordinary.items():
        assert np.abs(finer[step] / share - 1).max() < 0.01, step
