"""The donor: amounts, sizes and contaminants."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.material.suspension import Copies, Suspension
from exocast.stages.account import pooled
from exocast.stages.donor import CellCulture

CULTURE = CellCulture(
    cell_type="mesenchymal_stromal_cell", cells=2e8, medium=2e-4, duration=48 * 3600.0
)


def test_the_kinds_and_their_properties(bench) -> None:
    after, _, _ = bench.run(CULTURE, Suspension.nothing(7))
    assert after.kinds == (
        "small_ev", "large_ev", "apoptotic_body", "lipoprotein", "protein_aggregate"
    )  # fmt: skip
    small = after.population("small_ev")
    assert ((small.density > 1085) & (small.density < 1200)).all()
    assert set(small.surface) == {
        "phosphatidylserine_share", "cd9_copies", "cd63_copies", "cd81_copies", "cd47_copies",
        "zeta_potential",
    }  # fmt: skip
    assert (small.surface["zeta_potential"] < 0).all()
    assert not after.population("lipoprotein").vesicular
    assert (after.population("lipoprotein").total == 0).all()  # serum-free
    assert after.buffer == "medium"


def test_twice_the_cells_secrete_twice_and_bring_no_more(bench) -> None:
    serum = replace(CULTURE, serum="serum")
    one = bench.run(serum, Suspension.nothing(7))[1].amounts
    two = bench.run(replace(serum, cells=4e8), Suspension.nothing(7))[1].amounts
    secreted, brought = (
        ("particles/small_ev", cause)
        for cause in ("secreted by the cells", "brought by the medium")
    )
    assert two[secreted] == pytest.approx(2 * one[secreted])
    assert np.array_equal(two[brought], one[brought])
    assert (one[brought] > 0).all()


def test_dying_cells_leave_bodies_and_dead_ones_secrete_nothing(bench) -> None:
    healthy, dying = (
        bench.run(replace(CULTURE, viability=share), Suspension.nothing(7))[0]
        for share in (1.0, 0.5)
    )
    small = dying.population("small_ev").total / healthy.population("small_ev").total
    assert small == pytest.approx(np.full(7, 0.5))
    more = dying.population("apoptotic_body").total > healthy.population("apoptotic_body").total
    assert more.all()


def test_the_spread_admits_what_counting_methods_admit(bench) -> None:
    # Methods differ 10 to 1000 fold: a forecast of a yield to a factor of two would be false.
    after, _, _ = bench.run(CULTURE, Suspension.nothing(200))
    low, high = np.percentile(after.population("small_ev").total, [5, 95])
    assert 20 < high / low < 1000


def test_flags_name_the_generic_cell_the_serum_and_the_crowd(bench) -> None:
    def messages(step):
        return " ".join(
            flag.message for flag in step.flags(Suspension.nothing(7), bench.draws(step))
        )

    unknown = replace(CULTURE, cell_type="HEK293T")
    assert "no secretion rate was found for `HEK293T`" in messages(unknown)
    assert "no secretion rate" not in messages(CULTURE)
    assert "come from the serum" in messages(replace(CULTURE, serum="serum", cells=1e6))
    assert "confluence" in messages(replace(CULTURE, serum="serum", duration=7 * 86400.0))
    assert "denser than a flask" in messages(replace(CULTURE, cells=1e10))


def test_adding_to_a_loaded_tube_dilutes_its_cargo(bench, make_tube) -> None:
    tube = make_tube()
    after, _, _ = bench.run(CULTURE, tube)
    before = tube.population("small_ev").copies("siRNA")
    assert after.population("small_ev").copies("siRNA") == pytest.approx(before, rel=1e-12)
    mixed = after.population("small_ev").inside["siRNA"]
    assert (mixed.empty >= tube.population("small_ev").inside["siRNA"].empty - 1e-12).all()
    assert np.median(mixed.empty) > 0.9


def test_pooling_two_empty_populations_is_quiet(make_tube) -> None:
    held = make_tube(2, count=0.0).population("small_ev")
    same = pooled(held, held)
    assert (same.total == 0).all()
    assert np.isfinite(same.density).all()
    assert isinstance(same.inside["siRNA"], Copies)


def test_the_headline_reads_like_a_cascade() -> None:
    assert CULTURE.headline() == "secreted, 2e8 cells, 48 h"
