"""Write a quantity for people."""

from __future__ import annotations

import math
import re

from exocast.units.scale import PLURALS, base_unit, from_si, to_si

__all__ = ["present"]

# What `present` chooses from: the unit as it is shown, where it differs as pint reads it, and the
# least amount of it that is shown (1 unless said).
_LADDERS: dict[str, tuple[str | tuple[str, str, float], ...]] = {
    "m": ("nm", "µm", "mm", "m"),
    "m^2": ("nm²", "µm²", "mm²", "m²"),
    "m^3": ("aL", "fL", "pL", "nL", "µL", "mL", "L"),
    "s": ("ns", "µs", "ms", "s", "min", "h", ("d", "d", 3.0)),
    "1/s": ("/d", "/h", "/min", "/s"),
    "m/s": ("nm/s", "µm/s", "mm/s", "m/s"),
    "m/s^2": (("g", "standard_gravity", 1.0),),
    "m^2/s": ("µm²/s",),
    "m^3/s": ("nL/min", "µL/min", "mL/min", "L/min"),
    "kg": ("fg", "pg", "ng", "µg", "mg", "g", "kg"),
    "kg/m^3": ("pg/mL", "ng/mL", "µg/mL", "mg/mL", "g/mL"),
    "mol": ("amol", "fmol", "pmol", "nmol", "µmol", "mmol", "mol"),
    "mol/m^3": ("pM", "nM", "µM", "mM", "M"),
    "K": ("°C",),
    "V": ("mV", "V", "kV"),
    "V/m": ("V/cm", "kV/cm"),
    "Pa": ("Pa", "kPa", "MPa"),
    "Pa*s": ("mPa·s",),
    "1/m^3": ("/mL",),
    "particle/m^3": (("/mL", "particle/mL", 1.0),),
    "copy/m^3": (("copies/mL", "copy/mL", 1.0),),
    "cell/m^3": (("cells/mL", "cell/mL", 1.0),),
}

_RAISE = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def present(value: float, unit: str) -> str:
    """Write a quantity for people: a fitting unit, three digits, two where it needs a power of ten.

    Parameters
    ----------
    value : float [unit]
        What the code holds.
    unit : str
        The unit it holds it in.

    Raises
    ------
    UnitError
        The unit is unknown.

    Examples
    --------
    >>> present(1.18e-7, "m"), present(3.1e17, "particle/m^3"), present(193.15, "K")
    ('118 nm', '3.1e11 /mL', '-80 °C')
    >>> present(5e9, "particle"), present(1209600.0, "s"), present(0.02, "copy/particle")
    ('5e9 particles', '14 d', '0.02 copies/particle')
    """
    si, base = to_si(value, unit), base_unit(unit)
    steps = [
        step if isinstance(step, tuple) else (step, step, 1.0) for step in _LADDERS.get(base, ())
    ]
    if not steps:
        digits = _digits(si)
        return digits if base == "1" else f"{digits} {_named(base, plural=digits != '1')}"
    if si and math.isfinite(si):
        fitting = [step for step in steps if abs(from_si(si, step[1])) >= step[2] * 0.9995]
        shown, read, _ = fitting[-1] if fitting else steps[0]
    else:
        shown, read, _ = next((step for step in steps if step[1] == base), steps[-1])
    return f"{_digits(from_si(si, read))} {shown}"


def _digits(number: float) -> str:
    """Write a number with three digits, or with two and a power of ten."""
    if not math.isfinite(number):
        return f"{number}"
    if number == 0:
        return "0"
    if 1e-3 <= abs(number) < 999_500:
        return f"{float(f'{number:.3g}'):.6f}".rstrip("0").rstrip(".")
    digits, power = f"{number:.1e}".split("e")
    return f"{digits.removesuffix('.0')}e{int(power)}"


def _named(base: str, *, plural: bool) -> str:
    """Write a coherent unit for people, its leading count in the plural."""
    if plural:
        base = re.sub(r"^[a-z_]+", lambda found: PLURALS.get(found[0], found[0]), base)
    raised = re.compile(r"\^(\d+)(?![\d.])")
    return raised.sub(lambda found: found[1].translate(_RAISE), base.replace("*", "·"))
