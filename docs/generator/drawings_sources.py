"""Pictures of sources other than a culture: each evaluates the law that a run evaluates.

The first line of a docstring is the picture's title, the rest its caption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.lumen import lumen_volume
from exocast.laws.membrane_area import (
    extruded_diameter,
    held_back,
    mean_area,
    spare_share,
    sphere_area,
    vesicles_of_area,
)
from exocast.laws.secretion import lognormal_shares
from exocast.report.style import QUIET, RIVALS, plain
from generator.drawings_tube import NANO
from generator.numbers import median

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

EDGES = np.geomspace(4.0, 1200.0, 241)
CENTRES = np.sqrt(EDGES[1:] * EDGES[:-1])
VESICLE = "donor.vesicle."
PRESSED = "donor.mimetic_nanovesicles."


def census(figure: Figure) -> None:
    """What floats in a millilitre of fasting plasma.

    Particles per unit of ln diameter, at the medians of the rows. Above the limit of tracking
    (dotted, 70 nm) what is counted is the upper tail of VLDL; HDL, by far the most, no instrument
    sees.
    """
    axes = figure.add_subplot()
    kinds = ("hdl", "ldl", "vldl", "small_ev", "large_ev")
    inks = [*RIVALS[:4], RIVALS[0]]
    widths = (1.2, 1.2, 1.2, 2.4, 2.4)
    for kind, ink, width in zip(kinds, inks, widths, strict=True):
        context = {"kind": kind, "fluid": "plasma", "meal": "fasting"}
        number = median("donor.body_fluid.particles", **context) * 1e-6
        curve = number * _shares(kind, fluid="plasma") / np.diff(np.log(EDGES))
        label = kind.replace("_", " ").replace("ev", "EV") if "_" in kind else kind.upper()
        axes.plot(CENTRES, curve, ink.dash, color=ink.line, lw=width, label=label)
    axes.axvline(70.0, color=QUIET, ls=":", lw=1.2)
    _sizes(axes, 5.0, 1000.0)
    axes.set_yscale("log")
    axes.set_ylim(1e5, 1e18)
    axes.minorticks_off()
    axes.set_ylabel("particles per mL and ln diameter")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5, ncols=2)


def membrane_to_spare(figure: Figure) -> None:
    """A red cell runs out of membrane.

    Share of its membrane that a red cell sheds against the vesicles of 83 nm (geometric SD 1.3)
    that it would shed, with the limit at which it is a sphere (dotted): straight at first, and
    never more than a quarter.
    """
    axes = figure.add_subplot()
    area, volume = (
        median(f"donor.blood_cells.cell_{name}", blood_cell="red_cell")
        for name in ("area", "volume")
    )
    most = float(spare_share(area, volume))
    number = np.geomspace(1.0, 1e5, 200)
    each = mean_area(_shares("small_ev"), CENTRES * NANO)
    axes.plot(number, 100 * held_back(number * each / area, most), color=RIVALS[0].line)
    axes.axhline(100 * most, color=QUIET, ls=":", lw=1.2)
    axes.set_xscale("log")
    axes.set_ylim(0.0, 30.0)
    axes.minorticks_off()
    axes.set_xlabel("vesicles that a cell would shed")
    axes.set_ylabel("membrane shed, %")
    plain(axes, left=True)


def plant_sizes(figure: Figure) -> None:
    """Sizes of small vesicles of four plants.

    Share per size class (log-normal, at the medians of the rows); reports on one plant differ by
    as much as plants do.
    """
    axes = figure.add_subplot()
    for plant, ink in zip(("broccoli", "grapefruit", "carrot", "ginger"), RIVALS, strict=False):
        share = _shares("small_ev", plant=plant)
        axes.plot(CENTRES, share / share.max(), ink.dash, color=ink.line, label=plant)
    _sizes(axes, 20.0, 500.0)
    axes.set_ylabel("share per size class, peak = 1")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def pressed_cells(figure: Figure) -> None:
    """What the last pore makes of a cell.

    Left, vesicles of one cell of 2 pL: its membrane over that of a vesicle, times what leaves the
    filter. Right, how much of the cytosol their lumens add up to: a few per cent at most, so that
    most of what the cell held stays outside.
    """
    left, right = figure.subplots(1, 2)
    pore = np.geomspace(50.0, 1000.0, 60)
    volume = median(PRESSED + "cell_volume")
    cell = median(PRESSED + "membrane_fold") * sphere_area(volume)
    ended = median(PRESSED + "efficiency") * (1 + median(PRESSED + "inner_membrane")) * cell
    middle = extruded_diameter(
        pore * NANO, median(PRESSED + "pore_ratio"), median(PRESSED + "natural_diameter")
    )
    spread = np.full(pore.shape, median(VESICLE + "geometric_sd", kind="mimetic_nanovesicle"))
    share = lognormal_shares(EDGES * NANO, middle, spread)
    number = vesicles_of_area(ended, mean_area(share, CENTRES * NANO))
    lumen = lumen_volume(CENTRES * NANO, median("loading.vesicle.bilayer_thickness"))
    left.plot(pore, number, color=RIVALS[0].line)
    left.set_ylim(0.0, 1.2 * float(number.max()))
    left.set_ylabel("vesicles of a cell")
    right.plot(pore, 100 * number * (share @ lumen) / volume, color=RIVALS[0].line)
    right.set_ylim(0.0, 3.0)
    right.set_ylabel("cytosol enclosed, %")
    for axes in (left, right):
        _sizes(axes, 50.0, 1000.0)
        axes.set_xlabel("last pore, nm")
        plain(axes, left=True)


def _shares(kind: str, **context: str) -> Array:
    """Return the share of a kind in each size class, array (k,)."""
    middle, spread = (
        np.array([median(VESICLE + name, kind=kind, **context)])
        for name in ("median_diameter", "geometric_sd")
    )
    return np.asarray(lognormal_shares(EDGES * NANO, middle, spread)[0])


def _sizes(axes: Axes, low: float, high: float) -> None:
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    shown = [tick for tick in (5, 10, 20, 50, 100, 200, 500, 1000) if low <= tick <= high]
    axes.set_xticks(shown, [str(tick) for tick in shown])
    axes.minorticks_off()
    axes.set_xlabel("diameter, nm")


PICTURES = {
    "donor.body_fluid": (census,),
    "donor.blood_cells": (membrane_to_spare,),
    "donor.plant": (plant_sizes,),
    "donor.mimetic_nanovesicles": (pressed_cells,),
}
