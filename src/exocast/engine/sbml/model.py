"""A model that was read: its network, its numbers, and what a solution means in its terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.engine.compiled import CompiledNetwork
from exocast.engine.expression import Expression, State
from exocast.engine.network import Network
from exocast.engine.operation import Operation
from exocast.engine.sbml.building import Built, build
from exocast.engine.sbml.checking import initial_order
from exocast.engine.sbml.document import Document
from exocast.engine.sbml.evaluating import evaluate
from exocast.engine.sbml.translating import Translator
from exocast.errors import EngineError, nearest

__all__ = ["SbmlModel"]

RESOLVED = 1e-6
"""Share of its first value below which a state need not be resolved."""

CHAIN = 64  # events at time 0, for each declared: more is a circle

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SbmlModel:
    """A model read from SBML.

    Attributes
    ----------
    document : Document
        What the file says.

    Notes
    -----
    A state is an amount where reactions move it or an event sets it, also of a species that
    formulas read as a concentration; `values` gives what formulas read. States may be negative,
    as SBML lets them. A state's scale is a millionth of its first value, or of the smallest first
    value of any where its own is 0: give `scale` to `solve` where you know better.
    """

    document: Document

    def __getstate__(self) -> dict[str, object]:
        """Leave behind what is made from the document on first use."""
        return {"document": self.document}

    @property
    def units(self) -> dict[str, str]:
        """Return the unit of every quantity as written; empty where the file says nothing."""
        return {name: item.units for name, item in self.document.quantities.items()}

    @property
    def names(self) -> dict[str, str]:
        """Return the name of every quantity that has one."""
        return {name: item.name for name, item in self.document.quantities.items() if item.name}

    @property
    def seconds(self) -> float:
        """Return the length of the model's unit of time [s]; NaN where the file does not say."""
        return self.document.seconds

    @cached_property
    def network(self) -> CompiledNetwork:
        """The network by itself, for `solve`; states and parameters have the file's identifiers."""
        return self._alone[0].compile()

    @property
    def parameters(self) -> Array:
        """Return the parameters (p,) as written, in the order of the network."""
        first: Array = self.inputs()[0][0]
        return first

    @property
    def start(self) -> Array:
        """Return the states (s,) at time 0 as written, in the order of the network."""
        first: Array = self.inputs()[1][0]
        return first

    @property
    def summary(self) -> str:
        """Return in one line what was read."""
        kinds = [item.kind for item in self.document.quantities.values()]
        parts = [
            (kinds.count("compartment"), "compartment", "compartments"),
            (kinds.count("species"), "species", "species"),
            (kinds.count("parameter"), "parameter", "parameters"),
            (len(self.document.reactions), "reaction", "reactions"),
            (sum(q.rule is not None for q in self.document.quantities.values()), "rule", "rules"),
            (
                sum(q.rate is not None for q in self.document.quantities.values()),
                "rate rule",
                "rate rules",
            ),
            (len(self.document.happenings), "event", "events"),
            (self.document.functions, "function", "functions"),
        ]
        counted = ", ".join(
            f"{count} {one if count == 1 else many}" for count, one, many in parts if count
        )
        level = f"SBML Level {self.document.level} Version {self.document.version}"
        return f"{self.document.title} ({level}): {counted}"

    def quantities(self) -> tuple[str, ...]:
        """Return what `values` knows: quantities and reactions, each after what it is made of."""
        return tuple(self._alone[1].symbols)

    def inputs(self, changes: Mapping[str, ArrayLike] | None = None) -> tuple[Array, Array]:
        """Return parameters (n, p) and starts (n, s) with some quantities changed.

        Parameters
        ----------
        changes : mapping of str to array (n,) or float
            Values at time 0, as formulas read them: of a species perhaps a concentration. What
            initial assignments and rules make of them follows; a quantity that is changed itself
            keeps the given value. Events that are due at time 0 have acted.

        Raises
        ------
        EngineError
            If there is no such quantity, or a rule sets it at all times.
        """
        given = self._given(changes or {})
        members = max([1, *(array.size for array in given.values())])
        known: dict[str, Array] = {}
        nodes, order = self._first
        for name in order:
            known[name] = (
                given[name]
                if name in given
                else evaluate([nodes[name]], lambda node: known[node.name])[0]
            )
        for name, quantity in self.document.quantities.items():
            if self.document.is_held_as_amount(quantity):
                known[f"{name} held"] = known[name] * known[quantity.compartment]

        def table(names: tuple[str, ...]) -> Array:
            columns = [np.broadcast_to(known.get(f"{k} held", known[k]), members) for k in names]
            stacked: Array = np.array(columns, dtype=np.float64).reshape(len(names), members).T
            return np.ascontiguousarray(stacked)

        parameters, start = table(self._names[1]), table(self._names[0])
        if any(not event.held for event in self.document.happenings):
            self._fire(parameters, start)
        return parameters, start

    def values(
        self, identifier: str, amount: ArrayLike, parameters: ArrayLike, times: ArrayLike
    ) -> Array:
        """Return what formulas read for a quantity or a reaction along a solution (n, t).

        Parameters
        ----------
        identifier : str
        amount : array (n, t, s)
            All states: a solution's amounts, solved without `keep`.
        parameters : array (n, p)
        times : array (t,) or (n, t)

        Raises
        ------
        EngineError
            If there is no such quantity.
        """
        built = self._alone[1]
        if identifier not in built.symbols:
            raise EngineError(f"no quantity `{identifier}`. {nearest(identifier, built.symbols)}")
        states = np.asarray(amount, dtype=np.float64)
        numbers = np.asarray(parameters, dtype=np.float64)[:, None, :]
        leaf = _leaves(built.jumps, numbers, states, np.asarray(times, dtype=np.float64))
        found = evaluate([built.symbols[identifier]], leaf)[0]
        return np.array(np.broadcast_to(found, states.shape[:2]))

    def add_to(
        self,
        network: Network,
        *,
        replace: Mapping[str, Expression | float] | None = None,
        time_unit: float = 1.0,
        state: Callable[[str, float], State] | None = None,
        parameter: Callable[[str], Expression] | None = None,
        prefix: str = "",
    ) -> dict[str, Expression]:
        """Put the model into another network, driven by what is there.

        Parameters
        ----------
        network : Network
        replace : mapping of str to Expression or float, optional
            Quantities of the model that something of the network stands for: their own formulas,
            reactions and initial values have no effect.
        time_unit : float
            The model's unit of time in that of the network: 86400 for days among seconds.
        state : callable of (identifier, scale), optional
            Declares a state; by default ``network.state(prefix + identifier, scale)``.
        parameter : callable of identifier, optional
            Declares a parameter; by default ``network.parameter(prefix + identifier)``.
        prefix : str
            Stands before identifiers.

        Returns
        -------
        dict of str to Expression
            What formulas read, for every identifier.

        Raises
        ------
        EngineError
            If something to be replaced is not there or is set by an event, or a name is taken.
        """
        replaced = dict(replace or {})
        known = {**self.document.quantities, **self.document.reactions}
        for identifier in replaced:
            if identifier not in known:
                raise EngineError(f"no quantity `{identifier}`. {nearest(identifier, known)}")

        def declare_state(identifier: str) -> State:
            scale = self._scales[identifier]
            if state is not None:
                return state(identifier, scale)
            return network.state(prefix + identifier, scale, signed=True)

        def declare_parameter(identifier: str) -> Expression:
            if parameter is not None:
                return parameter(identifier)
            return network.parameter(prefix + identifier)

        built = build(self.document, network, declare_state, declare_parameter, replaced, time_unit)
        return dict(built.symbols)

    def _given(self, changes: Mapping[str, ArrayLike]) -> dict[str, Array]:
        given: dict[str, Array] = {}
        for name, value in changes.items():
            quantity = self.document.quantities.get(name)
            if quantity is None:
                raise EngineError(
                    f"no quantity `{name}`. {nearest(name, self.document.quantities)}"
                )
            if quantity.rule is not None:
                raise EngineError(f"`{name}` follows a rule: change what the rule is made of.")
            given[name] = np.asarray(value, dtype=np.float64)
            if given[name].ndim > 1:
                raise EngineError(
                    f"`{name}`: one number, or one a member, not {given[name].shape}."
                )
        sizes = {array.size for array in given.values() if array.ndim} - {1}
        if len(sizes) > 1:
            raise EngineError(f"Changes are for different numbers of members: {sorted(sizes)}.")
        return given

    @cached_property
    def _names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Identifiers of states and of parameters, in the order of the file."""
        document = self.document
        items = document.quantities.items()
        return (
            tuple(name for name, item in items if document.is_state(item)),
            tuple(name for name, item in items if document.is_constant(item)),
        )

    @cached_property
    def _first(self) -> tuple[dict[str, Expression], list[str]]:
        """Formulas at time 0, each in terms of the others, and an order to compute them in."""
        document, scratch = self.document, Network()
        zero = scratch.time().graph.constant(0.0)
        order = initial_order(document)
        symbols = {name: scratch.parameter(name) for name in order}
        translator = Translator(zero, symbols)
        nodes: dict[str, Expression] = {}
        for name in order:
            if name in document.reactions:
                nodes[name] = translator.number(document.reactions[name].law)
                continue
            initial = document.quantities[name].initial
            assert initial is not None
            nodes[name] = translator.number(initial)
        return nodes, order

    @cached_property
    def _scales(self) -> dict[str, float]:
        """The scale of every state; events at time 0 have not acted."""
        known: dict[str, Array] = {}
        nodes, order = self._first
        for name in order:
            known[name] = evaluate([nodes[name]], lambda node: known[node.name])[0]
        first = {}
        for name in self._names[0]:
            quantity = self.document.quantities[name]
            size = abs(float(known[name]))
            if self.document.is_held_as_amount(quantity):
                size *= abs(float(known[quantity.compartment]))
            first[name] = size if np.isfinite(size) else 0.0
        smallest = min((size for size in first.values() if size > 0.0), default=1.0)
        return {name: RESOLVED * (size or smallest) for name, size in first.items()}

    @cached_property
    def _alone(self) -> tuple[Network, Built]:
        network = Network()
        built = build(
            self.document,
            network,
            lambda name: network.state(name, self._scales[name], signed=True),
            network.parameter,
            {},
            1.0,
        )
        return network, built

    def _fire(self, parameters: Array, start: Array) -> None:
        """Let the events act on the starts that are due at time 0, as the engine does later."""
        events, built = self._alone[1].events, self._alone[1]
        leaf = _leaves(built.jumps, parameters, start, np.zeros(()))
        members = len(start)
        before = np.array([np.full(members, event.held) for event in events])
        for _ in range(CHAIN * len(events)):
            now = [np.broadcast_to(evaluate([e.trigger], leaf)[0] > 0.0, members) for e in events]
            free = np.ones(members, dtype=np.bool_)
            moved: list[tuple[State, NDArray[np.bool_], Array]] = []
            for number, event in enumerate(events):
                rose = ~before[number] & now[number] & free
                free &= ~rose
                found = evaluate(list(event.assignments.values()), leaf)
                values = [np.array(value) for value in found]  # no views: starts change below
                for target, value in zip(event.assignments, values, strict=True):
                    moved.append((target, rose, value))
                before[number] = np.where(now[number] & ~rose, before[number], now[number])
            for target, rose, value in moved:
                start[:, target.position] = np.where(rose, value, start[:, target.position])
            if free.all():
                return
        raise EngineError("Events set one another off without end at time 0.")


def _leaves(
    jumps: Mapping[int, float], parameters: Array, states: Array, times: Array
) -> Callable[[Expression], Array]:
    """Return the arrays of parameters, states, time and steps in time."""

    def leaf(node: Expression) -> Array:
        match node.operation:
            case Operation.PARAMETER:
                found: Array = parameters[..., int(node.value)]
            case Operation.STATE:
                found = states[..., int(node.value)]
            case Operation.TIME:
                found = times
            case _:
                found = (times >= jumps[int(node.value)]).astype(np.float64)
        return found

    return leaf
