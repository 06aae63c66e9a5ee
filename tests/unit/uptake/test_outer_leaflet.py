"""What a vesicle carries outside stays on the lumenal side: opening does not let it out."""

from __future__ import annotations

import pytest

HELD = {"outer_escape": 0.01, "re_export": 0.5, "other_cells": 0.2, "lumenal_half_life": 3600.0}


@pytest.mark.parametrize("opens", [1e-9, 0.5])
def test_its_escape_does_not_ask_whether_vesicles_open(bench, opens):
    run = bench(
        copies=1e-6, outside=200.0, responses=(), days=20.0, rtol=1e-8,
        fix=HELD | {"escape_probability": opens},
    )  # fmt: skip
    taken = run.course.of("taken_up")[0, -1]
    # A vesicle that opens is not put out again, so that what is on it stays as well.
    staying = (1.0 - 0.5 * (1.0 - opens)) / (1.0 - 0.5)
    assert run.last("outside.in_cytosol") == pytest.approx(taken * 0.01 * staying, rel=1e-4)
    assert run.residual < 1e-12


def test_copies_inside_and_outside_add_up(bench):
    both, alone = (
        bench(copies=50.0, outside=200.0, responses=(), days=3.0, fix=HELD),
        bench(copies=50.0, responses=(), days=3.0, fix={k: HELD[k] for k in list(HELD)[1:3]}),
    )
    whole = both.course.of("in_cytosol")
    parts = both.course.of("outside.in_cytosol") + alone.course.of("in_cytosol")
    assert whole == pytest.approx(parts, rel=1e-5)
    # One at a time from outside, all at once from inside: an event brings less on average.
    load = "tumour.copies_per_event"
    assert 1.0 < both.wiring.published[load][0] < alone.wiring.published[load][0]


def test_silencing_takes_what_came_from_outside(bench):
    fix = HELD | {"escape_probability": 1e-9}
    runs = [
        bench(copies=1e-6, outside=copies, days=3.0, fix=fix, points=7) for copies in (1e3, 1e5)
    ]
    few, many = (run.course.of("target.protein")[0, -1] for run in runs)  # Knocked down, [1].
    assert 0 < few < many < 1


def test_both_engines_agree(bench):
    fast, slow = (
        bench(outside=200.0, responses=(), days=1.0, points=4, engine=engine)
        for engine in ("native", "reference")
    )
    for name in ("in_cytosol", "outside.in_cytosol", "taken_up"):
        assert fast.course.of(name) == pytest.approx(slow.course.of(name), rel=1e-5), name
