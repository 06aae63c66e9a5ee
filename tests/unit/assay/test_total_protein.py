"""Total protein: dissolved and in particles, and what a dose in micrograms then is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.evidence import Axes, Catalogue, Need, draw
from exocast.material.suspension import Population, Suspension, default_grid
from exocast.stages.assay import TotalProtein
from exocast.stages.assay.total_protein import PROTEIN, RESPONSE


def draws(step, members=5):
    needs = [Need(n.parameter, {**step.context(), **n.context}) for n in step.needs()]
    return draw(needs, Catalogue.packaged(), Axes(members, 1), 1).draws(step.context())


def tube(members=5, count=1e10, protein=2e-9):
    grid = default_grid()
    one = np.ones(members)
    numbers = np.zeros((members, grid.size))
    numbers[:, 20] = count
    held = Population("small_ev", grid, numbers, 1100 * one, 1.38 * one)
    return Suspension((held,), {}, {"protein": protein * one}, 1e-6 * one)


def test_the_reading_is_all_protein_times_the_response():
    step = TotalProtein()
    p = draws(step)
    volume = np.pi / 6 * default_grid()[20] ** 3
    expected = p[RESPONSE] * (2e-9 + 1e10 * volume * p.at(PROTEIN, kind="small_ev"))
    assert step.content(tube(), p) == pytest.approx(expected, rel=1e-12)


def test_protein_alone_reads_as_protein_alone_and_nothing_as_nothing():
    step = TotalProtein()
    p = draws(step)
    assert step.content(tube(count=0.0), p) == pytest.approx(2e-9 * p[RESPONSE], rel=1e-12)
    empty = replace(tube(count=0.0), solutes={})
    _, exchange = step.apply(empty, p)
    assert all((figure == 0).all() for figure in exchange.notes.values())


def test_a_tube_of_mostly_dissolved_protein_is_flagged():
    step = TotalProtein()
    p = draws(step)
    assert step.flags(tube(protein=1e-6), p)
    assert not step.flags(tube(protein=0.0), p)


def test_a_hundred_nanometre_vesicle_gives_about_ten_to_the_ten_a_microgram():
    row = Catalogue.packaged().find(Need(PROTEIN, {"kind": "small_ev"}))
    assert 1e-9 / (np.pi / 6 * 1e-21 * row.value) == pytest.approx(1.27e10, rel=0.01)
