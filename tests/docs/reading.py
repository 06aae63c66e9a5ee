"""Fenced blocks of the documentation, and small runs to try them with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

MEMBERS = (3, 2)
_FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text and its line."""

    language: str
    text: str
    line: int


def written() -> list[Path]:
    """Return every page that a person wrote."""
    return sorted(path for path in DOCS.rglob("*.md"))


def blocks(path: Path, *languages: str) -> list[Block]:
    """Return the blocks of a page in these languages, in order."""
    text = path.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        if match[2] in languages:
            line = text.count("\n", 0, match.start()) + 1
            body = "\n".join(row[len(match[1]) :] for row in match[3].splitlines())
            found.append(Block(match[2], body, line))
    return found
