"""Docstrings of this house as data: their sections, their arguments, their equations."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["SECTIONS", "Field", "equations_in", "fields_in", "sections", "symbols_in", "without"]

SECTIONS = (
    "Parameters",
    "Attributes",
    "Returns",
    "Yields",
    "Raises",
    "Equation",
    "Symbols",
    "Notes",
    "References",
    "Examples",
)
_UNIT = re.compile(r"\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Field:
    """One argument or result as its docstring describes it.

    Attributes
    ----------
    name : str
        Its name; empty for a result without one.
    unit : str
        Its unit; empty where none is said.
    doc : str
        What it is.
    """

    name: str
    unit: str
    doc: str


def sections(doc: str) -> dict[str, str]:
    """Return the parts of a NumPy docstring: ``""`` is what stands before the first heading."""
    parts: dict[str, list[str]] = {"": []}
    held = parts[""]
    lines = doc.splitlines()
    skip = False
    for place, line in enumerate(lines):
        if skip:
            skip = False
            continue
        under = lines[place + 1] if place + 1 < len(lines) else ""
        if line.strip() in SECTIONS and under.strip() and not under.strip("- "):
            held = parts[line.strip()] = []
            skip = True
            continue
        held.append(line)
    return {name: "\n".join(body).strip() for name, body in parts.items()}


def without(doc: str, *names: str) -> str:
    """Return a docstring without some of its sections."""
    kept = []
    for name, body in sections(doc).items():
        if name not in names:
            kept.append(f"{name}\n{'-' * len(name)}\n{body}" if name else body)
    return "\n\n".join(kept)


def equations_in(parts: dict[str, str]) -> tuple[str, ...]:
    """Return the equations of a docstring, as LaTeX: one a paragraph."""
    held = re.split(r"\n\s*\n", parts.get("Equation", ""))
    return tuple(" ".join(one.split()) for one in held if one.strip())


def symbols_in(parts: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return each symbol, as LaTeX, with what it stands for."""
    lines = [line for line in parts.get("Symbols", "").splitlines() if line.strip()]
    found = []
    for line in lines:
        symbol, _, words = line.partition(" : ")
        found.append((symbol.strip(), words.strip()))
    return tuple(found)


def fields_in(text: str) -> list[Field]:
    r"""Return the fields of a section such as Parameters; names that share a line come apart.

    Examples
    --------
    >>> [one.unit for one in fields_in("mean, variation : array (n,) [m], [1]\n    Of a size.")]
    ['m', '1']
    >>> fields_in("array [m^3]\n    Cleared.")
    [Field(name='', unit='m^3', doc='Cleared.')]
    """
    found: list[Field] = []
    heads: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line and not line.startswith(" "):
            heads.append((line, []))
        elif heads and line.strip():
            heads[-1][1].append(line.strip())
    for head, body in heads:
        names, _, kind = head.partition(" : ") if " : " in head else ("", "", head)
        units = _UNIT.findall(kind)
        for place, name in enumerate(part.strip() for part in names.split(",")):
            unit = units[min(place, len(units) - 1)] if units else ""
            found.append(Field(name, unit, " ".join(body)))
    return found
