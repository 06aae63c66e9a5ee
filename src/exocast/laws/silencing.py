"""RNA interference in one cell: cytosolic siRNA, loaded RISC, target mRNA and protein."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "cell_derivatives",
    "half_silencing_risc",
    "largest_depth",
    "loaded_after_burst",
    "occupancy_scale",
]

Array = NDArray[np.float64]


def half_silencing_risc(
    mrna_loss: Array | float,
    association: Array | float,
    dissociation: Array | float,
    cleavage: Array | float,
    cell_volume: Array | float,
) -> Array:
    r"""Return the loaded RISC at which a cell's target mRNA is halved.

    Parameters
    ----------
    mrna_loss : array [1/s]
        Loss of the target mRNA without siRNA, dilution by division included.
    association : array [m^3/copy/s]
        RISC binding its target.
    dissociation : array [1/s]
        RISC leaving its target uncut.
    cleavage : array [1/s]
        Cutting of a bound target.
    cell_volume : array [m^3]
        Volume in which RISC and mRNA meet.

    Returns
    -------
    array [copy]
        Loaded RISC complexes.

    Equation
    --------
    r_{1/2} = \frac{d_m V (k_c + k_d)}{k_a k_c}

    Symbols
    -------
    r_{1/2} : returned
    d_m : mrna_loss
    V : cell_volume
    k_a : association
    k_d : dissociation
    k_c : cleavage

    Notes
    -----
    With the complex in steady state (it lives minutes, mRNA hours), RISC removes mRNA at beta =
    (association / volume) cleavage / (cleavage + dissociation) per complex, and m = 1 / (1 + r /
    r_half). Valid while target mRNA is far fewer than (cleavage + dissociation) volume /
    association (thousands), so that RISC is not used up. A long-lived mRNA is the easier target:
    fewer complexes halve it.

    References
    ----------
    Bartlett DW, Davis ME. Nucleic Acids Res 2006;34:322-333, equations for R, C and M, table 2.
    doi:10.1093/nar/gkj439

    Examples
    --------
    >>> hour = 3600.0
    >>> half = half_silencing_risc(0.077 / hour, 8.3e-18 / hour, 1 / hour, 7.2 / hour, 2.1e-15)
    >>> round(float(half), 1)
    22.2
    """
    arrays = (mrna_loss, association, dissociation, cleavage, cell_volume)
    loss, binding, leaving, cutting, volume = (np.asarray(item, dtype=float) for item in arrays)
    return np.asarray(loss * volume * (cutting + leaving) / (binding * cutting))


def largest_depth(risc: Array | float, half: Array | float) -> Array:
    r"""Return the largest loss of mRNA [1], with every RISC [copy] of a cell loaded.

    Equation
    --------
    1 - m = \frac{R}{R + r_{1/2}}

    Symbols
    -------
    1 - m : returned
    R : risc [copy]
    r_{1/2} : half [copy]

    Examples
    --------
    >>> float(largest_depth(90.0, 10.0))
    0.9
    """
    risc, half = np.asarray(risc, dtype=float), np.asarray(half, dtype=float)
    return np.asarray(risc / (risc + half))


def occupancy_scale(risc: Array | float, half: Array | float) -> Array:
    r"""Return what one copy of unsaturated load adds to the occupancy variable y [1/copy].

    Parameters
    ----------
    risc : array [copy]
        RISC complexes of a cell.
    half : array [copy]
        Loaded RISC at half silencing.

    Returns
    -------
    array [1/copy]

    Equation
    --------
    \frac{y}{x} = \frac{1}{R} + \frac{1}{r_{1/2}}, \quad 1 - m = \frac{R}{R + r_{1/2}} \,
    \frac{y}{1 + y}

    Symbols
    -------
    \frac{y}{x} : returned
    R : risc
    r_{1/2} : half
    x : copies loaded, were RISC unlimited

    Notes
    -----
    x is the load that there would be were RISC unlimited. Loading that saturates leaves r = R x /
    (R + x), and m = 1 / (1 + r / r_half). So one average over cells, of y / (1 + y), carries both
    saturations (`copies_per_cell.mean_occupancy`).

    Examples
    --------
    >>> x, risc, half = 50.0, 200.0, 20.0
    >>> y = x * float(occupancy_scale(risc, half))
    >>> depth = float(largest_depth(risc, half)) * y / (1 + y)
    >>> loaded = risc * x / (risc + x)
    >>> round(depth, 6), round(1 - 1 / (1 + loaded / half), 6)
    (0.666667, 0.666667)
    """
    return np.asarray(1.0 / np.asarray(risc, dtype=float) + 1.0 / np.asarray(half, dtype=float))


def loaded_after_burst(
    time: Array | float, loading: Array | float, sirna_loss: Array | float, risc_loss: Array | float
) -> Array:
    r"""Return the copies in RISC at a time after one copy reached the cytosol.

    Parameters
    ----------
    time : array [s]
        Since the copy arrived.
    loading : array [1/s]
        Rate at which a free copy is loaded while RISC is far from used up.
    sirna_loss : array [1/s]
        All other loss of free copies, dilution by division included.
    risc_loss : array [1/s]
        Loss of loaded RISC, dilution by division included.

    Returns
    -------
    array [1]
        Mean loaded copies for each copy delivered.

    Equation
    --------
    x = k \, \frac{e^{-a t} - e^{-b t}}{b - a}, \quad a = k + d_s, \quad b = d_r

    Symbols
    -------
    x : returned
    t : time
    k : loading
    d_s : sirna_loss
    d_r : risc_loss

    Notes
    -----
    Two steps in series; loading t exp(-a t) where their rates are equal.

    References
    ----------
    Bateman H. Proc Camb Phil Soc 1910;15:423-427.

    Examples
    --------
    >>> round(float(loaded_after_burst(2.0, 0.1, 0.4, 0.5)), 6), round(0.2 * float(np.exp(-1)), 6)
    (0.073576, 0.073576)
    """
    time, rate = np.asarray(time, dtype=float), np.asarray(loading, dtype=float)
    slow = rate + np.asarray(sirna_loss, dtype=float)
    gap = (np.asarray(risc_loss, dtype=float) - slow) * time
    # (1 - exp(-gap)) / gap, by its series near 0.
    near = np.abs(gap) < 1e-5
    ratio = np.where(near, 1.0 - gap / 2.0, -np.expm1(-gap) / np.where(near, 1.0, gap))
    return np.asarray(rate * time * np.exp(-slow * time) * ratio)


def cell_derivatives(
    sirna: Array | float,
    loaded: Array | float,
    mrna: Array | float,
    protein: Array | float,
    *,
    loading: Array | float,
    risc: Array | float,
    half: Array | float,
    sirna_loss: Array | float,
    risc_loss: Array | float,
    mrna_loss: Array | float,
    protein_loss: Array | float,
) -> tuple[Array, Array, Array, Array]:
    r"""Return the rates of change in one cell, between deliveries.

    This is what the average over cells approximates, and what its tests simulate cell by cell.

    Parameters
    ----------
    sirna, loaded : array [copy]
        Free copies in the cytosol, and copies in RISC.
    mrna, protein : array [1]
        Target relative to a cell without siRNA.
    loading : array [1/s]
        Loading rate of a free copy when no RISC is taken.
    risc, half : array [copy]
        RISC complexes of the cell, and loaded RISC at half silencing.
    sirna_loss, risc_loss, mrna_loss, protein_loss : array [1/s]
        First-order losses, dilution by division included.

    Returns
    -------
    tuple of array
        Derivatives of the first four arguments.

    Equation
    --------
    s' = -\left[k \left(1 - \frac{r}{R}\right) + d_s\right] s, \quad r' = k \left(1 -
    \frac{r}{R}\right) s - d_r r

    m' = d_m \left[1 - m \left(1 + \frac{r}{r_{1/2}}\right)\right], \quad p' = d_p (m - p)

    Symbols
    -------
    s : sirna
    r : loaded
    m : mrna
    p : protein
    k : loading
    R : risc
    r_{1/2} : half
    d_s : sirna_loss
    d_r : risc_loss
    d_m : mrna_loss
    d_p : protein_loss

    Notes
    -----
    Synthesis is constant, so losses alone set the time courses.

    References
    ----------
    Bartlett DW, Davis ME. Nucleic Acids Res 2006;34:322-333. doi:10.1093/nar/gkj439

    Examples
    --------
    >>> rates = dict(loading=1.0, risc=10.0, half=2.0, sirna_loss=0.1, risc_loss=0.2,
    ...              mrna_loss=0.3, protein_loss=0.4)
    >>> [round(float(d), 3) for d in cell_derivatives(5.0, 2.0, 1.0, 1.0, **rates)]
    [-4.5, 3.6, -0.3, 0.0]
    """
    sirna, loaded = np.asarray(sirna, dtype=float), np.asarray(loaded, dtype=float)
    mrna, protein = np.asarray(mrna, dtype=float), np.asarray(protein, dtype=float)
    taken = loading * (1.0 - loaded / risc) * sirna
    return (
        np.asarray(-taken - sirna_loss * sirna),
        np.asarray(taken - risc_loss * loaded),
        np.asarray(mrna_loss * (1.0 - mrna * (1.0 + loaded / half))),
        np.asarray(protein_loss * (mrna - protein)),
    )
