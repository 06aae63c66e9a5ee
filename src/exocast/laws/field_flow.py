"""Asymmetric-flow field-flow fractionation: when a particle of a size leaves the channel."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

__all__ = [
    "crossed_share",
    "layer_thickness",
    "plate_height",
    "retention_ratio",
    "steric_inversion",
    "void_time",
]

Array = NDArray[np.float64]

THINNEST, THICKEST = 1e-6, 1e3


def layer_thickness(
    diffusivity: ArrayLike, void_volume: ArrayLike, width: ArrayLike, cross_flow: ArrayLike
) -> Array:
    r"""Return the thickness of the layer in which a particle stays, over that of the channel [1].

    Parameters
    ----------
    diffusivity : array [m^2/s]
        Of the particle.
    void_volume : array [m^3]
        Of the channel.
    width : array [m]
        Thickness of the channel.
    cross_flow : array [m^3/s]
        Through the membrane.

    Equation
    --------
    \lambda = \frac{D V_0}{w^2 V_c}

    Symbols
    -------
    \lambda : returned
    D : diffusivity
    V_0 : void_volume
    w : width
    V_c : cross_flow

    References
    ----------
    Wahlund and Giddings 1987, Anal Chem 59:1332 (recalled).

    Examples
    --------
    A 100 nm vesicle in a 350 um channel of 0.9 mL at 1 mL/min:

    >>> round(float(layer_thickness(4.3e-12, 0.9e-6, 350e-6, 1e-6 / 60)), 4)
    0.0019
    """
    field = np.asarray(width, float) ** 2 * np.maximum(np.asarray(cross_flow, float), 1e-18)
    return np.asarray(np.asarray(diffusivity) * np.asarray(void_volume) / field)


def retention_ratio(layer: ArrayLike, size: ArrayLike = 0.0, steric: ArrayLike = 1.0) -> Array:
    r"""Return the speed of a particle over the mean speed of the channel [1].

    Parameters
    ----------
    layer : array [1]
        `layer_thickness`.
    size : array [1]
        Radius of the particle over the thickness of the channel.
    steric : array [1]
        Factor for the speed of a sphere that touches the wall.

    Equation
    --------
    R = 6 \gamma \alpha (1 - \alpha) + (1 - 2 \alpha)^2 \, 6 \lambda' \left(\coth \frac{1}{2
    \lambda'} - 2 \lambda'\right), \quad \lambda' = \frac{\lambda}{1 - 2 \alpha}

    Symbols
    -------
    R : returned
    \lambda : layer
    \alpha : size
    \gamma : steric

    Notes
    -----
    Small particles ride high in the layer and leave first; once their own radius outgrows the
    layer, larger ones ride higher (steric inversion) and the order turns.

    References
    ----------
    Giddings 1978, Sep Sci Technol 13:241 (recalled); without size, R = 6 lambda (coth(1 / 2 lambda)
    - 2 lambda).

    Examples
    --------
    >>> retention_ratio(np.array([1e-3, 0.1, 1e2])).round(3).tolist()
    [0.006, 0.48, 1.0]
    """
    alpha = np.minimum(np.asarray(size, float), 0.49)
    open_part = 1 - 2 * alpha
    thin = np.clip(np.asarray(layer, float) / open_part, THINNEST, THICKEST)
    half = 1 / (2 * thin)
    # coth(x) - 1/x loses its digits for small x: its series there.
    near = half / 3 - half**3 / 45
    far = 1 / np.tanh(np.maximum(half, 0.05)) - 1 / np.maximum(half, 0.05)
    free = 6 * thin * np.where(half < 0.05, near, far)
    touch = 6 * np.asarray(steric) * alpha * (1 - alpha)
    return np.asarray(np.minimum(touch + open_part**2 * free, 1.5))


def steric_inversion(layer_at: ArrayLike, width: ArrayLike, steric: ArrayLike = 1.0) -> Array:
    r"""Return the diameter that stays longest in the channel [m].

    Parameters
    ----------
    layer_at : array [m]
        Thickness of the layer times the diameter of the particle: a constant of the run, because
        diffusion goes with one over the size.
    width : array [m]
        Thickness of the channel.
    steric : array [1]
        As in `retention_ratio`.

    Equation
    --------
    d_i = \sqrt{\frac{2 w \, (\lambda d)}{\gamma}}

    Symbols
    -------
    d_i : returned
    \lambda d : layer_at
    w : width
    \gamma : steric

    Notes
    -----
    Where 6 lambda + 3 gamma d / w is least; thin layers.

    References
    ----------
    Giddings 1978 (recalled); the minimum is elementary.

    Examples
    --------
    >>> round(float(steric_inversion(1.9e-3 * 100e-9, 350e-6)) * 1e9)
    365
    """
    return np.asarray(np.sqrt(2 * np.asarray(width) * np.asarray(layer_at) / np.asarray(steric)))


def void_time(void_volume: ArrayLike, out_flow: ArrayLike, cross_flow: ArrayLike) -> Array:
    r"""Return the time that the liquid itself takes through the channel [s].

    Parameters
    ----------
    void_volume : array [m^3]
        Of the channel.
    out_flow : array [m^3/s]
        To the detector.
    cross_flow : array [m^3/s]
        Through the membrane.

    Equation
    --------
    t_0 = \frac{V_0}{V_c} \ln \left(1 + \frac{V_c}{V_\mathrm{out}}\right)

    Symbols
    -------
    t_0 : returned
    V_0 : void_volume
    V_c : cross_flow
    V_\mathrm{out} : out_flow

    Notes
    -----
    Liquid leaves through the membrane along the way, in a channel of constant breadth; without
    cross flow it is the volume over the flow.

    References
    ----------
    Wahlund and Giddings 1987, Anal Chem 59:1332 (recalled).

    Examples
    --------
    >>> round(float(void_time(0.9e-6, 0.5e-6 / 60, 1e-6 / 60)), 1)
    59.3
    """
    crossing = np.asarray(cross_flow, float) / np.asarray(out_flow, float)
    small = crossing < 1e-8
    shape = np.where(small, 1 - crossing / 2, np.log1p(crossing) / np.where(small, 1.0, crossing))
    return np.asarray(np.asarray(void_volume) / np.asarray(out_flow) * shape)


def plate_height(
    retention: ArrayLike,
    layer: ArrayLike,
    diffusivity: ArrayLike,
    speed: ArrayLike,
    width: ArrayLike,
) -> Array:
    r"""Return the variance of a peak over the way that it has gone [m].

    Parameters
    ----------
    retention, layer : array [1]
        `retention_ratio` and `layer_thickness`.
    diffusivity : array [m^2/s]
        Of the particle.
    speed : array [m/s]
        Mean speed of the liquid.
    width : array [m]
        Thickness of the channel.

    Equation
    --------
    H = \frac{2 D}{R \bar{v}} + 24 \lambda^3 (1 - 8 \lambda + 12 \lambda^2) \, \frac{w^2
    \bar{v}}{D} \quad (\lambda < 0.1)

    Symbols
    -------
    H : returned
    R : retention
    \lambda : layer
    D : diffusivity
    \bar{v} : speed
    w : width

    Notes
    -----
    The second term is that between lines of flow in a thin layer; it is held at its value at lambda
    = 0.1 in thicker ones, where the peak is not retained anyway.

    References
    ----------
    Giddings 1973, J Chem Educ 50:667 (recalled).

    Examples
    --------
    >>> round(float(plate_height(0.0114, 0.0019, 4.3e-12, 2e-3, 350e-6)) * 1e6, 1)  # um
    9.6
    """
    thin = np.minimum(np.asarray(layer, float), 0.1)
    d, v, r = (np.asarray(x, float) for x in (diffusivity, speed, retention))
    lines = 24 * thin**3 * (1 - 8 * thin + 12 * thin**2) * np.asarray(width) ** 2 * v / d
    return np.asarray(2 * d / (r * v) + lines)


def crossed_share(start: ArrayLike, end: ArrayLike, spread: ArrayLike) -> Array:
    r"""Return the share of a peak that leaves the channel between two moments [1].

    Parameters
    ----------
    start, end : array [1]
        How far the middle of the peak would have gone by then, in lengths of the channel.
    spread : array [1]
        Standard deviation of the peak, in lengths of the channel.

    Equation
    --------
    f = \Phi \left(\frac{x_2 - 1}{\sigma}\right) - \Phi \left(\frac{x_1 - 1}{\sigma}\right), \quad
    x = \int_0^t \frac{R}{t_0} \, dt'

    Symbols
    -------
    f : returned
    x_1 : start
    x_2 : end
    \sigma : spread
    \Phi : normal distribution
    R : retention_ratio
    t_0 : void_time

    Notes
    -----
    Written with the way gone and not with the time of leaving, it holds while the field changes.

    Examples
    --------
    >>> crossed_share(np.array([0.0, 1.0]), 9.0, 0.1).tolist()
    [1.0, 0.5]
    """
    width = np.maximum(np.asarray(spread, float), 1e-9)
    early, late = ((np.asarray(x, float) - 1) / width for x in (start, end))
    return np.asarray(ndtr(late) - ndtr(early))
