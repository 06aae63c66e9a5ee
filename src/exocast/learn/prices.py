"""What a batch costs by the user's own prices; exocast has none."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path

from exocast.errors import Problem, TableError, UnitError
from exocast.learn.batch import COUNTED, OPERATOR, BatchLine, BatchSheet
from exocast.units import same_dimension, to_si

__all__ = ["COLUMNS", "CostLine", "Price", "Prices", "cost_lines", "cost_of", "read_prices"]

COLUMNS = ("item", "unit", "price", "currency")
HOUR = "h"


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one item.

    Attributes
    ----------
    item, unit : str
        What it is for, and how much of it.
    price : float
        Of one unit.
    """

    item: str
    unit: str
    price: float


@dataclass(frozen=True)
class Prices:
    """A price table.

    Attributes
    ----------
    items : mapping of str to Price
        By item.
    currency : str
        Of every price.
    """

    items: Mapping[str, Price]
    currency: str


@dataclass(frozen=True, slots=True)
class CostLine:
    """What a batch uses of one item.

    Attributes
    ----------
    item, unit : str
        What, in the unit of the price where there is one.
    quantity : float
        How much a batch uses.
    price, cost : float or None
        Of one unit and of all; None where the user gave no price.
    """

    item: str
    unit: str
    quantity: float
    price: float | None
    cost: float | None


@cache
def _template() -> dict[str, str]:
    """Return the items of the packaged table with their units."""
    text = (resources.files("exocast") / "templates" / "prices.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {_bare(row["item"]): row["unit"] for row in csv.DictReader(lines)}


def _bare(item: str) -> str:
    """Return an item without a unit that its name carries."""
    return item.strip().partition(" [")[0]


def read_prices(path: Path, sheet: BatchSheet) -> Prices:
    """Read a price table; every mistake in it is told at once.

    Parameters
    ----------
    path : Path
        CSV with the columns item, unit, price and currency; lines that begin with # are passed
        over, and so are rows without a price.
    sheet : BatchSheet
        The batch, whose items it may name beside those of the packaged table.

    Raises
    ------
    TableError
        If the file is not such a table, or names an item, a unit or a price that makes no sense.
    """
    if not path.is_file():
        raise TableError(path.name, [Problem(f"{path} is not there")])
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(path.name, [Problem(f"it cannot be read as text: {error}")]) from None
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    rows = list(csv.reader(line for _, line in lines))
    head = [name.strip().lower() for name in rows[0]] if rows else []
    missing = [name for name in COLUMNS if name not in head]
    if missing:
        words = f"no column {', '.join(missing)}; it needs {', '.join(COLUMNS)}"
        offer = " (exocast new --prices writes one)"
        if len(head) == 1 and ";" in head[0]:
            offer = "; part the columns by commas, not semicolons, and write 62.50, not 62,50"
        raise TableError(path.name, [Problem(words + offer)])
    units = {**_template(), OPERATOR: HOUR} | dict(sheet.used.keys())
    problems: list[Problem] = []
    found: dict[str, Price] = {}
    currencies: dict[str, int] = {}
    for (number, _), cells in zip(lines[1:], rows[1:], strict=False):
        row = dict(zip(head, (cell.strip() for cell in cells), strict=False))
        if not row.get("price"):
            continue
        try:
            price = _price(row, units, found)
        except (UnitError, ValueError) as error:
            problems.append(Problem(str(error), line=number))
            continue
        found[price.item] = price
        currencies.setdefault(row.get("currency", ""), number)
    if len(currencies) > 1:
        words = ", ".join(name or "none" for name in currencies)
        number = list(currencies.values())[1]
        problems.append(Problem(f"one currency in every row, not {words}", line=number))
    if found and "" in currencies:
        problems.append(Problem("no currency: say it, as in EUR", line=currencies[""]))
    if not found and not problems:
        problems.append(Problem("no row has a price"))
    if problems:
        raise TableError(path.name, problems)
    return Prices(found, next(iter(currencies)))


def _price(row: Mapping[str, str], units: Mapping[str, str], found: Mapping[str, Price]) -> Price:
    """Read one row.

    Raises
    ------
    ValueError
        If item, unit or price make no sense.
    """
    item, unit = _bare(row.get("item", "")), row.get("unit", "") or COUNTED
    if item not in units:
        raise ValueError(f"nothing is called `{item}`. {_nearest(item, units)}")
    if item in found:
        raise ValueError(f"`{item}` has two prices")
    try:
        price = float(row["price"])
    except ValueError:
        words = f"the price of `{item}` is {row['price']!r}: write a number, as 12.50"
        raise ValueError(words) from None
    if not math.isfinite(price) or price < 0:
        raise ValueError(f"the price of `{item}` is {row['price']}: it cannot be negative")
    if _scale(unit, units[item]) is None:
        raise ValueError(f"`{item}` is used in {units[item]}; a price for one {unit} does not fit")
    return Price(item, unit, price)


def _nearest(item: str, known: Iterable[str]) -> str:
    """Offer the items that begin alike, else the nearest spelling, else where all are listed."""
    kinds: dict[str, list[str]] = {}
    for name in known:
        kinds.setdefault(name.partition(",")[0], []).append(name)
    close = get_close_matches(item.partition(",")[0], kinds, n=1)
    offered = get_close_matches(item, kinds[close[0]], n=2, cutoff=0.3) if close else []
    if not offered:
        return "`exocast batch FOLDER` names what a batch uses, `exocast new --prices` every item."
    return f"Did you mean {' or '.join(f'`{name}`' for name in offered)}?"


def _scale(wanted: str, held: str) -> float | None:
    """Return how many `wanted` make one `held`; None where they do not compare."""
    if COUNTED in (wanted, held):
        return 1.0 if wanted == held else None
    try:
        if not same_dimension(wanted, held):
            return None
    except UnitError:
        return None
    return to_si(1.0, held) / to_si(1.0, wanted)


def cost_lines(sheet: BatchSheet, prices: Prices) -> list[CostLine]:
    """Return everything that a batch uses, with and without a price, the costliest first."""
    used = {**sheet.used, (OPERATOR, HOUR): sheet.hands_on / 3600.0}
    lines = [_cost(item, unit, number, prices) for (item, unit), number in used.items()]
    return sorted(lines, key=lambda line: -(line.cost if line.cost is not None else -1.0))


def cost_of(line: BatchLine, prices: Prices) -> float:
    """Return what one step costs by the prices there are, operator included."""
    used = {**line.used, (OPERATOR, HOUR): line.hands_on / 3600.0}
    lines: Sequence[CostLine] = [_cost(*name, number, prices) for name, number in used.items()]
    return sum(line.cost for line in lines if line.cost is not None)


def _cost(item: str, unit: str, number: float, prices: Prices) -> CostLine:
    price = prices.items.get(item)
    if price is None:
        return CostLine(item, unit, number, None, None)
    scale = _scale(price.unit, unit)
    assert scale is not None  # read_prices refused any other
    return CostLine(item, price.unit, number * scale, price.price, number * scale * price.price)
