"""Make docstrings of this house readable to griffe.

Units in brackets are no code and no links; equations are typeset.
"""

from __future__ import annotations

import re
from typing import Any

import griffe

from exocast.design.docstrings import equations_in, sections, symbols_in, without
from exocast.design.typesetting import mathml

_TWO_BRACKETS = re.compile(r"\](\s*)\[(?=[^\]`]*\])")
_TYPE_LINE = re.compile(r"^\s*[\w*, ]+ : ")
_WITH_UNIT = re.compile(
    r"^(?P<type>\s*(?:[\w*, ]+ : )?(?:array|float|tuple of "
    "array)[^\\[\n]*?)(?P<optional>, optional)? "
    r"\[(?P<unit>[^\]]+)\]$"
)


def mended(line: str) -> str:
    """Return a line of a docstring: ``array [V/m]`` as words, bracketed texts apart.

    >>> mended("field : array, optional [V/m]")
    'field : array of V/m, optional'
    """
    found = _WITH_UNIT.match(line)
    if found:
        unit = ", no unit" if found["unit"] == "1" else f" of {found['unit']}"
        return found["type"].rstrip() + unit + (found["optional"] or "")
    return line if _TYPE_LINE.match(line) else _TWO_BRACKETS.sub(r"]\1\\[", line)


def typeset(doc: str) -> str:
    """Return a docstring whose equations are MathML, in front of its first section."""
    parts = sections(doc)
    if "Equation" not in parts:
        return doc
    set_out = "".join(f"<div>{mathml(one, block=True)}</div>" for one in equations_in(parts))
    where = ", ".join(
        f"{mathml(symbol)} {'the result' if words.startswith('returned') else words}"
        for symbol, words in symbols_in(parts)
    )
    lead, _, rest = without(doc, "Equation", "Symbols").partition("\n\n")
    shown = f'<div class="equation">{set_out}<p>where {where}</p></div>'
    return f"{lead}\n\n{shown}\n\n{rest}"


class UnitsInWords(griffe.Extension):
    """Mend the docstring of every object before it is parsed."""

    def on_instance(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Mend one."""
        if obj.docstring:
            obj.docstring.value = "\n".join(
                mended(line) for line in typeset(obj.docstring.value).splitlines()
            )
