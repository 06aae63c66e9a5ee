"""What is asked of lots: limits of a specification, margins of equivalence, a forecast beside."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exocast.errors import ExocastError, UnitError, nearest
from exocast.instruments.readers.lots import LotTable
from exocast.material.forecast import Forecast
from exocast.units import from_si, same_dimension, to_si

__all__ = ["Expected", "Limits", "expected_spread", "read_limits", "read_margins"]

_LIMIT = re.compile(r"\s*(.+?)\s*(>=|≥|>|<=|≤|<|=)\s*(.+?)\s*")
_AMOUNT = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(.*)")
_WAYS = "'NAME >= 1e9', 'NAME <= 150 nm' or 'NAME = 80..150 nm'"


@dataclass(frozen=True)
class Limits:
    """Between what a quantity is to lie.

    Attributes
    ----------
    low, high : float
        In the unit of the quantity; infinite where there is none.
    texts : tuple of str
        As they were written.
    """

    low: float
    high: float
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """How lots differ by a saved forecast.

    Attributes
    ----------
    quantity : str
        Of the table.
    title : str
        The row of the forecast.
    deviation : float
        Standard deviation of the logarithm over subjects and batches: median over what is not
        known.
    low, high : float
        90 % of that.
    """

    quantity: str
    title: str
    deviation: float
    low: float
    high: float


def read_limits(texts: Sequence[str], table: LotTable) -> dict[str, Limits]:
    """Read limits of a specification, by quantity.

    Parameters
    ----------
    texts : sequence of str
        ``particles per ug >= 1e9``, ``median diameter = 80..150 nm``; an amount without a unit is
        in that of the table.
    table : LotTable
        Whose quantities they are of.

    Raises
    ------
    ExocastError
        If one cannot be read, or leaves nothing between its limits.
    """
    found: dict[str, Limits] = {}
    for text in texts:
        parts = _LIMIT.fullmatch(text)
        if parts is None:
            raise ExocastError(f"--spec {text!r}: write {_WAYS}")
        name, sign, amounts = parts[1], parts[2], parts[3]
        quantity = _quantity(name, table, f"--spec {text!r}")
        low, _, high = amounts.partition("..")
        if bool(high) != (sign == "="):
            raise ExocastError(f"--spec {text!r}: write {_WAYS}")
        if high:
            unit = _AMOUNT.fullmatch(high.strip())
            low = low if not unit or _unit_of(low) else f"{low} {unit[2]}"
            ends = [_amount(one, quantity, table, f"--spec {text!r}") for one in (low, high)]
        else:
            value = _amount(amounts, quantity, table, f"--spec {text!r}")
            ends = [value, math.inf] if sign in (">=", "≥", ">") else [-math.inf, value]
        held = found.get(quantity, Limits(-math.inf, math.inf, ()))
        both = Limits(max(held.low, ends[0]), min(held.high, ends[1]), (*held.texts, text.strip()))
        if not both.low < both.high:
            ends_told = f"{both.low:g} and {both.high:g} {table.units[quantity]}".strip()
            raise ExocastError(f"--spec {text!r}: nothing lies between {ends_told}")
        found[quantity] = both
    return found


def read_margins(texts: Sequence[str], table: LotTable, linear: Sequence[str]) -> dict[str, float]:
    """Read margins of equivalence, by quantity, on the scale on which readings are summed.

    Parameters
    ----------
    texts : sequence of str
        ``1.5`` for every quantity, or ``particles per ug = 1.5``: a ratio, whose inverse is the
        other end; ``zeta potential = 5 mV``, a difference, for a quantity that may be negative.
    table : LotTable
        Whose quantities they are of.
    linear : sequence of str
        Quantities that may be negative.

    Raises
    ------
    ExocastError
        If one cannot be read.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, equals, amount = text.rpartition("=")
        where = f"--margin {text!r}"
        quantities = [_quantity(name.strip(), table, where)] if equals else [
            one for one in table.quantities if one not in linear
        ]  # fmt: skip
        for quantity in quantities:
            if quantity in linear:
                value = _amount(amount.strip(), quantity, table, where)
                found[quantity] = value
            else:
                ratio = _number(amount.strip(), where)
                if not 1 < ratio < 1e3:
                    raise ExocastError(f"{where}: a ratio above 1, as 1.25 or 1.5")
                value = found[quantity] = math.log(ratio)
            if not value > 0:
                raise ExocastError(f"{where}: a margin is more than nothing")
    return found


