"""One look for every figure: inks that stay apart in grey print, log axes, two kinds of band."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.report.bands import Array, Bands
from exocast.report.words import friendly, percent, raised

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "CONFIG",
    "FAINT",
    "INK",
    "NEUTRAL",
    "QUIET",
    "RIVALS",
    "RULE",
    "STANDING",
    "Ink",
    "bar",
    "decades",
    "draw_bands",
    "log_ticks",
    "plain",
    "time_ticks",
]

INK, QUIET, RULE, FAINT = "#1c2127", "#5b6672", "#cdd3da", "#eef1f4"

CONFIG: Mapping[str, Any] = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.edgecolor": RULE,
    "axes.labelcolor": QUIET,
    "axes.labelsize": 9,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": QUIET,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "lines.linewidth": 1.6,
    "hatch.linewidth": 0.6,
}


class Ink:
    """The colours and the mark of one rival: line, dark band, light band."""

    def __init__(self, line: str, dark: str, light: str, marker: str, dash: Any) -> None:
        self.line, self.dark, self.light = line, dark, light
        self.marker, self.dash = marker, dash


NEUTRAL = Ink("#1c2127", "#7d8996", "#cfd6dd", "o", "-")
RIVALS = (
    Ink("#0b3c6f", "#6593bf", "#c5d9eb", "o", "-"),
    Ink("#a34400", "#dd9a62", "#f6d9bf", "D", "--"),
    Ink("#1d6b45", "#6fae8d", "#cde6d8", "s", "-."),
    Ink("#5d3a86", "#a289c0", "#dfd3ec", "^", ":"),
)
"""Apart in hue, in lightness of the line, in marker and in dash."""
SIDES = (
    *RIVALS,
    Ink("#8a1c4a", "#c9799b", "#f0d3de", "v", (0, (5, 1))),
    Ink("#4f4a00", "#a8a24d", "#e8e5c0", "P", (0, (3, 1, 1, 1))),
    Ink("#1f6f7a", "#7fb8c0", "#d2e8eb", "X", (0, (1, 1))),
)
"""The same for the sides of a comparison, which may be more."""

STANDING: Mapping[str, tuple[str, str]] = {
    "read": ("#24415e", ""),
    "fitted": ("#5d7f9e", ""),
    "borrowed": ("#8fa9c2", "////"),
    "assumed": ("#ffffff", ""),
}
"""Fill and hatch of a value by what it rests on; the less sure, the emptier."""


def plain(axes: Axes, *, left: bool = False) -> None:
    """Take the box away, keep the axis that is read."""
    for side in ("top", "right", *(() if left else ("left",))):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=3, width=0.8)


def decades(
    values: Sequence[float] | Array, pad: float = 0.25, least: float = 0.5
) -> tuple[float, float] | None:
    """Return limits in log10 that hold every positive value, or None where there is none.

    They are at least `least` decades apart.
    """
    held = np.asarray(values, dtype=float)
    held = held[np.isfinite(held) & (held > 0)]
    if held.size == 0:
        return None
    low, high = float(np.log10(held.min())), float(np.log10(held.max()))
    return low - pad, max(high, low + least) + pad


def log_ticks(
    axis: Any, low: float, high: float, most: int = 8, *, fine: bool = False, unit: str = ""
) -> None:
    """Label decades from `low` to `high` (log10) as powers of ten, every few where they are many.

    The axis holds log10 of the quantity, so that zeros can stand beside it. With `fine`, an axis
    that has fewer than two decades is labelled at 2 and 5 as well. Shares (of unit ``"1"``) are
    labelled in per cent.
    """
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    span = max(last - first, 1)
    step = next(step for step in (1, 2, 3, 4, 5, 10, 20, 50) if span / step <= most)
    ticks = [tick for tick in range(first, last + 1) if tick % step == 0]
    shares = unit == "1"
    axis.set_ticks(ticks, [percent(10.0**tick) if shares else power(tick) for tick in ticks])
    if fine and len(ticks) < 2:
        marks = [(m, e) for e in range(math.floor(low), math.ceil(high) + 1) for m in (1, 2, 5)]
        held = [(m, e) for m, e in marks if low <= e + math.log10(m) <= high]
        words = [f"{m * 10.0**e:g}" if -3 <= e <= 2 else raised(f"{m}e{e}") for m, e in held]
        words = [percent(m * 10.0**e) for m, e in held] if shares else words
        axis.set_ticks([e + math.log10(m) for m, e in held], words)


def power(exponent: int) -> str:
    """Write a power of ten; the few around 1 as plain numbers.

    Examples
    --------
    >>> power(2), power(-1), power(5)
    ('100', '0.1', '10⁵')
    """
    if -2 <= exponent <= 3:
        return f"{10.0**exponent:g}"
    return raised(f"1e{exponent}")


TIMES = ((3600.0, "1 h"), (86400.0, "1 d"))


def time_ticks(axes: Axes, first: float, last: float) -> None:
    """Set a logarithmic time axis [s] with its ends and the moments that people name."""
    axes.set_xscale("log")
    axes.set_xlim(first, last)
    axes.xaxis.set_minor_locator(_nothing())
    inside = [pair for pair in TIMES if 3 * first < pair[0] < last / 3]
    ends = [(first, friendly(first, "s")), (last, friendly(last, "s"))]
    shown = [ends[0], *inside, ends[1]]
    axes.set_xticks([at for at, _ in shown], [words for _, words in shown])
    labels = axes.get_xticklabels()
    labels[0].set_horizontalalignment("left")
    labels[-1].set_horizontalalignment("right")


def _nothing() -> Any:
    from matplotlib.ticker import NullLocator

    return NullLocator()


def bar(
    axes: Axes, y: float, spread: Mapping[str, Any], ink: Ink, floor: float, size: float = 1.0
) -> None:
    """Draw one amount on a log10 axis: light wide variability, dark slim uncertainty, median.

    A zero end runs to the `floor` of the axis; a zero median is written, not drawn.
    """
    for name, width, colour in (
        ("variability", 9.0 * size, ink.light),
        ("uncertainty", 3.4 * size, ink.dark),
    ):
        low, high = spread[name]
        if low is None or high is None or high <= 0:
            continue
        start = math.log10(low) if low > 0 else floor
        axes.plot(
            [max(start, floor), math.log10(high)], [y, y], color=colour, linewidth=width,
            solid_capstyle="butt", zorder=2 if name == "variability" else 3,
        )  # fmt: skip
    median = spread["median"]
    if median:
        axes.plot(
            math.log10(median), y, ink.marker, color=ink.line, markersize=5.2 * size, zorder=4,
            markeredgecolor="white", markeredgewidth=0.7,
        )  # fmt: skip
    elif median is not None:
        axes.text(floor, y, " none", color=ink.line, va="center", ha="left", fontsize=8.5, zorder=5)


def draw_bands(
    axes: Axes,
    x: Array,
    bands: Bands,
    ink: Ink,
    *,
    label: str = "",
    log: bool = True,
    opacity: float = 1.0,
) -> None:
    """Draw a curve over its dark uncertainty and its light variability band.

    The wider band lies behind, so that neither hides the other.
    """

    def shown(values: Array) -> Array:
        if not log:
            return values
        return np.asarray(np.log10(np.maximum(values, 1e-300)))

    pairs = [(bands.uncertainty, ink.dark), (bands.variability, ink.light)]
    width = [float(np.nanmean(shown(high) - shown(low))) for (low, high), _ in pairs]
    if width[1] > width[0]:
        pairs.reverse()
    for (low, high), colour in pairs:
        axes.fill_between(x, shown(low), shown(high), facecolor=colour, linewidth=0, alpha=opacity)
    axes.plot(x, shown(bands.median), ink.dash, color=ink.line, label=label or None)
