"""Computed numbers as people read them, one way everywhere: few digits, real powers of ten.

Terminal, page and Markdown write what was computed with these; what one types (`"1e10 particles"`)
stays as one types it, and CSV and JSON hold plain numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

__all__ = ["amount", "interval", "percent", "raised", "stated", "stated_range", "times"]

ALL = 1e-5
"""What may be missing of a share that is written as 100 %."""

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


def amount(value: float | None, digits: int = 2) -> str:
    """Write an amount: plain from 0.01 to 10000, no digits for none, a dash where no member tells.

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
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return raised(f"{mantissa}e{power}")


def interval(pair: Sequence[float | None], digits: int = 1) -> str:
    """Write the two ends of a range.

    Examples
    --------
    >>> interval([9e10, 2e12]), interval([0.0, 3.0]), interval([None, None])
    ('9×10¹⁰ – 2×10¹²', '0 – 3', '–')
    """
    low, high = pair
    if low is None or high is None:
        return "–"
    ends = ("0" if end == 0 else amount(end, digits) for end in (low, high))
    return " – ".join(ends)


def percent(share: float | None, digits: int = 2) -> str:
    """Write a share in per cent; close to all of it, with as many digits as the rest needs.

    Examples
    --------
    >>> percent(0.2), percent(0.0031), percent(4e-7), percent(0.0), percent(None)
    ('20 %', '0.31 %', '4×10⁻⁵ %', '0 %', '–')
    >>> percent(0.99961), percent(1 - 1e-6), percent(1.0)
    ('99.96 %', '100 %', '100 %')
    """
    if share is None or not math.isfinite(share):
        return "–"
    if 0.99 < share < 1 - ALL:
        missing = math.ceil(-math.log10(1 - share)) - 2
        return f"{100 * share:.{missing}f} %"
    if share and abs(share) < 1e-5:
        return f"{amount(100 * share, digits)} %"
    return f"{float(f'{100 * share:.{digits}g}'):.6g} %"


def times(ratio: float | None) -> str:
    """Write a ratio.

    Examples
    --------
    >>> times(168.2), times(3.1e5), times(1.24), times(0.0), times(None)
    ('170×', '3.1×10⁵×', '1.2×', '0×', 'from nothing')
    """
    if ratio is None:
        return "from nothing"
    return f"{amount(ratio)}×" if ratio else "0×"


def stated(value: float | None, unit: str, digits: int = 2) -> str:
    """Write a number of a table: a share in per cent, anything else as an amount.

    Examples
    --------
    >>> stated(0.00052, "1"), stated(0.0052, "copy/particle"), stated(None, "1")
    ('0.052 %', '5.2×10⁻³', '–')
    """
    return percent(value, digits) if unit == "1" else amount(value, digits)


def stated_range(pair: Sequence[float | None], unit: str, digits: int = 1) -> str:
    """Write the range of a `stated` number.

    Examples
    --------
    >>> stated_range([0.001, 0.7], "1"), stated_range([9e10, 2e12], "particle")
    ('0.1 – 70 %', '9×10¹⁰ – 2×10¹²')
    """
    if unit != "1" or None in pair:
        return interval(pair, digits)
    low, high = (percent(end, digits).removesuffix(" %") for end in pair)
    return f"{low} – {high} %"
