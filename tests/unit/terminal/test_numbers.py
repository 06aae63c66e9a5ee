"""One way to write a computed number: terminal and page have no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exocast
from exocast.units.numbers import amount, interval, stated, stated_range

ROOT = Path(exocast.__file__).parent
EXPONENT = re.compile(r"\{[^{}\n]*:\.\d?e\}")
"""A format that leaves an `e+05` in what people read."""


@pytest.mark.parametrize("room", ["cli", "report", "face"])
def test_no_exponent_of_a_machine_is_written_for_people(room: str) -> None:
    own = {"panels/drivers.py"}
    found = [
        f"{path.relative_to(ROOT)}: {held[0]}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for held in EXPONENT.finditer(path.read_text(encoding="utf-8"))
        if str(path.relative_to(ROOT / room)) not in own
    ]
    assert not found


@given(st.floats(1e-30, 1e30), st.integers(1, 6))
def test_what_is_written_is_the_number(value: float, digits: int) -> None:
    shown = amount(value, digits)
    mantissa, _, power = shown.partition("×10") if "×10" in shown else ("1", "", shown[2:])
    if "⁻" in shown or any(sign in shown for sign in "⁰¹²³⁴⁵⁶⁷⁸⁹"):
        read = float(mantissa) * 10.0 ** int(
            power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        )
    else:
        read = float(shown)
    assert read == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits))


def test_a_share_has_its_per_cent_on_both_ends() -> None:
    assert stated(0.00052, "1") == "0.052 %"
    assert stated_range([5e-6, 0.2], "1") == "5×10⁻⁴ – 20 %"
    assert interval([0.0, None]) == "–"
