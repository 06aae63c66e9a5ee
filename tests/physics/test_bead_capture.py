"""Capture on beads: the logistic of one class, full beads, and rates in series."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws import bead_capture as law


def share(number, rate, capacity, time) -> float:
    one = np.ones((1, 1))
    return float(law.captured_share(number * one, rate * one, [1.0], [capacity], time)[0, 0])


@given(
    number=st.floats(0.01, 100), rate=st.floats(1e-5, 1e-2), time=st.floats(10.0, 1e5),
)  # fmt: skip
def test_one_class_is_a_second_order_reaction(number, rate, time) -> None:
    # dn/dt = -k n (1 - (n0 - n)/N), solved by hand for N = 1.
    room = 1.0
    ratio = number / room
    if abs(ratio - 1) < 1e-3:
        return
    grow = np.exp(np.clip((1 - ratio) * rate * time, -600, 600))
    exact = (grow - 1) / (grow - ratio)
    assert share(number, rate, room, time) == pytest.approx(exact, rel=2e-2, abs=1e-9)


def test_much_room_is_first_order_and_none_is_nothing() -> None:
    assert share(1.0, 1e-3, 1e12, 1000.0) == pytest.approx(1 - np.exp(-1), rel=1e-6)
    assert share(1.0, 1e-3, 0.0, 1000.0) == 0.0
    assert share(1.0, 0.0, 1.0, 1000.0) == 0.0
    assert share(0.0, 1e-3, 1.0, 1000.0) == pytest.approx(1 - np.exp(-1), rel=1e-6)


def test_full_beads_hold_their_area_and_no_more() -> None:
    count = np.array([[3.0, 5.0, 100.0]])
    area = np.array([1.0, 2.0, 0.1])
    caught = law.captured_share(count, np.array([[1.0, 0.1, 1e-3]]), area, [4.0], 1e6)
    held = float((count * caught * area).sum())
    assert held == pytest.approx(4.0, rel=1e-4)
    assert held <= 4.0 * (1 + 1e-9)
    assert caught[0, 0] > caught[0, 1] > caught[0, 2]


def test_the_slower_of_two_rates_rules() -> None:
    assert float(law.in_series(1.0, 1e9)) == pytest.approx(1.0)
    assert float(law.in_series(0.0, 0.0)) == 0.0


def test_washes_do_not_move_what_holds_by_many_bonds() -> None:
    kept = law.kept_through_washes(1e-3, np.array([1.0, 1e3]), 1000.0)
    assert kept[0] == pytest.approx(np.exp(-1))
    assert kept[1] > 0.99


def test_a_bead_of_micrometres_sweeps_by_its_radius() -> None:
    small = law.encounter_clearance(1e-6, 0.0, 4e-12, 0.0)
    assert float(law.encounter_clearance(2e-6, 0.0, 4e-12, 0.0)) == pytest.approx(2 * float(small))
