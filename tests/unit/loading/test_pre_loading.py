"""Cargo by way of the donor cells."""

from dataclasses import replace

import numpy as np
import pytest

from exocast.errors import DesignError
from exocast.face import template
from exocast.laws.lumen import AVOGADRO, lumen_diameter
from exocast.laws.steric import accessible_volume
from exocast.material.ledger import residual
from exocast.material.suspension import Suspension
from exocast.stages.donor import CellCulture
from exocast.stages.donor.cell import BURDEN, CELL_VOLUME
from exocast.stages.loading.cargo import hydrodynamic_diameter
from exocast.stages.loading.contact import BILAYER_THICKNESS
from exocast.stages.loading.donor_expression import (
    ENRICHMENT,
    SAMPLING,
    SCAFFOLDS,
    SHARE,
    SPREAD,
    DonorExpression,
)
from exocast.stages.loading.donor_incubation import DonorIncubation
from exocast.stages.loading.tags import tag_table


@pytest.fixture(scope="module")
def culture(drawn):
    def _culture(members, cell="MCF-7"):
        step = CellCulture(cell_type=cell, cells=2e8, medium=2e-4, duration=86400.0)
        return step.apply(Suspension.nothing(members), drawn(step, members, 1))[0]

    return _culture


def _per_vesicle(tube, cargo):
    small = tube.population("small_ev")
    return small.copies(cargo) / small.total


def test_without_a_tag_a_vesicle_holds_its_share_of_the_cytosol(culture, drawn):
    step = DonorExpression(cargo="siRNA", copies_per_cell=3e5, expressing=0.6)
    p = drawn(step, 9, 1)
    before = culture(9)
    after, exchange = step.apply(before, p)
    assert residual(before, after, exchange)[0] < 1e-12
    small = after.population("small_ev")
    inner = lumen_diameter(small.diameter, p[BILAYER_THICKNESS][:, None])
    lumen = accessible_volume(inner, hydrodynamic_diameter(p)[:, None])
    # Four in ten cells are not burdened, and make more of the vesicles.
    share = (0.6 * (1 - p[BURDEN]) / (1 - 0.6 * p[BURDEN]))[:, None]
    assert small.total == pytest.approx(before.population("small_ev").total * (1 - 0.6 * p[BURDEN]))
    mean = share * 3e5 * (p[SAMPLING] / p[CELL_VOLUME])[:, None] * lumen
    held = small.inside["siRNA"]
    assert held.mean == pytest.approx(mean, rel=1e-9)
    # Cells without it, and cells that differ: E[c(c-1)] = f (m / f)^2 (1 + spread^2).
    assert held.second == pytest.approx(mean**2 / share * (1 + p[SPREAD][:, None] ** 2), rel=1e-9)
    assert np.all(held.empty >= 1 - share - 1e-12)


@pytest.mark.parametrize("tag", [name for name in tag_table() if name != "none"])
def test_a_tag_enriches_what_is_rare_and_fills_up(tag, culture, drawn):
    cargo = "siRNA" if "nucleic_acid" in tag_table()[tag].carries else "catalase"

    def loaded(copies, chosen):
        step = DonorExpression(cargo=cargo, copies_per_cell=copies, expressing=1.0, tag=chosen)
        assert step.check() == []
        p = drawn(step, 9, 1)
        return _per_vesicle(step.apply(culture(9), p)[0], cargo), p

    rare, p = loaded(1e-3, tag)
    assert rare / loaded(1e-3, "none")[0] == pytest.approx(p[ENRICHMENT], rel=1e-5)
    plenty, chance = loaded(1e8, tag)[0], loaded(1e8, "none")[0]
    most = p[SHARE] * p[SCAFFOLDS]
    assert np.all(plenty - chance <= most * (1 + 1e-9))
    assert np.median((plenty - chance) / most) > 0.2


def test_a_protein_fused_to_a_tetraspanin_is_far_more_and_half_the_vesicles_have_none(
    culture, drawn
):
    step = DonorExpression(cargo="catalase", copies_per_cell=1e7, tag="cd63_fusion")
    p = drawn(step, 50, 1)
    after, _ = step.apply(culture(50), p)
    held = after.population("small_ev").inside["catalase"]
    assert np.all(held.empty > 0.1)
    assert 5 < np.median(_per_vesicle(after, "catalase")) < 60
    words = [flag.message for flag in step.flags(after, p)]
    assert any("stays on its scaffold" in one for one in words)


