"""What a vesicle is that a cell has made: size, density, surface, and the branch it is from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.biogenesis import enriched
from exocast.laws.secretion import lognormal_shares
from exocast.material.suspension import Population, grid_edges

__all__ = [
    "CONTAMINANTS",
    "DENSITY",
    "DENSITY_STEP",
    "DIAMETER",
    "ENRICHMENT",
    "FROM_ENDOSOME",
    "INDEX",
    "MARKERS",
    "ORIGIN",
    "PARAMETERS",
    "SPREAD",
    "SURFACE",
    "VESICLES",
    "particle_needs",
    "particles",
]

Array = NDArray[np.float64]

VESICLES = ("small_ev", "large_ev", "apoptotic_body")
CONTAMINANTS = ("lipoprotein", "protein_aggregate")

ORIGIN = "from_endosome_share"
"""Surface property: share of a kind that came by the endosome; the rest is from the surface."""

MARKERS = ("cd9_copies", "cd63_copies", "cd81_copies")
"""Surface properties whose copies differ between branches."""

DIAMETER = Parameter(
    "donor.vesicle.median_diameter", "m", "Number median of the diameter, by kind.",
    low=5e-9, high=5e-6,
)  # fmt: skip
SPREAD = Parameter(
    "donor.vesicle.geometric_sd", "1", "Geometric standard deviation of the diameter, by kind.",
    low=1.01, high=3.0,
)  # fmt: skip
DENSITY = Parameter(
    "donor.vesicle.density", "kg/m^3", "Effective density in the medium, by kind.",
    low=800.0, high=1500.0, scale="linear",
)  # fmt: skip
INDEX = Parameter(
    "donor.vesicle.refractive_index", "1", "Effective refractive index, by kind.",
    low=1.33, high=1.7, scale="linear",
)  # fmt: skip
FROM_ENDOSOME = Parameter(
    "donor.vesicle.from_endosome_share", "1",
    "Share of small vesicles that an undisturbed cell releases from multivesicular bodies.",
    high=1.0, scale="logit",
)  # fmt: skip
ENRICHMENT = Parameter(
    "donor.vesicle.endosome_enrichment", "1",
    "Copies of a marker on a small vesicle from endosomes over one from the plasma membrane.",
)  # fmt: skip
DENSITY_STEP = Parameter(
    "donor.vesicle.endosome_density_step", "kg/m^3",
    "Density of small vesicles from endosomes less that of those from the plasma membrane.",
    low=-200.0, high=200.0, scale="linear",
)  # fmt: skip
SURFACE = {
    "phosphatidylserine_share": Parameter(
        "donor.vesicle.phosphatidylserine_share", "1",
        "Share of vesicles that expose phosphatidylserine.", high=1.0, scale="logit",
    ),
    "cd9_copies": Parameter("donor.vesicle.cd9_copies", "1", "Mean CD9 per vesicle."),
    "cd63_copies": Parameter("donor.vesicle.cd63_copies", "1", "Mean CD63 per vesicle."),
    "cd81_copies": Parameter("donor.vesicle.cd81_copies", "1", "Mean CD81 per vesicle."),
    "cd47_copies": Parameter("donor.vesicle.cd47_copies", "1", "Mean CD47 per vesicle."),
    "zeta_potential": Parameter(
        "donor.vesicle.zeta_potential", "V", "Zeta potential in physiological saline.",
        low=-0.2, high=0.1, scale="linear",
    ),
}  # fmt: skip


PARAMETERS = (
    DIAMETER, SPREAD, DENSITY, INDEX, FROM_ENDOSOME, ENRICHMENT, DENSITY_STEP, *SURFACE.values(),
)  # fmt: skip


def particle_needs() -> list[Need]:
    """Return what `particles` asks for, for every kind."""
    by_kind = [
        Need(parameter, {"kind": kind})
        for parameter in (DIAMETER, SPREAD, DENSITY, INDEX)
        for kind in (*VESICLES, *CONTAMINANTS)
    ]
    on_surface = [Need(one, {"kind": kind}) for one in SURFACE.values() for kind in VESICLES]
    by_branch = [Need(FROM_ENDOSOME), Need(DENSITY_STEP)]
    by_marker = [Need(ENRICHMENT, {"marker": marker}) for marker in MARKERS]
    return [*by_kind, *on_surface, *by_branch, *by_marker]


def particles(kind: str, total: Array, grid: Array, share: Array, p: Draws) -> Population:
    """Return particles of a kind with their sizes and properties.

    Parameters
    ----------
    kind : str
        One of `VESICLES` or `CONTAMINANTS`.
    total : array (n,)
        Particles of all sizes.
    grid : array (k,) [m]
        Bin centres.
    share : array (n,) [1]
        Share of small vesicles that came by the endosome in this culture. What was measured on
        undisturbed cells (density, copies of markers) shifts with it, and is itself where it is
        `FROM_ENDOSOME`.
    p : Draws
        Draws of the step.
    """
    shares = lognormal_shares(grid_edges(grid), p.at(DIAMETER, kind=kind), p.at(SPREAD, kind=kind))
    density = p.at(DENSITY, kind=kind)
    if kind == "small_ev":
        density = density + (share - p[FROM_ENDOSOME]) * p[DENSITY_STEP]
    return Population(
        kind=kind,
        diameter=grid,
        count=total[:, None] * shares,
        density=density,
        refractive_index=p.at(INDEX, kind=kind),
        vesicular=kind in VESICLES,
        surface=_surface(kind, share, p) if kind in VESICLES else {},
    )


def _surface(kind: str, share: Array, p: Draws) -> Mapping[str, Array]:
    """Return the surface properties of vesicles of a kind, arrays (n,)."""
    held = {name: p.at(parameter, kind=kind) for name, parameter in SURFACE.items()}
    if kind != "small_ev":
        return {**held, ORIGIN: np.zeros(p.members)}
    for marker in MARKERS:
        more = enriched(share, p[FROM_ENDOSOME], p.at(ENRICHMENT, marker=marker))
        held[marker] = held[marker] * more
    return {**held, ORIGIN: share}
