"""From the plasma membrane to a secreted vesicle: a linear chain of rates, and its fork."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Intraluminal",
    "Stations",
    "enriched",
    "intraluminal",
    "packaged_share",
    "relative_release",
    "stations",
    "stimulated",
]

Array = NDArray[np.float64]


class Stations(NamedTuple):
    """What a cell holds and passes on at steady state.

    Attributes
    ----------
    early, late, ready : array [1/cell]
        Early endosomes; late endosomes in which vesicles bud; multivesicular bodies that wait.
    held : array [particle/cell]
        Intraluminal vesicles in late endosomes and multivesicular bodies.
    released, degraded : array [particle/cell/s]
        Intraluminal vesicles that leave through the plasma membrane, and into lysosomes.
    """

    early: Array
    late: Array
    ready: Array
    held: Array
    released: Array
    degraded: Array


class Intraluminal(NamedTuple):
    """Where the intraluminal vesicles of one branch are at a time.

    Attributes
    ----------
    ripening, ready : array [particle/cell]
        In late endosomes in which they bud, and in multivesicular bodies that wait.
    released, degraded : array [particle/cell]
        Left through the plasma membrane and into lysosomes since the start.
    """

    ripening: Array
    ready: Array
    released: Array
    degraded: Array


def stations(
    inward: ArrayLike,
    recycling: ArrayLike,
    maturing: ArrayLike,
    budding: ArrayLike,
    ripening: ArrayLike,
    fusion: ArrayLike,
    degradation: ArrayLike,
) -> Stations:
    r"""Return the whole chain at steady state.

    Parameters
    ----------
    inward : array [1/cell/s]
        Early endosomes that bud inward from the plasma membrane.
    recycling, maturing : array [1/s]
        Early endosomes that go back to the surface, and that become late ones.
    budding : array [particle/s]
        Intraluminal vesicles that bud into one late endosome, of all branches together.
    ripening : array [1/s]
        Late endosomes that become multivesicular bodies.
    fusion, degradation : array [1/s]
        Multivesicular bodies that fuse with the plasma membrane, and with lysosomes.

    Returns
    -------
    Stations

    Equation
    --------
    E = \frac{J}{k_r + k_m}, \quad L = \frac{k_m E}{k_p}, \quad M = \frac{k_p L}{k_f + k_d},
    \quad I = b L \left(\frac{1}{k_p} + \frac{1}{k_f + k_d}\right), \quad R = \frac{k_f}{k_f + k_d}
    \, b L

    Symbols
    -------
    E : early endosomes [1/cell]
    L : late endosomes [1/cell]
    M : multivesicular bodies [1/cell]
    I : intraluminal vesicles held [particle/cell]
    R : returned
    J : inward
    k_r : recycling
    k_m : maturing
    b : budding
    k_p : ripening
    k_f : fusion
    k_d : degradation

    Notes
    -----
    Organelles do not fuse with each other, and vesicles bud while an endosome ripens and not
    later, so that the vesicles of a multivesicular body do not depend on how long it waits. Of
    these rates only the wait was read; what is released is never taken from here but from
    measured secretion, which `relative_release` multiplies.

    References
    ----------
    The steps are those of Colombo 2014, Annu Rev Cell Dev Biol 30:255 (recalled).

    Examples
    --------
    >>> chain = stations(2.0, 0.5, 0.5, 10.0, 0.1, 0.02, 0.08)
    >>> float(chain.late), float(chain.ready), round(float(chain.released), 9)
    (10.0, 10.0, 20.0)
    """
    inward, recycling, maturing, budding, ripening, fusion, degradation = (
        np.asarray(each, float)
        for each in (inward, recycling, maturing, budding, ripening, fusion, degradation)
    )
    leaving = fusion + degradation
    early = inward / (recycling + maturing)
    late = maturing * early / ripening
    made = budding * late
    return Stations(
        early=early,
        late=late,
        ready=ripening * late / leaving,
        held=made * (1.0 / ripening + 1.0 / leaving),
        released=made * fusion / leaving,
        degraded=made * degradation / leaving,
    )


def intraluminal(
    time: ArrayLike,
    made: ArrayLike,
    start: tuple[ArrayLike, ArrayLike],
    ripening: ArrayLike,
    fusion: ArrayLike,
    degradation: ArrayLike,
) -> Intraluminal:
    r"""Return the intraluminal vesicles of one branch after a time at constant rates.

    Parameters
    ----------
    time : array [s]
        Since the rates are what they are.
    made : array [particle/cell/s]
        Intraluminal vesicles that bud in a cell.
    start : tuple of array [particle/cell]
        Those in late endosomes and in multivesicular bodies at the start.
    ripening, fusion, degradation : array [1/s]
        As in `stations`; both of the latter may be zero.

    Returns
    -------
    Intraluminal
        All of them together are those at the start and those made since.

    Equation
    --------
    x = \frac{s}{a} + \left(x_0 - \frac{s}{a}\right) e^{-a t}, \quad y = y_0 e^{-\lambda t} + s \,
    \frac{1 - e^{-\lambda t}}{\lambda} + (a x_0 - s) \, \frac{e^{-a t} - e^{-\lambda t}}{\lambda -
    a}, \quad r = \frac{k_f}{\lambda} \, (x_0 + y_0 + s t - x - y), \quad \lambda = k_f + k_d

    Symbols
    -------
    x : vesicles in late endosomes [particle/cell]
    y : vesicles in multivesicular bodies [particle/cell]
    r : returned
    s : made
    x_0 : start, first
    y_0 : start, second
    t : time
    a : ripening
    k_f : fusion
    k_d : degradation

    Examples
    --------
    >>> after = intraluminal(10.0, 3.0, (0.0, 0.0), 0.5, 0.1, 0.3)
    >>> round(float(sum(after)), 12), round(float(after.degraded / after.released), 12)
    (30.0, 3.0)
    """
    time, made, first, second, ripening, fusion, degradation = np.broadcast_arrays(
        *(np.asarray(x, float) for x in (time, made, *start, ripening, fusion, degradation))
    )
    leaving = fusion + degradation
    x = made / ripening + (first - made / ripening) * np.exp(-ripening * time)
    slower = np.minimum(ripening, leaving)
    mixed = np.exp(-slower * time) * _grown(np.abs(leaving - ripening), time)
    y = second * np.exp(-leaving * time) + made * _grown(leaving, time)
    y = y + (ripening * first - made) * mixed
    out = first + second + made * time - x - y
    share = np.divide(fusion, leaving, out=np.zeros_like(leaving), where=leaving > 0)
    gone = np.where(leaving > 0, np.maximum(out, 0.0), 0.0)
    return Intraluminal(x, y, share * gone, (1.0 - share) * gone)


def relative_release(
    time: ArrayLike,
    ripening: ArrayLike,
    residence: ArrayLike,
    fused: ArrayLike,
    budding: ArrayLike,
    fusion: ArrayLike,
    degradation: ArrayLike,
) -> Array:
    r"""Return what a branch releases over a time after a disturbance, over what it would have [1].

    Parameters
    ----------
    time : array [s]
        Over which vesicles are collected; the disturbance begins with it, in cells at steady state.
    ripening : array [1/s]
        Late endosomes that become multivesicular bodies.
    residence : array [1/s]
        Multivesicular bodies that end in either way, undisturbed.
    fused : array [1]
        Share of them that fuses with the plasma membrane, undisturbed.
    budding, fusion, degradation : array [1]
        Factors of the disturbance on the budding of this branch, and on the two ways out.

    Returns
    -------
    array [1]
        1 when all three factors are 1.

    Equation
    --------
    \rho = \frac{r(t)}{\varphi s t}, \quad \rho_\infty = f_b \, \frac{f_f}{f_f \varphi + f_d (1 -
    \varphi)}

    Symbols
    -------
    \rho : returned
    r : released, by intraluminal [particle/cell]
    s : made undisturbed [particle/cell/s]
    \rho_\infty : after a long time [1]
    t : time
    \varphi : fused
    f_b : budding
    f_f : fusion
    f_d : degradation

    Notes
    -----
    Fusion can raise the release of a long culture by no more than 1 / fused, however strong the
    stimulus: there is no more to release. At first it follows the factor on fusion, since the
    bodies are there; a block of budding shows only as they run out.

    Examples
    --------
    >>> float(relative_release(1e12, 1e-3, 3e-5, 0.2, 1.0, 1.0, 0.0).round(3))
    5.0
    """
    fused = np.asarray(fused, float)
    residence, time = np.asarray(residence, float), np.asarray(time, float)
    after = intraluminal(
        time,
        budding,
        (1.0 / np.asarray(ripening, float), 1.0 / residence),
        ripening,
        np.asarray(fusion, float) * fused * residence,
        np.asarray(degradation, float) * (1.0 - fused) * residence,
    )
    usual = np.broadcast_to(fused * time, after.released.shape)
    at_once = np.broadcast_to(np.asarray(fusion, float), after.released.shape).copy()
    return np.asarray(np.divide(after.released, usual, out=at_once, where=usual > 0))


def stimulated(response: ArrayLike, strength: ArrayLike) -> Array:
    r"""Return the factor on a step of the chain under a stimulus of some strength [1].

    Parameters
    ----------
    response : array [1]
        Factor at full strength.
    strength : array [1]
        0 for none and 1 for full; below 0 the stimulus is taken away.

    Equation
    --------
    f = R^x

    Symbols
    -------
    f : returned
    R : response
    x : strength

    Notes
    -----
    Between the two ends it is an interpolation, geometric so that nothing becomes negative, and
    not a measured dose-response.

    Examples
    --------
    >>> float(stimulated(4.0, 0.5)), float(stimulated(0.2, 0.0))
    (2.0, 1.0)
    """
    return np.asarray(np.asarray(response, float) ** np.asarray(strength, float))


def enriched(share: ArrayLike, usual: ArrayLike, enrichment: ArrayLike) -> Array:
    r"""Return the mean copies of a marker when the branches shift, over the usual mean [1].

    Parameters
    ----------
    share, usual : array [1]
        Share of vesicles from endosomes, now and in the undisturbed cell.
    enrichment : array [1]
        Copies on a vesicle from endosomes over copies on one from the plasma membrane.

    Equation
    --------
    q = \frac{w e + 1 - w}{w_0 e + 1 - w_0}

    Symbols
    -------
    q : returned
    w : share
    w_0 : usual
    e : enrichment

    Examples
    --------
    >>> float(enriched(0.0, 0.5, 3.0)), float(enriched(0.5, 0.5, 3.0))
    (0.5, 1.0)
    """
    share, usual, more = (np.asarray(x, float) for x in (share, usual, enrichment))
    return np.asarray((share * more + 1.0 - share) / (usual * more + 1.0 - usual))


def packaged_share(time: ArrayLike, rate: ArrayLike, affinity: ArrayLike) -> Array:
    r"""Return the share of an RNA that vesicles have taken up from a cytosol [1].

    Parameters
    ----------
    time : array [s]
        During which vesicles bud.
    rate : array [1/s]
        Cytosol that they enclose, as a share of all in unit time: what is not sorted goes with it.
    affinity : array [1]
        How much sooner this RNA goes than cytosol does.

    Equation
    --------
    p = 1 - e^{-A k t}

    Symbols
    -------
    p : returned
    t : time
    k : rate
    A : affinity

    References
    ----------
    The experiment for which it is meant: Shurtleff 2016, eLife 5:e19276, figure 4e (20 min in
    cell-free extract: 9 % of miR-223 and 1.5 % of miR-190 become resistant to nuclease).

    Examples
    --------
    >>> float(packaged_share(1200.0, 1.2595e-5, 6.24).round(3))
    0.09
    """
    exposure = np.asarray(affinity, float) * np.asarray(rate, float) * np.asarray(time, float)
    return np.asarray(-np.expm1(-exposure))


def _grown(rate: Array, time: Array) -> Array:
    """Return (1 - exp(-rate time)) / rate, which is the time where the rate is zero."""
    span = rate * time
    safe = np.where(span > 0, span, 1.0)
    return np.asarray(time * np.where(span > 0, -np.expm1(-safe) / safe, 1.0))
