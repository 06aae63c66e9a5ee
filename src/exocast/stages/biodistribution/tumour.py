"""Into a tumour and out of it: leaky walls, filtered plasma and a mesh of fibres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.fenestrae import fibre_exclusion, pore_average, wall_exchange
from exocast.laws.molecule_passage import capillary_clearance
from exocast.material.carrier import Carrier
from exocast.material.study import Study
from exocast.material.wiring import PARTICLES, Place
from exocast.stages.biodistribution.body import BARE, Body
from exocast.stages.biodistribution.liquids import by_grid, diffusivity
from exocast.stages.biodistribution.physiology import TUMOUR_DENSITY

__all__ = [
    "PARAMETERS",
    "TumourRates",
    "TumourWall",
    "add_tumour",
    "filtered_flow",
    "molecule_clearances",
    "needs",
    "tumour_cells",
    "tumour_rates",
    "tumour_space",
    "tumour_wall",
]

Array = NDArray[np.float64]

_KEY = "biodistribution.whole_body.tumour_"
FLUID_LOSS = Parameter(
    _KEY + "fluid_loss", unit="m^3/s/kg", doc="Plasma filtered into a tumour per its mass."
)
SPACE = Parameter(
    _KEY + "interstitial_share",
    unit="1",
    doc="Interstitial liquid in a tumour's volume.",
    high=0.9,
    scale="logit",
)
WALL_AREA = Parameter(_KEY + "wall_area", unit="1/m", doc="Vessel wall area per tumour volume.")
PERMEABILITY = Parameter(
    _KEY + "permeability",
    unit="m/s",
    doc="Effective wall permeability at the reference diameter: all that crosses, by whatever way.",
)
PECLET = Parameter(
    _KEY + "peclet",
    unit="1",
    doc="Convection over diffusion through the wall, at the reference diameter.",
    low=1e-3,
    high=1e3,
)
REFERENCE = Parameter(
    _KEY + "permeability_diameter", unit="m", doc="Diameter to which the permeability belongs."
)
REFERENCE_CUTOFF = Parameter(
    _KEY + "permeability_cutoff", unit="m", doc="Cut-off of the tumour where it was measured."
)
CUTOFF = Parameter(_KEY + "pore_cutoff", unit="m", doc="Largest hole in a tumour's vessels.")
PORE_MEAN = Parameter(
    _KEY + "pore_mean", unit="1", doc="Mean hole over the cut-off.", high=0.99, scale="logit"
)
PORE_VARIATION = Parameter(
    _KEY + "pore_variation", unit="1", doc="Coefficient of variation of the holes.", low=0.01
)
FIBRE_SHARE = Parameter(
    _KEY + "fibre_share", unit="1", doc="Volume share of fibres in the interstitium.", high=0.6
)
FIBRE_RADIUS = Parameter(_KEY + "fibre_radius", unit="m", doc="Radius of these fibres.")
CELLS = Parameter(_KEY + "cells", unit="1/kg", doc="Tumour cells per mass.")

PARAMETERS = (
    FLUID_LOSS,
    SPACE,
    WALL_AREA,
    PERMEABILITY,
    PECLET,
    REFERENCE,
    REFERENCE_CUTOFF,
    CUTOFF,
    PORE_MEAN,
    PORE_VARIATION,
    FIBRE_SHARE,
    FIBRE_RADIUS,
    CELLS,
)

SHARE = 1e-9
"""Share of the dose below which a tumour's places need not be resolved: all depends on little."""

OF_MOLECULES = tuple(one for one in PARAMETERS if one not in (SPACE, CELLS))
"""What `molecule_clearances` asks for."""


def needs() -> list[Need]:
    """Return the needs of this module."""
    return [Need(parameter) for parameter in PARAMETERS]


@dataclass(frozen=True)
class TumourRates:
    """Rates of one carrier, arrays (n,) [1/s].

    Attributes
    ----------
    out : array
        From the tumour's blood into its interstitium.
    back : array
        From there back into its blood.
    drained : array
        From there with filtered liquid to lymph and surroundings.
    """

    out: Array
    back: Array
    drained: Array


def tumour_space(p: Draws, study: Study) -> Array:
    """Return the interstitial liquid of the tumour, array (n,) [m^3]."""
    return np.asarray(p[SPACE] * study.tumour_volume)


def tumour_cells(p: Draws, study: Study) -> Array:
    """Return the tumour's cells, array (n,) [cell]."""
    return np.asarray(p[CELLS] * p[TUMOUR_DENSITY] * study.tumour_volume)


def filtered_flow(p: Draws, study: Study) -> Array:
    """Return what the tumour filters and gives to lymph and surroundings, array (n,) [m^3/s]."""
    return np.asarray(p[FLUID_LOSS] * p[TUMOUR_DENSITY] * study.tumour_volume)


@dataclass(frozen=True)
class TumourWall:
    """What vessel walls and mesh of a tumour do to each size.

    Attributes
    ----------
    permeability : array (n, k) [m/s]
        Diffusive, of the wall.
    filtration : array (n,) [m/s]
        Plasma filtered through the large holes, per area of wall.
    convection : array (n, k) [1]
        Carried through these holes, over what the filtered plasma held.
    mesh : array (n, k) [1]
        Carried out through the mesh, over what its liquid holds.
    """

    permeability: Array
    filtration: Array
    convection: Array
    mesh: Array


