"""The answer under each rival is that of a run in which that rival is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from exocast.design.cascading import build_cascade
from exocast.design.run import run
from exocast.design.verdict import answer_of
from exocast.errors import ExocastError
from exocast.evidence import Catalogue
from exocast.learn.weighing import DRAWN, weigh_hypothesis, weigh_value

MEMBERS = (3, 2)
ESCAPE = "uptake.endocytosis_and_escape.escape_probability"


def answers(design, catalogue=None):
    done = run(design, members=MEMBERS, catalogue=catalogue)
    cascade = build_cascade(done.plan, done.base, MEMBERS[0])
    answer = answer_of(done.plan, cascade, catalogue or Catalogue.packaged())
    return [row["median"] for row in answer["rows"]]


def test_each_option_answers_as_a_run_that_names_it(design):
    weighed = weigh_hypothesis(design, "endosomal_escape", members=MEMBERS)
    assert [case.label for case in weighed.cases] == ["rare", "common"]
    for case in weighed.cases:
        named = design.with_settings({"hypotheses.endosomal_escape": case.label})
        assert [case.answer.median] == pytest.approx(answers(named), rel=1e-4)
        assert case.orders_short == pytest.approx(np.log10(case.needed / case.answer.median))


def test_a_value_at_its_ends_answers_as_a_run_with_that_value(design):
    weighed = weigh_value(design, ESCAPE, members=MEMBERS)
    found = {case.label: case for case in weighed.cases}
    assert list(found) == [
        "rare", "rare, low end", "rare, high end", "common", "common, low end", "common, high end",
    ]  # fmt: skip
    held = Catalogue.packaged()
    row = next(row for row in held.values[ESCAPE] if row.hypothesis == "endosomal_escape:common")
    case = found["common, high end"]
    assert case.value == row.high
    set_to = replace(
        row, value=row.high, low=row.high, high=row.high, distribution="fixed",
        hypothesis="", preferred=True,
    )  # fmt: skip
    others = [one for one in held.values[ESCAPE] if one.context != row.context]
    catalogue = replace(held, values={**held.values, ESCAPE: (*others, set_to)})
    named = design.with_settings({"hypotheses.endosomal_escape": "common"})
    assert [case.answer.median] == pytest.approx(answers(named, catalogue), rel=1e-4)


def test_other_rivals_stay_apart(design):
    key = "loading.electroporation.open_share"
    weighed = weigh_value(design, key, members=MEMBERS)
    rivals = {case.rival for case in weighed.cases}
    assert rivals == {"fusion is rare", "fusion is common"}
    rows = {row.hypothesis.partition(":")[2]: row for row in Catalogue.packaged().values[key]}
    for case in weighed.cases:
        option, _, end = case.label.partition(", ")
        if end:
            assert case.value == getattr(rows[option], end.partition(" ")[0])


def test_nothing_set_is_told_once(design):
    weighed = weigh_value(design, "donor.cell_culture.secretion_rate", members=MEMBERS)
    drawn = [case for case in weighed.cases if case.label == DRAWN]
    assert [case.answer.median for case in drawn] == pytest.approx(answers(design), rel=1e-4)
    assert {case.context for case in weighed.cases} > {drawn[0].context}


def test_need_moves_the_orders_and_not_the_answer(design):
    weighed = weigh_value(design, "response.gene_silencing.copies_needed", members=MEMBERS)
    rare = [case for case in weighed.cases if case.rival == "fusion is rare"]
    assert len({case.answer.median for case in rare}) == 1
    assert len({case.orders_short for case in rare}) == 3


def test_a_value_that_a_design_does_not_use_has_no_answer(design):
    weighed = weigh_value(design, "isolation.size_exclusion.plates", members=MEMBERS)
    assert weighed.cases == ()


def test_names_that_are_not_there(design):
    with pytest.raises(ExocastError, match=r"no value of `no\.such\.key`"):
        weigh_value(design, "no.such.key")
    with pytest.raises(ExocastError, match="no hypothesis `weather`"):
        weigh_hypothesis(design, "weather")
