"""Fusogens, and coats at the cell: what opens follows from how many act, and where."""

from __future__ import annotations

import numpy as np
import pytest

from exocast.stages.uptake.fusion import opened_by_fusogens

QUICK = {"responses": (), "days": 3.0, "points": 7, "escape": "rare"}
COPIES = 100.0
"""Cargo of a vesicle, in which `taken_up` is counted."""

ACTS = {"active_trimers": 0.5, "pore_opening": 0.5, "trimers_needed": 4.0}


def opened(run) -> float:
    """Return the share of what the cells took that opened."""
    return COPIES * run.last("opened_particles") / run.last("taken_up")


def vesicles(bench, name, copies, **change):
    surface = {f"ligand.{name}": copies, f"ligand.{name}.share": 0.5,
               f"ligand.{name}.dispersion": 1.0}  # fmt: skip
    fix = {**ACTS, **change.pop("fix", {})}
    return bench(surface=surface, ligands=(name,), fix=fix, **QUICK, **change)


@pytest.fixture(scope="module")
def acid(bench):
    return vesicles(bench, "vsv_g", 100.0)


def test_in_endosomes_it_opens_the_share_on_which_enough_trimers_act(acid):
    each = [opened_by_fusogens(acid.wiring, acid.draws, one) for one in acid.wiring.carriers]
    count = np.stack([one.count for one in acid.wiring.carriers])[:, 0]
    inside = np.stack([both[1] for both in each])[:, 0]
    assert all((both[0] == 0).all() for both in each)
    assert (inside < 0.5 * 0.5).all()  # no more than carry it, and no more than open a pore
    mean = (count * inside).sum() / count.sum()
    # Not all is over after three days, and small vesicles arrive sooner.
    assert opened(acid) == pytest.approx(mean, rel=0.05)
    assert acid.residual < 1e-10


def test_what_opened_is_what_the_events_bring(acid):
    copies = acid.wiring.published["tumour.copies_per_event"][0]
    assert copies < 101.0
    assert acid.last("in_cytosol") / acid.last("opened_particles") == pytest.approx(copies, rel=0.1)


def test_without_a_copy_the_hypothesis_alone_opens(bench):
    none = vesicles(bench, "vsv_g", 0.0)
    plain = bench(**QUICK)
    assert opened(none) == pytest.approx(opened(plain), rel=1e-6)


def test_more_trimers_never_open_less_and_few_open_next_to_none(bench):
    shares = [opened(vesicles(bench, "vsv_g", copies)) for copies in (1.0, 10.0, 100.0, 1000.0)]
    assert shares == sorted(shares)
    assert shares[0] < 0.01 < shares[-1]


def test_a_receptor_at_the_surface_is_needed_where_it_is_the_trigger(bench):
    with_it, without = (
        vesicles(bench, "syncytin_1", 100.0, fix={"receptors": number}) for number in (1e5, 1e-6)
    )
    assert opened(with_it) > 10 * opened(without)
    outside, _ = opened_by_fusogens(with_it.wiring, with_it.draws, with_it.wiring.carriers[0])
    assert (outside > 0).all()
    assert with_it.residual < 1e-10
    # What fuses outside has lost nothing in endosomes: events bring all that a vesicle holds.
    assert with_it.wiring.published["tumour.copies_per_event"][0] > 99.0


def test_serum_takes_its_share(bench):
    """On the way through blood; an injection into the tumour meets cells first."""
    run = vesicles(bench, "vsv_g", 100.0)
    assert not any("neutralised" in key for key in run.draws.asked)


def test_a_coat_holds_off_the_cell_too(bench):
    rates = [
        bench(surface=surface, **QUICK).wiring.values["tumour.binding.small_ev.2"][0]
        for surface in ({}, {"peg_copies": 300.0}, {"peg_copies": 3000.0})
    ]
    assert rates[0] > rates[1] > rates[2]
    assert rates[2] < 0.5 * rates[0]
