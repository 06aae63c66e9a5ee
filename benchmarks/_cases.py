"""The networks that every solver is timed on, with members, outputs and the size that matters.

The body and the nanoparticle model have the structure of published ones; their numbers are invented
and serve timing only. Robertson, HIRES and Medical Akzo Nobel are those of the test set for initial
value problem solvers, with reaction rates that differ between members.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from _bodies import body, build_body, nanoparticle
from exocast.engine.compiled import CompiledNetwork
from exocast.engine.network import Network
from exocast.engine.solve import Doses, solve

__all__ = ["CASES", "Case", "Segment", "build_body"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Segment:
    """A stretch of time without a jump, as a peer runs it.

    Attributes
    ----------
    begin, end : float
        Its limits.
    put : array (n, s) or None
        What is put into the states at its begin.
    parameters : array (n, p)
        What holds in it.
    """

    begin: float
    end: float
    put: Array | None
    parameters: Array


@dataclass(frozen=True)
class Case:
    """One network and its members.

    Attributes
    ----------
    name : str
        As in the table.
    model : CompiledNetwork
        The network.
    parameters, start : array (n, p), (n, s)
        Of every member.
    times : array (t,)
        When to report; the first is 0.
    scale : array (s,) or (n, s)
        Size below which a state need not be resolved; the absolute tolerance is rtol times it.
    doses : Doses, optional
        What exocast puts in.
    keep : sparse array (j, s), optional
        What is reported; every state if there is none.
    segments : tuple of Segment
        The same doses as a peer runs them: it stops, is changed, and goes on.
    note : str
        What a reader of the table should know.
    """

    name: str
    model: CompiledNetwork
    parameters: Array
    start: Array
    times: Array
    scale: Array
    doses: Doses | None
    keep: sparse.csr_array | None
    segments: tuple[Segment, ...]
    note: str

    @property
    def members(self) -> int:
        """How many members there are."""
        return len(self.parameters)

    @property
    def states(self) -> int:
        """How many states the network has."""
        return len(self.model.state_names)

    def scale_of(self, member: int) -> Array:
        """Return the sizes (s,) of one member's states."""
        return self.scale if self.scale.ndim == 1 else self.scale[member]

    def ours(self, rtol: float, members: NDArray[np.int64], threads: int = 1) -> Array:
        """Return what exocast makes of these members (n, t, j): one whole call."""
        doses = self.doses
        if doses is not None:
            amount = np.asarray(doses.amount)[members]
            doses = Doses(doses.state, doses.time, amount, doses.duration)
        scale = self.scale if self.scale.ndim == 1 else self.scale[members]
        return solve(
            self.model,
            self.parameters[members],
            self.start[members],
            self.times,
            doses,
            self.keep,
            rtol=rtol,
            scale=scale,
            threads=threads,
            max_steps=1_000_000,
        ).amount

    def kept(self, states: Array) -> Array:
        """Return the outputs (n, t, j) of states (n, t, s)."""
        if self.keep is None:
            return states
        flat = states.reshape(-1, states.shape[-1])
        return (self.keep @ flat.T).T.reshape(*states.shape[:2], -1)

    def size(self, members: int) -> Array:
        """Return the size (n or 1, 1, j) below which an output need not be resolved."""
        scale = np.atleast_2d(self.scale)[:members]
        if self.keep is not None:
            scale = np.asarray((np.abs(self.keep) @ scale.T).T)
        return scale[:, np.newaxis, :]


def spread(typical: dict[str, float], members: int, width: float = 0.3) -> Array:
    """Return parameters (n, p), log-normal about typical ones."""
    random = np.random.default_rng(20240229)
    centre = np.array(list(typical.values()))
    return centre * np.exp(width * random.standard_normal((members, len(centre))))


def plain(
    name: str,
    model: CompiledNetwork,
    parameters: Array,
    start: Array,
    times: Array,
    note: str,
) -> Case:
    """Return a case of one segment that reports every state."""
    begin = np.tile(start, (len(parameters), 1))
    whole = Segment(0.0, float(times[-1]), None, parameters)
    scale = np.array(model.scale)
    return Case(name, model, parameters, begin, times, scale, None, None, (whole,), note)


