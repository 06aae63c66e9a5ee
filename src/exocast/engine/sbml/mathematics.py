"""Formulas of an SBML file: from libSBML's trees, function definitions expanded."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from exocast.engine.sbml.document import Formula, name_of, number_of

__all__ = ["Mathematics"]

OPERATORS: Final = {
    "AST_PLUS": "plus",
    "AST_MINUS": "minus",
    "AST_TIMES": "times",
    "AST_DIVIDE": "divide",
    "AST_POWER": "power",
    "AST_FUNCTION_POWER": "power",
    "AST_FUNCTION_ROOT": "root",
    "AST_FUNCTION_EXP": "exp",
    "AST_FUNCTION_LN": "ln",
    "AST_FUNCTION_LOG": "log",
    "AST_FUNCTION_ABS": "abs",
    "AST_FUNCTION_MIN": "min",
    "AST_FUNCTION_MAX": "max",
    "AST_FUNCTION_SINH": "sinh",
    "AST_FUNCTION_COSH": "cosh",
    "AST_FUNCTION_TANH": "tanh",
    "AST_FUNCTION_PIECEWISE": "piecewise",
    "AST_RELATIONAL_GT": "gt",
    "AST_RELATIONAL_GEQ": "geq",
    "AST_RELATIONAL_LT": "lt",
    "AST_RELATIONAL_LEQ": "leq",
    "AST_RELATIONAL_EQ": "eq",
    "AST_RELATIONAL_NEQ": "neq",
    "AST_LOGICAL_AND": "and",
    "AST_LOGICAL_OR": "or",
    "AST_LOGICAL_NOT": "not",
    "AST_LOGICAL_XOR": "xor",
    "AST_LOGICAL_IMPLIES": "implies",
    "AST_CONSTANT_TRUE": "true",
    "AST_CONSTANT_FALSE": "false",
    "AST_NAME_TIME": "time",
}
NUMBERS: Final = (
    "AST_INTEGER",
    "AST_REAL",
    "AST_REAL_E",
    "AST_RATIONAL",
    "AST_NAME_AVOGADRO",
)
CONSTANTS: Final = {"AST_CONSTANT_PI": math.pi, "AST_CONSTANT_E": math.e}
"""Which libSBML itself gives to 8 digits only."""

REFUSED: Final = {
    "AST_FUNCTION_DELAY": "a value from the past (`delay`)",
    "AST_FUNCTION_RATE_OF": "the rate of change of a quantity (`rateOf`)",
}


class Mathematics:
    """Reads formulas; what cannot be expressed goes to `complain`, and counts as 0.

    Parameters
    ----------
    libsbml : module
    complain : callable of (str, line)
    """

    def __init__(self, libsbml: Any, complain: Callable[[str, str, int], None]) -> None:
        self._complain = complain
        self._operators = {getattr(libsbml, key): name for key, name in OPERATORS.items()}
        self._refused = {getattr(libsbml, key): text for key, text in REFUSED.items()}
        self._constants = {getattr(libsbml, key): value for key, value in CONSTANTS.items()}
        self._numbers = {getattr(libsbml, key) for key in NUMBERS} | set(self._constants)
        self._name = libsbml.AST_NAME
        self._function = libsbml.AST_FUNCTION
        self._lambda = libsbml.AST_LAMBDA
        self._bodies: dict[str, tuple[list[str], Any]] = {}
        self._opened: list[str] = []

    def define(self, identifier: str, tree: Any) -> None:
        """Remember a function definition."""
        if tree is None or tree.getType() != self._lambda or not tree.getNumChildren():
            return  # a call then finds no such function
        last = tree.getNumChildren() - 1
        names = [tree.getChild(k).getName() for k in range(last)]
        self._bodies[identifier] = names, tree.getChild(last)

    def read(
        self, tree: Any, where: str, line: int, local: Mapping[str, Formula] | None = None
    ) -> Formula:
        """Return a tree as a formula.

        Parameters
        ----------
        tree : ASTNode or None
        where : str
            The element that it stands in, for messages.
        line : int
        local : mapping of str to Formula, optional
            What names mean that are not the model's own.
        """
        if tree is None:
            self._complain("has no formula.", where, line)
            return number_of(0.0)
        kind = tree.getType()
        children = [tree.getChild(k) for k in range(tree.getNumChildren())]
        if kind in self._numbers:
            value = self._constants.get(kind) or float(tree.getValue())
            if not math.isfinite(value):
                self._complain(f"{value} in a formula is not supported.", where, line)
                return number_of(0.0)
            return number_of(value)
        if kind == self._name:
            name = tree.getName()
            return (local or {}).get(name) or name_of(name)
        if kind == self._function:
            inside = [self.read(child, where, line, local) for child in children]
            return self._call(tree.getName(), inside, where, line)
        if kind not in self._operators:
            what = self._refused.get(kind, f"`{tree.getName()}`")
            self._complain(f"{what} is not supported.", where, line)
            return number_of(0.0)
        inside = [self.read(child, where, line, local) for child in children]
        return Formula(self._operators[kind], tuple(inside))

    def _call(self, name: str, inside: list[Formula], where: str, line: int) -> Formula:
        """Return a function's body with the arguments put in."""
        if name not in self._bodies or len(self._bodies[name][0]) != len(inside):
            self._complain(f"`{name}` is no function of {len(inside)} arguments.", where, line)
            return number_of(0.0)
        if name in self._opened:
            self._complain(f"function `{name}` calls itself.", where, line)
            return number_of(0.0)
        names, body = self._bodies[name]
        self._opened.append(name)
        found = self.read(body, where, line, dict(zip(names, inside, strict=True)))
        self._opened.pop()
        return found
