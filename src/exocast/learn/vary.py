"""Values for a sweep: ``100 V/cm..1000 V/cm:10``, ``1e8..1e12 particles:9log``, ``PBS,citrate``."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exocast.design.reading import read_value
from exocast.errors import ExocastError
from exocast.learn.dial import Dial, amount_of, short
from exocast.units import parse

__all__ = ["Axis", "axis_of", "ends_of", "parse_vary"]

_COUNT = re.compile(r"\s*(\d+)\s*(log|linear|lin)?\s*")
WIDE = 30.0
"""A list of numbers this far apart is shown on a logarithmic axis."""
MOST = 10_000


@dataclass(frozen=True)
class Axis:
    """One setting and the values that it takes.

    Attributes
    ----------
    address : str
        The setting, in full.
    values : tuple of object
        What is written in the Design, one for each point.
    numbers : tuple of float
        The same as numbers in `unit`; empty for choices.
    unit : str
        The user's unit.
    log : bool
        Whether the points are spread on a logarithmic scale.
    """

    address: str
    values: tuple[object, ...]
    numbers: tuple[float, ...] = ()
    unit: str = ""
    log: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the values as people read them."""
        return tuple(_shown(value) for value in self.values)

    @property
    def title(self) -> str:
        """Return the name of the axis with its unit."""
        return f"{self.address} [{self.unit}]" if self.unit else self.address


def parse_vary(text: str) -> tuple[str, str]:
    """Split ``KEY=VALUES``.

    Raises
    ------
    ExocastError
        If a side is missing.

    Examples
    --------
    >>> parse_vary("loading.electroporation.buffer = PBS,citrate")
    ('loading.electroporation.buffer', 'PBS,citrate')
    """
    key, equals, values = text.partition("=")
    if not equals or not key.strip() or not values.strip():
        raise ExocastError(
            f"--vary {text!r} is not of the form KEY=VALUES, as in "
            "loading.electroporation.field='100 V/cm..1000 V/cm:10' or regimen.route=a,b"
        )
    return key.strip(), values.strip()


def axis_of(dial: Dial, values: str | Sequence[object]) -> Axis:
    """Return the points of one setting.

    Parameters
    ----------
    dial : Dial
        The setting.
    values : str or sequence
        ``low..high:count`` (evenly spread; ``:10log`` on a logarithmic scale), ``a,b,c``, or a
        list of what one would write in the Design. A unit may stand on one end only.

    Raises
    ------
    ExocastError
        If the text is of neither form, or the setting takes no numbers.
    UnitError
        If a unit is missing or wrong.
    """
    if not isinstance(values, str):
        return _listed(dial, list(values))
    if ".." in values:
        return _spread(dial, values)
    return _listed(dial, [read_value(part) for part in _parts(values)])


def ends_of(dial: Dial, text: str) -> tuple[float, float, str]:
    """Return both ends of ``low..high`` and their unit.

    Raises
    ------
    ExocastError
        If it is of another form.
    """
    low, dots, high = text.partition("..")
    if not dots or not low.strip() or not high.strip():
        raise ExocastError(f"{dial.address}: {text!r} is not of the form low..high")
    return _ends(dial, low, high, text)


def _parts(text: str) -> list[str]:
    """Split at commas outside brackets, braces and quotation marks."""
    parts, depth, quoted, start = [], 0, False, 0
    for index, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "[{":
            depth += 1
        elif not quoted and character in "]}":
            depth -= 1
        elif character == "," and not quoted and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return [part.strip().strip('"') for part in parts if part.strip()]


def _listed(dial: Dial, given: list[object]) -> Axis:
    """Return an axis of values that were listed."""
    if not given:
        raise ExocastError(f"{dial.address}: no value is given")
    if len({_shown(value) for value in given}) < len(given):
        raise ExocastError(f"{dial.address}: a value is given twice")
    amounts = [amount_of(value) for value in given]
    if not dial.is_numeric or any(amount is None for amount in amounts):
        return Axis(dial.address, tuple(given))
    pairs = [amount for amount in amounts if amount is not None]
    unit = next((one for _, one in pairs if one), "")
    numbers = tuple(_in_unit(dial, number, one or unit, unit) for number, one in pairs)
    written = tuple(
        dial.text(number, unit) if not one else value
        for (number, one), value in zip(pairs, given, strict=True)
    )
    wide = min(numbers) > 0 and max(numbers) / min(numbers) >= WIDE
    return Axis(dial.address, written, numbers, unit, wide)


def _spread(dial: Dial, text: str) -> Axis:
    """Return an axis of values between two ends."""
    ends, colon, count = text.rpartition(":")
    found = _COUNT.fullmatch(count) if colon else None
    low_text, _, high_text = ends.partition("..")
    if found is None or not low_text.strip() or not high_text.strip():
        raise ExocastError(
            f"{dial.address}={text}: write low..high:count, as in 1..10:4 or 1..1000:4log"
        )
    if not dial.is_numeric:
        known = f" It takes {', '.join(dial.choices)}." if dial.choices else ""
        raise ExocastError(f"{dial.address} takes no numbers; list its values, as in a,b,c.{known}")
    low, high, unit = _ends(dial, low_text, high_text, text)
    number, log = int(found[1]), found[2] == "log"
    if not 2 <= number <= MOST:
        raise ExocastError(f"{dial.address}={text}: {number} points; give 2 to {MOST}")
    if low == high:
        raise ExocastError(f"{dial.address}={text}: both ends are the same")
    if log and min(low, high) <= 0:
        raise ExocastError(f"{dial.address}={text}: a logarithmic scale has no 0 and nothing below")
    space = np.geomspace if log else np.linspace
    points = [float(f"{point:.6g}") for point in space(low, high, number)]
    points[0], points[-1] = low, high
    if dial.is_whole:
        points = [float(round(point)) for point in points]
    numbers = tuple(dict.fromkeys(points))
    return Axis(dial.address, tuple(dial.text(x, unit) for x in numbers), numbers, unit, log)


def _ends(dial: Dial, low: str, high: str, text: str) -> tuple[float, float, str]:
    """Return both ends in one unit; an end without one takes the other's."""
    pair = [amount_of(end.strip()) for end in (low, high)]
    if pair[0] is None or pair[1] is None:
        raise ExocastError(f"{dial.address}={text}: an end is no number; write low..high:count")
    (first, low_unit), (last, high_unit) = pair[0], pair[1]
    unit = low_unit or high_unit
    return (
        _in_unit(dial, first, unit, unit),
        _in_unit(dial, last, high_unit or unit, unit),
        unit,
    )


def _in_unit(dial: Dial, number: float, given: str, wanted: str) -> float:
    """Return a number in another unit, once it is known to be of the right dimension."""
    held = dial.to_si(number, given)
    if given == wanted:
        return number
    if dial.is_dose:
        raise ExocastError(f"{dial.address}: doses in {wanted} and in {given} count differently")
    unit = dial.setting.unit if dial.setting else "1"
    zero = parse(f"0 {wanted}".strip(), unit)
    one = parse(f"1 {wanted}".strip(), unit) - zero
    return float(f"{(held - zero) / one:.12g}")


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    return short(value) if isinstance(value, int | float) else json.dumps(value)
