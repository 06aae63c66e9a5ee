"""How a unit relates to SI; the only file that knows pint."""

from __future__ import annotations

import re
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from tokenize import TokenError
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from exocast.errors import UnitError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Number = TypeVar("Number", float, NDArray[np.float64])

__all__ = [
    "COUNTS",
    "PLURALS",
    "Dimension",
    "Scale",
    "base_unit",
    "canonical",
    "from_si",
    "plain",
    "same_dimension",
    "scale_of",
    "spell",
    "to_si",
]

Dimension = frozenset[tuple[str, Fraction]]

# Under a name of our own, since pint goes on reading its own "particle" as 1/N_A mol.
COUNTS = ("particle", "copy", "cell", "dose", "base_pair")
_DEFINITIONS = (
    "counted_particle = [particle] = _ = particle = particles = EV = EVs",
    "counted_copy = [copy] = _ = copy = copies = molecule = molecules = molec",
    "counted_cell = [cell] = _ = cell = cells",
    "counted_dose = [dose] = _ = dose = doses",
    "counted_base_pair = [base_pair] = _ = base_pair = base_pairs = bp",
    "endotoxin_unit = [endotoxin] = EU",
    "united_states_dollar = [currency] = USD",
)
_BASE = {f"[{name}]": name for name in COUNTS} | {
    "[endotoxin]": "EU",
    "[currency]": "USD",
    "[substance]": "mol",
    "[mass]": "kg",
    "[length]": "m",
    "[time]": "s",
    "[current]": "A",
    "[temperature]": "K",
    "[luminosity]": "cd",
}
# Dimensions that have a better name than their base units.
_NAMED = ("V/m", "V", "Pa", "Pa*s", "N", "N/m", "J", "W", "C", "S/m", "T", "J/mol", "J/mol/K")
_ONE = frozenset({"1", "-", "fraction", "dimensionless"})

_CHARACTERS = str.maketrans(
    {"μ": "µ", "−": "-", "·": "*", "⋅": "*", "×": "x", "\u00a0": " ", "\u202f": " "}
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = re.compile("[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
PLURALS = {"copy": "copies"} | {name: f"{name}s" for name in COUNTS if name != "copy"}
_SPELLINGS = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (r"°\s*([CF])\b", r"deg\1"),
        (r"^x\s*g$", "xg"),
        (r"\b(?:small|large)\s+EVs?\b|\b(?:exosome|vesicle)s?\b", "particle"),
        (r"%(?:\s*ID\b)?", "percent"),
        (r"\bper\b", "/"),
        (r"(?<=[A-Za-zµ])(?<!\d[eE])([23])(?![\w.])", r"^\1"),  # as in cm3
        (r"(?<=[A-Za-z])\.(?=[A-Za-z])", "*"),  # as in mPa.s
        (r"^\s*/\s*", "1/"),
    )
)
# Some tables count in 10^6 cells/g.
_POWER_OF_TEN = re.compile(r"10\^([+-]?\d{1,2})\s*\*?\s*(?=[^\s\d^*])")
_WRITABLE = re.compile(r"[\w %^*/().+-]+")
# Powers are worked out exactly, so a tower of them would never end.
_ENDLESS = re.compile(r"\d{4,}|(?:\^|\*\*)[^*/ ]*(?:\^|\*\*)|\)\s*(?:\^|\*\*)")
# Its parser answers malformed text with any of these.
_PINT_RAISES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TokenError,
    TypeError,
    ValueError,
)


class Scale(NamedTuple):
    """How a unit relates to SI: value * multiply / divide + offset."""

    dimension: Dimension
    factor: Fraction
    offset: Fraction
    multiply: float
    divide: float


@lru_cache(maxsize=1)
def _registry() -> Any:
    """Return pint's registry, loaded at the first unit that is read."""
    import pint

    registry: Any = pint.UnitRegistry(non_int_type=Fraction)
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


def plain(text: str) -> str:
    """Write typographic signs and superscripts as a keyboard has them."""
    return _RAISED.sub(
        lambda found: f"^{found[0].translate(_SUPERSCRIPTS)}", text.translate(_CHARACTERS).strip()
    )


def spell(text: str) -> str:
    """Write a unit the way pint reads it."""
    spelled = plain(text)
    for pattern, new in _SPELLINGS:
        spelled = pattern.sub(new, spelled)
    return spelled


