"""What tracking analysis counts and draws of a known tube."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from exocast.evidence import Axes, Catalogue, draw
from exocast.laws.size_distribution import percentile
from exocast.material.ledger import residual
from exocast.material.step import settings_of
from exocast.material.suspension import (
    Copies,
    Population,
    Suspension,
    default_grid,
    grid_edges,
)
from exocast.stages.assay import Nta

AXES = Axes(20, 3)


def draws(step, axes=AXES, seed=1):
    return draw(step.needs(), Catalogue.packaged(), axes, seed).draws({})


def population(members, kind, total, median, sigma, index, vesicular=True):
    grid = default_grid()
    shape = np.exp(-0.5 * (np.log(grid / median) / sigma) ** 2)
    count = np.tile(total * shape / shape.sum(), (members, 1))
    one = np.ones(members)
    inside = {"siRNA": Copies.poisson(np.full(count.shape, 0.3))} if vesicular else {}
    return Population(kind, grid, count, 1100 * one, index * one, vesicular, inside=inside)


def tube(members, total=1e11, median=90e-9, sigma=0.35, lipoprotein=0.0, volume=1e-6):
    populations = (
        population(members, "small_ev", total, median, sigma, 1.37),
        population(members, "lipoprotein", lipoprotein, 55e-9, 0.25, 1.52, vesicular=False),
    )
    free = {"siRNA": np.full(members, 1e9)}
    return Suspension(populations, free, {}, np.full(members, volume))


@pytest.mark.parametrize("members", [(1, 1), (7, 1), (5, 2)])
def test_an_assay_changes_nothing(members):
    step = Nta()
    p = draws(step, Axes(*members))
    before = tube(p.members)
    after, exchange = step.apply(before, p)
    assert after is before
    assert residual(before, after, exchange)[0] == 0
    assert exchange.resources.time > 0


def test_every_declared_key_is_used_and_valued():
    for step in (Nta(), Nta(file="x.csv")):
        p = draws(step)
        step.apply(tube(p.members), p)
        step.flags(tube(p.members), p)
        declared = {need.parameter.key for need in step.needs()}
        # The sampling error of a file is asked for when the file is used.
        assert declared - p.asked <= {"assay.nta.video_lean"}


def test_the_same_seed_reads_the_same():
    step = Nta()
    one, two = (step.look(tube(60), draws(step)) for _ in range(2))
    assert (one.y == two.y).all()
    other = step.look(tube(60), draws(step, seed=2))
    assert (one.y != other.y).any()


@pytest.mark.parametrize("name", [n for n, s in settings_of(Nta).items() if s.moves])
def test_a_setting_moves_what_it_says(name):
    declared = settings_of(Nta)[name]

    def figure(value):
        step = Nta(**{name: value})
        _, exchange = step.apply(tube(60), draws(step))
        return np.median(exchange.notes[declared.moves])

    change = figure(declared.high) - figure(declared.low)
    assert np.sign(change) == declared.direction


def test_an_empty_tube_reads_zero():
    step = Nta()
    p = draws(step)
    for empty in (tube(p.members, total=0.0), Suspension.nothing(p.members)):
        reading = step.look(empty, p)
        assert (reading.y == 0).all()
        assert np.isnan(reading.figures["D50 [m]"]).all()
        assert (step.visible(empty, p) == 0).all()
        assert step.flags(empty, p) == []
        assert np.isfinite(reading.sd).all()


def test_the_curve_holds_what_is_counted():
    step = Nta()
    p = draws(step)
    before = tube(p.members, lipoprotein=3e10)
    reading = step.look(before, p)
    assert reading.y.sum(axis=1) * 1e-6 == pytest.approx(step.visible(before, p), rel=1e-12)
    assert reading.figures["concentration [particle/m^3]"] == pytest.approx(reading.y.sum(axis=1))


def test_small_vesicles_are_missed_and_lipoproteins_of_their_size_are_not():
    step = Nta(limit=80e-9)
    p = draws(step)
    n = p.members

    def share(kind, index, median):
        one = population(n, kind, 1e10, median, 0.05, index)
        held = Suspension((one,), {}, {}, np.full(n, 1e-6))
        scale = step.visible(tube(n, median=400e-9, sigma=0.05), p) / 1e11
        return np.median(step.visible(held, p) / 1e10 / scale)

    assert share("small_ev", 1.37, 50e-9) < 0.02
    assert share("lipoprotein", 1.52, 55e-9) > 0.7
    assert share("small_ev", 1.37, 150e-9) > 0.99


def test_raw_tracks_draw_a_wider_curve_than_adjusted_ones():
    def width(analysis):
        step = Nta(analysis=analysis)
        p = draws(step)
        reading = step.look(tube(p.members, median=150e-9, sigma=0.1), p)
        high = percentile(reading.edges, reading.y, 0.84)
        return np.median(high / percentile(reading.edges, reading.y, 0.16))

    assert width("raw") > 1.2 * width("FTLA")


def test_flags():
    p = draws(Nta())
    dense = Nta().flags(tube(p.members, total=1e13), p)
    assert "above the linear range: dilute 10000-fold" in dense[0].message
    assert Nta(dilution=1e5).flags(tube(p.members, total=1e14), p) == []
    thin = Nta(dilution=1e6).flags(tube(p.members), p)
    assert "below the linear range" in thin[0].message
    mostly = Nta(dilution=1e4).flags(tube(p.members, lipoprotein=1e12), p)
    assert any("are not vesicles" in flag.message for flag in mostly)


@pytest.mark.parametrize("total", [1e7, 1e13])
def test_the_chamber_of_a_measured_file_is_judged_by_its_reader(total):
    measured = Nta(file="mine.csv")
    p = draws(measured)
    assert Nta().flags(tube(p.members, total=total), p) != []
    assert measured.flags(tube(p.members, total=total), p) == []


def test_the_counting_error_is_that_of_its_tracks():
    step = Nta(dilution=100.0)
    p = draws(step)
    figures = step.look(tube(p.members), p).figures
    longer = dataclasses.replace(step, duration=4 * step.duration)
    assert figures["counting error [1]"] == pytest.approx(
        2 * longer.look(tube(p.members), p).figures["counting error [1]"]
    )


def test_the_grid_of_the_reading_can_be_that_of_a_file():
    step = Nta()
    p = draws(step)
    edges = np.arange(0, 1001) * 1e-9
    fine = step.look(tube(p.members), p, edges)
    coarse = step.look(tube(p.members), p)
    assert fine.y.shape == (p.members, 1000)
    assert fine.y.reshape(p.members, 200, 5).sum(axis=2) == pytest.approx(coarse.y, rel=1e-9)


def test_members_are_independent():
    step = Nta()
    p = draws(step)
    whole = step.look(tube(p.members), p).y
    heavy = tube(p.members)
    count = heavy.populations[0].count.copy()
    count[3] *= 5
    heavy = heavy.with_population(dataclasses.replace(heavy.populations[0], count=count))
    changed = step.look(heavy, p).y
    assert changed[3] == pytest.approx(5 * whole[3])
    assert (np.delete(changed, 3, axis=0) == np.delete(whole, 3, axis=0)).all()
    assert grid_edges(default_grid()).size == 41
