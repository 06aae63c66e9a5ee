"""Values of a sweep: whatever is written is spread as it says, or refused in one sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.design import Design
from exocast.errors import ExocastError
from exocast.learn.dial import Dial, find_dial
from exocast.learn.vary import axis_of, parse_vary

DESIGN = Design.read("kras-sirna-tumour")
FIELD = find_dial(DESIGN, "loading.electroporation.field")
DOSE = find_dial(DESIGN, "regimen.dose")
CELLS = find_dial(DESIGN, "donor.cells")
COLD = find_dial(DESIGN, "storage.temperature")
BUFFER = find_dial(DESIGN, "loading.buffer")
CYCLES = find_dial(DESIGN, "freeze_thaw_cycles")
TIMES = find_dial(DESIGN, "regimen.times")

ends = st.tuples(st.floats(1e-3, 1e6), st.floats(1e-3, 1e6)).filter(
    lambda pair: abs(pair[1] - pair[0]) > 1e-2 * max(pair)
)


@given(ends, st.integers(2, 40), st.booleans())
def test_a_range_is_spread_from_end_to_end(
    pair: tuple[float, float], count: int, log: bool
) -> None:
    low, high = pair
    axis = axis_of(FIELD, f"{low!r} V/cm..{high!r} V/cm:{count}{'log' if log else ''}")
    assert (axis.numbers[0], axis.numbers[-1]) == pair
    assert (axis.unit, axis.log, len(axis.numbers)) == ("V/cm", log, count)
    steps = np.diff(np.log(axis.numbers) if log else axis.numbers)
    assert steps == pytest.approx(steps.mean(), rel=0.05, abs=1e-4 * abs(steps.mean()))
    for number, written in zip(axis.numbers, axis.values, strict=True):
        value, unit = str(written).split()
        assert unit == "V/cm"
        assert float(value) == pytest.approx(number, rel=1e-5)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=9, unique=True))
def test_a_list_is_what_was_listed(numbers: list[int]) -> None:
    axis = axis_of(CELLS, ",".join(map(str, numbers)))
    assert axis.numbers == tuple(map(float, numbers))


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_in_one_sentence(text: str) -> None:
    for dial in (FIELD, BUFFER, DOSE):
        refused, axis = None, None
        try:
            axis = axis_of(dial, text)
        except ExocastError as error:
            refused = str(error)
        if axis is None:
            assert dial.address in str(refused)
        else:
            assert len(axis.values) == len(axis.texts) > 0


@pytest.mark.parametrize(
    ("dial", "text", "values"),
    [
        (FIELD, "100..1000 V/cm:2", ("100 V/cm", "1000 V/cm")),
        (FIELD, "100 V/cm..1 kV/cm:2", ("100 V/cm", "1000 V/cm")),
        (FIELD, "1 kV/cm..100 V/cm:2", ("1 kV/cm", "0.1 kV/cm")),
        (COLD, "-80 degC..-20 degC:4", ("-80 degC", "-60 degC", "-40 degC", "-20 degC")),
        (DOSE, "1e8..1e10 particles:3log", ("1e8 particles", "1e9 particles", "1e10 particles")),
        (DOSE, "1..3 ug:2", ("1 ug", "3 ug")),
        (CELLS, "1e7..3e7:2", (1e7, 3e7)),
        (CYCLES, "1..3:5", (1, 2, 3)),
        (BUFFER, "PBS, trehalose_EDTA", ("PBS", "trehalose_EDTA")),
        (TIMES, '["0 h"],["0 h", "48 h"]', (["0 h"], ["0 h", "48 h"])),
    ],
)
def test_every_form_is_read(dial: Dial, text: str, values: tuple[object, ...]) -> None:
    assert axis_of(dial, text).values == values


def test_a_list_that_is_wide_has_a_logarithmic_axis() -> None:
    assert axis_of(DOSE, "1e8 particles,1e9 particles,1e11 particles").log
    assert not axis_of(DOSE, "1e10 particles,2e10 particles").log
    assert not axis_of(COLD, "-80 degC,4 degC").log


@pytest.mark.parametrize(
    ("dial", "text", "words"),
    [
        (FIELD, "100 V/cm..1000 V/cm", "low..high:count"),
        (FIELD, "..1000 V/cm:3", "low..high:count"),
        (FIELD, "100..1000:3", "no unit"),
        (FIELD, "100 V..1000 V:3", "field"),
        (FIELD, "100 V/cm..100 V/cm:3", "both ends are the same"),
        (FIELD, "0 V/cm..100 V/cm:3log", "logarithmic"),
        (FIELD, "1 V/cm..2 V/cm:1", "2 to"),
        (FIELD, "low..high V/cm:3", "no number"),
        (FIELD, "100 V/cm,100 V/cm", "twice"),
        (DOSE, "1e8 particles..1 mg:3", "count differently"),
        (BUFFER, "1..3:3", "takes no numbers"),
        (FIELD, ",", "no value"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(dial: Dial, text: str, words: str) -> None:
    with pytest.raises(ExocastError) as caught:
        axis_of(dial, text)
    assert words in str(caught.value)


@pytest.mark.parametrize("text", ["", "field", "=1,2", "field=", " = "])
def test_key_and_values_are_both_needed(text: str) -> None:
    with pytest.raises(ExocastError, match="KEY=VALUES"):
        parse_vary(text)
