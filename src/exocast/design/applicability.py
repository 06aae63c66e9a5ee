"""What a method says when the domain in which it holds is left, read from the code that says it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache

from exocast.material.step import Step

__all__ = ["flag_texts"]

SHORTEST = 25
"""Letters; what is shorter is a name or a unit."""


@cache
def flag_texts(cls: type[Step]) -> tuple[str, ...]:
    """Return the sentences that a class can raise as flags; an ellipsis is a number of the run."""
    names = [
        name for name in vars(cls) if name == "flags" or "remark" in name or "flag" in name.lower()
    ]
    found: list[str] = []
    for name in names:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(getattr(cls, name)))))
        held = [text for node in ast.walk(tree) if (text := _text(node))]
        found += [text for text in held if " " in text and not text.startswith("Return")]
    docs = {inspect.cleandoc(getattr(cls, name).__doc__ or "") for name in names}
    lone = [text for text in found if not any(text in doc or doc in text for doc in docs if doc)]
    whole = [text for text in lone if not any(text != other and text in other for other in lone)]
    return tuple(text for text in dict.fromkeys(whole) if len(text) > SHORTEST)


def _text(node: ast.AST) -> str:
    """Return the words of a string in the code, with an ellipsis for what a run fills in."""
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values]
        return "".join(parts)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""
