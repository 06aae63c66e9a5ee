"""Blood through organs: allometric output, flows that balance, extraction by a stirred organ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["balanced_flows", "cardiac_output", "closing_factor", "extraction", "node_imbalance"]

Array = NDArray[np.float64]


def cardiac_output(
    body_weight: Array | float,
    reference_output: Array | float,
    reference_weight: Array | float,
    exponent: Array | float = 0.75,
) -> Array:
    r"""Return the blood that the heart pumps at a body weight.

    Parameters
    ----------
    body_weight, reference_weight : array [kg]
        Of the animal, and of the animal in which the output was measured.
    reference_output : array [m^3/s]
        Measured there.
    exponent : array [1]
        Allometric exponent.

    Returns
    -------
    array [m^3/s]

    Equation
    --------
    Q = Q_0 \left(\frac{W}{W_0}\right)^b

    Symbols
    -------
    Q : returned
    Q_0 : reference_output
    W : body_weight
    W_0 : reference_weight
    b : exponent

    Notes
    -----
    Within one species or its near relatives.

    References
    ----------
    Brown RP, Delp MD, Lindstedt SL, Rhomberg LR, Beliles RP. Toxicol Ind Health 1997;13:407-484.
    doi:10.1177/074823379701300401

    Examples
    --------
    A 28 g mouse with 11.3 mL/min, scaled to 25 g:

    >>> round(float(cardiac_output(0.025, 11.3, 0.028)), 1)
    10.4
    """
    return np.asarray(reference_output * (np.asarray(body_weight) / reference_weight) ** exponent)


def closing_factor(weight: Array | float, density: Array | float, volume: Array) -> Array:
    r"""Return the factor on all volumes that makes organs and large vessels weigh the body.

    Parameters
    ----------
    weight : array (n,) or float [kg]
        Body weight.
    density : array (n,) or float [kg/m^3]
        Of the body as a whole.
    volume : array (n,) [m^3]
        Organs and large vessels as drawn, together.

    Returns
    -------
    array (n,) [1]

    Equation
    --------
    f = \frac{W}{\rho \sum_o V_o}

    Symbols
    -------
    f : returned
    W : weight
    \rho : density
    \sum_o V_o : volume

    Notes
    -----
    As shares of flow are divided by their sum: volumes are drawn one by one, and a subject with
    more fat has less of everything else per body weight.

    Examples
    --------
    Fat drawn 30 mL above its median in a subject of 1 kg:

    >>> round(float(closing_factor(1.0, 1000.0, np.asarray(1.03e-3))), 3)
    0.971
    """
    return np.asarray(weight / (np.asarray(density) * volume))


def balanced_flows(
    output: Array, weights: Array, taken: Array | float = 0.0, giver: int = -1
) -> tuple[Array, Array]:
    r"""Return organ flows that sum to the output, and the flow of a graft fed by one of them.

    Parameters
    ----------
    output : array (n,) [m^3/s]
        Cardiac output.
    weights : array (n, o) [1]
        Flow shares of the organs as drawn; they need not sum to one.
    taken : array (n,) or float [m^3/s]
        Flow that a graft (a tumour) asks for.
    giver : int
        Organ from which it is taken first.

    Returns
    -------
    tuple of array (n, o) and (n,) [m^3/s]
        Flows of the organs and of the graft. They sum to `output`.

    Equation
    --------
    Q_o = Q \, \frac{w_o'}{\sum_p w_p' + q}, \quad Q_g = Q \, \frac{q}{\sum_p w_p' + q}, \quad q
    = \frac{Q_a}{Q}

    w_o' = \begin{cases} \max(w_o - q, \, w_o / 10) & \text{the giver} \\ w_o & \text{any other}
    \end{cases}

    Symbols
    -------
    Q_o : returned[0], flow of organ o
    Q_g : returned[1], flow of the graft
    Q : output
    w_o : weights
    Q_a : taken

    Notes
    -----
    Drawn shares are divided by their sum. The giver keeps at least a tenth of its flow; what a
    large graft asks for beyond that comes from all organs alike, through the same division.

    Examples
    --------
    >>> organs, graft = balanced_flows(np.array([10.0]), np.array([[3.0, 1.0]]), 0.5)
    >>> organs, graft
    (array([[7.5, 2. ]]), array([0.5]))
    """
    share = np.asarray(weights / np.sum(weights, axis=1, keepdims=True), dtype=float)
    wanted = np.broadcast_to(np.asarray(taken) / output, output.shape)
    share = share.copy()
    share[:, giver] = np.maximum(share[:, giver] - wanted, 0.1 * share[:, giver])
    total = share.sum(axis=1) + wanted
    return share * (output / total)[:, None], np.asarray(wanted * output / total)


def extraction(flow: Array | float, clearance: Array | float) -> Array:
    r"""Return the share that a well-stirred organ takes out of what flows through once.

    Parameters
    ----------
    flow : array [m^3/s]
        Plasma through the organ.
    clearance : array [m^3/s]
        Intrinsic: plasma in the organ that its cells clear.

    Returns
    -------
    array [1]

    Equation
    --------
    E = \frac{\mathrm{CL}}{Q + \mathrm{CL}}

    Symbols
    -------
    E : returned
    Q : flow
    \mathrm{CL} : clearance

    Notes
    -----
    The organ's clearance from arterial plasma is Q E, at most Q.

    References
    ----------
    Rowland M, Benet LZ, Graham GG. J Pharmacokinet Biopharm 1973;1:123-136.
    doi:10.1007/BF01059626

    Examples
    --------
    >>> float(extraction(3.0, 1.0))
    0.25
    """
    flow, clearance = np.asarray(flow, dtype=float), np.asarray(clearance, dtype=float)
    return np.asarray(clearance / (flow + clearance))


def node_imbalance(flow: Array, source: Array, target: Array, nodes: int) -> Array:
    r"""Return, for every node of a flow network, inflow minus outflow over their mean.

    Parameters
    ----------
    flow : array (n, e) [m^3/s]
        Along each edge.
    source, target : array (e,) of int
        Nodes that the edges join.
    nodes : int
        Number of nodes.

    Returns
    -------
    array (n, nodes) [1]
        Zero in a closed circulation.

    Equation
    --------
    \varepsilon = \frac{\sum Q_{\mathrm{in}} - \sum Q_{\mathrm{out}}}{\frac{1}{2} \left(\sum
    Q_{\mathrm{in}} + \sum Q_{\mathrm{out}}\right)}

    Symbols
    -------
    \varepsilon : returned
    Q : flow

    Examples
    --------
    >>> node_imbalance(np.array([[2.0, 2.0]]), np.array([0, 1]), np.array([1, 0]), 2)
    array([[0., 0.]])
    """
    index = np.arange(nodes)
    arriving = flow @ (np.asarray(target)[:, None] == index)
    leaving = flow @ (np.asarray(source)[:, None] == index)
    mean = (arriving + leaving) / 2
    gap = np.divide(arriving - leaving, mean, out=np.zeros_like(mean), where=mean > 0)
    return np.asarray(gap)
