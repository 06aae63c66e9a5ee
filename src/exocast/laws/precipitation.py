"""Precipitated cargo: how much falls out, and as how many particles of what size."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

__all__ = ["aggregate_counts", "copies_in_aggregate", "lognormal_weights", "neutralised_copies"]

Array = NDArray[np.float64]


def neutralised_copies(
    copies: ArrayLike,
    charge: ArrayLike,
    ions: ArrayLike,
    valence: float,
    binding_share: ArrayLike,
    neutralised: ArrayLike,
) -> Array:
    r"""Return the polyanions that multivalent ions precipitate, by stoichiometry.

    Parameters
    ----------
    copies : array (n,) [copy]
        Dissolved polyanion.
    charge : array (n,) [1]
        Negative charges per molecule.
    ions : array (n,) [copy]
        Free multivalent ions.
    valence : float [1]
        Charges per ion.
    binding_share : array (n,) [1]
        Share of the ions that meets the polyanion rather than hydroxide or phosphate.
    neutralised : array (n,) [1]
        Share of the charge that must be neutralised before it falls out, about 0.9 for DNA.

    Returns
    -------
    array (n,) [copy]
        Never more than there are.

    Equation
    --------
    N_p = \min \left(N, \, \frac{s z M}{\theta q}\right)

    Symbols
    -------
    N_p : returned
    N : copies
    q : charge
    M : ions
    z : valence
    s : binding_share
    \theta : neutralised

    Notes
    -----
    All or none per molecule, the ions being the limiting reagent. The share that meets the
    polyanion decides the size and is not known.

    References
    ----------
    Threshold: Wilson and Bloomfield 1979, Biochemistry 18:2192 (recalled). That
    electroporation precipitates siRNA, and that citrate prevents it: Kooijmans et al 2013, J
    Control Release 172:229, doi 10.1016/j.jconrel.2013.08.014.

    Examples
    --------
    >>> float(neutralised_copies(100.0, 40.0, 600.0, 3.0, 0.5, 0.9))
    25.0
    """
    per_molecule = np.asarray(neutralised) * np.asarray(charge)
    bound = np.asarray(binding_share) * valence * np.asarray(ions)
    bound, per_molecule = np.broadcast_arrays(bound, per_molecule)
    most = np.divide(bound, per_molecule, out=np.zeros(bound.shape), where=per_molecule > 0)
    return np.asarray(np.minimum(np.asarray(copies), most))


def copies_in_aggregate(
    diameter: ArrayLike, density: ArrayLike, mass_share: ArrayLike, molecule: ArrayLike
) -> Array:
    r"""Return the cargo molecules in an aggregate of a size.

    Parameters
    ----------
    diameter : array (k,) [m]
        Of the aggregate.
    density : array (n, 1) [kg/m^3]
        Of the aggregate with the water in it.
    mass_share : array (n, 1) [1]
        Cargo over all of its mass.
    molecule : array (n, 1) [kg]
        Mass of one cargo molecule.

    Returns
    -------
    array (n, k) [copy/particle]

    Equation
    --------
    c = \frac{\pi}{6} d^3 \, \frac{\rho w}{m}

    Symbols
    -------
    c : returned
    d : diameter
    \rho : density
    w : mass_share
    m : molecule

    References
    ----------
    Volume times density; a compact sphere.

    Examples
    --------
    >>> round(float(copies_in_aggregate(200e-9, 1300.0, 0.2, 13.3 / 6.02214076e23)))
    49313
    """
    mass = np.pi / 6 * np.asarray(diameter) ** 3 * np.asarray(density) * np.asarray(mass_share)
    return np.asarray(mass / np.asarray(molecule))


def lognormal_weights(edges: ArrayLike, median: ArrayLike, spread: ArrayLike) -> Array:
    r"""Return the share of a log-normal number distribution in each bin of a grid.

    Parameters
    ----------
    edges : array (k + 1,) [m]
        Edges of the bins.
    median : array (n, 1) [m]
        Number-median diameter.
    spread : array (n, 1) [1]
        Standard deviation of the logarithm of the diameter.

    Returns
    -------
    array (n, k) [1]
        Sums to one: what would lie outside the grid is put back in proportion.

    Equation
    --------
    w_k \propto \Phi \left(\frac{\ln(e_{k+1} / d_{50})}{\sigma}\right) - \Phi
    \left(\frac{\ln(e_k / d_{50})}{\sigma}\right), \quad \sum_k w_k = 1

    Symbols
    -------
    w_k : returned
    e_k : edges
    d_{50} : median
    \sigma : spread
    \Phi : standard normal distribution

    References
    ----------
    Hinds 1999, Aerosol Technology, 2nd ed (recalled).

    Examples
    --------
    >>> edges = np.geomspace(30e-9, 1e-6, 41)
    >>> round(float(lognormal_weights(edges, 200e-9, 0.4).sum()), 12)
    1.0
    """
    score = np.log(np.asarray(edges) / np.asarray(median)) / np.asarray(spread)
    weight = np.diff(ndtr(score), axis=-1)
    return np.asarray(weight / weight.sum(axis=-1, keepdims=True))


def aggregate_counts(copies: ArrayLike, weights: ArrayLike, per_particle: ArrayLike) -> Array:
    r"""Return the aggregates in each bin that hold exactly the precipitated copies.

    Parameters
    ----------
    copies : array (n, 1) [copy]
        Precipitated.
    weights : array (n, k) [1]
        Number distribution over the bins.
    per_particle : array (n, k) [copy/particle]
        Copies in one aggregate of each bin.

    Returns
    -------
    array (n, k) [particle]

    Equation
    --------
    n_k = \frac{N_p \, w_k}{\sum_j w_j c_j}

    Symbols
    -------
    n_k : returned
    N_p : copies
    w_k : weights
    c_k : per_particle

    References
    ----------
    Conservation of copies.

    Examples
    --------
    >>> aggregate_counts(60.0, np.array([[0.5, 0.5]]), np.array([[1.0, 2.0]])).tolist()
    [[20.0, 20.0]]
    """
    weights = np.asarray(weights)
    average = (weights * np.asarray(per_particle)).sum(axis=-1, keepdims=True)
    return np.asarray(np.asarray(copies) / average * weights)
