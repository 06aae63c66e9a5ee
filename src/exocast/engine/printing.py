"""The equations of a compiled network as text: infix to read, LaTeX to typeset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from exocast.engine.compiled import CompiledNetwork, Listing
from exocast.engine.operation import Operation

__all__ = ["Equation", "equations"]

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4  # how tightly a piece of text binds

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


def equations(model: CompiledNetwork) -> tuple[Equation, ...]:
    """Return the rate of every state as text, from the fluxes as they were declared."""
    printer = _Printer(model)
    listing = model.listing
    signed: list[list[tuple[int, int]]] = [[] for _ in model.state_names]
    for source, target, rate in zip(listing.source, listing.target, listing.rate, strict=True):
        if source >= 0:
            signed[source].append((-1, int(rate)))
        if target >= 0:
            signed[target].append((1, int(rate)))
    found = []
    for name, addends in zip(model.state_names, signed, strict=True):
        infix = f"d[{name}]/dt = {printer.total(addends, latex=False)}"
        latex = rf"\frac{{d\,{_latex_name(name)}}}{{dt}} = {printer.total(addends, latex=True)}"
        found.append(Equation(name, infix, latex))
    return tuple(found)


def _latex_name(name: str) -> str:
    return rf"\mathrm{{{name.translate(ESCAPES)}}}"


def _number(value: float) -> str:
    whole = value == int(value) and abs(value) < 1e15
    return str(int(value)) if whole else repr(value)


class _Printer:
    """Prints nodes of one listing, seeing through nested sums and products."""

    def __init__(self, model: CompiledNetwork) -> None:
        self._model = model
        self._listing: Listing = model.listing

    def _operation(self, node: int) -> Operation:
        return Operation(int(self._listing.operation[node]))

    def _arguments(self, node: int) -> list[int]:
        return [int(item) for item in self._listing.arguments[node] if item >= 0]

    def total(self, addends: list[tuple[int, int]], *, latex: bool) -> str:
        """Return signed addends as one sum."""
        stack = list(reversed(addends))
        text = ""
        while stack:
            sign, node = stack.pop()
            operation = self._operation(node)
            arguments = self._arguments(node)
            if operation in (Operation.ADD, Operation.SUBTRACT):
                last = sign if operation is Operation.ADD else -sign
                stack.extend([(last, arguments[1]), (sign, arguments[0])])
            elif operation is Operation.NEGATE:
                stack.append((-sign, arguments[0]))
            else:
                piece = self._text(node, PRODUCT, latex=latex)
                mark = "-" if sign < 0 else "+"
                lead = "-" if sign < 0 else ""
                text = f"{text} {mark} {piece}" if text else lead + piece
        return text or "0"

    def _text(self, node: int, needed: int, *, latex: bool) -> str:
        """Return a node as text that binds at least as tightly as needed."""
        text, strength = self._piece(node, latex)
        if strength >= needed:
            return text
        return rf"\left({text}\right)" if latex else f"({text})"

    def _piece(self, node: int, latex: bool) -> tuple[str, int]:
        """Return a node as text and how tightly that binds."""
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
                name = names[int(value)]
                return (_latex_name(name) if latex else name), ATOM
            case Operation.ADD | Operation.SUBTRACT | Operation.NEGATE:
                return self.total([(1, node)], latex=latex), SUM
            case Operation.MULTIPLY | Operation.DIVIDE | Operation.RECIPROCAL:
                return self._fraction(node, latex)
            case Operation.POWER:
                return self._power(node, latex), POWER
            case _:
                return self._call(operation, self._arguments(node), latex), ATOM

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
            operation = self._operation(current)
            arguments = self._arguments(current)
            if operation is Operation.MULTIPLY:
                stack.extend([(arguments[1], up), (arguments[0], up)])
            elif operation is Operation.DIVIDE:
                stack.extend([(arguments[1], not up), (arguments[0], up)])
            elif operation is Operation.RECIPROCAL:
                stack.append((arguments[0], not up))
            elif not self._is_one(current):
                (above if up else below).append(current)
        if latex:
            top = r" \, ".join(self._text(item, POWER, latex=True) for item in above) or "1"
            if not below:
                return top, PRODUCT
            need = SUM if len(below) == 1 else POWER
            bottom = r" \, ".join(self._text(item, need, latex=True) for item in below)
            return rf"\frac{{{top}}}{{{bottom}}}", PRODUCT
        top = "*".join(self._text(item, POWER, latex=False) for item in above) or "1"
        if not below:
            return top, PRODUCT
        bottom = "*".join(self._text(item, POWER, latex=False) for item in below)
        return f"{top}/({bottom})" if len(below) > 1 else f"{top}/{bottom}", PRODUCT

    def _is_one(self, node: int) -> bool:
        constant = self._operation(node) is Operation.CONSTANT
        return constant and float(self._listing.value[node]) == 1.0
