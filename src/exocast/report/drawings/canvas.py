"""What diagrams without axes are made of: a page in inches, ribbons, boxes and links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from exocast.report.style import INK, QUIET, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Record", "box", "link", "page", "ribbon", "wedge"]

Record = Mapping[str, Any]
BEND = 0.45
"""How far along its way a ribbon keeps its direction."""


def page(figure: Figure) -> Axes:
    """Return bare axes over the whole figure, in inches from the lower left corner."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    return axes


def _curve(start: tuple[float, float], stop: tuple[float, float]) -> list[tuple[float, float]]:
    """Return the three further points of a cubic from start to stop, level at both ends."""
    (x0, y0), (x1, y1) = start, stop
    bend = BEND * (x1 - x0)
    return [(x0 + bend, y0), (x1 - bend, y1), (x1, y1)]


def link(
    axes: Axes,
    start: tuple[float, float],
    stop: tuple[float, float],
    *,
    colour: str = QUIET,
    width: float = 1.4,
    dash: Any = "-",
) -> None:
    """Draw a line from one point to another; its width says nothing."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    codes = [Path.MOVETO, *[Path.CURVE4] * 3]
    path = Path([start, *_curve(start, stop)], codes)
    axes.add_patch(PathPatch(path, fill=False, edgecolor=colour, linewidth=width, linestyle=dash))


def ribbon(
    axes: Axes,
    start: tuple[float, float, float],
    stop: tuple[float, float, float],
    *,
    colour: str,
    hatch: str = "",
) -> None:
    """Draw a flow between two upright edges (x, low, high), equally wide at both."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    (x0, low0, high0), (x1, low1, high1) = start, stop
    points = [(x0, high0), *_curve((x0, high0), (x1, high1)), (x1, low1)]
    points += [*_curve((x1, low1), (x0, low0)), (x0, high0)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    patch = PathPatch(
        Path(points, codes), facecolor=colour, edgecolor="white", linewidth=0.5, hatch=hatch
    )
    axes.add_patch(patch)


def wedge(
    axes: Axes, start: tuple[float, float, float], stop: tuple[float, float, float], words: str
) -> None:
    """Draw a magnifying glass: dashed edges that stretch a sliver; no flow, and said so."""
    (x0, low0, high0), (x1, low1, high1) = start, stop
    axes.fill([x0, x1, x1, x0], [low0, low1, high1, high0], facecolor="#f6f7f9", linewidth=0)
    for y0, y1 in ((low0, low1), (high0, high1)):
        axes.plot([x0, x1], [y0, y1], color=QUIET, linewidth=0.8, linestyle=(0, (3, 2)))
    label = {"facecolor": "white", "edgecolor": RULE, "pad": 2.0, "linewidth": 0.6}
    axes.text((x0 + x1) / 2, (low0 + high0 + low1 + high1) / 4, words, ha="center", va="center",
              fontsize=8.5, color=INK, fontweight="bold", bbox=label)  # fmt: skip


def box(
    axes: Axes, middle: tuple[float, float], size: tuple[float, float], words: str, **text: Any
) -> None:
    """Draw a box with words in its middle."""
    from matplotlib.patches import Rectangle

    (x, y), (width, height) = middle, size
    corner = (x - width / 2, y - height / 2)
    axes.add_patch(
        Rectangle(corner, width, height, facecolor="white", edgecolor=QUIET, linewidth=0.9)
    )
    axes.text(x, y, words, ha="center", va="center", **{"fontsize": 8.5, "color": INK, **text})
