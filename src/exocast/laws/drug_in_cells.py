"""A drug between medium and the cells in it: dissolved, in lipid and on saturable sites."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.partition import equilibrium_concentration, occupancy

__all__ = ["cell_content", "shared_with_cells"]

Array = NDArray[np.float64]


def cell_content(
    free: ArrayLike,
    lipid: ArrayLike,
    partition: ArrayLike,
    sites: ArrayLike,
    dissociation: ArrayLike,
) -> Array:
    r"""Return the drug of a cell at equilibrium with a free concentration, by its volume.

    Parameters
    ----------
    free : array [mol/m^3]
        Dissolved drug, the same inside and outside.
    lipid : array [mol/m^3]
        Lipid of a cell over its volume.
    partition : array [m^3/mol]
        Moles bound per mole of lipid and per concentration.
    sites : array [mol/m^3]
        Sites of a cell over its volume, such as tubulin.
    dissociation : array [mol/m^3]
        Concentration at which half of them are taken.

    Returns
    -------
    array [mol/m^3]

    Equation
    --------
    T = C (1 + K L) + \frac{B C}{K_d + C}

    Symbols
    -------
    T : returned
    C : free
    L : lipid
    K : partition
    B : sites
    K_d : dissociation

    Notes
    -----
    Pumps that carry a drug out, and metabolism, are left out: cells that have them hold less.

    References
    ----------
    The form of Wang 2017, J Control Release 268:147, doi 10.1016/j.jconrel.2017.10.020, whose
    table 3 gives the sites of paclitaxel; the lipid is added here.

    Examples
    --------
    >>> round(float(cell_content(1e-3, 50.0, 2.0, 0.06, 5e-6)), 3)
    0.161
    """
    free = np.asarray(free, float)
    bound = np.asarray(sites, float) * occupancy(free, 1.0 / np.asarray(dissociation, float))
    return np.asarray(free * (1.0 + np.asarray(partition) * np.asarray(lipid)) + bound)


def shared_with_cells(
    amount: ArrayLike,
    medium: ArrayLike,
    cells: ArrayLike,
    lipid: ArrayLike,
    partition: ArrayLike,
    sites: ArrayLike,
    dissociation: ArrayLike,
) -> Array:
    r"""Return the free concentration once a drug has shared out between medium and cells.

    Parameters
    ----------
    amount : array [mol]
        In both together.
    medium, cells : array [m^3]
        Their volumes.
    lipid, partition, sites, dissociation : array
        As in `cell_content`.

    Returns
    -------
    array [mol/m^3]
        Zero where there is no liquid.

    Equation
    --------
    n = C \left[V + v (1 + K L)\right] + \frac{v B C}{K_d + C}

    Symbols
    -------
    C : returned
    n : amount
    V : medium
    v : cells
    L : lipid
    K : partition
    B : sites
    K_d : dissociation

    Notes
    -----
    Quadratic binding, as `partition.equilibrium_concentration` solves it: lipid takes its part as
    liquid does, below its capacity.

    References
    ----------
    Conservation.

    Examples
    --------
    >>> free = shared_with_cells(1e-9, 1e-6, 2e-9, 50.0, 2.0, 0.06, 5e-6)
    >>> held = 2e-9 * cell_content(free, 50.0, 2.0, 0.06, 5e-6)
    >>> round(float((free * 1e-6 + held) * 1e9), 9)
    1.0
    """
    cells = np.asarray(cells, float)
    liquid = np.asarray(medium, float) + cells * (1.0 + np.asarray(partition) * np.asarray(lipid))
    return equilibrium_concentration(
        amount, liquid, cells * np.asarray(sites), 1.0 / np.asarray(dissociation, float)
    )
