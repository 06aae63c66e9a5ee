"""Amounts over time, by place and at a time that one writes as a person would."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.errors import ExocastError, nearest
from exocast.units import parse, present

if TYPE_CHECKING:
    import xarray

__all__ = ["Amount"]


@dataclass(frozen=True, repr=False)
class Amount:
    """An xarray of amounts that knows its unit.

    Attributes
    ----------
    array : xarray.DataArray
        Dimensions variant, rival, output, time [s] and member, less those that were selected.
    units : dict of str to str
        Unit of each place (an ``output`` of the time course).

    Examples
    --------
    >>> import xarray
    >>> held = xarray.Dataset(
    ...     {"amount": (("output", "time"), [[0.0, 4.0]]), "output_unit": (("output",), ["copy"])},
    ...     {"output": ["liver"], "time": [0.0, 3600.0]},
    ... )
    >>> liver = Amount.of(held).sel(place="liver")
    >>> liver
    Amounts [copy] over time: 2 time
    places: liver
    >>> liver.unit, float(liver.at("30 min"))
    ('copy', 2.0)
    """

    array: xarray.DataArray
    units: dict[str, str]

    @staticmethod
    def of(data: xarray.Dataset) -> Amount:
        """Return the amounts of a forecast's data."""
        names = [str(name) for name in data["output"].values]
        units = [str(unit) for unit in data["output_unit"].values]
        return Amount(data["amount"], dict(zip(names, units, strict=True)))

    def __repr__(self) -> str:
        size = " × ".join(f"{count} {name}" for name, count in self.array.sizes.items())
        unit = self.unit or "several units"
        shown = ", ".join(self.places[:8])
        more = f" and {len(self.places) - 8} more" if len(self.places) > 8 else ""
        return f"Amounts [{unit}] over time: {size}\nplaces: {shown}{more}"

    def _repr_html_(self) -> str:
        shown: Any = self.array  # xarray's own HTML, which it does not type
        return f"<p>{escape(repr(self))}</p>{shown._repr_html_()}"

    @property
    def places(self) -> tuple[str, ...]:
        """Names that `sel` takes for ``place``."""
        return tuple(self.units)

    @property
    def unit(self) -> str:
        """The unit of what is selected; empty where places with several units are left."""
        units = set(self.units.values())
        return units.pop() if len(units) == 1 else ""

    def sel(self, *, place: str = "", variant: str = "", rival: str = "") -> Amount:
        """Return the amounts of one place, variant or rival.

        Parameters
        ----------
        place : str
            An organ, ``blood``, or any other output of the time course; all when left out.
        variant : str
            ``design``, or the name of a variant; all when left out.
        rival : str
            ``all``, or such as ``endosomal_escape=rare``; all when left out.

        Raises
        ------
        ExocastError
            If there is none of that name; the message offers the nearest.
        """
        array = self.array
        for dimension, name in (("output", place), ("variant", variant), ("rival", rival)):
            if not name:
                continue
            known = [str(one) for one in np.atleast_1d(array[dimension].values)]
            if name not in known:
                shown = "place" if dimension == "output" else dimension
                raise ExocastError(f"the forecast has no {shown} `{name}`. {nearest(name, known)}")
            array = array.sel({dimension: name}) if dimension in array.dims else array
        units = {place: self.units[place]} if place else self.units
        selected = Amount(array.copy(), units)
        if selected.unit:
            selected.array.attrs["units"] = selected.unit
        return selected

    def at(self, time: str | float) -> xarray.DataArray:
        """Return the amounts at a time, between the times that were kept by a straight line.

        Parameters
        ----------
        time : str or float
            Such as ``"4 h"``; a number is in seconds.

        Raises
        ------
        UnitError
            If it is no time.
        ExocastError
            If it lies outside the forecast.
        """
        moment = parse(time, "s") if isinstance(time, str) else float(time)
        kept = np.asarray(self.array["time"].values, dtype=float)
        if not kept[0] <= moment <= kept[-1]:
            raise ExocastError(
                f"{time} is outside the forecast, which ends at {present(float(kept[-1]), 's')}"
            )
        after = int(np.searchsorted(kept, moment))
        if kept[after] == moment:
            return self.array.isel(time=after)
        share = (moment - kept[after - 1]) / (kept[after] - kept[after - 1])
        earlier, later = (self.array.isel(time=index, drop=True) for index in (after - 1, after))
        between: xarray.DataArray = (1.0 - share) * earlier + share * later
        between = between.assign_coords(time=moment)
        between.attrs = dict(self.array.attrs)
        return between