def body_case(classes: int, members: int) -> Case:
    """Return the body with this many size classes over a day."""
    model, typical, start = body(classes)
    states = len(start)
    hours = np.linspace(0.0, 24.0, 49)
    note = f"ten organs, {classes} size class{'es' * (classes > 1)}, shared saturable uptake; 24 h"
    return plain(f"body-{states}", model, spread(typical, members), start, hours, note)


def nanoparticle_case(members: int) -> Case:
    """Return a nanoparticle in a mouse over a week."""
    model, typical, start = nanoparticle()
    parameters = spread(typical, members, 0.2)
    hours = np.concatenate([[0.0], np.geomspace(0.05, 168.0, 40)])
    note = "permeability-limited organs, uptake by phagocytes that rises in time (Hill); 168 h"
    return plain("nanoparticle-17", model, parameters, start, hours, note)


def two_compartment(members: int) -> Case:
    """Return the smallest model of pharmacokinetics, with absorption."""
    network = Network()
    depot, central, peripheral = (
        network.state(name, scale=1e-3) for name in ("depot", "central", "peripheral")
    )
    typical = {"absorption": 1.0, "clearance": 5.0, "volume": 30.0, "exchange": 8.0, "deep": 60.0}
    absorption, clearance, volume, exchange, deep = map(network.parameter, typical)
    network.move(depot, central, absorption)
    network.move(central, None, clearance / volume)
    network.move(central, peripheral, exchange / volume)
    network.move(peripheral, central, exchange / deep)
    start = np.array([100.0, 0.0, 0.0])
    hours = np.linspace(0.0, 24.0, 25)
    note = "first-order absorption and two compartments; 24 h"
    parameters = spread(typical, members)
    return plain("two-compartment", network.compile(), parameters, start, hours, note)


def robertson(members: int) -> Case:
    """Return Robertson's reactions, to time 1e11.

    References
    ----------
    Robertson 1966, in Numerical Analysis: An Introduction, 178-182. Mazzia and Magherini 2008,
    Test Set for Initial Value Problem Solvers 2.4, problem ROBER.
    """
    network = Network()
    a, b, c = (network.state(name, scale=1e-6) for name in "abc")
    typical = {"slow": 0.04, "dimer": 3e7, "back": 1e4}
    slow, dimer, back = map(network.parameter, typical)
    network.move(a, b, slow)
    network.move(b, c, dimer * b)
    network.move(b, a, back * c)
    times = np.concatenate([[0.0], np.geomspace(1e-4, 1e11, 31)])
    start = np.array([1.0, 0.0, 0.0])
    note = "three reactions whose rates span nine decades; to time 1e11"
    return plain("robertson", network.compile(), spread(typical, members), start, times, note)


def hires(members: int) -> Case:
    """Return a plant's response to light, eight reactants.

    References
    ----------
    Schaefer 1975, J. Math. Biol. 2:41, doi 10.1007/BF00276015. Mazzia and Magherini 2008, Test Set
    for Initial Value Problem Solvers 2.4, problem HIRES.
    """
    network = Network()
    y = [network.state(f"y{k}", scale=1e-5) for k in range(1, 9)]
    typical = {
        "a": 1.71, "b": 0.43, "c": 8.32, "d": 0.0007, "e": 8.75, "f": 10.03, "g": 0.035,
        "h": 1.12, "i": 1.745, "j": 280.0, "k": 0.69, "l": 1.81,
    }  # fmt: skip
    a, b, c, d, e, f, g, h, i, j, k, l = map(network.parameter, typical)  # noqa: E741
    rates = (
        -a * y[0] + b * y[1] + c * y[2] + d,
        a * y[0] - e * y[1],
        -f * y[2] + b * y[3] + g * y[4],
        c * y[1] + a * y[2] - h * y[3],
        -i * y[4] + b * y[5] + b * y[6],
        -j * y[5] * y[7] + k * y[3] + a * y[4] - b * y[5] + k * y[6],
        j * y[5] * y[7] - l * y[6],
        -j * y[5] * y[7] + l * y[6],
    )
    for state, rate in zip(y, rates, strict=True):
        network.flux(None, state, rate)
    start = np.array([1.0, 0, 0, 0, 0, 0, 0, 0.0057])
    times = np.concatenate([[0.0], np.geomspace(1e-3, 321.8122, 30)])
    note = "eight reactants; to time 321.8122"
    # Wide spreads of every rate make members that switch late, which no published value checks.
    parameters = spread(typical, members, 0.1)
    parameters[0] = list(typical.values())
    return plain("hires", network.compile(), parameters, start, times, note)


