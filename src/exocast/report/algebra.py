"""Balances as equations: what the engine prints in infix, as LaTeX, names as words with indices."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from exocast.design.balances import Indices, expanded
from exocast.design.typesetting import in_a_line

__all__ = ["Names", "lines", "listing"]

_NAME = re.compile(r"⟦([^⟧]*)⟧")
_LETTER = re.compile(r"\{(\w)\}")
KINDS: Final = {
    "o": "organ", "p": "organ", "i": "carrier", "j": "carrier", "c": "cohort", "d": "cohort",
    "r": "rider", "s": "rider",
}  # fmt: skip
LETTERS: Final = {"organ": "p", "carrier": "j", "cohort": "d", "rider": "s"}
FUNCTIONS: Final = {
    "exp": r"\exp", "log": r"\ln", "minimum": r"\min", "maximum": r"\max",
    "greater": r"\mathrm{greater}", "select": r"\mathrm{select}",
}  # fmt: skip
SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4
DIGITS = 4
WIDTH = 125
"""Letters of one line of an equation."""


class Names:
    """Writes the names of a network: states in bold, parameters in upright type.

    Parameters
    ----------
    network : mapping
        As recorded by `exocast.design.balances.balances_of`.
    """

    def __init__(self, network: Mapping[str, Any]) -> None:
        self._indices = Indices(**{k: tuple(v) for k, v in network["indices"].items()})
        self._states = {
            self._indices.split(state)[0]
            for pattern in network["patterns"]
            for state in pattern["states"]
        }

    def latex(self, name: str) -> str:
        """Return a name as LaTeX; indices between braces become subscripts."""
        rider, _, place = name.rpartition("@")
        if place.startswith("shared."):
            number, *rest = place.split(".")[1:]
            below = [number, *_letters(".".join(rest))]
            given = " ".join(part for part in rest if not _LETTER.fullmatch(part))
            below += [rf"\text{{{given.replace('_', ' ')}}}"] if given else []
            return f"a_{{{', '.join(below)}}}"
        words = [part for part in _LETTER.sub("", place).split(".") if part]
        text = " ".join(words).replace("_", " ") or "in cells"
        style = "textbf" if self._shape(name) in self._states else "text"
        written = rf"\{style}{{{text}}}"
        below = _letters(place)
        if below:
            written += f"_{{{', '.join(below)}}}"
        if rider:
            letter = next((one for one in _letters(rider) if one in "rs"), "r")
            written += f"^{{{letter}}}"
        return written

    def _shape(self, name: str) -> str:
        kinds = _LETTER.sub(lambda m: f"{{{KINDS[m[1]]}}}", name)
        shape, _ = self._indices.split(kinds)
        return shape


def _letters(text: str) -> list[str]:
    return list(dict.fromkeys(_LETTER.findall(text)))


def lines(left: str, terms: Iterable[Mapping[str, Any]], names: Names) -> list[str]:
    """Return an equation as LaTeX in as many lines as it takes; sums over indices as such.

    Parameters
    ----------
    left : str
        Its left-hand side.
    terms : iterable of mapping
        ``text`` in infix with its sign, and ``over``, the values that it is summed over.
    names : Names
        How names are written.
    """
    found, room = [f"{left} ="], WIDTH - len(in_a_line(left))
    first = True
    for term in terms:
        piece = _latex(term["text"][1:], names)
        if term["over"]:
            kinds = dict.fromkeys(kind for kind, _ in term["over"][0])
            piece = rf"\sum_{{{', '.join(LETTERS[kind] for kind in kinds)}}} {piece}"
        sign = term["text"][0]
        size = len(in_a_line(piece)) + 3
        if size > room and not first:
            found.append("{}")
            room = WIDTH
        found[-1] += f" {'' if first and sign == '+' else sign} {piece}"
        room -= size
        first = False
    return [f"{left} = 0"] if first else found


def _latex(infix: str, names: Names) -> str:
    """Return one term as LaTeX."""
    held: list[str] = []

    def stand(found: re.Match[str]) -> str:
        held.append(found[1])
        return f"n{len(held) - 1}_"

    tree = ast.parse(_NAME.sub(stand, infix), mode="eval").body
    known = {f"n{place}_": names.latex(name) for place, name in enumerate(held)}
    raw = {f"n{place}_": name for place, name in enumerate(held)}
    return _Writer(known, raw).written(tree, SUM)


class _Writer:
    """Walks what Python's parser made of an infix term."""

    def __init__(self, known: Mapping[str, str], raw: Mapping[str, str]) -> None:
        self._known, self._raw = known, raw

    def written(self, node: ast.expr, needed: int) -> str:
        """Return a node that binds at least as tightly as needed."""
        text, strength = self._piece(node)
        return text if strength >= needed else rf"\left({text}\right)"

    def _piece(self, node: ast.expr) -> tuple[str, int]:
        match node:
            case ast.Constant(value=int() | float() as value):
                return _number(float(value)), ATOM
            case ast.Name(id=name):
                return self._known.get(name, name), ATOM  # the one bare name is t, the time
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return f"-{self.written(inner, PRODUCT)}", SUM
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                sign = "+" if isinstance(op, ast.Add) else "-"
                tight = SUM if isinstance(op, ast.Add) else PRODUCT
                return f"{self.written(left, SUM)} {sign} {self.written(right, tight)}", SUM
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                dot = r"\," if isinstance(left, ast.Constant) else r"\cdot"
                sides = (self.written(left, PRODUCT), self.written(right, PRODUCT))
                return f" {dot} ".join(sides), PRODUCT
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                above, below = self.written(left, SUM), self.written(right, SUM)
                return rf"\frac{{{above}}}{{{below}}}", PRODUCT
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return f"{{{self.written(left, ATOM)}}}^{{{self.written(right, SUM)}}}", POWER
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._call(name, arguments)
        raise ValueError(f"no equation: {ast.dump(node)}")

    def _call(self, name: str, arguments: list[ast.expr]) -> tuple[str, int]:
        if name == "total":
            inner = self.written(arguments[0], PRODUCT)
            below = [one for one in _letters(self._said(arguments[0])) if one in "pjds"]
            return rf"\sum_{{{', '.join(below)}}} {inner}", PRODUCT
        inside = ", ".join(self.written(one, SUM) for one in arguments)
        if name == "sqrt":
            return rf"\sqrt{{{inside}}}", ATOM
        function = FUNCTIONS.get(name, rf"\mathrm{{{name}}}")
        return rf"{function}\left({inside}\right)", ATOM

    def _said(self, node: ast.expr) -> str:
        return " ".join(self._raw[n.id] for n in ast.walk(node) if isinstance(n, ast.Name))


def _number(value: float) -> str:
    text = f"{value:.{DIGITS}g}"
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    power = rf"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \times {power}"


def listing(network: Mapping[str, Any]) -> str:
    """Return every balance of a network, and what they share, one a line, in infix."""
    lines = []
    for kind, form in (("definitions", "{name} = {text}"), ("patterns", "d[{name}]/dt = {text}")):
        for pattern in network[kind]:
            for name, text in expanded(pattern, network["indices"]):
                lines.append(form.format(name=name, text=_whole(text, network["indices"])))
    return "\n".join(lines) + "\n"


def _whole(text: str, indices: Mapping[str, Any]) -> str:
    """Write sums inside a term out."""

    def out(found: re.Match[str]) -> str:
        for letter, kind in (("j", "carriers"), ("d", "cohorts")):
            if f"{{{letter}}}" in found[1]:
                return " + ".join(found[1].replace(f"{{{letter}}}", v) for v in indices[kind])
        return found[0]

    return re.sub(r"total\(([^()]*)\)", out, text)
