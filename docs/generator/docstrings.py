"""Make docstrings of this house readable to griffe: units in brackets are no code, no links."""

from __future__ import annotations

import re
from typing import Any

import griffe

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


class UnitsInWords(griffe.Extension):
    """Mend the docstring of every object before it is parsed."""

    def on_instance(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Mend one."""
        if obj.docstring:
            obj.docstring.value = "\n".join(
                mended(line) for line in obj.docstring.value.splitlines()
            )
