"""The epithelium: a lumen or surface under mucus that is carried on, and cells that let little by.

One equation for gut, airways, nose and hair follicles: `wire` adds one region of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.mucus import in_series, layer_crossing, mesh_hindrance
from exocast.laws.phagocyte_encounter import brownian_diffusivity
from exocast.laws.water import water_viscosity
from exocast.material.carrier import Carrier
from exocast.material.wiring import Place, Wiring

__all__ = ["PARAMETERS", "Exit", "needs", "reaching", "wire"]

Array = NDArray[np.float64]
Exit = tuple[Place, Mapping[str, str]]
"""Where vesicles go; where that is a sink, with the pool that each rider falls into."""

BODY_TEMPERATURE = 310.15
"""[K]"""

_KEY = "biodistribution.epithelium."
CLEARANCE = Parameter(
    _KEY + "clearance", unit="1/s", doc="Rate at which the region passes its content on."
)
DIGESTION = Parameter(
    _KEY + "digestion", unit="1/s", doc="Rate at which vesicles are broken down in the region."
)
CONTACT = Parameter(
    _KEY + "contact",
    unit="1",
    doc="Share of the content that lies on the mucus, within reach of the cells.",
    high=1.0,
    scale="logit",
)
THICKNESS = Parameter(_KEY + "mucus_thickness", unit="m", doc="Mucus, or other film, on the cells.")
MESH = Parameter(_KEY + "mucus_mesh", unit="m", doc="Mean opening of its mesh.")
FIBRE = Parameter(_KEY + "mucus_fibre", unit="m", doc="Diameter of the fibres of its mesh.")
FREE = Parameter(
    _KEY + "mucus_free",
    unit="1",
    doc="Diffusivity of a vesicle in mucus over that of one that does not stick to it.",
    high=1.0,
    scale="logit",
)
CELL_UPTAKE = Parameter(
    _KEY + "cell_uptake", unit="1/s", doc="Rate at which cells take in what lies against them."
)
INTACT = Parameter(
    _KEY + "intact_share",
    unit="1",
    doc="Share of what the cells take in that leaves them whole on the other side.",
    high=1.0,
)
PARAMETERS = (
    CLEARANCE,
    DIGESTION,
    CONTACT,
    THICKNESS,
    MESH,
    FIBRE,
    FREE,
    CELL_UPTAKE,
    INTACT,
)


def needs(*regions: str) -> list[Need]:
    """Return the needs of `wire` in some regions."""
    return [Need(one, {"region": region}) for region in regions for one in PARAMETERS]


def reaching(carrier: Carrier, p: Draws, region: str) -> Array:
    """Return the rate at which cells of a region take a size in, array (n,) [1/s].

    Through the mucus and then into the cells, for the share of the content that is within reach;
    between the cells nothing of this size passes.
    """
    water = brownian_diffusivity(carrier.grid, float(water_viscosity(BODY_TEMPERATURE)))
    mesh = mesh_hindrance(
        carrier.grid[None, :],
        p.at(MESH, region=region)[:, None],
        p.at(FIBRE, region=region)[:, None],
    )
    through = layer_crossing(
        p.at(FREE, region=region)[:, None] * mesh * water,
        p.at(THICKNESS, region=region)[:, None],
    )
    each = in_series(through, p.at(CELL_UPTAKE, region=region)[:, None])
    return np.asarray(p.at(CONTACT, region=region) * carrier.average(each))


def wire(
    wiring: Wiring,
    p: Draws,
    region: str,
    *,
    onward: Exit,
    cells: Exit,
    across: Exit,
    digested: Exit,
) -> Place:
    """Add one region and its exits.

    Parameters
    ----------
    wiring : Wiring
        With a body.
    p : Draws
        Values of the route.
    region : str
        Context of its values.
    onward : Exit
        Where its content is carried.
    cells : Exit
        The cells that take up.
    across : Exit
        Where what passes them whole comes out.
    digested : Exit
        Where what is broken down in the lumen goes.

    Returns
    -------
    Place
        What lies in the region.
    """
    lumen = wiring.add_place(f"{region}.lumen")
    intact = p.at(INTACT, region=region)
    taken = {carrier.name: reaching(carrier, p, region) for carrier in wiring.carriers}

    def kept(carrier: Carrier) -> Array:
        return np.asarray(taken[carrier.name] * (1.0 - intact))

    def passing(carrier: Carrier) -> Array:
        return np.asarray(taken[carrier.name] * intact)

    carried = wiring.parameter(f"{region}.clearance", p.at(CLEARANCE, region=region))
    broken = wiring.parameter(f"{region}.digestion", p.at(DIGESTION, region=region))
    for (place, release), rate, tag in (
        (onward, carried, ""),
        (digested, broken, ""),
        (cells, wiring.per_carrier(f"{region}.cells", kept), f"{region}.cells"),
        (across, wiring.per_carrier(f"{region}.across", passing), f"{region}.across"),
    ):
        wiring.move(lumen, place, rate, release=release if place.sink else None, tag=tag)
    return lumen