def expected_spread(text: str, table: LotTable) -> Expected:
    """Read how lots differ by a saved forecast: ``QUANTITY=FOLDER:ROW``.

    Parameters
    ----------
    text : str
        The quantity may be left out where the table has one, the row where the last tube's
        vesicles are meant.
    table : LotTable
        Whose quantity it is set beside.

    Raises
    ------
    ExocastError
        If there is no such quantity, forecast or row, or nothing varies in it.
    """
    where = f"--forecast {text!r}"
    name, equals, place = text.rpartition("=")
    if not equals and len(table.quantities) > 1:
        raise ExocastError(
            f"{where}: say of which quantity, as '{table.quantities[0]}={text}': the table has "
            + ", ".join(table.quantities)
        )
    quantity = _quantity(name.strip(), table, where) if equals else table.quantities[0]
    folder, colon, row = place.partition(":")
    forecast = Forecast.open(Path(folder))
    rows = {one["name"]: one for one in forecast.record["cascade"]}
    vesicles = [one["name"] for one in rows.values() if one["head"] == "vesicles"]
    wanted = row if colon else (vesicles or list(rows))[-1]
    if wanted not in rows:
        raise ExocastError(f"{where}: the forecast has no row `{wanted}`. {nearest(wanted, rows)}")
    data = forecast.data["cascade"].isel(variant=0, rival=0).sel(row=wanted).to_numpy()
    outer = int(forecast.record["provenance"]["members"]["uncertainty"])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.asarray(data, dtype=float).reshape(outer, -1))
    logs = logs[np.isfinite(logs).all(axis=1)]
    spread = np.std(logs, axis=1, ddof=1) if logs.shape[0] and logs.shape[1] > 1 else np.zeros(1)
    low, middle, high = np.quantile(spread, (0.05, 0.5, 0.95))
    if not middle > 0:
        raise ExocastError(f"{where}: nothing differs between the batches of `{wanted}`")
    return Expected(quantity, str(rows[wanted]["title"]), float(middle), float(low), float(high))


def _quantity(name: str, table: LotTable, where: str) -> str:
    """Look a quantity of the table up."""
    plain = " ".join(name.replace("µ", "u").split()).lower()
    known: Mapping[str, str] = {one.lower(): one for one in table.quantities}
    if plain not in known:
        offer = nearest(name, table.quantities)
        raise ExocastError(f"{where}: the table has no quantity `{name}`. {offer}")
    return known[plain]


def _unit_of(text: str) -> str:
    found = _AMOUNT.fullmatch(text.strip())
    return found[2] if found else ""


def _number(text: str, where: str) -> float:
    found = _AMOUNT.fullmatch(text)
    if not found or found[2] not in ("", "x", "fold"):
        raise ExocastError(f"{where}: {text!r} is no ratio, as 1.5")
    return float(found[1])


def _amount(text: str, quantity: str, table: LotTable, where: str) -> float:
    """Read an amount in the unit of a quantity."""
    found = _AMOUNT.fullmatch(text.strip())
    if not found:
        raise ExocastError(f"{where}: {text!r} is no amount. Write {_WAYS}")
    value, unit, own = float(found[1]), found[2].strip(), table.units[quantity]
    if not unit or unit == own:
        return value
    try:
        if own and same_dimension(unit, own):
            return float(from_si(to_si(value, unit), own))
    except UnitError:
        pass
    raise ExocastError(f"{where}: `{quantity}` is in {own or 'no unit'} in {table.name}")
