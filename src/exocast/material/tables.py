"""The tables of a record as pandas sees them: cascade, answer, drivers, values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exocast.units import from_si

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["answer_table", "cascade_table", "driver_table", "spread_columns", "value_table"]

Record = Mapping[str, Any]

DRIVERS = (
    "doc", "context", "times", "axis", "value", "low", "high", "unit", "variability", "standing",
    "source", "locator", "hypothesis", "answer_low", "answer_median", "answer_high", "log10_swing",
    "matters", "rank_correlation", "noise_floor",
)  # fmt: skip
VALUES = (
    "context", "doc", "value", "low", "high", "variability", "distribution", "unit", "standing",
    "source", "locator", "read", "method", "hypothesis", "log10_swing", "matters", "note",
)  # fmt: skip


def spread_columns(entry: Record) -> dict[str, Any]:
    """Return median and both 90 % intervals of an entry, each end a column."""
    return {
        "median": entry["median"],
        "uncertainty_low": entry["uncertainty"][0],
        "uncertainty_high": entry["uncertainty"][1],
        "variability_low": entry["variability"][0],
        "variability_high": entry["variability"][1],
    }


def cascade_table(rows: Sequence[Record], **first: str) -> pd.DataFrame:
    """Return the rows of a cascade, one line for each row and rival.

    Parameters
    ----------
    rows : sequence of mapping
        ``record["cascade"]``.
    **first : str
        Columns that stand first, the same on every line: the variant.
    """
    lines = []
    for row in rows:
        for entry in row["by_hypothesis"]:
            held = spread_columns(entry)
            line = {
                **first,
                "step": row["name"],
                "title": row["title"],
                "hypothesis": entry["phrase"],
                "unit": row["unit"],
                "median": held.pop("median"),
                "fraction": entry["fraction"],
                **held,
            }
            lines.append(line)
    numbers = ("median", "fraction", "uncertainty_low", "uncertainty_high", "variability_low",
               "variability_high")  # fmt: skip
    return _frame(lines, numbers)


def answer_table(answer: Record) -> pd.DataFrame:
    """Return the answer, one line for each rival."""
    lines = [
        {
            "hypothesis": row["phrase"],
            "row": answer["row"],
            "unit": row["unit"],
            **spread_columns(row),
            "needed": row["needed"],
            "orders_short": row["orders_short"],
            "probability_enough": row["probability_enough"],
            "share_of_members_with_none": row["zero_share"],
            "members": row["finished"],
        }
        for row in answer["rows"]
    ]
    return _frame(lines, [name for name in lines[0] if name not in ("hypothesis", "row", "unit")])


def driver_table(record: Record) -> pd.DataFrame:
    """Return the values that move the answer, what moves it most first.

    Returns
    -------
    pandas.DataFrame
        Indexed by key. ``times`` is how far the answer moves from the one end of the value to the
        other; ``value``, ``low`` and ``high`` are in ``unit``, as the catalogue writes them.
    """
    values = {value["identity"]: value for value in reversed(record["values"])}
    lines = []
    for driver in record.get("drivers", ()):
        if driver["answer_low"] == driver["answer_high"]:
            continue
        held = {**_written(values[driver["identity"]]), **driver}
        swing = held["log10_swing"]
        held["times"] = None if swing is None else 10.0 ** abs(swing)
        lines.append({"key": held["key"], **{name: held[name] for name in DRIVERS}})
    numbers = ("times", "answer_low", "answer_median", "answer_high", "log10_swing",
               "rank_correlation", "noise_floor", "value", "low", "high",
               "variability")  # fmt: skip
    return _frame(lines, numbers, ("key", *DRIVERS)).set_index("key")


def value_table(record: Record) -> pd.DataFrame:
    """Return every value that was drawn, the most influential first, with its source.

    Returns
    -------
    pandas.DataFrame
        Indexed by key; numbers are in ``unit``, as the catalogue writes them.
    """
    lines = [
        {"key": value["key"], **{name: value.get(name) for name in VALUES}}
        for value in map(_written, record["values"])
    ]
    numbers = ("value", "low", "high", "variability", "log10_swing")
    return _frame(lines, numbers, ("key", *VALUES)).set_index("key")


def _written(value: Record) -> dict[str, Any]:
    """Return a value, kept in SI, with its numbers in the unit that the catalogue writes."""
    ends = {name: from_si(value[name], value["unit"]) for name in ("value", "low", "high")}
    return {**value, **ends}


def _frame(
    lines: Sequence[Record], numbers: Iterable[str], columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return a table in which what is missing among numbers is NaN."""
    import pandas as pd

    frame = pd.DataFrame(list(lines), columns=list(columns) if columns else None)
    return frame.astype(dict.fromkeys(numbers, float))
