"""A compiled network as SBML, for a third opinion by any other simulator.

Every state becomes a parameter with a rate rule, so nothing is reinterpreted: no compartment
volumes, no substance units. A long formula that several rates share is a parameter with an
assignment rule. Doses are not written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import ArrayLike

from exocast.engine.compiled import CompiledNetwork
from exocast.engine.operation import Operation
from exocast.errors import EngineError

__all__ = ["to_sbml"]

TAGS: Final = {
    Operation.MULTIPLY: "times",
    Operation.DIVIDE: "divide",
    Operation.EXPONENTIAL: "exp",
    Operation.LOGARITHM: "ln",
}
CLOCK: Final = (
    '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol>'
)
SUMS: Final = (Operation.ADD, Operation.SUBTRACT, Operation.NEGATE)
TWICE: Final = (Operation.POWER, Operation.SQUARE_ROOT, Operation.MINIMUM, Operation.MAXIMUM)
"""Operations that write an argument twice, in a condition and as a value."""

LONG, LONGEST = 5, 40
"""Leaves from which a formula is written once: used more than once, and used at all."""


def to_sbml(model: CompiledNetwork, parameters: ArrayLike, start: ArrayLike) -> str:
    """Return one member as an SBML Level 3 Version 1 document.

    Parameters
    ----------
    model : CompiledNetwork
    parameters : array (p,)
    start : array (s,) [amount]

    Returns
    -------
    str
        States have the identifiers ``y0, y1, ...`` and parameters ``p0, p1, ...``, in the order of
        the network; their names are kept as names. Formulas that are shared are ``s0, s1, ...``.

    Notes
    -----
    Events act at one moment in the order of their declaration, each on what the one before left:
    in SBML, by descending priorities, not persistent, and with values of the time of assignment.

    libRoadRunner writes shared formulas out again when it loads a file. Where they stand in one
    another many times over, as in the network of a whole journey, it does not come to an end.

    Raises
    ------
    EngineError
        If there is not one number for every parameter and every state.

    References
    ----------
    Hucka et al. 2019, J. Integr. Bioinform. 16:20190021, doi 10.1515/jib-2019-0021.
    """
    values = np.asarray(parameters, dtype=np.float64)
    begin = np.asarray(start, dtype=np.float64)
    if values.shape != (len(model.parameter_names),) or begin.shape != (len(model.state_names),):
        raise EngineError(
            f"SBML is written for one member: expected {len(model.parameter_names)} parameters and "
            f"{len(model.state_names)} states, got {values.shape} and {begin.shape}."
        )
    writer = _Writer(model)
    shared = writer.share()
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">',
        '<model id="network"><listOfParameters>',
        *_quantities("p", model.parameter_names, values.tolist(), constant=True),
        *_quantities("y", model.state_names, begin.tolist(), constant=False),
        *(f'<parameter id="s{position}" constant="false"/>' for position in range(len(shared))),
        "</listOfParameters><listOfRules>",
    ]
    for position, text in enumerate(shared):
        lines.append(f'<assignmentRule variable="s{position}">{_math(text)}</assignmentRule>')
    for position, addends in enumerate(writer.rates()):
        lines.append(f'<rateRule variable="y{position}">{_math(writer.total(addends))}</rateRule>')
    lines.append("</listOfRules>")
    if len(model.listing.trigger):
        lines += ["<listOfEvents>", *writer.events(), "</listOfEvents>"]
    return "\n".join([*lines, "</model></sbml>"])


def _math(text: str) -> str:
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{text}</math>'


def _quantities(
    letter: str, names: tuple[str, ...], values: list[float], *, constant: bool
) -> Iterator[str]:
    """Yield the declarations of parameters or states."""
    for position, (name, value) in enumerate(zip(names, values, strict=True)):
        yield (
            f'<parameter id="{letter}{position}" name={quoteattr(name)} value="{value!r}" '
            f'constant="{"true" if constant else "false"}"/>'
        )


class _Writer:
    """Writes nodes of one listing as MathML."""

    def __init__(self, model: CompiledNetwork) -> None:
        self._listing = model.listing
        self._states = len(model.state_names)
        self._shared: dict[int, str] = {}

    def share(self) -> list[str]:
        """Return the formulas written once, each before it is used; others refer to them."""
        listing = self._listing
        ends = [listing.rate[end >= 0] for end in (listing.source, listing.target)]
        roots = [*ends, listing.table_value, listing.trigger, listing.set_value]
        stack = [int(node) for nodes in roots for node in nodes]
        uses, seen = Counter(stack), set(stack)
        stack = list(seen)
        while stack:
            for argument in self._open(stack.pop())[1]:
                uses[argument] += 1
                if argument not in seen:
                    seen.add(argument)
                    stack.append(argument)
        leaves: dict[int, int] = {}
        written = []
        for node in sorted(seen):  # arguments stand before users
            operation, arguments = self._open(node)
            repeats = 2 if operation in TWICE else 1
            leaves[node] = repeats * sum(leaves[item] for item in arguments) or 1
            if leaves[node] >= (LONG if uses[node] > 1 else LONGEST):
                written.append(self._node(node))
                self._shared[node] = f"s{len(written) - 1}"
                leaves[node] = 1
        return written

    def events(self) -> Iterator[str]:
        """Yield every event."""
        listing = self._listing
        count = len(listing.trigger)
        for event, trigger in enumerate(listing.trigger):
            rises = f"<apply><gt/>{self._node(int(trigger))}<cn>0</cn></apply>"
            sets = range(listing.set_start[event], listing.set_start[event + 1])
            assigned = "".join(
                f'<eventAssignment variable="y{int(listing.set_state[q])}">'
                f"{_math(self._node(int(listing.set_value[q])))}</eventAssignment>"
                for q in sets
            )
            yield (
                f'<event id="e{event}" useValuesFromTriggerTime="false">'
                f'<trigger initialValue="true" persistent="false">{_math(rises)}</trigger>'
                f"<priority>{_math(_number(float(count - event)))}</priority>"
                f"<listOfEventAssignments>{assigned}</listOfEventAssignments></event>"
            )

    def rates(self) -> list[list[tuple[int, int]]]:
        """Return the signed flux nodes of every state."""
        signed: list[list[tuple[int, int]]] = [[] for _ in range(self._states)]
        listing = self._listing
        for source, target, rate in zip(listing.source, listing.target, listing.rate, strict=True):
            if source >= 0:
                signed[source].append((-1, int(rate)))
            if target >= 0:
                signed[target].append((1, int(rate)))
        return signed

    def total(self, addends: list[tuple[int, int]]) -> str:
        """Return signed addends as one sum, seeing through nested sums."""
        stack = list(reversed(addends))
        pieces: list[str] = []
        while stack:
            sign, node = stack.pop()
            operation, arguments = self._open(node)
            if operation in SUMS and node not in self._shared:
                last = sign if operation is Operation.ADD else -sign
                stack.append((last, arguments[-1]))
                if operation is not Operation.NEGATE:
                    stack.append((sign, arguments[0]))
            else:
                text = self._node(node)
                pieces.append(text if sign > 0 else f"<apply><minus/>{text}</apply>")
        if len(pieces) == 1:
            return pieces[0]
        return f"<apply><plus/>{''.join(pieces)}</apply>" if pieces else "<cn>0</cn>"

    def _open(self, node: int) -> tuple[Operation, list[int]]:
        arguments = [int(item) for item in self._listing.arguments[node] if item >= 0]
        return Operation(int(self._listing.operation[node])), arguments

    def _node(self, node: int) -> str:
        """Return a node as MathML."""
        if node in self._shared:
            return f"<ci>{self._shared[node]}</ci>"
        operation, arguments = self._open(node)
        if not arguments:
            return self._leaf(operation, float(self._listing.value[node]))
        if operation in SUMS:
            return self.total([(1, node)])
        inside = [self._node(item) for item in arguments]
        match operation:
            case Operation.RECIPROCAL:
                return f"<apply><divide/><cn>1</cn>{inside[0]}</apply>"
            case Operation.POWER:
                return f"<apply><power/>{_not_negative(inside[0])}{inside[1]}</apply>"
            case Operation.SQUARE_ROOT:
                return f"<apply><root/>{_not_negative(inside[0])}</apply>"
            case Operation.MINIMUM:
                return _choice("lt", inside[0], inside[1])
            case Operation.MAXIMUM:
                return _choice("gt", inside[0], inside[1])
            case Operation.GREATER:
                holds = f"<apply><gt/>{inside[0]}{inside[1]}</apply>"
                return _piecewise([("<cn>1</cn>", holds)], "<cn>0</cn>")
            case Operation.SELECT:
                holds = f"<apply><neq/>{inside[0]}<cn>0</cn></apply>"
                return _piecewise([(inside[1], holds)], inside[2])
            case _:
                return f"<apply><{TAGS[operation]}/>{''.join(inside)}</apply>"

    def _leaf(self, operation: Operation, value: float) -> str:
        """Return a number, a name, time or a table as MathML."""
        match operation:
            case Operation.CONSTANT:
                return _number(value)
            case Operation.TIME:
                return CLOCK
            case Operation.TABLE:
                return self._table(int(value))
            case _:
                letter = "p" if operation is Operation.PARAMETER else "y"
                return f"<ci>{letter}{int(value)}</ci>"

    def _table(self, table: int) -> str:
        """Return a table in time as pieces of straight lines."""
        listing = self._listing
        first, end = int(listing.table_start[table]), int(listing.table_start[table + 1])
        times = [_number(float(time)) for time in listing.table_time[first:end]]
        values = [self._node(int(node)) for node in listing.table_value[first:end]]
        pieces = [(values[0], f"<apply><lt/>{CLOCK}{times[0]}</apply>")]
        for k in range(len(times) - 1):
            text = values[k]
            if not listing.table_steps[table]:
                since = f"<apply><minus/>{CLOCK}{times[k]}</apply>"
                rise = f"<apply><minus/>{values[k + 1]}{values[k]}</apply>"
                run = f"<apply><minus/>{times[k + 1]}{times[k]}</apply>"
                slope = f"<apply><divide/>{rise}{run}</apply>"
                text = f"<apply><plus/>{text}<apply><times/>{slope}{since}</apply></apply>"
            pieces.append((text, f"<apply><lt/>{CLOCK}{times[k + 1]}</apply>"))
        return _piecewise(pieces, values[-1])


def _not_negative(base: str) -> str:
    """Return a base as the engine reads it: a negative one counts as 0."""
    return _choice("gt", base, "<cn>0</cn>")


def _choice(relation: str, first: str, second: str) -> str:
    """Return the first of two terms where the relation holds, else the second."""
    return _piecewise([(first, f"<apply><{relation}/>{first}{second}</apply>")], second)


def _piecewise(pieces: list[tuple[str, str]], otherwise: str) -> str:
    """Return the first term whose condition holds, else the last."""
    inside = "".join(f"<piece>{term}{condition}</piece>" for term, condition in pieces)
    return f"<piecewise>{inside}<otherwise>{otherwise}</otherwise></piecewise>"


def _number(value: float) -> str:
    return f'<cn type="e-notation">{f"{value:.17e}".replace("e", "<sep/>")}</cn>'
