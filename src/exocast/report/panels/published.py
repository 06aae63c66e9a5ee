"""Panel 8: published experiments, predicted against observed, whatever the agreement.

The panel is drawn from ``record["published"]``, a list with one entry for each published number;
it says so plainly where the record has none. Entries are::

    {
        "study": "morishita_2015",          # key of the study
        "source": "morishita_2015",         # key of what was read; it may be a review
        "label": "iodine-125-norbiotinamide",
        "condition": "",                    # what was done to the animal
        "matrix": "liver",                  # plasma, blood or an organ
        "time_h": 4.0,                      # null for a figure of a whole curve
        "quantity": "percent_injected",
        "unit": "%",                        # of every number below
        "observed": 28.0,
        "observed_spread": null,            # as printed, or null
        "predicted": {"median": 35.1, "uncertainty": [12.0, 61.0]},
        "role": "calibrated",               # calibrated | verified | prior-only
        "read": "abstract", "locator": "abstract",
        "note": "",
    }

``calibrated``: the number was seen by those who set the priors, so agreement proves little.
``verified``: it was not. ``prior-only``: the prediction rests on priors that nobody fitted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.material.forecast import Forecast
from exocast.report.blocks import Block, Cell, Panel, Picture, Table, Text, csv_text
from exocast.report.figures import draw
from exocast.report.style import INK, QUIET, RIVALS, log_ticks, plain
from exocast.report.words import amount, counted, friendly, interval, named, percent, times

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["panel"]

Record = Mapping[str, Any]
MARKS: Mapping[str, tuple[str, str]] = {
    "calibrated": ("o", "#ffffff"),
    "prior-only": ("s", "#9db4cc"),
    "verified": ("D", "#0b3c6f"),
}
MEANING = (
    "“Calibrated”: those who set the priors had seen the number, so agreement proves little; "
    "“verified”: they had not; “prior-only”: nothing was fitted."
)


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    title, short = "Published experiments", "Published"
    entries = list(forecast.record.get("published") or [])
    compared = [entry for entry in entries if _fold(entry) is not None]
    if not compared:
        finding = (
            "This forecast was saved without a comparison with published experiments, so nothing "
            "here shows how the model does on data of others."
        )
        return Panel("published", title, short, finding, ())
    blocks: list[Block] = [_picture(compared), Text(MEANING, "note"), _table(entries)]
    return Panel("published", title, short, _finding(compared), tuple(blocks))


def _fold(entry: Record) -> float | None:
    """Return predicted over observed, or None where one of them is missing or zero."""
    predicted, observed = entry["predicted"]["median"], entry["observed"]
    return predicted / observed if predicted and observed else None


def _rank(entry: Record) -> int:
    """Return the place of a role; an unknown one comes last."""
    return list(MARKS).index(entry["role"]) if entry["role"] in MARKS else len(MARKS)


def _scores(entries: list[Record]) -> tuple[float, int, int, int]:
    """Return geometric mean fold error, and how many are within 2-, 3-fold and the 90 % range."""
    errors = np.abs(np.log10([_fold(entry) or math.nan for entry in entries]))
    return (
        float(10 ** errors.mean()),
        int((errors <= math.log10(2)).sum()),
        int((errors <= math.log10(3)).sum()),
        sum(_covered(entry) for entry in entries),
    )


def _covered(entry: Record) -> bool:
    """Return whether the 90 % range of what is not known holds the published number."""
    low, high = entry["predicted"]["uncertainty"]
    return low is not None and high is not None and bool(low <= entry["observed"] <= high)


def _finding(entries: list[Record]) -> str:
    parts = []
    for role in dict.fromkeys([*MARKS, *(entry["role"] for entry in entries)]):
        held = [entry for entry in entries if entry["role"] == role]
        if held:
            error, two, three, covered = _scores(held)
            studies = len({entry["study"] for entry in held})
            parts.append(
                f"{role}: {two} of {len(held)} numbers within 2-fold, {three} within 3-fold, "
                f"{covered} inside the 90 % range, geometric mean fold error {amount(error)} "
                f"({counted(studies, 'study', 'studies')})"
            )
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _study(entry: Record) -> str:
    """Return the name of a study, ``morishita_2015`` as Morishita 2015."""
    return named(entry["study"]).title()


def _quantity(entry: Record) -> str:
    """Return what was published, in words."""
    known = {"percent_injected": "% of the injected", "half_life": "half-life",
             "residence": "mean residence"}  # fmt: skip
    return known.get(entry["quantity"], named(entry["quantity"]))


def _name(entry: Record) -> str:
    """Return the name of a number: study, matrix, moment."""
    first = _study(entry)
    when = f", {friendly(3600 * entry['time_h'], 's')}" if entry["time_h"] is not None else ""
    return f"{first}: {named(entry['matrix'])}, {_quantity(entry)}{when}"


def _picture(entries: list[Record]) -> Picture:
    """Draw predicted over observed for every number, with the 2-fold lines."""
    rows = sorted(entries, key=lambda entry: (_rank(entry), _name(entry)))
    folds = [_fold(entry) or 1.0 for entry in rows]
    ends = [
        end / entry["observed"]
        for entry in rows
        for end in entry["predicted"]["uncertainty"]
        if end
    ]
    widest = max(1.0, *(abs(math.log10(x)) for x in [*folds, *ends]))
    high = min(widest, 4.0) + 0.15
    height = 0.27 * len(rows) + 0.85

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.40, 0.42 / height, 0.45, 1 - 0.8 / height))
        sideways = axes.get_yaxis_transform()
        axes.axvspan(-math.log10(2), math.log10(2), color="#e9edf1", linewidth=0, zorder=0)
        for edge in (-1, 1):
            axes.axvline(edge * math.log10(2), color=QUIET, linewidth=0.8, linestyle="--")
            axes.axvline(edge * math.log10(3), color=QUIET, linewidth=0.6, linestyle=":")
        axes.axvline(0, color=INK, linewidth=1)
        for y, (entry, fold) in enumerate(zip(rows, folds, strict=True)):
            low, top = (
                end / entry["observed"] if end else None
                for end in entry["predicted"]["uncertainty"]
            )
            if low and top:
                axes.plot(np.log10([low, top]), [y, y], color=RIVALS[0].dark, linewidth=3,
                          solid_capstyle="butt")  # fmt: skip
            marker, fill = MARKS.get(entry["role"], ("v", "#ffffff"))
            axes.plot(math.log10(fold), y, marker, markerfacecolor=fill, markeredgecolor="#0b3c6f",
                      markersize=6.5)  # fmt: skip
            missed = abs(math.log10(fold)) > math.log10(2)
            axes.text(-0.02, y, _name(entry), transform=sideways, ha="right", va="center",
                      fontweight="bold" if missed else "normal")  # fmt: skip
            axes.text(1.02, y, times(fold) + ("  miss" if missed else ""), transform=sideways,
                      va="center", fontweight="bold" if missed else "normal")  # fmt: skip
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(-high, high)
        axes.set_yticks([])
        log_ticks(axes.xaxis, -high, high)
        plain(axes)
        axes.set_xlabel("predicted over observed")
        from matplotlib.lines import Line2D

        present = [role for role in MARKS if any(entry["role"] == role for entry in rows)]
        handles = [
            Line2D([], [], marker=MARKS[role][0], linestyle="", markerfacecolor=MARKS[role][1],
                   markeredgecolor="#0b3c6f", label=role)
            for role in present
        ]  # fmt: skip
        figure.legend(handles=handles, loc="upper left", ncols=3, frameon=False, fontsize=8.5,
                      bbox_to_anchor=(0.385, 1.0))  # fmt: skip

    missed = [_name(entry) for entry, fold in zip(rows, folds, strict=True) if not 0.5 <= fold <= 2]
    caption = (
        f"Missed by more than 2-fold: {'; '.join(missed)}."
        if missed
        else (f"All {len(rows)} numbers are within 2-fold.")
    )
    alt = f"Predicted over observed for {counted(len(rows), 'published number')}. {caption}"
    reading = (
        "Mark: median; bar: 90 % uncertainty of the prediction. Grey field and dashes: within "
        "2-fold; dots: within 3-fold. The spread of the observations themselves is in the table."
    )
    return Picture("published", draw("published", alt, height, paint), caption, reading, _csv(rows))


def _csv(rows: list[Record]) -> str:
    columns = ("study", "label", "condition", "matrix", "time_h", "quantity", "unit", "observed",
               "observed_spread", "predicted_median", "uncertainty_low", "uncertainty_high", "role",
               "note")  # fmt: skip
    return csv_text(
        columns,
        [
            (e["study"], e["label"], e.get("condition", ""), e["matrix"], e["time_h"],
             e["quantity"], e["unit"], e["observed"], e["observed_spread"],
             e["predicted"]["median"], *e["predicted"]["uncertainty"], e["role"], e["note"])
            for e in rows
        ],
    )  # fmt: skip


def _table(entries: list[Record]) -> Table:
    rows = []
    for entry in entries:
        fold = _fold(entry)
        missed = fold is None or not 0.5 <= fold <= 2
        spread = entry["observed_spread"]
        observed = amount(entry["observed"], 3) + (f" ± {amount(spread)}" if spread else "")
        state = " ".join(reversed(entry.get("condition", "").split("=")))
        details = ", ".join(filter(None, (named(entry["label"]), state)))
        rows.append(
            (
                Cell(_study(entry), small=details),
                Cell(f"{named(entry['matrix'])}, {_quantity(entry)}"),
                Cell(friendly(3600 * entry["time_h"], "s") if entry["time_h"] is not None else ""),
                Cell(f"{observed} {entry['unit']}"),
                Cell(amount(entry["predicted"]["median"])),
                Cell(interval(entry["predicted"]["uncertainty"], 2)),
                Cell(times(fold) if fold else "–", tone="miss" if missed else ""),
                Cell(entry["role"], small=entry["note"]),
            )
        )
    head = ("study", "what", "when|", "observed|", "predicted, same unit|", "90 % uncertainty|",
            "predicted / observed|", "role")  # fmt: skip
    missed_share = percent(sum(row[6].tone == "miss" for row in rows) / len(rows))
    caption = f"Every number compared; {missed_share} are off by more than 2-fold (underlined)."
    return Table("published-table", head, tuple(rows), caption)
