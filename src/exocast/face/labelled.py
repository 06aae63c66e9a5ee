"""`exocast.labels`: the same dose, as every label would report it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exocast.face.showing import as_html, as_text, page_of, plain_table

if TYPE_CHECKING:
    import pandas as pd

    from exocast.design import Design
    from exocast.report.blocks import Table

__all__ = ["Labels", "labels"]

Record = Mapping[str, Any]
PLASMA = ("clearance", "residence", "first_half_life", "half_life")


class Labels:
    """One dose under every label, on the same vesicles of the same animals.

    Parameters
    ----------
    title : str
        Title of the Design.
    entries : sequence of mapping
        One for the vesicles themselves and one for each label: `exocast.qualify.labels`.
    """

    def __init__(self, title: str, entries: Sequence[Record]) -> None:
        self.title, self.entries = title, tuple(entries)

    def to_frame(self) -> pd.DataFrame:
        """Return every number, one a line.

        Returns
        -------
        pandas.DataFrame
            ``label``, ``what`` (an organ, or a figure that a paper would print of plasma),
            ``time_h`` (NaN for a figure), ``unit``, ``median``, and the 90 % uncertainty.
        """
        import pandas as pd

        lines = []
        for entry in self.entries:
            parts = [(one["organ"], one) for one in entry["readings"]]
            parts += [(one["name"], one) for one in entry["figures"]]
            for what, one in parts:
                low, high = one["predicted"]["uncertainty"]
                lines.append(
                    {
                        "label": entry["label"] or "vesicles",
                        "what": what,
                        "time_h": one.get("time_h"),
                        "unit": one["unit"],
                        "median": one["predicted"]["median"],
                        "uncertainty_low": low,
                        "uncertainty_high": high,
                    }
                )
        numbers = ("time_h", "median", "uncertainty_low", "uncertainty_high")
        return pd.DataFrame(lines).astype(dict.fromkeys(numbers, float))

    def _table(self) -> Table:
        from exocast.report.words import amount

        readings = self.entries[0]["readings"]
        last = max(reading["time_h"] for reading in readings)
        shown = [at for at, one in enumerate(readings) if one["time_h"] == last]
        figures = [
            [one for one in entry["figures"] if one["name"] in PLASMA] for entry in self.entries
        ]
        head = ["", *(f"{readings[at]['organ']} at {last:.0f} h, %|" for at in shown)]
        head += [f"{one['title']}, {one['unit']}|" for one in figures[0]]
        rows = [
            [
                entry["label"] or "vesicles",
                *(amount(entry["readings"][at]["predicted"]["median"]) for at in shown),
                *(amount(one["predicted"]["median"]) for one in of_plasma),
            ]
            for entry, of_plasma in zip(self.entries, figures, strict=True)
        ]
        caption = "Medians. Clearance and half-lives are those of what plasma shows."
        return plain_table(head, rows, caption)

    def __repr__(self) -> str:
        return f"One dose under every label: {self.title}\n{as_text(self._table())}"

    def _repr_html_(self) -> str:
        return page_of(f"One dose under every label: {self.title}", as_html(self._table()))


def labels(
    design: Design,
    *,
    only: Sequence[str] = (),
    times: Sequence[str | float] = (),
    members: tuple[int, int] | None = None,
    seed: int | None = None,
    threads: int = 1,
) -> Labels:
    """Give one dose of a Design with every label on the same vesicles.

    Parameters
    ----------
    design : Design
        Whose vesicles, body, route and first dose are used, for a day.
    only : sequence of str
        Labels; every one that exocast has values for when left out.
    times : sequence of str or float
        When plasma is drawn for clearance and half-lives, such as ``"5 min"``; numbers are in
        seconds. Nine times up to 24 h when left out.
    members, seed, threads
        As in `exocast.run`; 12 x 4 members by default, since medians are compared.

    Raises
    ------
    DesignError
        If the Design has a problem, a label is not known, or times are too few or too late.

    Examples
    --------
    >>> import exocast
    >>> design = exocast.template("labelled-biodistribution")
    >>> one = exocast.labels(design, only=["zirconium-89"], members=(2, 2))
    >>> sorted(set(one.to_frame()["label"]))
    ['vesicles', 'zirconium-89']
    """
    from exocast.qualify.labels import TIMES, labels_record
    from exocast.units import parse

    drawn = [parse(time, "s") if isinstance(time, str) else float(time) for time in times]
    design.check()
    entries = labels_record(
        design, labels=only, times=drawn or TIMES, members=members, seed=seed, threads=threads
    )
    return Labels(design.title, entries)
