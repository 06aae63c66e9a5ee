"""Pictures of ice, glass and drying: each evaluates the law that a run evaluates.

The first line of a docstring is the picture's title, the rest its caption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.freeze_drying import sublimation_time
from exocast.laws.freezing import concentration_in_ice
from exocast.laws.glass import glass_transition
from exocast.report.style import QUIET, RIVALS, plain
from generator.drawings_tube import clusters, wall
from generator.numbers import median

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ICE = 273.15
DRIED = "storage.lyophilised"


def brine(figure: Figure) -> None:
    """How concentrated the liquid between ice crystals is.

    Against the temperature of the freezer, for saline and for 5 % trehalose (medians), down to the
    solidus, below which there is no liquid. A freezer at -20 °C keeps saline as brine.
    """
    axes = figure.add_subplot()
    for buffer, ink in zip(("PBS", "trehalose"), RIVALS, strict=False):
        solidus = median("storage.frozen.solidus_temperature", buffer=buffer)
        cold = np.linspace(solidus, ICE, 200)
        most = median("storage.frozen.concentration_factor", buffer=buffer)
        axes.plot(
            cold - ICE, concentration_in_ice(cold, most), ink.dash, color=ink.line, label=buffer
        )
        axes.axvline(solidus - ICE, color=ink.line, ls=":", lw=1)
    axes.axvline(-20, color=QUIET, lw=0.8)
    axes.set_xlabel("temperature of the vial, °C")
    axes.set_ylabel("times concentrated")
    axes.set_ylim(0.0, None)
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def softening(figure: Figure) -> None:
    """Where a cake softens.

    Glass transition against the water that is left, for trehalose, sucrose and what saline dries to
    (medians). Dotted: a refrigerator and a warm room. Above its curve a cake flows, and particles
    and chemistry move.
    """
    axes = figure.add_subplot()
    water = np.linspace(0.0, 0.25, 120)
    for buffer, ink in zip(("trehalose", "sucrose", "PBS"), RIVALS, strict=False):
        dry = median(f"{DRIED}.dry_glass_temperature", buffer=buffer)
        constant = median(f"{DRIED}.gordon_taylor_constant", buffer=buffer)
        transition = glass_transition(water, dry, constant) - ICE
        axes.plot(100 * water, transition, ink.dash, color=ink.line, label=buffer)
    for room in (4, 25):
        axes.axhline(room, color=QUIET, ls=":", lw=1)
    axes.set_xlabel("water in the cake, % of its mass")
    axes.set_ylabel("glass transition, °C")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def drying(figure: Figure) -> None:
    """How long the ice takes to leave.

    Primary drying against the temperature of the ice front, at 6.7 Pa and the median resistance of
    a cake, for fills of 3, 6 and 12 mm. Dotted: collapse of sucrose. Five kelvin colder takes
    twice as long.
    """
    axes = figure.add_subplot()
    front = np.linspace(233.15, 253.15, 120)
    half = median(f"{DRIED}.cake_resistance") / 2
    for height, ink in zip((3e-3, 6e-3, 12e-3), RIVALS, strict=False):
        hours = sublimation_time(height, front, 6.7, half, half / 0.01) / 3600
        label = f"{1000 * height:.0f} mm"
        axes.plot(front - ICE, hours, ink.dash, color=ink.line, label=label)
    collapse = median("storage.frozen.solidus_temperature", buffer="sucrose") - ICE
    axes.axvline(collapse, color=QUIET, ls=":", lw=1)
    axes.set_yscale("log")
    axes.set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    axes.minorticks_off()
    axes.set_xlabel("temperature of the ice front, °C")
    axes.set_ylabel("hours")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


PICTURES = {
    "storage.liquid": (wall, clusters),
    "storage.frozen": (brine, clusters, wall),
    "storage.profile": (brine, wall),
    "storage.lyophilised": (softening, drying),
}
