"""Pictures of the routes: what leaves a depot and a cavity, and what gets through mucus, by size.

The first line of a docstring is the picture's title, the rest its caption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exocast.laws.depot import lymph_uptake
from exocast.laws.fenestrae import fibre_exclusion
from exocast.laws.mucus import in_series, layer_crossing, mesh_hindrance
from exocast.laws.phagocyte_encounter import (
    brownian_diffusivity,
    encounter_ceiling,
    uptake_clearance,
)
from exocast.laws.water import water_viscosity
from exocast.report.style import RIVALS, plain
from generator.drawings_tube import HOUR, NANO, SIZES, size_axis
from generator.numbers import median

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
BODY, DEPOT, CAVITY, EPITHELIUM = (
    "biodistribution.whole_body.",
    "biodistribution.depot.",
    "biodistribution.cavity.",
    "biodistribution.epithelium.",
)
WARM = 310.15


def leaving_a_depot(figure: Figure) -> None:
    """What leaves a depot, against size.

    Rate at which lymph carries vesicles off from a depot of the reference volume, for a limb that
    moves and for the flank (both under the skin), against what the cells of the site take up (level
    line). Where lymph is above the cells most vesicles leave; above a few hundred nanometres none
    does, whatever the site.
    """
    axes = figure.add_subplot()
    volume = median(DEPOT + "reference_volume")
    mesh = [np.array([median(DEPOT + one)]) for one in ("fibre_share", "fibre_radius")]
    for site, ink in zip(("limb", "flank"), RIVALS, strict=False):
        rate = np.array([median(DEPOT + "lymph_uptake", route="subcutaneous", site=site)])
        curve = lymph_uptake(SIZES * NANO, rate, volume, np.array([volume]), *mesh)[0]
        axes.plot(SIZES, curve * HOUR, ink.dash, color=ink.line, lw=1.6, label=f"lymph, {site}")
    cells = median(DEPOT + "local_uptake", route="subcutaneous") * HOUR
    axes.plot(SIZES, np.full_like(SIZES, cells), ":", color=RIVALS[0].line, label="cells")
    _finish(axes, "rate out of the depot, per hour", 1e-4, 0.3)


def leaving_a_cavity(figure: Figure) -> None:
    """What leaves the abdominal cavity of a mouse, against size.

    With 0.2 mL injected: lymph takes all sizes alike, macrophages the small ones first, and walls
    only what their mesh lets in. Medians; how well macrophages take up there is hardly known.
    """
    axes = figure.add_subplot()
    where = {"route": "intraperitoneal", "species": "mouse"}
    relative = 0.022 / median(CAVITY + "reference_weight", **where)
    held = median(CAVITY + "fluid_volume", **where) * relative + 2e-7
    leaving = median(CAVITY + "drainage", **where) / held
    leaving *= relative ** median(CAVITY + "flow_exponent", **where)
    number = median(CAVITY + "macrophages", **where) * relative
    eaten = _kupffer_cell() * number * median(CAVITY + "macrophage_uptake", **where) / held
    mesh = fibre_exclusion(
        SIZES * NANO, median(DEPOT + "fibre_share"), median(DEPOT + "fibre_radius")
    )
    seeping = leaving * median(CAVITY + "wall_flow", **where) * mesh
    lymph = np.full_like(SIZES, leaving)
    for curve, ink, name in (
        (lymph, RIVALS[0], "lymph"), (eaten, RIVALS[1], "macrophages"),
    ):  # fmt: skip
        axes.plot(SIZES, curve * HOUR, ink.dash, color=ink.line, lw=1.6, label=name)
    axes.plot(SIZES, seeping * HOUR, ":", color=RIVALS[0].line, lw=1.6, label="walls")
    _finish(axes, "rate out of the cavity, per hour", 1e-3, 3.0)


def leaving_cerebrospinal_fluid(figure: Figure) -> None:
    """What leaves the cerebrospinal fluid of a mouse, against size.

    Turnover takes all sizes alike, into venous blood and lymph; phagocytes of the meninges take the
    small ones first. Medians; how many these are, and how well they take up, is hardly known.
    """
    axes = figure.add_subplot()
    where = {"route": "intrathecal", "species": "mouse"}
    held = median(CAVITY + "fluid_volume", **where) + 5e-9
    per_volume = median(CAVITY + "macrophages", **where) / held
    each = median(CAVITY + "macrophage_uptake", **where) * _kupffer_cell()
    turnover = np.full_like(SIZES, median(BODY + "csf_turnover", species="mouse"))
    for curve, ink, name in (
        (turnover, RIVALS[0], "turnover"), (each * per_volume, RIVALS[1], "phagocytes"),
    ):  # fmt: skip
        axes.plot(SIZES, curve * HOUR, ink.dash, color=ink.line, lw=1.6, label=name)
    _finish(axes, "rate out of the liquid, per hour", 1e-3, 3.0)


def through_mucus(figure: Figure) -> None:
    """What cells below mucus take in, against size.

    Rate at which vesicles that lie on the mucus of the small intestine or of the airways, or on the
    lining of alveoli, get into the cells below: through the mesh of mucus, then into the cells.
    Medians; of the content of the gut only a part lies on the mucus.
    """
    axes = figure.add_subplot()
    water = brownian_diffusivity(SIZES * NANO, float(water_viscosity(WARM)))
    styles = (("small_intestine", "-"), ("airways", "--"), ("alveoli", ":"))
    for (region, dash), ink in zip(styles, (*RIVALS[:2], RIVALS[0]), strict=False):
        value = {
            name: median(EPITHELIUM + name, region=region)
            for name in ("mucus_mesh", "mucus_free", "mucus_thickness", "cell_uptake")
        }
        mesh = mesh_hindrance(SIZES * NANO, value["mucus_mesh"], median(EPITHELIUM + "mucus_fibre"))
        through = layer_crossing(value["mucus_free"] * mesh * water, value["mucus_thickness"])
        curve = in_series(through, value["cell_uptake"]) * HOUR
        axes.plot(SIZES, curve, dash, color=ink.line, lw=1.6, label=region.replace("_", " "))
    _finish(axes, "rate into cells, per hour", 1e-3, 3.0)


def _kupffer_cell() -> Array:
    """Return what a Kupffer cell of a mouse clears of each size [m^3/s]."""
    speed = brownian_diffusivity(
        SIZES * NANO, median(BODY + "plasma_viscosity", species="mouse"), WARM
    )
    limit = encounter_ceiling(speed, median(BODY + "phagocyte_radius"))
    return uptake_clearance(limit, median(BODY + "reaction"))


def _finish(axes: Axes, words: str, low: float, high: float) -> None:
    size_axis(axes, 30.0, 500.0)
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.minorticks_off()
    axes.set_ylabel(words)
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


PICTURES = {
    "biodistribution.subcutaneous": (leaving_a_depot,),
    "biodistribution.intramuscular": (leaving_a_depot,),
    "biodistribution.intramyocardial": (leaving_a_depot,),
    "biodistribution.intraperitoneal": (leaving_a_cavity,),
    "biodistribution.intrathecal": (leaving_cerebrospinal_fluid,),
    "biodistribution.oral": (through_mucus,),
    "biodistribution.inhaled": (through_mucus,),
    "biodistribution.intranasal": (through_mucus,),
    "biodistribution.topical": (leaving_a_depot,),
}