@lru_cache(maxsize=4096)
def scale_of(unit: str) -> Scale:
    """Return how a unit relates to SI."""
    spelled = spell(unit)
    if spelled in _ONE:
        return Scale(frozenset(), Fraction(1), Fraction(0), 1.0, 1.0)
    if len(spelled) > 80 or not _WRITABLE.fullmatch(spelled) or _ENDLESS.search(spelled):
        raise UnitError(f'"{unit}" is not a unit.')
    power = _POWER_OF_TEN.match(spelled)
    if power:
        spelled = spell(spelled[power.end() :])
    try:
        parsed = _registry().parse_units(spelled)
        offset, one = (
            Fraction(_registry().Quantity(Fraction(n), parsed).to_base_units().magnitude)
            for n in (0, 1)
        )
    except _PINT_RAISES:
        raise UnitError(_unknown(unit, spelled)) from None
    dimension = frozenset((str(name), Fraction(n)) for name, n in parsed.dimensionality.items())
    if one == offset or not {name for name, _ in dimension} <= _BASE.keys():
        raise UnitError(_unknown(unit, spelled))
    factor = (one - offset) * Fraction(10) ** (int(power[1]) if power else 0)
    # A float holds both halves exactly, so that 118 nm is the nearest float to 1.18e-7 m.
    if max(factor.numerator, factor.denominator) <= 2**53:
        return Scale(dimension, factor, offset, float(factor.numerator), float(factor.denominator))
    return Scale(dimension, factor, offset, float(factor), 1.0)


def _unknown(unit: str, spelled: str) -> str:
    """Say that a unit is unknown, and offer the nearest name."""
    names = [*_registry(), *PLURALS, *PLURALS.values()]
    for word in re.findall(r"[^\W\d]+", spelled):
        close = get_close_matches(word, names, n=1, cutoff=0.7)
        if close and close[0] != word:
            return f'"{unit}" is not a unit. Did you mean `{close[0]}`?'
    return f'"{unit}" is not a unit. Units look like nm, mL, 1/h, V/cm or particles/mL.'


def to_si(value: Number, unit: str) -> Number:
    """Return a value in coherent SI units.

    Parameters
    ----------
    value : float or array [unit]
        What the catalogue or the instrument holds.
    unit : str
        Its unit, for example "mL/min/g", "cP" or "copy/particle".

    Raises
    ------
    UnitError
        The unit is unknown.

    Examples
    --------
    >>> to_si(118.0, "nm"), to_si(37.0, "degC"), to_si(2.0, "cell/mL")
    (1.18e-07, 310.15, 2000000.0)
    """
    scale = scale_of(unit)
    return value * scale.multiply / scale.divide + float(scale.offset)


def from_si(value: Number, unit: str) -> Number:
    """Return a value, held in coherent SI units, in another unit.

    Parameters
    ----------
    value : float or array [SI]
        What the code holds.
    unit : str
        The unit wanted.

    Raises
    ------
    UnitError
        The unit is unknown.

    Examples
    --------
    >>> from_si(1.18e-7, "nm")
    118.0
    """
    scale = scale_of(unit)
    return (value - float(scale.offset)) * scale.divide / scale.multiply


@lru_cache(maxsize=4096)
def base_unit(unit: str) -> str:
    """Return the coherent SI unit of the same dimension, always written in the same way.

    Parameters
    ----------
    unit : str
        Any unit.

    Raises
    ------
    UnitError
        The unit is unknown.

    Examples
    --------
    >>> base_unit("mL/min/g"), base_unit("kV/cm"), base_unit("%")
    ('m^3/kg/s', 'V/m', '1')
    """
    return canonical(scale_of(unit).dimension)


@lru_cache(maxsize=4096)
def canonical(dimension: Dimension) -> str:
    """Write a dimension as its coherent SI unit."""
    for name in _NAMED:
        if scale_of(name).dimension == dimension:
            return name
    powers = dict(dimension)
    signed = [(_BASE[name], powers[name]) for name in _BASE if name in powers]

    def term(name: str, power: Fraction) -> str:
        return name if power == 1 else f"{name}^{float(power):g}"

    above = "*".join(term(name, n) for name, n in signed if n > 0)
    below = "".join(f"/{term(name, -n)}" for name, n in signed if n < 0)
    return f"{above or 1}{below}"


def same_dimension(a: str, b: str) -> bool:
    """Tell whether two units measure the same thing.

    Parameters
    ----------
    a, b : str
        Units.

    Raises
    ------
    UnitError
        One of them is unknown.

    Examples
    --------
    >>> same_dimension("V/cm", "kg*m/A/s^3"), same_dimension("particle", "mol")
    (True, False)
    """
    return scale_of(a).dimension == scale_of(b).dimension
