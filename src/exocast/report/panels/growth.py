"""Growth of the tumour, treated against untreated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exocast.material.forecast import Forecast
from exocast.report.bands import bands_of, select
from exocast.report.blocks import Picture, csv_text
from exocast.report.figures import draw
from exocast.report.panels.cells import DAY, rivals_of, size_of, time_of
from exocast.report.panels.rows import Record
from exocast.report.style import NEUTRAL, QUIET, RIVALS, RULE, draw_bands, plain
from exocast.report.words import each_way, friendly, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["growth_picture"]


def growth_picture(forecast: Forecast) -> Picture:
    """Draw the tumour with and without treatment."""
    time, size = time_of(forecast), size_of(forecast)
    rivals = rivals_of(forecast)
    untreated = bands_of(1e9 * select(forecast, "tumour.untreated"), size)
    treated = [
        bands_of(1e9 * select(forecast, "tumour.treated", i), size) for i in range(len(rivals))
    ]

    def paint(figure: Figure) -> None:
        slot = 0.92 / len(rivals)
        for column, (bands, row) in enumerate(zip(treated, rivals, strict=True)):
            axes = figure.add_axes((0.075 + column * slot, 0.17, slot - 0.05, 0.68))
            if bands is None or untreated is None:
                continue
            ink = RIVALS[column % 4]
            draw_bands(axes, time / DAY, bands, ink, log=False, label="treated")
            axes.plot(time / DAY, untreated.median, ":", color=NEUTRAL.line, linewidth=2,
                      label="untreated, median")  # fmt: skip
            axes.set_xlim(0, float(time.max()) / DAY)
            axes.set_ylim(
                0, 1.05 * max(float(bands.uncertainty[1].max()), float(untreated.median.max()))
            )
            axes.grid(axis="y", color=RULE, linewidth=0.5)
            axes.set_title(f"Tumour volume, mm³{', if ' + row['phrase'] if row['phrase'] else ''}")
            axes.set_xlabel("days", color=QUIET)
            axes.legend(frameon=False, fontsize=8.5, loc="upper left")
            plain(axes, left=True)

    caption = _growth_caption(forecast, rivals)
    alt = f"Tumour volume over time, treated against untreated. {caption}"
    reading = (
        "Line: median; dark band: 90 % uncertainty; light band: 90 % variability, of the treated "
        "tumour. The caption compares each member with its own untreated twin."
    )
    series = [("untreated", "", untreated)]
    series += [
        ("treated", row["phrase"], bands) for row, bands in zip(rivals, treated, strict=True)
    ]
    table = csv_text(
        ("series", "hypothesis", "time_h", "mm3_median", "uncertainty_low", "uncertainty_high",
         "variability_low", "variability_high"),
        [
            (what, phrase, f"{t / 3600:.6g}",
             *(f"{float(x[i]):.6g}" for x in bands.columns))
            for what, phrase, bands in series if bands is not None for i, t in enumerate(time)
        ],
    )  # fmt: skip
    return Picture("tumour-growth", draw("growth", alt, 2.8, paint), caption, reading, table)


def _growth_caption(forecast: Forecast, rivals: list[Record]) -> str:
    """Compare every member with its untreated twin at the horizon."""
    parts = []
    for index, row in enumerate(rivals):
        pair = [select(forecast, f"tumour.{n}", index)[-1] for n in ("treated", "untreated")]
        smaller = bands_of(1.0 - pair[0] / pair[1], size_of(forecast))
        if smaller is not None:
            gone = max(float(smaller.median), 0.0)
            # Single precision of the record: smaller differences are not resolved.
            words = "as large as the untreated one" if gone < 1e-6 else f"{percent(gone)} smaller"
            parts.append((words, row))
    when = friendly(float(time_of(forecast)[-1]), "s")
    return f"After {when} the treated tumour is {each_way(parts)}."
