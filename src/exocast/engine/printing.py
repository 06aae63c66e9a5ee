"""The equations of a compiled network as text: infix to read, LaTeX to typeset.

A node that several rates share, and that is long, is written once under a name of its own, as the
network holds it: written out in each, the rates of a large network grow without bound.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from exocast.engine.compiled import CompiledNetwork, Listing
from exocast.engine.operation import Operation

__all__ = ["Definition", "Equation", "definitions", "equations", "terms"]

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4  # how tightly a piece of text binds

LONG, LONGEST = 5, 40
"""Leaves from which a node has a name of its own: used more than once, and used at all."""

FUNCTIONS: Final = {
    Operation.EXPONENTIAL: "exp",
    Operation.LOGARITHM: "log",
    Operation.SQUARE_ROOT: "sqrt",
    Operation.MINIMUM: "minimum",
    Operation.MAXIMUM: "maximum",
    Operation.GREATER: "greater",
    Operation.SELECT: "select",
}
LATEX_FUNCTIONS: Final = {
    Operation.EXPONENTIAL: r"\exp",
    Operation.LOGARITHM: r"\ln",
    Operation.MINIMUM: r"\min",
    Operation.MAXIMUM: r"\max",
    Operation.GREATER: r"\mathrm{greater}",
    Operation.SELECT: r"\mathrm{select}",
}
ESCAPES: Final = str.maketrans(
    {**{mark: f"\\{mark}" for mark in "_{}#%&$"}, "\\": r"\backslash ", "^": r"\hat{}"}
)


@dataclass(frozen=True)
class Equation:
    """The rate of one state.

    Attributes
    ----------
    state : str
    infix : str
        ``d[state]/dt = ...`` in Python's syntax, names as declared.
    latex : str
    """

    state: str
    infix: str
    latex: str


@dataclass(frozen=True)
class Definition:
    """A node that several rates share, written once.

    Attributes
    ----------
    name : str
        Such as ``shared.3``; it stands for the node wherever that is used.
    infix, latex : str
        ``name = ...``.
    """

    name: str
    infix: str
    latex: str


def equations(model: CompiledNetwork) -> tuple[Equation, ...]:
    """Return the rate of every state as text, from the fluxes as they were declared.

    Long nodes that are used more than once go by the names of `definitions`.
    """
    printer = _Printer(model)
    found = []
    for name, addends in zip(model.state_names, _signed(model), strict=True):
        infix = f"d[{name}]/dt = {printer.total(addends, latex=False)}"
        latex = rf"\frac{{d\,{_latex_name(name)}}}{{dt}} = {printer.total(addends, latex=True)}"
        found.append(Equation(name, infix, latex))
    return tuple(found)


def definitions(model: CompiledNetwork) -> tuple[Definition, ...]:
    """Return the nodes that `equations` writes by name, each before it is used."""
    printer = _Printer(model)
    found = []
    for node, name in printer.shared.items():
        infix = f"{name} = {printer.whole(node, latex=False)}"
        latex = f"{_latex_name(name)} = {printer.whole(node, latex=True)}"
        found.append(Definition(name, infix, latex))
    return tuple(found)


def terms(
    model: CompiledNetwork, mark: Callable[[str], str] = str
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return every rate and every definition as its signed terms, in infix.

    Parameters
    ----------
    model : CompiledNetwork
    mark : callable
        How a name is written, such as between marks by which it is found again.

    Returns
    -------
    dict of str to list of str
        By state: terms such as ``-clearance*blood``.
    dict of str to list of str
        By definition, each before it is used.
    """
    printer = _Printer(model, mark)
    rates = {
        name: printer.addends(addends)
        for name, addends in zip(model.state_names, _signed(model), strict=True)
    }
    return rates, {name: printer.parts(node) for node, name in printer.shared.items()}


def _signed(model: CompiledNetwork) -> list[list[tuple[int, int]]]:
    """Return the signed nodes that each state's rate is the sum of."""
    listing = model.listing
    signed: list[list[tuple[int, int]]] = [[] for _ in model.state_names]
    for source, target, rate in zip(listing.source, listing.target, listing.rate, strict=True):
        if source >= 0:
            signed[source].append((-1, int(rate)))
        if target >= 0:
            signed[target].append((1, int(rate)))
    return signed