def tumour_wall(grid: Array, p: Draws) -> TumourWall:
    """Return the wall on a fine grid.

    What was measured for one diameter in one tumour is an effective permeability: all that
    crossed, by diffusion and with filtered plasma. Most of what a tumour filters passes gaps too
    small for vesicles, so the fluid that carries them is not the fluid that the tumour loses; it
    follows from the measurement and the Peclet number Pe = W J / PS there (Patlak: the crossing is
    PS Pe / (1 - e^-Pe)). Other sizes and tumours follow by diffusivity, and by hindrance in holes
    spread below each tumour's cut-off over the same open area.
    """
    diffusion, convection = pore_average(grid, *_holes(p, p[CUTOFF]))
    reference = p[REFERENCE][:, None]
    hindered, carried = pore_average(reference, *_holes(p, p[REFERENCE_CUTOFF]))
    relative = diffusivity(grid, p) * diffusion / (diffusivity(reference, p) * hindered)
    crossing = p[PERMEABILITY] * -np.expm1(-p[PECLET])
    mesh = fibre_exclusion(grid, p[FIBRE_SHARE][:, None], p[FIBRE_RADIUS][:, None])
    return TumourWall(
        permeability=relative * (crossing / p[PECLET])[:, None],
        filtration=crossing / carried[:, 0],
        convection=convection,
        mesh=mesh,
    )


def tumour_rates(
    carrier: Carrier, wall: TumourWall, plasma: Array, p: Draws, study: Study
) -> TumourRates:
    """Return how fast a carrier enters and leaves the tumour.

    It diffuses through the wall, plasma filtered through the same holes drags it (Patlak), and all
    that the tumour filters carries it out of the interstitium again, slowed by the fibre mesh.

    Parameters
    ----------
    carrier : Carrier
        Size class.
    wall : TumourWall
        On the carrier's grid.
    plasma : array (n,)
        Plasma in the tumour's vessels [m^3].
    p : Draws
        Drawn values.
    study : Study
        Tumour volume.
    """
    volume = study.tumour_volume
    area = p[WALL_AREA] * volume
    filtered = filtered_flow(p, study)
    outward, inward = wall_exchange(
        carrier.average(wall.permeability) * area,
        np.minimum(wall.filtration * area, filtered),
        carrier.average(wall.convection),
    )
    space = tumour_space(p, study)
    drained = filtered * carrier.average(wall.mesh)
    return TumourRates(outward / plasma, inward / space, drained / space)


def molecule_clearances(
    diameter: Array, flow: Array, p: Draws, study: Study
) -> tuple[Array, Array]:
    """Return the clearances of a dissolved molecule into the tumour and back, (n,) [m^3/s] each.

    It diffuses through the large holes like a vesicle of its size, and goes with all the liquid
    that a tumour filters, since it passes the smallest gaps; no faster than blood brings it.

    Parameters
    ----------
    diameter : array (n,)
        Of the molecule [m].
    flow : array (n,)
        Plasma through the tumour [m^3/s].
    p : Draws
        Drawn values.
    study : Study
        Tumour volume.
    """
    wall = tumour_wall(diameter[:, None], p)
    area = p[WALL_AREA] * study.tumour_volume
    filtered = filtered_flow(p, study)
    out, back = capillary_clearance(flow, wall.permeability[:, 0] * area, filtered, 1.0)
    # What is filtered leaves the interstitium again, to lymph and so to blood.
    return out, back + filtered


def add_tumour(body: Body, collected: Place) -> None:
    """Let vesicles through leaky walls into the tumour, and out again.

    What comes in a coat keeps it behind the wall, and has a second place there once it is bare.
    What the tumour filters runs to the place `collected`.
    """
    wiring, p, study = body.wiring, body.p, body.wiring.study
    for node in body.blood.anatomy.of("graft"):
        wiring.add_place(f"{node.name}.interstitial", share=SHARE)
        if len(body.phases) > 1:
            wiring.add_place(f"{BARE}{node.name}.interstitial", share=SHARE)
        wall = by_grid(wiring.carriers, lambda grid: tumour_wall(grid, p))
        plasma = body.blood.plasma(node.name)
        rates = {c.name: tumour_rates(c, wall(c), plasma, p, study) for c in wiring.carriers}
        out = body.rates(f"{node.name}.out", {name: one.out for name, one in rates.items()})
        back = body.rates(f"{node.name}.back", {name: one.back for name, one in rates.items()})
        drained = body.rates(
            f"{node.name}.drained", {name: one.drained for name, one in rates.items()}
        )
        for phase, vessels in enumerate(body.phases):
            space = body.space(node, phase)
            wiring.move(vessels[node.name], space, out, tag=f"into_{node.name}")
        for space, vessel in body.behind(node):
            wiring.move(space, vessel, back)
            wiring.move(space, collected, drained)
        residence = {name: 1.0 / (one.back + one.drained) for name, one in rates.items()}
        wiring.publish(f"{node.name}.residence", residence)
        wiring.cumulative("arrived", [f"into_{node.name}"], wiring.counted or PARTICLES)
        lever = "arrival in the tumour"
        wiring.milestone("arrived", "arrived in the tumour", "arrived", lever=lever)


def _holes(p: Draws, cutoff: Array) -> tuple[Array, Array, Array, Array]:
    """Return mean, variation, smallest and largest hole of vessels with this cut-off."""
    mean = p[PORE_MEAN] * cutoff
    return mean, p[PORE_VARIATION], 0.1 * mean, cutoff
