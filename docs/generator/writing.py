"""Markdown: tables, anchors, and NumPy docstrings as prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from exocast.design.docstrings import sections

__all__ = [
    "anchor",
    "between",
    "capital",
    "indented",
    "linked",
    "plain",
    "prose",
    "sections",
    "table",
]

_CODE = re.compile(r"(``.+?``|`.+?`)", re.DOTALL)
_SPECIAL = re.compile(r"([*_<>\[\]|])")
_ADDRESS = re.compile(
    r"(?:https?://|(?<![\w/.])doi[: ]\s*10\.)(?:\([^\s()]*\)|[^\s;,()])*[^\s;,.()]"
)


def plain(text: str) -> str:
    """Return text that Markdown shows as it stands; code in backticks stays code."""
    parts = _CODE.split(text)
    for place, part in enumerate(parts):
        if part.startswith("`"):
            parts[place] = "`" + part.strip("`") + "`"
        else:
            parts[place] = _SPECIAL.sub(r"\\\1", part)
    return "".join(parts)


def linked(text: str) -> str:
    """Return text whose addresses and DOIs are links."""

    def link(found: re.Match[str]) -> str:
        words = found[0]
        number = re.sub(r"^doi[: ]\s*", "", words)
        target = words if words.startswith("http") else f"https://doi.org/{number}"
        shown = words if words.startswith("http") else f"doi:{number}"
        return f"<{target}>" if words.startswith("http") else f"[{shown}]({target})"

    pieces, last = [], 0
    for found in _ADDRESS.finditer(text):
        pieces += [plain(text[last : found.start()]), link(found)]
        last = found.end()
    return "".join([*pieces, plain(text[last:])])


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; empty text where there are no rows."""
    lines = [" | ".join(_cell(cell) for cell in row) for row in rows]
    if not lines:
        return ""
    head = [" | ".join(header), " | ".join("---" for _ in header)]
    return "\n".join(f"| {line} |" for line in (*head, *lines)) + "\n"


def _cell(text: str) -> str:
    flat = " ".join(text.split())
    return re.sub(r"(?<!\\)\|", r"\\|", flat)


def prose(text: str, *, links: bool = False) -> str:
    """Return docstring prose as Markdown paragraphs."""
    write = linked if links else plain
    paragraphs = [write(" ".join(part.split())) for part in re.split(r"\n\s*\n", text.strip())]
    return "\n\n".join(part for part in paragraphs if part)


def indented(text: str, by: int = 4) -> str:
    """Return text as the body of an admonition or of a definition."""
    pad = " " * by
    return "\n".join(pad + line if line else line for line in text.splitlines())


def anchor(key: str) -> str:
    """Return the anchor of a catalogue key."""
    return key.replace(".", "-").replace("_", "-")


def capital(text: str) -> str:
    """Return text with a capital first letter."""
    return text[:1].upper() + text[1:]


def between(low: str, high: str) -> str:
    """Return two bounds for people; one of them may be missing."""
    if low and high:
        return f"{low} … {high}"
    return f"from {low}" if low else f"to {high}" if high else ""
