"""Numbers and names as a reader wants them: few digits, friendly units, no machine words."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from exocast.errors import UnitError
from exocast.units import base_unit, present

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
    "times",
]

_CODE = re.compile(r"`([^`]*)`")
_NAME = re.compile(r"(?<![\w.])[A-Za-z]+_\w*[A-Za-z0-9]\b(?!\.)")
_PER_CENT = re.compile(r"(?<=\d)%")
_RAISE = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_POWER = re.compile(r"(\d)e([+-]?\d+)")


def raised(text: str) -> str:
    """Write powers of ten as people do.

    Examples
    --------
    >>> raised("3.1e+11 /mL"), raised("1e-7")
    ('3.1×10¹¹ /mL', '10⁻⁷')
    """
    shown = _POWER.sub(lambda m: f"{m[1]}×10{str(int(m[2])).translate(_RAISE)}", text)
    return re.sub(r"(?<![\d.])1×10", "10", shown)


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


def amount(value: float | None, digits: int = 2) -> str:
    """Write an amount; a zero is a zero, and what no member supports is a dash.

    Examples
    --------
    >>> amount(5.64e11), amount(0.0312), amount(1234.0), amount(0.0), amount(None)
    ('5.6×10¹¹', '0.031', '1200', 'none', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "none"
    if 1e-2 <= abs(value) < 1e4:
        rounded = float(f"{value:.{digits}g}")
        return f"{rounded:.6f}".rstrip("0").rstrip(".")
    return raised(f"{value:.{digits - 1}e}".replace(".0e", "e"))


def interval(pair: Sequence[float | None], digits: int = 1) -> str:
    """Write the two ends of a range; a zero end is a zero.

    Examples
    --------
    >>> interval([9e10, 2e12]), interval([0.0, 3.0]), interval([None, None])
    ('9×10¹⁰ – 2×10¹²', '0 – 3', '–')
    """
    low, high = pair
    if low is None or high is None:
        return "–"
    ends = ["0" if end == 0 else amount(end, digits) for end in (low, high)]
    return f"{ends[0]} – {ends[1]}"


def percent(share: float | None, digits: int = 2) -> str:
    """Write a share in per cent; close to all of it, with as many digits as the rest needs.

    Examples
    --------
    >>> percent(0.2), percent(0.0031), percent(4e-7), percent(0.0), percent(None)
    ('20 %', '0.31 %', '4×10⁻⁵ %', '0 %', '–')
    >>> percent(0.99961), percent(1.0)
    ('99.96 %', '100 %')
    """
    if share is None or not math.isfinite(share):
        return "–"
    if 0.99 < share < 1:
        missing = min(math.ceil(-math.log10(1 - share)) - 2, 8)
        return f"{100 * share:.{missing}f} %"
    if share and abs(share) < 1e-5:
        return f"{amount(100 * share, digits)} %"
    return f"{float(f'{100 * share:.{digits}g}'):.6g} %"


def times(ratio: float | None) -> str:
    """Write a ratio.

    Examples
    --------
    >>> times(168.2), times(3.1e5), times(1.24), times(None)
    ('170×', '3×10⁵×', '1.2×', 'from nothing')
    """
    if ratio is None:
        return "from nothing"
    return f"{amount(ratio, 1 if ratio >= 1e4 else 2)}×"


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
    '2000× (300 – 10⁴)'
    """
    low, high = gain["uncertainty"]
    if gain["times"] is None or low is None or low == high:
        return ratio(gain)
    return f"{ratio(gain)} ({interval((low, high))})"


def counted_in(unit: str) -> str:
    """Return a unit of the cascade in words.

    Examples
    --------
    >>> counted_in("copy/cell"), counted_in("particle")
    ('copies per cell', 'particles')
    """
    what, _, per = unit.partition("/")
    plural = {"copy": "copies", "particle": "particles", "dose": "doses"}.get(what, what)
    return f"{plural} per {per}" if per else plural


def head_title(row: Mapping[str, Any]) -> str:
    """Return the heading under which a row of the cascade stands."""
    titles = {"vesicles": "small EVs, one batch", "cargo": "one dose", "cell": "one target cell"}
    if row["head"] == "asked":  # a share or a purity: the unit of its first half would mislead
        return "asked of the tube"
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
