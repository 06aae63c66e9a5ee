"""Quantities are read by the dimension that is expected, and survive the way out and back."""

from __future__ import annotations

import contextlib
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exocast.errors import UnitError
from exocast.units import base_unit, from_si, parse, present, same_dimension, scale, to_si

COLUMNS = [
    "nm", "µm", "g/mL", "g/cm3", "1/h", "1/day", "mL/min/g", "mL/min/kg^0.75", "cell/g",
    "10^6 cells/g", "particle/cell", "copy/particle", "cm^2/s", "cP", "mPa.s", "mol/L", "mM",
    "nM", "1/(nM h)", "V/cm", "degC", "K", "%", "1", "fraction", "mV", "S/m", "kDa", "bp",
    "EU/mL", "USD", "doses", "svedberg", "N/m", "um/s", "particles/cell/day", "%ID/g", "L/kg",
    "mg/kg",
]  # fmt: skip

READ = [
    ("400 V/cm", "V/m", 4e4),
    ("1e10 particles", "particle", 1e10),
    ("1e9 small EVs", "particle", 1e9),
    ("500 copies", "copy", 500.0),
    ("7 cells", "cell", 7.0),
    ("2 x 10^8 cells", "cell", 2e8),
    ("2×10⁸ cells", "cell", 2e8),
    ("10^6 cells", "cell", 1e6),
    ("-80 degC", "K", 193.15),
    ("−80 °C", "K", 193.15),
    ("37 C", "K", 310.15),
    ("310 K", "K", 310.0),
    ("100000 g", "m/s^2", 980665.0),
    ("300 x g", "m/s^2", 2941.995),
    ("300 × g", "m/s^2", 2941.995),
    ("300×g", "m/s^2", 2941.995),
    ("300xg", "m/s^2", 2941.995),
    ("9.81 m/s^2", "m/s^2", 9.81),
    ("100000 g", "kg", 100.0),
    ("5 µL", "m^3", 5e-9),
    ("5 μL", "m^3", 5e-9),
    ("5 uL", "m^3", 5e-9),
    ("200 mm^3", "m^3", 2e-7),
    ("200 mm³", "m^3", 2e-7),
    ("200mm3", "m^3", 2e-7),
    ("5 %", "1", 0.05),
    ("5%", "1", 0.05),
    ("0.5", "1", 0.5),
    ("3.1e11 particles/mL", "particle/m^3", 3.1e17),
    ("3.1e11 /mL", "particle/m^3", 3.1e17),
    ("3.1e11/mL", "1/m^3", 3.1e17),
    ("3.1e11 per mL", "particle/m^3", 3.1e17),
    ("12 %ID/g", "1/kg", 120.0),
    ("3 min", "s", 180.0),
    ("48 h", "s", 172800.0),
    ("14 d", "s", 1209600.0),
    ("100 S", "s", 1e-11),
    ("118 nm", "m", 1.18e-7),
    ("0.118 µm", "m", 1.18e-7),
    ("1 mPa.s", "Pa*s", 1e-3),
    ("4 1/(nM h)", "m^3/mol/s", 4e6 / 3600),
    ("2e8", "cell", 2e8),
    (2e8, "cell", 2e8),
    (3, "dose", 3.0),
    (np.int64(3), "dose", 3.0),
    (0.5, "1", 0.5),
    ("0 h", "s", 0.0),
]

REFUSED = [
    ("48", "s", '"48": no unit. Write one, as in "48 h".'),
    (48, "s", '48: no unit. Write one, as in "48 h".'),
    (
        "100000 rpm",
        "m/s^2",
        '"100000 rpm": a speed, not an acceleration. Write "100000 g", or use `rpm = 100000`.',
    ),
    ("30000 rpm", "1", '"30000 rpm": a rate, not a pure number. Leave the unit out: 30000.'),
    ("5 mL", "kg", '"5 mL": a volume, not a mass. Write it as in "22 g".'),
    (
        "5 particles",
        "cell",
        '"5 particles": a number of particles, not a number of cells. Write it as in "2e8 cells".',
    ),
    (
        "1 nmol",
        "copy",
        '"1 nmol": an amount of substance, not a number of copies. Write it as in "500 copies".',
    ),
    ("10 mintues", "s", '"10 mintues": "mintues" is not a unit. Did you mean `minute`?'),
    ("5 m/q9", "m/s", '"5 m/q9": "m/q9" is not a unit. Units look like nm, mL, 1/h, V/cm or'),
    ("soon", "s", '"soon": does not begin with a number. Write it as in "48 h".'),
    ("", "s", '"": does not begin with a number.'),
    ("1,000 g", "kg", '"1,000 g": write the number with a decimal point and without separators'),
    ("1 000 cells", "cell", '"1 000 cells": write the number with a decimal point and'),
    ("50 %", "particle", '"50 %": a pure number, not a number of particles.'),
    ("1e999 m", "m", '"1e999 m": too large a number.'),
    ("9^99^99 m", "m", "is not a unit"),
    ("5 m:", "m", '"5 m:": "m:" is not a unit.'),
    (True, "1", "True: not a quantity."),
    (None, "s", "None: not a quantity."),
    (math.nan, "1", "nan: does not begin with a number."),
]


