"""`exocast batch`: the batch sheet of a saved forecast, and its cost by the user's prices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from exocast.cli.console import say, terminal
from exocast.cli.files import refuse_files, write_files
from exocast.errors import ExocastError

if TYPE_CHECKING:
    from exocast.learn.batch import BatchSheet
    from exocast.learn.prices import CostLine, Prices

__all__ = ["show_batch"]

WIDE = 136
"""Columns from which a step is a row."""
HOUR = 3600.0
MILLILITRE = 1e-6


def show_batch(folder: Path, to: Path | None, prices: Path | None) -> None:
    """Print the batch sheet of a saved forecast; see `exocast batch --help`.

    Raises
    ------
    ExocastError
        If there is no batch, the prices are no prices, or a file is in the way.
    """
    from exocast.learn.batch import batch_sheet
    from exocast.learn.prices import cost_lines, read_prices
    from exocast.material.forecast import Forecast

    costs_to = to.with_name(f"{to.stem}-costs{to.suffix}") if to and prices else None
    refuse_files([to, costs_to])
    if to is not None and not to.suffix:
        raise ExocastError(f"{to}: give the file an ending, as in {to}.csv")
    sheet = batch_sheet(Forecast.open(folder))
    priced = read_prices(prices, sheet) if prices else None
    costs = cost_lines(sheet, priced) if priced else []
    console = terminal()
    console.print(f"[bold]{sheet.title}[/]", soft_wrap=True)
    console.print("one batch, medians over members\n")
    wide = console.width >= WIDE
    if not wide:
        steps = (f"{number} {line.title}" for number, line in enumerate(sheet.lines, start=1))
        say(console, "Steps", ", ".join(steps))
        console.print()
    console.print(_steps(sheet, priced, wide=wide))
    console.print()
    _used(console, sheet)
    _doses(console, sheet)
    if priced:
        console.print()
        console.print(_costs(sheet, costs, priced))
        _sum(console, sheet, costs, priced)
    elif not prices:
        console.print(
            "[dim]no money without your prices: exocast new --prices, then --prices FILE[/]"
        )
    texts = {}
    if to is not None:
        texts[to] = _csv(sheet, priced)
    if costs_to is not None and priced:
        texts[costs_to] = _costs_csv(sheet, costs, priced)
    write_files(texts)
    for path in texts:
        console.print(f"Wrote {path}")


def _steps(sheet: BatchSheet, prices: Prices | None, *, wide: bool) -> Table:
    """Return one row a step; where columns are few, one column a step."""
    from exocast.learn.prices import cost_of
    from exocast.report.words import amount, duration, friendly, named, percent

    protein = any(line.per_microgram is not None for line in sheet.lines)
    heads = ["volume", *(named(kind) for kind in sheet.kinds), "small EVs\na particle",
             "vesicles\na particle", *(["particles\na µg protein"] if protein else []), "time",
             "hands-on", *([prices.currency] if prices else [])]  # fmt: skip
    rows = []
    for line in sheet.lines:
        counts = [amount(line.particles.get(kind, 0.0)) for kind in sheet.kinds]
        purity = [amount(line.per_microgram)] if protein else []
        rows.append(
            [
                line.title,
                friendly(line.volume, "m^3"),
                *counts,
                percent(line.small_share),
                percent(line.vesicle_share),
                *purity,
                duration(line.time),
                duration(line.hands_on),
                *([f"{cost_of(line, prices):,.2f}"] if prices else []),
            ]
        )
    return _wide(heads, rows) if wide else _narrow(heads, rows)


def _wide(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return one row a step."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("after", overflow="fold")
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _narrow(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return one column a step."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("after step")
    for number, _ in enumerate(rows, start=1):
        table.add_column(str(number), justify="right", no_wrap=True)
    for index, head in enumerate(heads, start=1):
        table.add_row(head.replace("\n", " "), *(row[index] for row in rows))
    return table


def _used(console: Console, sheet: BatchSheet) -> None:
    """Print what is used up."""
    parts = [_quantity(number, unit, item) for (item, unit), number in sheet.used.items()]
    console.print(f"[bold]Uses[/]     {'; '.join(parts) or 'nothing'}", soft_wrap=True)


def _quantity(number: float, unit: str, item: str) -> str:
    from exocast.learn.batch import COUNTED
    from exocast.report.words import friendly, named

    if unit == COUNTED:
        return f"{float(f'{number:.3g}'):g} × {item}"
    if unit == "mol":
        return f"{friendly(number, 'mol')} {named(item)}"
    return f"{float(f'{number:.3g}'):g} {unit} {item}"


def _doses(console: Console, sheet: BatchSheet) -> None:
    """Print what a batch gives, and what a dose takes."""
    from exocast.report.words import amount, duration, friendly, interval

    doses = sheet.doses
    console.print(
        f"[bold]Together[/] {duration(sheet.time)}, of which {duration(sheet.hands_on)} hands-on"
    )
    if doses is None:
        console.print(
            '[dim]no doses: say under \\[question] what one is, dose = "1e10 particles"[/]'
        )
        return
    console.print(
        f"[bold]Doses[/]    {amount(doses.median)} in a batch (90 % uncertainty "
        f"{interval(doses.uncertainty)}, variability {interval(doses.variability)})"
    )
    medium = sheet.used.get(("medium", "L"))
    parts = []
    if medium is not None:
        parts.append(f"{friendly(sheet.per_dose(medium) * 1e-3, 'm^3')} of medium")
    if sheet.cells is not None:
        parts.append(f"{amount(sheet.per_dose(sheet.cells))} cells at harvest")
    parts.append(f"{duration(sheet.per_dose(sheet.hands_on))} hands-on")
    console.print(f"[bold]A dose[/]   takes {', '.join(parts)}")


def _costs(sheet: BatchSheet, costs: Sequence[CostLine], prices: Prices) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("item")
    for head in ("in a batch", "unit", f"price, {prices.currency}", "a batch", "a dose"):
        table.add_column(head, justify="left" if head == "unit" else "right", no_wrap=True)
    for line in costs:
        money = ["no price", "", ""]
        if line.price is not None and line.cost is not None:
            money = [f"{line.price:,.2f}", f"{line.cost:,.2f}"]
            money.append(f"{sheet.per_dose(line.cost):,.2f}" if sheet.doses else "")
        table.add_row(line.item, f"{float(f'{line.quantity:.3g}'):g}", line.unit, *money)
    return table


def _sum(console: Console, sheet: BatchSheet, costs: Sequence[CostLine], prices: Prices) -> None:
    total = sum(line.cost for line in costs if line.cost is not None)
    without = [line.item for line in costs if line.cost is None]
    dose = f", {sheet.per_dose(total):,.2f} {prices.currency} a dose" if sheet.doses else ""
    console.print(f"[bold]Cost[/]     {total:,.2f} {prices.currency} a batch{dose}")
    if without:
        console.print(f"         not in it, for want of a price: {', '.join(without)}")
    unused = [item for item in prices.items if item not in {line.item for line in costs}]
    if unused:
        console.print(f"         priced, not used by this batch: {', '.join(unused)}")
    console.print("         equipment, rooms, quality control and failed batches are not in it")


def _csv(sheet: BatchSheet, prices: Prices | None) -> str:
    """Return one row a step, then the batch and a dose."""
    from exocast.learn.prices import cost_of
    from exocast.report.blocks import csv_text

    items = list(sheet.used)
    used = [f"{item}, {unit}" for item, unit in items]
    head = ["step", "what", "method", "volume_mL", *sheet.kinds, "particles", "small_ev_share",
            "vesicle_share", "particles_per_ug_protein", "hours", "hands_on_hours",
            *used]  # fmt: skip
    rows: list[list[object]] = [
        [line.step, line.title, line.method, _number(line.volume / MILLILITRE),
         *(_number(line.particles.get(kind, 0.0)) for kind in sheet.kinds), _number(line.total),
         _number(line.small_share), _number(line.vesicle_share), _number(line.per_microgram),
         _number(line.time / HOUR), _number(line.hands_on / HOUR),
         *(_number(line.used.get(item, 0.0)) for item in items)]
        for line in sheet.lines
    ]  # fmt: skip
    blank = [""] * (len(sheet.kinds) + 5)
    whole = [sheet.time / HOUR, sheet.hands_on / HOUR, *sheet.used.values()]
    rows.append(["batch", "together", "", *blank, *map(_number, whole)])
    if sheet.doses:
        each = [sheet.per_dose(number) for number in whole]
        words = f"one of {_number(sheet.doses.median)} doses"
        rows.append(["dose", words, "", *blank, *map(_number, each)])
    if prices:
        head.append(f"cost_{prices.currency}")
        costs = [cost_of(line, prices) for line in sheet.lines]
        costs += [sum(costs), *([sheet.per_dose(sum(costs))] if sheet.doses else [])]
        for row, cost in zip(rows, costs, strict=True):
            row.append(_number(cost))
    return csv_text(head, rows)


def _costs_csv(sheet: BatchSheet, costs: Sequence[CostLine], prices: Prices) -> str:
    from exocast.report.blocks import csv_text

    head = ("item", "unit", "quantity", "price", "cost_per_batch", "cost_per_dose", "currency")
    rows = [
        (line.item, line.unit, _number(line.quantity), _number(line.price), _number(line.cost),
         _number(None if line.cost is None or not sheet.doses else sheet.per_dose(line.cost)),
         prices.currency)
        for line in costs
    ]  # fmt: skip
    return csv_text(head, rows)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