def _latex_name(name: str) -> str:
    return rf"\mathrm{{{name.translate(ESCAPES)}}}"


def _number(value: float) -> str:
    whole = value == int(value) and abs(value) < 1e15
    return str(int(value)) if whole else repr(value)


class _Printer:
    """Prints nodes of one listing, seeing through nested sums and products."""

    def __init__(self, model: CompiledNetwork, mark: Callable[[str], str] = str) -> None:
        self._model = model
        self._mark = mark
        self._listing: Listing = model.listing
        self.shared = self._find_shared()
        self._written = -1

    def _find_shared(self) -> dict[int, str]:
        """Return a name for each long node that is used more than once, in order."""
        listing = self._listing
        uses = [0] * len(listing.operation)
        stack = sorted({int(rate) for rate in listing.rate})
        seen = set(stack)
        while stack:
            for argument in self._arguments(stack.pop()):
                uses[argument] += 1
                if argument not in seen:
                    seen.add(argument)
                    stack.append(argument)
        leaves = [1] * len(uses)
        found: dict[int, str] = {}
        for node in sorted(seen):  # arguments stand before users
            arguments = self._arguments(node)
            leaves[node] = sum(leaves[argument] for argument in arguments) or 1
            sums = self._operation(node) in (Operation.ADD, Operation.SUBTRACT, Operation.NEGATE)
            if leaves[node] >= (LONG if uses[node] > 1 else math.inf if sums else LONGEST):
                found[node] = f"shared.{len(found) + 1}"
                leaves[node] = 1
        return found

    def _operation(self, node: int) -> Operation:
        return Operation(int(self._listing.operation[node]))

    def _arguments(self, node: int) -> list[int]:
        return [int(item) for item in self._listing.arguments[node] if item >= 0]

    def _is_named(self, node: int) -> bool:
        return node in self.shared and node != self._written

    def _inside(self, node: int) -> Operation | None:
        """Return the operation of a node that is written out, None of one with a name."""
        return None if self._is_named(node) else self._operation(node)

    def whole(self, node: int, *, latex: bool) -> str:
        """Return what a named node stands for."""
        self._written = node
        return self._text(node, SUM, latex=latex)

    def parts(self, node: int) -> list[str]:
        """Return what a named node stands for, as signed terms in infix."""
        self._written = node
        return self.addends([(1, node)])

    def total(self, addends: list[tuple[int, int]], *, latex: bool) -> str:
        """Return signed addends as one sum."""
        text = ""
        for sign, node in self._flat(addends):
            piece = self._text(node, PRODUCT, latex=latex)
            mark = "-" if sign < 0 else "+"
            lead = "-" if sign < 0 else ""
            text = f"{text} {mark} {piece}" if text else lead + piece
        return text or "0"

    def addends(self, addends: list[tuple[int, int]]) -> list[str]:
        """Return signed addends apart, in infix."""
        return [
            ("-" if sign < 0 else "+") + self._text(node, PRODUCT, latex=False)
            for sign, node in self._flat(addends)
        ]

    def _flat(self, addends: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return signed addends without the sums among them, and without zeros."""
        stack = list(reversed(addends))
        found = []
        while stack:
            sign, node = stack.pop()
            operation = self._inside(node)
            arguments = self._arguments(node)
            if operation in (Operation.ADD, Operation.SUBTRACT):
                last = sign if operation is Operation.ADD else -sign
                stack.extend([(last, arguments[1]), (sign, arguments[0])])
            elif operation is Operation.NEGATE:
                stack.append((-sign, arguments[0]))
            elif not (operation is Operation.CONSTANT and self._listing.value[node] == 0.0):
                found.append((sign, node))
        return found

    def _text(self, node: int, needed: int, *, latex: bool) -> str:
        """Return a node as text that binds at least as tightly as needed."""
        text, strength = self._piece(node, latex)
        if strength >= needed:
            return text
        return rf"\left({text}\right)" if latex else f"({text})"

    def _piece(self, node: int, latex: bool) -> tuple[str, int]:
        """Return a node as text and how tightly that binds."""
        if self._is_named(node):
            return self._name(self.shared[node], latex), ATOM
        operation = self._operation(node)
        value = float(self._listing.value[node])
        match operation:
            case Operation.CONSTANT:
                return _number(value), ATOM if value >= 0.0 else SUM
            case Operation.PARAMETER | Operation.STATE:
                names = (
                    self._model.state_names
                    if operation is Operation.STATE
                    else self._model.parameter_names
                )
                return self._name(names[int(value)], latex), ATOM
            case Operation.TIME:
                return "t", ATOM
            case Operation.TABLE | Operation.TABLE_SLOPE:
                mark = "'" if operation is Operation.TABLE_SLOPE else ""
                return f"{self._name(f'table{int(value)}', latex)}{mark}(t)", ATOM
            case Operation.ADD | Operation.SUBTRACT | Operation.NEGATE:
                return self.total([(1, node)], latex=latex), SUM
            case Operation.MULTIPLY | Operation.DIVIDE | Operation.RECIPROCAL:
                return self._fraction(node, latex)
            case Operation.POWER:
                return self._power(node, latex), POWER
            case _:
                return self._call(operation, self._arguments(node), latex), ATOM

    def _name(self, name: str, latex: bool) -> str:
        return _latex_name(name) if latex else self._mark(name)

    def _power(self, node: int, latex: bool) -> str:
        base, exponent = self._arguments(node)
        if latex:
            above = self._text(exponent, SUM, latex=True)
            return f"{{{self._text(base, ATOM, latex=True)}}}^{{{above}}}"
        return f"{self._text(base, ATOM, latex=False)}**{self._text(exponent, ATOM, latex=False)}"

    def _call(self, operation: Operation, arguments: list[int], latex: bool) -> str:
        inside = ", ".join(self._text(item, SUM, latex=latex) for item in arguments)
        if not latex:
            return f"{FUNCTIONS[operation]}({inside})"
        if operation is Operation.SQUARE_ROOT:
            return rf"\sqrt{{{inside}}}"
        return rf"{LATEX_FUNCTIONS[operation]}\left({inside}\right)"

    def _fraction(self, node: int, latex: bool) -> tuple[str, int]:
        """Return a product as one numerator over one denominator."""
        above: list[int] = []
        below: list[int] = []
        stack = [(node, True)]
        while stack:
            current, up = stack.pop()
            operation = self._inside(current)
            arguments = self._arguments(current)
            if operation is Operation.MULTIPLY:
                stack.extend([(arguments[1], up), (arguments[0], up)])
            elif operation is Operation.DIVIDE:
                stack.extend([(arguments[1], not up), (arguments[0], up)])
            elif operation is Operation.RECIPROCAL:
                stack.append((arguments[0], not up))
            elif not self._is_one(current):
                (above if up else below).append(current)
        top = self._product(above, POWER, latex)
        if not below:
            return top, PRODUCT
        alone = len(set(below)) == 1
        bottom = self._product(below, SUM if latex and alone else POWER, latex)
        if latex:
            return rf"\frac{{{top}}}{{{bottom}}}", PRODUCT
        return f"{top}/{bottom}" if alone else f"{top}/({bottom})", PRODUCT

    def _product(self, factors: list[int], needed: int, latex: bool) -> str:
        """Return factors as one product; those that are repeated are raised to a power."""
        pieces = []
        for node, times in Counter(factors).items():
            text = self._text(node, ATOM if times > 1 else needed, latex=latex)
            if times > 1:
                text = rf"{{{text}}}^{{{times}}}" if latex else f"{text}**{times}"
            pieces.append(text)
        return (r" \, " if latex else "*").join(pieces) or "1"

    def _is_one(self, node: int) -> bool:
        constant = self._operation(node) is Operation.CONSTANT
        return constant and float(self._listing.value[node]) == 1.0
