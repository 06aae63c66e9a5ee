"""``forecast.plot``: every figure of the report, one method each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exocast.errors import ExocastError
from exocast.material.forecast import Forecast

if TYPE_CHECKING:
    from exocast.face.plotting import Plot
    from exocast.report.blocks import Panel, Picture

__all__ = ["Figures"]

WHY: Mapping[str, str] = {
    "cascade": "no member finished",
    "drivers": "no value moves its answer",
    "best-attainable": "no step has anything to gain",
    "copies-needed": "its question needs no copies in the cytosol",
    "copies-per-vesicle": "nothing is loaded",
    "organs": "no vesicle was dosed",
    "balance": "no vesicle was dosed",
    "cells-above": "nothing says how many copies a cell needs",
    "knock-down": "[models] names no response that silences",
    "tumour-growth": "[models] names no tumour_growth",
    "observed": "its Design names no animals: design.with_observed(file) does",
    "observed-courses": "its Design names no animals: design.with_observed(file) does",
    "observed-signal": "its Design names no animals: design.with_observed(file) does",
}
"""Why a figure may be missing."""


class Figures:
    """The figures of one forecast, drawn by the code of the report.

    Each method returns a matplotlib figure that also carries its ``caption`` (the conclusion,
    computed from the data), how to read it, and its data (``to_frame()``).

    Parameters
    ----------
    forecast : Forecast
        What is drawn; nothing is run.
    """

    def __init__(self, forecast: Forecast) -> None:
        self._forecast = forecast

    @property
    def names(self) -> tuple[str, ...]:
        """Return the figures that this forecast has, as the report calls their files."""
        from exocast.report.export import pictures

        return tuple(picture.name for picture in pictures(self._forecast))

    def __call__(self, name: str) -> Plot:
        """Return a figure by its name.

        Raises
        ------
        ExocastError
            If the forecast has none of that name; the message names those it has.
        """
        from exocast.report.export import pictures

        return self._of(name, pictures(self._forecast))

    def __repr__(self) -> str:
        methods = (name for name, held in vars(Figures).items() if name[0] != "_")
        calls = "() ".join(name for name in methods if callable(getattr(Figures, name)))
        return f"Figures of {self._forecast.record['title']}: {calls}()"

    def answer(self) -> Plot:
        """Draw the answer of every rival against what is needed."""
        return self._in("answer", "answer")

    def cascade(self) -> Plot:
        """Draw the delivery cascade: what passes each step, and how sure that is."""
        return self._in("cascade", "cascade")

    def drivers(self) -> Plot:
        """Draw the tornado: the values that move the answer most."""
        return self._in("drivers", "drivers")

    def best_attainable(self) -> Plot:
        """Draw what each step passes, and the best that the evidence leaves open."""
        return self._in("drivers", "best-attainable")

    def needed(self, *, share: float = 0.5, copies: float | None = None) -> Plot:
        """Draw copies per vesicle, escape and dose traded against each other.

        Parameters
        ----------
        share : float
            Share of the target cells that is to get enough [1].
        copies : float, optional
            Copies to exceed in the cytosol; those of the forecast by default.
        """
        from exocast.report.panels import needed

        return self._from(needed.panel(self._forecast, share=share, needed=copies), "copies-needed")

    def sizes(self) -> Plot:
        """Draw sizes by kind along the preparation."""
        return self._in("sample", "sizes")

    def reading(self, step: str = "") -> Plot:
        """Draw what an instrument would show, what it showed, and what it cannot see.

        Parameters
        ----------
        step : str
            Id of the assay step; the first by default.
        """
        steps = [str(reading["step"]) for reading in self._forecast.record["readings"]]
        chosen = step or (steps[0] if steps else "")
        return self._in("sample", f"reading-{chosen}".replace("_", "-"))

    def cargo(self) -> Plot:
        """Draw copies per vesicle over size, empty vesicles included."""
        return self._in("cargo", "copies-per-vesicle")

    def organs(self, *, observed: str | Path | bool = False) -> Plot:
        """Draw blood, tumour and organs over time; or what was sampled, with your readings on it.

        Parameters
        ----------
        observed : str, Path or bool
            A table that the Design names under ``[[observed]]``, or True for all of them. Then
            each sample is drawn as your assay would have shown it: the label and not the vesicle,
            with residual blood.

        Raises
        ------
        ExocastError
            If the forecast was made without that table. A label rides the run itself, so readings
            cannot be laid over a forecast that did not carry it.
        """
        if observed is False:
            return self._in("body", "organs")
        from exocast.face.plotting import plot_of
        from exocast.face.readings import of_file
        from exocast.report.panels.observed_pictures import courses

        wanted = "" if observed is True else str(observed)
        return plot_of(courses(of_file(self._forecast.record, wanted)))

    def balance(self) -> Plot:
        """Draw where all vesicles are, summing to 100 %."""
        return self._in("body", "balance")

    def copies(self) -> Plot:
        """Draw copies per target cell over time, and what is needed."""
        return self._in("response", "copies-per-cell")

    def cells_above(self) -> Plot:
        """Draw the share of cells that get enough, and the share that get any."""
        return self._in("response", "cells-above")

    def knock_down(self) -> Plot:
        """Draw the mRNA and the protein that are lost over time."""
        return self._in("response", "knock-down")

    def growth(self) -> Plot:
        """Draw the tumour, treated and untreated."""
        return self._in("response", "tumour-growth")

    def biogenesis(self) -> Plot:
        """Draw the donor cell's fork with its fluxes."""
        return self._in("journey", "biogenesis")

    def vesicle(self) -> Plot:
        """Draw the inventory of one vesicle, to scale."""
        return self._in("journey", "vesicle")

    def purity(self) -> Plot:
        """Draw ways to isolate on the plane of yield and purity."""
        return self._in("journey", "purity")

    def delivery(self) -> Plot:
        """Draw the delivery as a flow, from the dose to the cytosol."""
        return self._in("journey", "delivery")

    def observed(self) -> Plot:
        """Draw your animals: predicted against observed, with 2-fold lines."""
        return self._in("observed", "observed")

    def signal(self) -> Plot:
        """Draw what the signal of each of your samples is made of."""
        return self._in("observed", "observed-signal")

    def published(self) -> Plot:
        """Draw published experiments: predicted against observed."""
        return self._in("published", "published")

    def save(self, folder: str | Path) -> list[Path]:
        """Save every figure as SVG, PNG and CSV into a new folder.

        Raises
        ------
        ExocastError
            If something is in the way.
        """
        from exocast.report.export import pictures, write_pictures

        return write_pictures(pictures(self._forecast), Path(folder))

    def _in(self, room: str, name: str) -> Plot:
        """Return a figure of one panel, without making the others."""
        from importlib import import_module

        make: Callable[[Any], Panel] = import_module(f"exocast.report.panels.{room}").panel
        return self._from(make(self._forecast), name)

    def _from(self, panel: Panel, name: str) -> Plot:
        from exocast.report.export import pictures_in

        return self._of(name, pictures_in(panel.blocks))

    def _of(self, name: str, found: list[Picture]) -> Plot:
        from exocast.face.plotting import plot_of

        for picture in found:
            if picture.name == name:
                return plot_of(picture)
        why = f": {WHY[name]}" if name in WHY else ""
        raise ExocastError(
            f"this forecast has no figure `{name}`{why}. It has: {', '.join(self.names)}"
        )
