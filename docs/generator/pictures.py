"""Draw the laws: method name to pictures, as SVG files."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from exocast.report.figures import draw
from generator import (
    drawings_body,
    drawings_carriers,
    drawings_chemistry,
    drawings_isolation,
    drawings_joining,
    drawings_loading,
    drawings_opening,
    drawings_release,
    drawings_routes,
    drawings_sources,
    drawings_storage,
    drawings_surface,
    drawings_targeting,
    drawings_tube,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Painter = Callable[["Figure"], None]

PICTURES: dict[str, tuple[Painter, ...]] = {
    **drawings_tube.PICTURES,
    **drawings_isolation.PICTURES,
    **drawings_loading.PICTURES,
    **drawings_opening.PICTURES,
    **drawings_joining.PICTURES,
    **drawings_body.PICTURES,
    **drawings_carriers.PICTURES,
    **drawings_chemistry.PICTURES,
    **drawings_targeting.PICTURES,
    **drawings_routes.PICTURES,
    **drawings_sources.PICTURES,
    **drawings_release.PICTURES,
    **drawings_storage.PICTURES,
    **drawings_surface.PICTURES,
}
for _method, _painters in drawings_surface.FURTHER.items():
    PICTURES[_method] = (*PICTURES[_method], *_painters)

# The report's drawings live in its page; a file of its own needs a namespace and a font.
_ALONE = '<svg xmlns="http://www.w3.org/2000/svg" style="font-family: Verdana, sans-serif" '


def words(painter: Painter) -> tuple[str, str]:
    """Return a picture's title and caption, from its docstring."""
    title, _, caption = (inspect.getdoc(painter) or "").partition("\n\n")
    return title.rstrip("."), " ".join(caption.split())


@cache
def svg(painter: Painter) -> str:
    """Return a picture as the text of an SVG file."""

    def paint(figure: Figure) -> None:
        figure.set_layout_engine("constrained")
        painter(figure)

    title, _ = words(painter)
    drawn = draw(painter.__name__, title, 3.4, paint, width=7.6).__html__()
    return drawn.replace("<svg ", _ALONE, 1)