@pytest.mark.parametrize(("text", "unit", "value"), READ)
def test_reads_by_the_expected_dimension(text, unit, value):
    assert parse(text, unit) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(("text", "unit", "message"), REFUSED)
def test_refuses_with_a_message_that_says_what_to_write(text, unit, message):
    with pytest.raises(UnitError) as caught:
        parse(text, unit)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_message_says_where():
    with pytest.raises(UnitError) as caught:
        parse("100000 rpm", "m/s^2", where="step 2, spin 3, rcf")
    assert str(caught.value).startswith('step 2, spin 3, rcf = "100000 rpm": a speed')


def test_the_same_length_is_the_same_float():
    assert parse("118 nm", "m") == parse("0.118 µm", "m") == to_si(118.0, "nm") == 1.18e-7


@pytest.mark.parametrize("unit", COLUMNS)
@given(value=st.just(0.0) | st.floats(1e-9, 1e12) | st.floats(-1e12, -1e-9))
@settings(deadline=None, max_examples=30)
def test_to_si_and_back(unit, value):
    offset = abs(to_si(0.0, unit))
    loss = 8 * np.finfo(float).eps * (abs(value) + offset)
    assert from_si(to_si(value, unit), unit) == pytest.approx(value, abs=loss or 0.0)


@pytest.mark.parametrize("unit", COLUMNS)
def test_a_base_unit_is_coherent_and_its_own_base(unit):
    base = base_unit(unit)
    assert base_unit(base) == base
    assert same_dimension(unit, base)
    assert to_si(1.0, base) == 1.0
    assert to_si(0.0, base) == 0.0


@pytest.mark.parametrize("unit", COLUMNS)
@given(mantissa=st.floats(1.0, 9.99), power=st.integers(-15, 15), sign=st.sampled_from([-1, 1]))
@settings(deadline=None, max_examples=30)
def test_what_is_presented_is_read_again(unit, mantissa, power, sign):
    base = base_unit(unit)
    value = sign * mantissa * 10.0**power
    shown = present(value, base)
    size = abs(value) + (273.15 if base == "K" else 0.0)
    assert parse(shown, base) == pytest.approx(value, abs=0.051 * size)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1.18e-7, "m", "118 nm"),
        (9.9996e-7, "m", "1 µm"),
        (3.1e17, "particle/m^3", "3.1e11 /mL"),
        (2e12, "cell/m^3", "2e6 cells/mL"),
        (1209600.0, "s", "14 d"),
        (172800.0, "s", "48 h"),
        (193.15, "K", "-80 °C"),
        (5e9, "particle", "5e9 particles"),
        (1.0, "dose", "1 dose"),
        (0.02, "copy/particle", "0.02 copies/particle"),
        (980665.0, "m/s^2", "100000 g"),
        (4e4, "V/m", "400 V/cm"),
        (0.0, "m", "0 m"),
        (0.0, "copy", "0 copies"),
        (273.15, "K", "0 °C"),
        (0.5, "1", "0.5"),
        (4e-9, "m^3/kg/s", "4e-9 m³/kg/s"),
        (math.nan, "m", "nan m"),
    ],
)
def test_presents_for_people(value, unit, shown):
    assert present(value, unit) == shown


def test_counts_are_dimensions_of_their_own():
    units = ["particle", "copy", "cell", "dose", "base_pair", "mol", "1"]
    alike = [(a, b) for a in units for b in units if a != b and same_dimension(a, b)]
    assert alike == []
    assert to_si(1.0, "particle") == 1.0


def test_arrays_convert_at_once():
    sizes = np.array([50.0, 118.0])
    np.testing.assert_array_equal(to_si(sizes, "nm"), [5e-8, 1.18e-7])
    np.testing.assert_array_equal(from_si(to_si(sizes, "nm"), "nm"), sizes)


@given(
    text=st.text(max_size=30) | st.from_regex(r"\d+ ?[a-zA-Z0-9^*/()%µ. -]{1,20}", fullmatch=True)
)
@settings(deadline=None, max_examples=400)
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(UnitError):
        assert math.isfinite(parse(text, "m"))


def test_importing_units_does_not_import_pint():
    code = "import sys, exocast.units; sys.exit('pint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_unit_is_looked_up_once_for_thousands_of_rows(monkeypatch):
    parse("1 nm", "m")
    monkeypatch.setattr(scale, "_registry", lambda: pytest.fail("pint was asked again"))
    for number in range(5000):
        parse(f"{number} nm", "m")
