"""Read what a person wrote, by the dimension that is expected."""

from __future__ import annotations

import re
from fractions import Fraction
from numbers import Real

from exocast.errors import UnitError
from exocast.units.scale import COUNTS, Dimension, base_unit, canonical, plain, scale_of, spell

__all__ = ["parse"]

# What a dimension is called, and a quantity that has it.
_KINDS = {
    "1": ("a pure number", "0.5"),
    "m": ("a length", "118 nm"),
    "m^2": ("an area", "5 cm^2"),
    "m^3": ("a volume", "200 mL"),
    "s": ("a time", "48 h"),
    "1/s": ("a rate", "0.1 1/h"),
    "m/s": ("a velocity", "2 mm/s"),
    "m/s^2": ("an acceleration", "100000 g"),
    "kg": ("a mass", "22 g"),
    "kg/m^3": ("a mass concentration", "1.1 g/mL"),
    "mol": ("an amount of substance", "1 nmol"),
    "mol/m^3": ("a concentration", "10 nM"),
    "m^3/s": ("a flow", "2 mL/min"),
    "K": ("a temperature", "-80 degC"),
    "V": ("a voltage", "-30 mV"),
    "V/m": ("an electric field", "400 V/cm"),
    "Pa": ("a pressure", "1 bar"),
    "Pa*s": ("a viscosity", "0.7 mPa*s"),
    "1/m^3": ("a number per volume", "1e11 /mL"),
    "particle": ("a number of particles", "1e10 particles"),
    "copy": ("a number of copies", "500 copies"),
    "cell": ("a number of cells", "2e8 cells"),
    "dose": ("a number of doses", "3 doses"),
}
# Units that mean something else where this dimension is expected.
_LOCAL = {
    "m/s^2": {"g": "standard_gravity", "xg": "standard_gravity"},
    "K": {"C": "degC", "F": "degF", "celsius": "degC"},
    "s": {"S": "svedberg"},
}
_DIGITS = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3}(?!\d))?"
_NUMBER = re.compile(rf"(?:({_DIGITS})\s*[x*]\s*)?10\^([+-]?\d{{1,3}})\s*|({_DIGITS})\s*")
_SEPARATED = re.compile(r"[,'_]|\d{3}")


def parse(quantity: str | float, unit: str, *, where: str = "") -> float:
    """Read what a person wrote as a number of the expected unit.

    Parameters
    ----------
    quantity : str or float
        A number and its unit; a number alone where a pure number or a count is expected.
    unit : str
        The unit that the code holds, for example "V/m", "K", "particle" or "1".
    where : str, optional
        Step and setting, put at the head of a message.

    Returns
    -------
    float [unit]
        The nearest float to what was written.

    Raises
    ------
    UnitError
        There is no number, no unit where one is needed, an unknown unit, or another dimension.

    Notes
    -----
    A count may go unsaid in the text ("3e11 /mL" for particles per volume), never a unit.

    Examples
    --------
    >>> parse("400 V/cm", "V/m"), parse("-80 degC", "K"), parse("5 %", "1")
    (40000.0, 193.15, 0.05)
    >>> parse("100000 g", "m/s^2"), parse("22 g", "kg")
    (980665.0, 0.022)
    """
    try:
        return _read(quantity, unit)
    except UnitError as problem:
        shown = f'"{quantity}"' if isinstance(quantity, str) else f"{quantity}"
        raise UnitError(f"{where}{' = ' if where else ''}{shown}: {problem}") from None


def _read(quantity: object, unit: str) -> float:
    """Read a quantity; the messages do not yet say where."""
    if isinstance(quantity, bool) or not isinstance(quantity, str | Real):
        raise UnitError(f"not a quantity. Write it as in {_example(unit)}.")
    spelled = plain(quantity) if isinstance(quantity, str) else str(float(quantity))
    found = _NUMBER.match(spelled)
    if not found:
        raise UnitError(f"does not begin with a number. Write it as in {_example(unit)}.")
    rest = spelled[found.end() :]
    if _SEPARATED.match(rest):
        raise UnitError("write the number with a decimal point and without separators, as 1e6.")
    number = Fraction(found[1] or found[3] or 1) * Fraction(10) ** int(found[2] or 0)
    expected = scale_of(unit)
    uncounted = _countless(expected.dimension)
    if not rest and uncounted:
        raise UnitError(f"no unit. Write one, as in {_example(unit)}.")
    if not rest:
        return _nearest_float(number)
    local = _LOCAL.get(base_unit(unit), {})
    given = scale_of(local.get(spell(rest), rest))
    unsaid = bool(uncounted) and given.dimension == uncounted
    if given.dimension != expected.dimension and not unsaid:
        raise UnitError(_mismatch(given.dimension, unit, found[0].strip()))
    si = number * given.factor + given.offset
    return _nearest_float((si - expected.offset) / expected.factor)


def _nearest_float(number: Fraction) -> float:
    """Round an exact number to the nearest float."""
    try:
        return float(number)
    except OverflowError:
        raise UnitError("too large a number.") from None


def _countless(dimension: Dimension) -> Dimension:
    """Drop a leading count, which a person may leave unsaid."""
    counts = {(f"[{name}]", Fraction(1)) for name in COUNTS}
    return dimension - counts


def _example(unit: str) -> str:
    """Return a quantity that would be read, in quotation marks."""
    known = _KINDS.get(base_unit(unit))
    return f'"{known[1]}"' if known else f'"1 {unit}"'


def _mismatch(given: Dimension, unit: str, number: str) -> str:
    """Say that a quantity has another dimension than the expected one."""
    found, wanted = canonical(given), base_unit(unit)
    if (found, wanted) == ("1/s", "m/s^2"):
        return f'a speed, not an acceleration. Write "{number} g", or use `rpm = {number}`.'
    if (found, wanted) == ("1/s", "1"):
        return f"a rate, not a pure number. Leave the unit out: {number}."
    a, b = (_KINDS.get(name, (f"a quantity in {name}",))[0] for name in (found, wanted))
    return f"{a}, not {b}. Write it as in {_example(unit)}."