def test_a_second_cargo_and_a_second_step_add(culture, drawn):
    step = DonorExpression(cargo="siRNA")
    p = drawn(step, 5, 1)
    once, _ = step.apply(culture(5), p)
    twice, exchange = step.apply(once, p)
    assert residual(once, twice, exchange)[0] < 1e-12
    assert _per_vesicle(twice, "siRNA") == pytest.approx(2 * _per_vesicle(once, "siRNA"), rel=1e-9)


def test_paclitaxel_of_a_million_cells_is_within_reach_of_the_report_at_its_upper_end(
    culture, drawn
):
    """2 to 7 pmol at 0.1 to 1 uM (Wang 2017, abstract): no row was set by it."""

    def picomoles(concentration):
        step = DonorIncubation(cargo="paclitaxel", concentration=concentration, washed="no")
        p = drawn(step, 200, 1)
        inside = step.apply(culture(200), p)[0].pools("paclitaxel")["inside"]
        return np.percentile(inside / AVOGADRO * 1e12 / 200, [5, 50, 95])

    low, high = picomoles(1e-4), picomoles(1e-3)
    assert low[1] < 2.0 < 30 * low[1]
    assert high[1] < 7.0 < high[2]


@pytest.mark.parametrize("cargo", ["paclitaxel", "doxorubicin", "curcumin"])
@pytest.mark.parametrize("washed", ["yes", "no"])
def test_a_drug_is_conserved_and_washing_lowers_it(cargo, washed, culture, drawn):
    step = DonorIncubation(cargo=cargo, washed=washed)
    p = drawn(step, 9, 1)
    before = culture(9)
    after, exchange = step.apply(before, p)
    assert residual(before, after, exchange)[0] < 1e-9
    other, _ = replace(step, washed="no").apply(before, p)
    assert np.all(_per_vesicle(after, cargo) <= _per_vesicle(other, cargo) * (1 + 1e-9))
    nothing, exchange = step.apply(Suspension.nothing(9), p)
    assert residual(Suspension.nothing(9), nothing, exchange)[0] == 0.0


def test_what_cannot_be_made_or_taken_up_is_said():
    assert "donor_incubation" in DonorExpression(cargo="paclitaxel").check()[0]
    assert "donor_expression" in DonorIncubation(cargo="siRNA").check()[0]
    assert "Tags that do" in DonorExpression(cargo="siRNA", tag="explors").check()[0]
    assert "no cargo is called" in DonorExpression(cargo="sirna").check()[0]


STEP = """
[[step]]
stage = "loading"
method = "donor_expression"
cargo = "siRNA"

"""


def test_it_stands_between_the_culture_and_the_isolation():
    text = template("isolation-trains").text
    at = text.index("[[step]]", text.index("[[step]]") + 1)
    from exocast.design import Design

    Design.from_text(text[:at] + STEP + text[at:]).check()
    end = text.index("[[variant]]")
    with pytest.raises(DesignError, match="put it above"):
        Design.from_text(text[:end] + STEP + text[end:]).check()


def test_a_cells_own_rna_is_as_rare_in_vesicles_as_was_counted(culture, drawn):
    """Ten thousand copies in a cell, sorted or not, against one microRNA in a hundred vesicles."""
    before = culture(200)
    found = {}
    for tag in ("none", "ybx1"):
        step = DonorExpression(
            cargo="miRNA", copies_per_cell=1e4, expressing=0.3, expression="endogenous", tag=tag
        )
        assert step.check() == []
        after, exchange = step.apply(before, drawn(step, 200, 1))
        assert residual(before, after, exchange)[0] < 1e-12
        assert after.population("small_ev").total == pytest.approx(
            before.population("small_ev").total
        )
        assert exchange.resources.hands_on == 0.0
        found[tag] = np.median(_per_vesicle(after, "miRNA"))
    # Chevillet 2014 (abstract): 0.00825, SD 0.02, of the most abundant microRNA of six sources.
    assert found["none"] < 0.02
    assert 0.00825 / 10 < found["ybx1"] < 0.00825 * 10
    messenger = DonorExpression(cargo="mRNA", copies_per_cell=100.0, expression="endogenous")
    rare = _per_vesicle(messenger.apply(before, drawn(messenger, 200, 1))[0], "mRNA")
    assert np.median(rare) < 1e-5


def test_what_nobody_engineered_has_no_loops():
    step = DonorExpression(cargo="miRNA", expression="endogenous", tag="ms2")
    assert 'By nature: "none", "ybx1"' in step.check()[0]
