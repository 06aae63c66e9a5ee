"""Figures as small inline SVG: text stays text, ids stay apart, nothing points outside."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

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


class Drawing(Markup):
    """A figure as it stands on the page, which can be drawn again as a file of its own."""

    paint: Callable[[Figure], None]
    size: tuple[float, float]
    salt: str

    def file(self, form: str) -> bytes:
        """Return the figure as ``svg`` or ``png``, on white."""
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        settings: dict[Any, Any] = {**CONFIG, "svg.hashsalt": self.salt}
        with rc_context(settings):
            figure = Figure(figsize=self.size)
            self.paint(figure)
            buffer = io.BytesIO()
            metadata = {"Date": None} if form == "svg" else None
            figure.savefig(buffer, format=form, dpi=DPI, facecolor="white", metadata=metadata)
        return buffer.getvalue()


def draw(
    name: str, alt: str, height: float, paint: Callable[[Figure], None], *, width: float = WIDTH
) -> Drawing:
    """Paint a figure and return it as SVG.

    Parameters
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
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    settings: dict[Any, Any] = {**CONFIG, "svg.hashsalt": name}
    with rc_context(settings):
        figure = Figure(figsize=(width, height))
        FigureCanvasSVG(figure)
        paint(figure)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    drawing = Drawing(_inline(buffer.getvalue(), name, alt))
    drawing.paint, drawing.size, drawing.salt = paint, (width, height), name
    return drawing


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
