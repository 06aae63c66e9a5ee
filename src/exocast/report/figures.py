"""Figures as small inline SVG: text stays text, ids stay apart, nothing points outside."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from exocast.report.style import CONFIG

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["DPI", "WIDTH", "Drawing", "draw"]

WIDTH = 10.0
"""Inches of a figure across the page, whose 720 points fill 960 pixels."""

_LEFT_OUT = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>"
    r"|<style type=\"text/css\">.*?</style>|<defs>\s*</defs>",
    re.DOTALL,
)
_GEOMETRY = re.compile(r' (?:d|x|y|x1|x2|y1|y2|width|height|points|transform)="[^"]*"')
_DIGITS = re.compile(r"(\.\d\d)\d+")
_REFERENCE = re.compile(r'(xlink:href="#|url\(#)')


DPI = 200
"""Of a PNG: sharp on paper at half the width of a page."""


@dataclass(frozen=True)
class Drawing:
    """A figure that is drawn where it is wanted: on the page, as a file, or in a notebook.

    Attributes
    ----------
    name : str
        Name of the figure, unique on the page.
    alt : str
        What it shows, for those who do not see it.
    height, width : float
        Size [inch].
    paint : callable
        Draws into the figure it is given.
    """

    name: str
    alt: str
    height: float
    paint: Callable[[Figure], None] = field(repr=False)
    width: float = WIDTH

    def onto(self, figure: Figure) -> None:
        """Paint a figure that is empty, in the look of the report."""
        from matplotlib import rc_context

        settings: dict[Any, Any] = dict(CONFIG)
        with rc_context(settings):
            figure.set_size_inches(self.width, self.height)
            self.paint(figure)

    def __html__(self) -> str:
        """Return the figure as SVG that lives with others on one page."""
        return _inline(self._saved("svg", transparent=True).decode(), self.name, self.alt)

    def file(self, form: str) -> bytes:
        """Return the figure as ``svg`` or ``png``, on white."""
        return self._saved(form, dpi=DPI, facecolor="white")

    def _saved(self, form: str, **options: Any) -> bytes:
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        settings: dict[Any, Any] = {**CONFIG, "svg.hashsalt": self.name}
        with rc_context(settings):
            figure = Figure()
            self.onto(figure)
            buffer = io.BytesIO()
            metadata = {"Date": None} if form == "svg" else None
            figure.savefig(buffer, format=form, metadata=metadata, **options)
        return buffer.getvalue()


def draw(
    name: str, alt: str, height: float, paint: Callable[[Figure], None], *, width: float = WIDTH
) -> Drawing:
    """Return a figure, to be drawn where it is wanted; see `Drawing`."""
    return Drawing(name, alt, height, paint, width)


def _inline(svg: str, name: str, alt: str) -> str:
    """Return SVG that lives with others on one page."""
    text = _LEFT_OUT.sub("", svg)
    text = _GEOMETRY.sub(lambda found: _DIGITS.sub(r"\1", found[0]), text)
    text = re.sub(r'<g id="[^"]*"', "<g", text)
    text = text.replace(' id="', f' id="{name}-')
    text = _REFERENCE.sub(rf"\g<1>{name}-", text).replace("xlink:href", "href")
    text = re.sub(r"\s*\n\s*", "\n", text).strip()
    box = re.search(r'viewBox="[^"]*"', text)
    head = f'<svg {box[0] if box else ""} role="img" aria-labelledby="{name}-alt">'
    head += f'<title id="{name}-alt">{escape(alt)}</title>'
    return re.sub(r"<svg\b[^>]*>", lambda _: head, text, count=1)