def akzo_nobel(members: int, cells: int = 200) -> Case:
    """Return an antibody that diffuses into tissue and binds: 400 states.

    Notes
    -----
    The concentration at the surface is phi until time 5 and 0 afterwards. It enters the first
    cell's rate as a constant, that is an infusion, which exocast never steps over. Peers stop at 5,
    are given 0 there and go on.

    References
    ----------
    Mazzia and Magherini 2008, Test Set for Initial Value Problem Solvers 2.4, problem MEDAKZO.
    """
    network = Network()
    drug = [network.state(f"drug.{k}", scale=1e-3) for k in range(cells)]
    site = [network.state(f"site.{k}", scale=1e-3) for k in range(cells)]
    binding, surface = network.parameter("binding"), network.parameter("surface")
    width = 1.0 / cells
    shape = 4.0

    def weights(k: int) -> tuple[float, float, float]:
        """Return the weights of the cell before, this one and the next."""
        depth = (k + 1) * width - 1.0
        bend = (depth * depth / shape) ** 2 / width**2
        drift = 2.0 * depth * (depth * depth / shape) / shape / (2.0 * width)
        return bend - drift, -2.0 * bend, bend + drift

    for k in range(cells):
        bound = binding * drug[k] * site[k]
        before, here, after = weights(k)
        if k == 0:
            network.flux(None, drug[0], here * drug[0] + after * drug[1] + surface - bound)
        elif k < cells - 1:
            spreading = before * drug[k - 1] + here * drug[k] + after * drug[k + 1]
            network.flux(None, drug[k], spreading - bound)
        else:
            network.flux(drug[k], None, bound)
        network.flux(site[k], None, bound)
    varying = spread({"binding": 100.0, "phi": 2.0}, members)
    varying[0] = [100.0, 2.0]
    inflow = varying[:, 1] * weights(0)[0]
    without = np.column_stack([varying[:, 0], np.zeros(members)])
    within = np.column_stack([varying[:, 0], inflow])
    jump, end = 5.0, 20.0
    model = network.compile()
    return Case(
        name="akzo-nobel",
        model=model,
        parameters=without,
        start=np.tile(np.repeat([0.0, 1.0], cells), (members, 1)),
        times=np.linspace(0.0, end, 21),
        scale=np.array(model.scale),
        doses=Doses([0], [0.0], jump * inflow[:, np.newaxis], jump),
        keep=None,
        segments=(Segment(0.0, jump, None, within), Segment(jump, end, None, without)),
        note="Medical Akzo Nobel, 200 cells; the surface jumps to 0 at time 5 of 20",
    )


def demo(members: int) -> Case:
    """Return the network of the packaged design, as a run wires it."""
    from exocast.design.run import run
    from exocast.face import template

    people = max(1, members // 4)
    branch = run(template("kras-sirna-tumour"), members=(members // people, people), variants=())
    wired, times = branch.base[0].wired, branch.base[0].course.time
    given = wired.doses
    where, when = np.asarray(given.state), np.asarray(given.time)
    amounts = np.asarray(given.amount)
    segments = []
    moments = sorted({0.0, *when.tolist()})
    for begin, end in zip(moments, [*moments[1:], float(times[-1])], strict=True):
        put = np.zeros_like(wired.start)
        for dose in np.flatnonzero(when == begin):
            put[:, where[dose]] += amounts[:, dose]
        segments.append(Segment(begin, end, put, wired.parameters))
    states = len(wired.network.state_names)
    return Case(
        name="demo",
        model=wired.network,
        parameters=wired.parameters,
        start=wired.start,
        times=np.asarray(times),
        scale=wired.scale,
        doses=given,
        keep=wired.keep,
        segments=tuple(segments),
        note=f"kras-sirna-tumour as a run wires it: {states} states, {len(moments)} doses, 14 days",
    )


CASES: dict[str, Callable[[int], Case]] = {
    "two-compartment": two_compartment,
    "robertson": robertson,
    "hires": hires,
    "nanoparticle-17": nanoparticle_case,
    "body-42": lambda members: body_case(1, members),
    "body-336": lambda members: body_case(8, members),
    "akzo-nobel": akzo_nobel,
    "demo": demo,
}
"""Every case by name, the small ones first."""
