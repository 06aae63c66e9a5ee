"""Numbers and names as a reader wants them: few digits, friendly units, no machine words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from exocast.errors import UnitError
from exocast.units import base_unit, present
from exocast.units.numbers import amount, interval, percent, raised, stated, stated_range, times

__all__ = [
    "about",
    "amount",
    "capital",
    "conditional",
    "counted",
    "counted_in",
    "duration",
    "each_way",
    "friendly",
    "gained",
    "head_title",
    "interval",
    "joined",
    "most",
    "named",
    "orders",
    "percent",
    "prose",
    "quantity",
    "raised",
    "ratio",
    "stated",
    "stated_range",
    "times",
]

_CODE = re.compile(r"`([^`]*)`")
_NAME = re.compile(r"(?<![\w.])[A-Za-z]+_\w*[A-Za-z0-9]\b(?!\.)")
_PER_CENT = re.compile(r"(?<=\d)%")


def prose(text: str) -> str:
    """Return what the code says as people write it: powers, shares, names without underscores.

    Addresses of settings (``donor.cells``) stay as one types them.

    Examples
    --------
    >>> prose("5.7e+03 copies of siRNA_KRAS_G12D, 14% (hypothesis `pores`); raise donor.cell_type")
    '5.7×10³ copies of siRNA KRAS G12D, 14 % (hypothesis “pores”); raise donor.cell_type'
    """
    shown = _NAME.sub(lambda found: named(found[0]), raised(_CODE.sub(r"“\1”", text)))
    return _PER_CENT.sub(" %", shown).replace("cm2", "cm²").replace("  %", " %")


def about(value: float, unit: str) -> str:
    """Write a computed quantity with two digits, in a fitting unit.

    Examples
    --------
    >>> about(153.4, "s"), about(9.36e-8, "m")
    ('2.6 min', '94 nm')
    """
    shown = friendly(value, unit)
    number, _, rest = shown.partition(" ")
    try:
        return f"{float(f'{float(number):.2g}'):g} {rest}".strip()
    except ValueError:
        return shown


def ratio(gain: Mapping[str, Any]) -> str:
    """Write a ratio of two sides; where one of them has none, which."""
    if gain["times"] is not None:
        return times(gain["times"])
    if gain.get("equal"):
        return "none, as before"
    return "from nothing" if gain.get("from_nothing", 1) else "none is left"


def gained(gain: Mapping[str, Any]) -> str:
    """Write what a variant gives against the design, with its 90 % uncertainty.

    Examples
    --------
    >>> gained({"times": 2040.0, "uncertainty": [310.0, 12000.0]})
    '2000× (310 – 1.2×10⁴)'
    """
    low, high = gain["uncertainty"]
    if gain["times"] is None or low is None or amount(low) == amount(high):
        return ratio(gain)
    return f"{ratio(gain)} ({interval((low, high), 2)})"


def counted_in(unit: str) -> str:
    """Return a unit of the cascade in words.

    Examples
    --------
    >>> counted_in("copy/cell"), counted_in("particle")
    ('copies per cell', 'particles')
    """
    what, _, per = unit.partition("/")
    what = "as a share" if what == "1" else what
    plural = {"copy": "copies", "particle": "particles", "dose": "doses"}.get(what, what)
    return f"{plural} per {per}" if per else plural


def head_title(row: Mapping[str, Any]) -> str:
    """Return the heading under which a row of the cascade stands."""
    if row.get("heading"):
        return raised(str(row["heading"]))
    titles = {"vesicles": "small EVs, one batch", "cargo": "one dose", "cell": "one target cell"}
    if row["head"] == "asked":  # of two questions
        return "what is asked of the tube"
    if row["head"] == "organ":
        return "what is asked of the organ"
    unit = counted_in(str(row["unit"]).partition("/")[0])
    title = titles.get(str(row["head"]), str(row["head"]))
    return title if row["head"] == "vesicles" else f"{unit}, {title}"


def most(gain: float | None) -> str:
    """Write the most that a step could gain.

    Examples
    --------
    >>> most(168.2), most(None)
    ('up to 170×', 'from nothing')
    """
    return times(gain) if gain is None else f"up to {times(gain)}"


def orders(short: float | None) -> str:
    """Write how far an amount is from what is needed, from orders of magnitude short.

    Examples
    --------
    >>> orders(9.43), orders(0.5), orders(-2.0), orders(None)
    ('short by 9.4 orders of magnitude', 'short by a factor of 3.2', 'enough, 100 times over', \
'none arrives')
    """
    if short is None:
        return "none arrives"
    if short <= 0:
        return f"enough, {amount(10**-short)} times over"
    if short < 1:
        return f"short by a factor of {amount(10**short)}"
    return f"short by {short:.1f} orders of magnitude"


def conditional(words: str, entry: Mapping[str, Any]) -> str:
    """Add under which hypotheses something holds."""
    return f"{words} if {entry['phrase']}" if entry.get("phrase") else words


def each_way(parts: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """Say something of every rival; once, where it is the same for all.

    Examples
    --------
    >>> each_way([("3", {"phrase": "a"}), ("4", {"phrase": "b"})])
    '3 if a and 4 if b'
    >>> each_way([("3", {"phrase": "a"}), ("3", {"phrase": "b"})])
    '3, whatever the hypothesis'
    """
    words = {text for text, _ in parts}
    if len(parts) > 1 and len(words) == 1:
        return f"{parts[0][0]}, whatever the hypothesis"
    return joined([conditional(text, entry) for text, entry in parts])


def named(name: str) -> str:
    """Turn a machine name into words.

    Examples
    --------
    >>> named("small_ev"), named("siRNA_KRAS_G12D"), named("iodine-125-norbiotinamide")
    ('small EVs', 'siRNA KRAS G12D', 'iodine-125-norbiotinamide')
    """
    known = {
        "small_ev": "small EVs",
        "large_ev": "large EVs",
        "apoptotic_body": "apoptotic bodies",
        "mimetic_nanovesicle": "mimetic nanovesicles",
        "hybrid": "hybrids",
        "coated_particle": "coated particles",
        "liposome": "liposomes",
        "lipoprotein": "lipoproteins",
        "chylomicron": "chylomicrons",
        "vldl": "VLDL",
        "ldl": "LDL",
        "hdl": "HDL",
        "virus_like": "virus-like particles",
        "protein_aggregate": "protein aggregates",
        "cargo_precipitate": "cargo precipitate",
        "nta": "nanoparticle tracking",
    }
    return known.get(name, name.replace("_", " "))


def joined(parts: Sequence[str]) -> str:
    """Join words as in a sentence.

    Examples
    --------
    >>> joined(["a"]), joined(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def counted(number: int, noun: str, plural: str = "") -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> counted(1, "flag"), counted(3, "study", "studies")
    ('1 flag', '3 studies')
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def capital(text: str) -> str:
    """Begin a sentence; the rest keeps its case."""
    return text[:1].upper() + text[1:]


def duration(seconds: float) -> str:
    """Write how long something takes, without digits that nobody would measure.

    Examples
    --------
    >>> duration(178.2), duration(23882.0), duration(1212615.0)
    ('3 min', '6.6 h', '14 d')
    """
    if not seconds:
        return ""
    number, _, unit = friendly(seconds, "s").partition(" ")
    return f"{float(f'{float(number):.2g}'):g} {unit}"


def friendly(value: float, unit: str) -> str:
    """Write a quantity that the code holds in `unit` in a fitting unit.

    Examples
    --------
    >>> friendly(1.18e-7, "m"), friendly(3.1e17, "particle/m^3"), friendly(86400.0, "s")
    ('118 nm', '3.1×10¹¹ /mL', '24 h')
    """
    try:
        return raised(present(value, unit))
    except UnitError:
        return f"{amount(value, 3)} {unit}".strip()


def quantity(value: float, written: str) -> str:
    """Write a catalogue value, which is held in SI whatever unit its row was written in.

    Examples
    --------
    >>> quantity(4e-8, "nm")
    '40 nm'
    """
    try:
        return friendly(value, base_unit(written))
    except UnitError:
        return f"{amount(value, 3)} (SI of {written})"
