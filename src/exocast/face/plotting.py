"""The figures of the report as matplotlib figures, which a notebook shows with their captions."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from exocast.report.style import CONFIG

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.backend_bases import RendererBase

    from exocast.report.blocks import Picture
    from exocast.report.figures import Drawing

__all__ = ["Plot", "plot_of", "plotted"]

DPI = 110
"""Of a figure in a notebook: 1100 pixels across, sharp at the width of a page."""


class Plot(Figure):
    """A matplotlib figure in the look of the report.

    It can be changed and saved like any other (``figure.savefig("cascade.pdf")``) and belongs to no
    global list of figures, so that nothing has to be closed.

    Attributes
    ----------
    name : str
        Name of the figure, as the report calls its files.
    caption : str
        The conclusion, computed from the data.
    reading : str
        How to read it.
    csv : str
        The data behind it.
    """

    name: str
    caption: str
    reading: str
    csv: str

    def to_frame(self) -> pd.DataFrame:
        """Return the data behind the figure."""
        import pandas as pd

        return pd.read_csv(io.StringIO(self.csv))

    def draw(self, renderer: RendererBase) -> None:
        """Draw in the look of the report, whatever the reader's own settings are."""
        settings: dict[Any, Any] = dict(CONFIG)
        with rc_context(settings):
            super().draw(renderer)

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save the figure; see matplotlib. On white unless said otherwise."""
        settings: dict[Any, Any] = {**CONFIG, "svg.hashsalt": self.name}
        with rc_context(settings):
            super().savefig(fname, **{"facecolor": "white", **options})

    def _repr_html_(self) -> str:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight")
        picture = base64.b64encode(buffer.getvalue()).decode()
        return (
            f'<figure style="margin:0"><img alt="{escape(str(self.get_label()))}" '
            f'style="max-width:100%;background:white" src="data:image/png;base64,{picture}">'
            f"<figcaption><b>{escape(self.caption)}</b> <small>{escape(self.reading)}</small>"
            "</figcaption></figure>"
        )

    def __repr__(self) -> str:
        return f"<{self.name}: {self.caption}>"


def plot_of(picture: Picture) -> Plot:
    """Return a figure of the report as one of matplotlib."""
    held = (picture.name, picture.caption, picture.reading, picture.csv)
    return plotted(picture.drawing, *held)


def plotted(drawing: Drawing, name: str, caption: str, reading: str, csv: str) -> Plot:
    """Return a drawing as a figure of matplotlib.

    Parameters
    ----------
    drawing : Drawing
        What is painted.
    name, caption, reading, csv : str
        As in `Plot`.
    """
    figure = Plot()
    drawing.onto(figure)
    figure.set_label(drawing.alt)
    figure.name, figure.caption, figure.reading, figure.csv = name, caption, reading, csv
    return figure
