"""Equations set for people: LaTeX as MathML that browsers show by themselves, or as a line of text.

The one room that knows `latex2mathml`. What it gives is mended where browsers would set it badly:
words in upright type as one word, a thin space after the name of a function, bars that stretch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final
from xml.etree import ElementTree as ET

from markupsafe import Markup

__all__ = ["in_a_line", "mathml"]

Element = ET.Element

_XMLNS = ' xmlns="http://www.w3.org/1998/Math/MathML"'
_WORD = re.compile(r"\\mathrm\s*\{((?:\\_|[^{}])*)\}")
FUNCTIONS: Final = frozenset(
    {"exp", "ln", "log", "sin", "cos", "arcsin", "min", "max", "erfc", "slab"}
)
OPENING: Final = frozenset("([{⌊")
BARS: Final = frozenset("―¯‾")


@cache
def mathml(latex: str, *, block: bool = False) -> Markup:
    """Return an equation as MathML.

    Parameters
    ----------
    latex : str
        What stands between dollar signs.
    block : bool
        Whether it stands on a line of its own.

    Raises
    ------
    ValueError
        If it cannot be converted whole.

    Examples
    --------
    >>> mathml("a^2")
    Markup('<math><msup><mi>a</mi><mn>2</mn></msup></math>')
    """
    root = _tree(latex)
    if block:
        root.set("display", "block")
    return Markup(ET.tostring(root, encoding="unicode", short_empty_elements=True))


@cache
def in_a_line(latex: str) -> str:
    r"""Return an equation as one line of text, for a terminal.

    Examples
    --------
    >>> in_a_line(r"t_{1/2} = \frac{2 W}{K n_0}")
    't_1/2 = 2 W/(K n₀)'
    >>> in_a_line(r"1 - e^{-k t}"), in_a_line(r"\sqrt{x^2 + 1}")
    ('1 − e^(−k t)', '√(x² + 1)')
    """
    text = _said(_tree(latex))
    text = re.sub(r"\s+([,)\]])", r"\1", re.sub(r"([(\[])\s+", r"\1", text))
    return re.sub(r"\s+", " ", text).strip()


def _tree(latex: str) -> Element:
    """Return the mended tree of an equation."""
    from latex2mathml.converter import convert

    worded = _WORD.sub(r"{\\text{\1}}", latex).replace(r"\_", "_")
    try:
        text = convert(worded)
    except Exception as error:  # noqa: BLE001 - the converter raises a class for each mistake
        raise ValueError(f"{latex!r} is no LaTeX that can be set: {error!r}") from None
    found = re.search(r"\\[a-zA-Z]+", text)
    if latex.count("{") != latex.count("}"):
        raise ValueError(f"{latex!r} has braces that do not pair")
    if found:
        raise ValueError(f"{latex!r}: {found[0]} is not known to the converter")
    root = ET.fromstring(text.replace(_XMLNS, ""))
    root.attrib.clear()
    _mend(root)
    return root


def _mend(node: Element) -> None:
    """Mend what browsers would set badly, and leave out what says nothing."""
    for child in node:
        _mend(child)
    if node.tag == "mo" and node.text in BARS:
        node.text = "‾"
        node.set("stretchy", "true")
    if node.tag == "mover":
        node.set("accent", "true")
    if node.tag == "mo" and node.text in FUNCTIONS:
        node.tag = "mi"
    if node.tag == "mtext" and node.text:
        node.text = node.text.replace("\u00a0", " ").strip() if node.text.strip() else node.text
    if node.tag == "mtext" and node.get("mathvariant") == "bold":
        node.set("class", "state")
    for name in ("fence", "form", "mathvariant", "accent"):
        if node.tag != "mi" or name != "mathvariant":
            node.attrib.pop(name, None)
    children = list(node)
    if node.tag in ("math", "mrow") and len(children) == 1 and children[0].tag == "mrow":
        node[:] = list(children[0])
    _space(node)


def _space(row: Element) -> None:
    """Put a thin space between the name of a function and what is no bracket."""
    if row.tag not in ("math", "mrow"):
        return
    for place in reversed(range(len(row) - 1)):
        if row[place].tag == "mi" and row[place].text in FUNCTIONS and not _opens(row[place + 1]):
            row.insert(place + 1, Element("mspace", {"width": "0.17em"}))


def _opens(node: Element) -> bool:
    first = node if node.tag == "mo" else node[0] if len(node) else node
    return first.tag == "mo" and (first.text or "") in OPENING


RAISED: Final = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
LOWERED: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SPACED: Final = frozenset("=+−<>≤≥≈∝⇒∩×⋅/") - {"/"}
ACCENTS: Final = {"‾": "\u0304", "˙": "\u0307"}


def _said(node: Element) -> str:
    """Return a node as text."""
    if node.tag in _SAYING:
        return _SAYING[node.tag](node)
    if node.tag == "mspace":
        return " "
    text = node.text or ""
    if node.tag == "mo":
        return f" {text} " if text in SPACED else f"{text} " if text == "," else text
    return text


def _row(node: Element) -> str:
    """Return a row: factors apart, a sign in front close to what it belongs to."""
    text = ""
    for child in node:
        piece = _said(child)
        if child.tag == "mo" and (child.text or "") in "+−" and not text.rstrip(" (["):
            piece = piece.strip()
        signed = text.strip() in ("+", "−")
        joined = text and text[-1] not in " (⌊[|√/" and child.tag not in ("mo", "mspace")
        joined = joined and not signed
        text += (" " if joined and piece[:1] not in " )" else "") + piece
    return text


def _bracketed(text: str, *, tight: bool = False) -> str:
    """Return text in brackets where it would not hold together."""
    bare = text.strip()
    loose = re.search(r"[ /−]" if tight else "[ /]", _outside(bare))
    return f"({bare})" if loose else bare


def _outside(text: str) -> str:
    """Return what of a text stands in no brackets."""
    kept, depth = "", 0
    for letter in text:
        depth += letter in "(["
        kept += letter if depth == 0 else ""
        depth -= letter in ")]"
    return kept


def _fraction(node: Element) -> str:
    above, below = _said(node[0]).strip(), _said(node[1]).strip()
    if re.search(r" [+−] |/", _outside(above)):
        above = f"({above})"
    return f"{above}/{_bracketed(below)}"


def _power(node: Element) -> str:
    base, above = _bracketed(_said(node[0])), re.sub(r"^− ", "−", _said(node[1]).strip())
    if re.fullmatch(r"[0-9+−]+", above):
        return base + above.translate(RAISED)
    return f"{base}{above}" if above in ("'", "′") else f"{base}^{_bracketed(above, tight=True)}"


def _index(node: Element) -> str:
    below = _said(node[1]).strip().replace(" ", "").replace(",", ",")
    return _said(node[0]).strip() + (below.translate(LOWERED) if below.isdigit() else f"_{below}")


def _both(node: Element) -> str:
    base, below, above = (_said(child).strip() for child in node)
    if base in ("∑", "∫", "∏"):
        return f"{base}[{below} to {above}] "
    low = below.translate(LOWERED) if below.isdigit() else f"_{below}"
    high = above.translate(RAISED) if re.fullmatch(r"[0-9+−]+", above) else above
    high = high if high in ("'", "′") or high[:1] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻" else f"^{_bracketed(high)}"
    return base + low + high


def _over(node: Element) -> str:
    base, mark = _said(node[0]).strip(), (node[1].text or "").strip()
    if len(base) == 1 and mark in ACCENTS:
        return base + ACCENTS[mark]
    return f"mean({base})"


_SAYING: Mapping[str, Callable[[Element], str]] = {
    "math": _row,
    "mrow": _row,
    "mfrac": _fraction,
    "msup": _power,
    "msub": _index,
    "munder": lambda node: f"{_said(node[0])}[{_said(node[1]).strip()}] ",
    "msubsup": _both,
    "munderover": _both,
    "mover": _over,
    "msqrt": lambda node: f"√({_row(node).strip()})",
    "mtext": lambda node: f" {node.text or ''} ",
    "mtable": lambda node: "; ".join(_said(row) for row in node),
    "mtr": lambda node: ": ".join(_said(cell).strip() for cell in node),
    "mtd": _row,
}
