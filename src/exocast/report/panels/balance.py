"""The balance of the body: bars of parts that sum to all that was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.report.blocks import Picture, csv_text
from exocast.report.figures import draw
from exocast.report.panels.whereabouts import ELSEWHERE, Whereabouts, place
from exocast.report.style import INK, plain
from exocast.report.words import friendly, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["balance"]

MOMENTS = (300.0, 3600.0, 4 * 3600.0, 86400.0)

FILLS = (("#24415e", ""), ("#5f83a6", ""), ("#a9c0d6", ""), ("#dbe6f0", ""), ("#8b949e", ""),
         ("#c9ced4", ""), ("#eef0f2", ""))  # fmt: skip

DARK = ("#24415e", "#5f83a6", "#a34400")


def _fills(names: list[str], target: str) -> list[tuple[str, str]]:
    """Return fill and hatch of each part; the target has its own, and so has what is pooled."""
    own = {target: ("#a34400", ""), "all others": ("#ffffff", "////")}
    plain_fills = iter(FILLS)
    return [own[name] if name in own else next(plain_fills) for name in names]


def balance(found: Whereabouts, at: float, target: str = "tumour") -> Picture:
    """Draw where all vesicles are at chosen moments, means over members, so that parts add up."""
    stop = float(found.time.max())
    moments = sorted({t for t in (*MOMENTS, at, stop) if t <= stop})
    indices = sorted({int(np.argmin(np.abs(found.time - t))) for t in moments})
    mean = {name: np.nanmean(share[indices], axis=1) for name, share in found.share.items()}
    ranked = sorted(mean, key=lambda name: -float(mean[name].max()))
    main = [n for n in ranked if n not in ("rest", ELSEWHERE)][:6]
    if target in mean and target not in main:
        main[-1] = target
    parts = {name: mean[name] for name in main}
    others = [mean[name] for name in ranked if name not in main]
    if others:
        parts["all others"] = np.sum(others, axis=0)
    total = np.sum(list(parts.values()), axis=0)
    height = 0.36 * len(indices) + 0.85

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.075, 0.40 / height, 0.91, 1 - 0.82 / height))
        for row, index in enumerate(indices):
            left = 0.0
            fills = _fills(list(parts), target)
            for (fill, hatch), values in zip(fills, parts.values(), strict=True):
                width = 100 * float(values[row])
                axes.barh(row, width, 0.68, left=left, color=fill, hatch=hatch, edgecolor="#24415e",
                          linewidth=0.6)  # fmt: skip
                if width >= 5:
                    dark = fill in DARK
                    axes.text(left + width / 2, row, f"{width:.0f}", ha="center", va="center",
                              color="white" if dark else INK, fontsize=8.5,
                              bbox=None if not hatch else
                              {"facecolor": "white", "edgecolor": "none", "pad": 1.2})  # fmt: skip
                left += width
            axes.text(-0.8, row, friendly(float(found.time[index]), "s"), ha="right", va="center")
        axes.set_ylim(len(indices) - 0.5, -0.5)
        axes.set_xlim(0, 100)
        axes.set_yticks([])
        plain(axes)
        axes.set_xlabel("% of all vesicles given so far, mean over members")
        _legend(figure, list(parts), target)

    at_row = int(np.argmin([abs(found.time[i] - at) for i in indices]))
    most = max(parts, key=lambda name: float(parts[name][at_row]))
    caption = (
        f"At {friendly(at, 's')} {place(most)} holds {percent(float(parts[most][at_row]))} of all "
        f"vesicles; the parts sum to {100 * float(total.min()):.4g} % or more at every moment."
        if total.max() - total.min() > 1e-3
        else f"At {friendly(at, 's')} {place(most)} holds {percent(float(parts[most][at_row]))} of "
        f"all vesicles; the parts sum to {100 * float(total.mean()):.4g} %."
    )
    alt = f"Stacked bars: share of all vesicles by place at {len(indices)} moments. {caption}"
    rows = [
        (f"{found.time[i] / 3600:.6g}", name, f"{100 * float(values[row]):.6g}")
        for row, i in enumerate(indices)
        for name, values in mean.items()
    ]
    reading = (
        "Means, because only means add up; the figure above shows how far members differ. Each "
        "moment counts all doses given by then."
    )
    if ELSEWHERE in mean:
        missing = percent(float(mean[ELSEWHERE][-1]))
        reading += f" {missing} at the end are in places that the record does not keep: what is "
        reading += "given less all that is found, so the sum proves nothing about these."
    table = csv_text(("time_h", "place", "percent_of_given_mean"), rows)
    return Picture("balance", draw("balance", alt, height, paint), caption, reading, table)


def _legend(figure: Figure, names: list[str], target: str) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=fill, hatch=hatch, edgecolor="#24415e", linewidth=0.6, label=place(name))
        for (fill, hatch), name in zip(_fills(names, target), names, strict=True)
    ]
    figure.legend(handles=handles, loc="upper left", ncols=len(names), frameon=False, fontsize=8.5,
                  bbox_to_anchor=(0.065, 1.0), handlelength=1.2, columnspacing=1.1)  # fmt: skip
