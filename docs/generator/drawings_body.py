"""Pictures of what happens in the body and in the cell: each evaluates the law of a run.

The first line of a docstring is the picture's title, the rest its caption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.copies_per_cell import copies_per_event, mean_occupancy, share_of_cells_above
from exocast.laws.escape import surviving_share
from exocast.laws.fenestrae import pore_average
from exocast.laws.label_kinetics import tag_course
from exocast.laws.penetration import exposure_variation
from exocast.laws.phagocyte_encounter import (
    brownian_diffusivity,
    encounter_ceiling,
    uptake_clearance,
)
from exocast.laws.silencing import (
    half_silencing_risc,
    largest_depth,
    loaded_after_burst,
    occupancy_scale,
)
from exocast.laws.tumour_growth import relative_growth
from exocast.report.style import QUIET, RIVALS, plain
from exocast.units import to_si
from generator.drawings_tube import DAY, HOUR, NANO, SIZES, share_axis, size_axis
from generator.numbers import ends, median

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BODY, CELL, SILENCING = (
    "biodistribution.whole_body.",
    "uptake.endocytosis_and_escape.",
    "response.gene_silencing.",
)
MILLILITRE_A_MINUTE = 1e6 * 60.0


def phagocyte(figure: Figure) -> None:
    """What one phagocyte clears, against size, under its diffusion ceiling.

    Plasma that a Kupffer cell clears: at most what diffusion brings, 4π D R (upper line), and with
    binding in series (lower line, band: 5 to 95 % of the binding rate). At the median the cell
    works close to its ceiling, so that anything on a vesicle's surface can mostly lower
    uptake, not raise it, and smaller vesicles leave blood faster.
    """
    axes = figure.add_subplot()
    warm = median(BODY + "temperature")
    speed = brownian_diffusivity(
        SIZES * NANO, median(BODY + "plasma_viscosity", species="mouse"), warm
    )
    limit = encounter_ceiling(speed, median(BODY + "phagocyte_radius"))
    low, high = ends(BODY + "reaction")
    middle = median(BODY + "reaction")
    ink = RIVALS[0]
    band = [uptake_clearance(limit, rate) * MILLILITRE_A_MINUTE for rate in (low, high)]
    axes.fill_between(SIZES, *band, color=ink.light, lw=0)
    axes.plot(
        SIZES, limit * MILLILITRE_A_MINUTE, "--", color=RIVALS[1].line, label="diffusion ceiling"
    )
    axes.plot(
        SIZES,
        uptake_clearance(limit, middle) * MILLILITRE_A_MINUTE,
        color=ink.line,
        label="with binding in series",
    )
    size_axis(axes)
    axes.set_yscale("log")
    axes.set_ylim(1e-9, 1e-7)
    axes.minorticks_off()
    axes.set_ylabel("clearance of one cell, mL/min")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5, loc="upper right")


def fenestrae(figure: Figure) -> None:
    """What passes the fenestrae of the liver.

    Hindered diffusion H and convection W against diameter, averaged over the distribution of holes
    of a mouse (mean 135 nm). Thin lines: a human liver (mean 105 nm, cut at 50 and 180 nm). At
    100 nm a vesicle diffuses through at under two per cent of its free speed, and taking the
    largest hole for all would give ten times that.
    """
    axes = figure.add_subplot()
    parts = ("fenestra_diameter", "fenestra_variation", "fenestra_smallest", "fenestra_largest")
    mouse, human = (
        tuple(median(BODY + part, species=species) for part in parts)
        for species in ("mouse", "human")
    )
    for holes, width, name in ((mouse, 1.6, "mouse"), (human, 0.8, "human")):
        diffusion, convection = pore_average(SIZES * NANO, *holes)
        for curve, ink, what in (
            (diffusion, RIVALS[0], "H, diffusion"),
            (convection, RIVALS[1], "W, convection"),
        ):
            shown = np.where(curve[0] > 1e-6, curve[0], np.nan)
            axes.plot(SIZES, shown, ink.dash, color=ink.line, lw=width, label=f"{what}, {name}")
    size_axis(axes, 30.0, 300.0)
    axes.set_yscale("log")
    axes.set_ylim(1e-5, 2)
    axes.minorticks_off()
    axes.set_ylabel("share of the free rate")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def labels(figure: Figure) -> None:
    """One injection, as every label would show it.

    Label in tissue (left) and in blood and body fluids (right) after one bolus that leaves blood
    with a half-life of 2 min, in the one-compartment reduction and at the medians of each label's
    rows. Grey: the vesicles themselves. The vesicles are the same; the curves are not.
    """
    axes = figure.subplots(1, 2, sharey=True)
    time = np.geomspace(30.0, 3 * DAY, 160)
    leaving = np.log(2) / 120.0
    names = ("zirconium-89", "iodine-125-norbiotinamide", "gaussia-luciferase", "lipophilic-dye")
    key = "biodistribution.tag."
    for name, ink in zip(names, RIVALS, strict=True):
        rates = [
            median(key + part, label=name)
            for part in (
                "inactivation",
                "degradation",
                "release",
                "soluble_loss",
                "excretion",
                "unbound",
            )
        ]
        course = tag_course(time, leaving, *rates)
        axes[0].plot(time, course["tissue"], ink.dash, color=ink.line, label=name)
        fluids = course["blood"] + course["soluble"] + course["catabolite"]
        axes[1].plot(time, fluids, ink.dash, color=ink.line)
    axes[0].plot(time, -np.expm1(-leaving * time), color=QUIET, lw=0.9, label="vesicles")
    axes[1].plot(time, np.exp(-leaving * time), color=QUIET, lw=0.9)
    for part, title in zip(axes, ("in tissue", "in blood and body fluids"), strict=True):
        _time_axis(part)
        part.set_title(title)
        share_axis(part, "share of the injected label")
    axes[1].set_ylabel("")
    figure.legend(frameon=False, fontsize=8, loc="outside upper center", ncols=5)


def _time_axis(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.minorticks_off()
    moments = {"1 min": 60.0, "10 min": 600.0, "1 h": HOUR, "8 h": 8 * HOUR, "3 d": 3 * DAY}
    axes.set_xticks(list(moments.values()), list(moments))
    axes.set_xlabel("time after injection")


def cells_above(figure: Figure) -> None:
    """Few cells get much, or many get little.

    Share of cells above 300 copies, against the mean copies a cell, for vesicles that bring 10, 100
    or 1,000 copies when they open, all or none (variation between cells as in the rows). At a mean
    far below the threshold it is a few full vesicles, not the mean, that silence cells: an equation
    on the mean cell would say none.
    """
    axes = figure.add_subplot()
    mean = np.geomspace(1.0, 1e4, 300)
    spread = median(CELL + "cell_variation")
    for load, ink in zip((1000.0, 100.0, 10.0), RIVALS, strict=False):
        each = copies_per_event(load, load * (load - 1.0))
        share = share_of_cells_above(300.0, mean, each, spread)
        axes.plot(mean, share, ink.dash, color=ink.line, label=f"{load:,.0f} copies a vesicle")
    axes.axvline(300, color=QUIET, ls=":", lw=1)
    axes.loglog()
    axes.set_xlim(1, 1e4)
    axes.set_ylim(1e-4, 1.3)
    axes.minorticks_off()
    axes.set_xticks([1, 10, 100, 1e3, 1e4], ["1", "10", "100", "1,000", "10,000"])
    axes.set_yticks([1e-4, 1e-3, 1e-2, 0.1, 1], ["0.01 %", "0.1 %", "1 %", "10 %", "100 %"])
    axes.set_xlabel("mean copies delivered a cell")
    axes.set_ylabel("share of cells above 300 copies")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5, loc="lower right")


def reach(figure: Figure) -> None:
    """How unevenly a vessel serves the cells around it.

    Coefficient of variation of what cells meet, against how far vesicles get before they are taken
    up, in a Krogh cylinder of the median radii. With strong uptake the first row takes all.
    """
    axes = figure.add_subplot()
    depth = np.geomspace(3e-6, 1e-3, 200)
    vessel, tissue = median(CELL + "vessel_radius"), median(CELL + "tissue_radius")
    axes.plot(1e6 * depth, exposure_variation(depth, vessel, tissue), color=RIVALS[0].line)
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks([3, 10, 30, 100, 1000], ["3", "10", "30", "100", "1000"])
    axes.set_xlabel("penetration depth √(D/k), µm")
    axes.set_ylabel("coefficient of variation")
    axes.set_ylim(0, None)
    plain(axes, left=True)


def endosome(figure: Figure) -> None:
    """What the endosome leaves of the cargo.

    Share of copies that outlives the two endosomal compartments, against the loss rate of the cargo
    in them (first moment), and of its square (second moment), at the median transit rates. Band: 5
    to 95 % of the loss of siRNA.
    """
    axes = figure.add_subplot()
    loss = np.geomspace(0.01, 20.0, 200) / HOUR
    exits = (median(CELL + "maturation"), median(CELL + "lysosomal_arrival"))
    for power, ink in zip((1, 2), RIVALS, strict=False):
        axes.plot(
            loss * HOUR,
            surviving_share(loss, exits, power),
            ink.dash,
            color=ink.line,
            label=("mean", "second moment")[power - 1],
        )
    low, high = ends(CELL + "endosomal_cargo_loss")
    axes.axvspan(low * HOUR, high * HOUR, color="#eef1f4", lw=0, zorder=0)
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
    axes.set_xlabel("loss of cargo in the endosome, 1/h")
    share_axis(axes, "share left")
    axes.legend(frameon=False, fontsize=8.5)


def silencing(figure: Figure) -> None:
    """Loss of target mRNA against copies loaded into RISC, averaged over cells.

    The same mean load brought in many small steps, or in few large ones (100 copies each): cells
    that nothing reached keep all their mRNA. Values of the rows for KRAS siRNA.
    """
    axes = figure.add_subplot()
    volume = 4 / 3 * np.pi * median(CELL + "cell_radius") ** 3
    loss = np.log(2) / median(SILENCING + "mrna_half_life", cargo="siRNA_KRAS_G12D")
    half = half_silencing_risc(
        loss,
        median(SILENCING + "association_constant"),
        median(SILENCING + "dissociation"),
        median(SILENCING + "cleavage"),
        volume,
    )
    risc = median(SILENCING + "risc_concentration") * volume
    scale, depth = float(occupancy_scale(risc, half)), float(largest_depth(risc, half))
    mean = np.geomspace(0.1, 1e5, 300)
    spread = median(CELL + "cell_variation")
    for (label, step), ink in zip(
        {"copy by copy": 1.0, "in events of 100 copies": 100.0}.items(), RIVALS, strict=False
    ):
        lost = depth * mean_occupancy(mean / step, np.full(mean.size, step * scale), spread)
        axes.plot(mean, lost, ink.dash, color=ink.line, label=label)
    axes.axvline(float(half), color=QUIET, ls=":", lw=1)
    axes.text(float(half) * 1.15, 0.02, "halves one cell", color=QUIET, fontsize=8.5)
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks(
        [0.1, 1, 10, 100, 1e3, 1e4, 1e5], ["0.1", "1", "10", "100", "10³", "10⁴", "10⁵"]
    )
    axes.set_xlabel("mean copies in RISC a cell")
    share_axis(axes, "mean loss of mRNA")
    axes.legend(frameon=False, fontsize=8.5, loc="upper left")


def duration(figure: Figure) -> None:
    """How long one delivery lasts in RISC.

    Copies in RISC for each copy that reached the cytosol, in a cell that does not divide, and in
    one that divides every day or every six days. Most copies are lost before they are loaded.
    """
    axes = figure.add_subplot()
    time = np.linspace(0.0, 14 * DAY, 300)
    loading = median(SILENCING + "loading_constant") * median(SILENCING + "risc_concentration")
    lost, gone = median(SILENCING + "sirna_loss"), median(SILENCING + "risc_loss")
    divisions = {
        "not dividing": 0.0,
        "every 6 days": np.log(2) / (6 * DAY),
        "every day": np.log(2) / DAY,
    }
    for (label, rate), ink in zip(divisions.items(), RIVALS, strict=False):
        held = loaded_after_burst(time, loading, lost + rate, gone + rate)
        axes.plot(time / DAY, held, ink.dash, color=ink.line, label=label)
    axes.set_xlabel("days after delivery")
    axes.set_ylabel("copies in RISC for each copy delivered")
    axes.set_ylim(0, None)
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def growth(figure: Figure) -> None:
    """Growth of a tumour that nothing treats.

    Volume from 200 mm³ at the median doubling time and at its 5 and 95 % ends, integrated from the
    law: exponential while small, linear when large.
    """
    axes = figure.add_subplot()
    key = "response.tumour_growth."
    linear = median(key + "linear_growth")
    time = np.linspace(0.0, 40 * DAY, 400)
    low, high = ends(key + "doubling_time")
    for doubling, ink in zip((low, median(key + "doubling_time"), high), RIVALS, strict=False):
        volume = [to_si(200.0, "mm^3")]
        for step in np.diff(time):
            rate = float(relative_growth(volume[-1], np.log(2) / doubling, linear))
            volume.append(volume[-1] * np.exp(rate * step))
        axes.plot(
            time / DAY,
            1e6 * np.array(volume),
            ink.dash,
            color=ink.line,
            label=f"doubles in {doubling / DAY:.0f} days",
        )
    axes.set_yscale("log")
    axes.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    axes.minorticks_off()
    axes.set_xlabel("days")
    axes.set_ylabel("volume, mL")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def needle(figure: Figure) -> None:
    """Where an intratumoural injection goes.

    Shares that spread into the tumour, leak into blood and leak beside the tumour, of the liquid
    that has left the cavity; bars are medians, lines 5 to 95 % of the leak.
    """
    axes = figure.add_subplot()
    key = "biodistribution.intratumoural."
    leak, blood = median(key + "leak"), median(key + "leak_to_blood")
    ends_ = np.array(ends(key + "leak"))
    shares = {
        "into the tumour": (1 - leak, 1 - ends_),
        "into blood": (leak * blood, ends_ * blood),
        "beside the tumour": (leak * (1 - blood), ends_ * (1 - blood)),
    }
    for place, (name, (share, spread)) in enumerate(reversed(shares.items())):
        axes.barh(place, share, height=0.5, color=RIVALS[0].dark)
        axes.plot([spread.min(), spread.max()], [place, place], color=RIVALS[0].line, lw=1.6)
        axes.text(-0.02, place, name, ha="right", va="center", fontsize=9)
    axes.set_xlim(0, 1)
    axes.set_yticks([])
    axes.set_xticks([0, 0.5, 1.0], ["0", "50 %", "100 %"])
    axes.set_xlabel("share of the dose")
    plain(axes)


PICTURES = {
    "biodistribution.whole_body": (phagocyte, fenestrae),
    "biodistribution.intratumoural": (needle,),
    "biodistribution.tag": (labels,),
    "uptake.endocytosis_and_escape": (cells_above, reach, endosome),
    "response.gene_silencing": (silencing, duration, cells_above),
    "response.tumour_growth": (growth,),
}
