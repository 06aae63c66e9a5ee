"""The Forecast of the face: what a run found, with tables, figures, a report and a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from exocast.face.figures import Figures
from exocast.face.readings import Observed
from exocast.face.showing import Shown, as_html, as_text, page_of, plain_table, recast
from exocast.material.forecast import Forecast as Found
from exocast.material.forecast import write_folder
from exocast.material.tables import answer_table, cascade_table, driver_table, value_table

if TYPE_CHECKING:
    import pandas as pd

    from exocast.report.blocks import Table

__all__ = ["Answer", "Cascade", "Forecast", "LimitingStep"]

Record = Mapping[str, Any]
ENDS = ("median", "best_attainable")


@dataclass(frozen=True, repr=False)
class Forecast(Found):
    """What a run found; `exocast.run` makes one and `exocast.open` reads one.

    Attributes
    ----------
    record : mapping
        Everything that ``forecast.json`` holds.
    data : xarray.Dataset
        Everything that ``forecast.nc`` holds, every member apart: ``cascade`` (variant, rival, row,
        member), ``amount`` (variant, rival, output, time, member), ``value`` (what was drawn),
        sizes and cargo of the sample.
    folder : Path or None
        Where it was saved or opened.
    inputs : mapping of str to bytes
        The files that its Design reads.

    Examples
    --------
    >>> import exocast
    >>> forecast = exocast.run(exocast.template("kras-sirna-tumour"), members=(2, 2))
    >>> forecast.cascade.to_frame().columns.tolist()[:6]
    ['step', 'title', 'hypothesis', 'unit', 'median', 'fraction']
    >>> forecast.limiting_step
    escape from the endosome: ... of what comes passes; ...
    >>> forecast.amount.sel(place="liver", variant="design").at("4 h").dims
    ('rival', 'member')
    """

    @property
    def answer(self) -> Answer:
        """Return the answer to the question of the Design, one row for each rival."""
        return Answer(self.record["answer"])

    @property
    def cascade(self) -> Cascade:
        """Return the delivery cascade, row by row."""
        return Cascade(self.record)

    @property
    def limiting_step(self) -> LimitingStep:
        """Return the step that gains most when it rises to its best attainable share.

        It is empty where nothing arrives.
        """
        return LimitingStep(self.record["limiting_step"] or {})

    @property
    def drivers(self) -> pd.DataFrame:
        """Return the values that move the answer, what moves it most first.

        Each value was turned from its 5 % to its 95 % end with all others at their medians.
        ``times`` is how far the answer moves, ``standing`` whether the value was read in a source,
        fitted, borrowed from another context or assumed.
        """
        return driver_table(self.record)

    @property
    def values(self) -> pd.DataFrame:
        """Return every value that was drawn, with its source, the most influential first."""
        return value_table(self.record)

    @property
    def observed(self) -> Observed | None:
        """Return your animals beside the forecast; None where the Design names none."""
        held = self.record.get("observed")
        return Observed(held) if held else None

    @property
    def plot(self) -> Figures:
        """Return the figures of the report: ``forecast.plot.cascade()``."""
        return Figures(self)

    @staticmethod
    def open(folder: str | Path) -> Forecast:
        """Open a saved forecast; nothing is run again.

        Raises
        ------
        ExocastError
            If the folder holds no forecast, one of another schema, or a broken one.
        """
        return recast(Forecast, Found.open(Path(folder)))

    def report(self, path: str | Path = "report.html") -> Path:
        """Write the report: one HTML file that needs nothing else.

        Parameters
        ----------
        path : str or Path
            File to write; one that is there is replaced.

        Returns
        -------
        Path
            What was written.
        """
        from exocast.report import write_report

        target = Path(path)
        write_report(self, target)
        return target

    def save(self, folder: str | Path, *, replace: bool = False, command: str = "") -> Forecast:
        """Save the forecast with its report as one folder, complete or not at all.

        Parameters
        ----------
        folder : str or Path
            Folder to write.
        replace : bool
            Replace a forecast that is there.
        command : str
            The command that made it, for the report.

        Returns
        -------
        Forecast
            The same forecast, knowing its folder.

        Raises
        ------
        ExocastError
            If the folder holds something else, or a forecast that is not to be replaced.
        """
        from exocast.report import write_report
        from exocast.report.panels.equations import write_equations

        target = Path(folder)
        origin = {**self.record["provenance"], "command": command or "exocast (Python)"}
        complete = _replaced(self, record={**self.record, "provenance": origin})

        def write(temporary: Path) -> None:
            complete.write(temporary)
            write_report(complete, temporary / "report.html")
            write_equations(complete, temporary)

        write_folder(target, write, replace=replace)
        return _replaced(complete, folder=target)

    def _lines(self) -> list[str]:
        origin = self.record["provenance"]
        size = origin["members"]
        where = f", in {self.folder}" if self.folder else ", not saved"
        return [
            str(self.answer["sentence"]),
            f"{size['uncertainty']} x {size['variability']} members, seed {origin['seed']}{where}",
        ]

    def __repr__(self) -> str:
        lines = (f"Forecast: {self.record['title']}", *self._lines(), repr(self.limiting_step))
        return "\n  ".join(filter(None, lines))

    def _repr_html_(self) -> str:
        from html import escape

        sentence, members = (escape(line) for line in self._lines())
        return page_of(
            str(self.record["title"]),
            f"<p>{sentence}</p>",
            self.cascade._repr_html_(),
            f"<p><small>{members}</small></p>",
        )


_replaced = replace  # `save` has an argument of that name


class Cascade(Sequence[Record]):
    """The rows of a cascade: a sequence of mappings that shows itself as a table.

    Parameters
    ----------
    record : mapping
        The record of a forecast, or of one of its variants.
    """

    def __init__(self, record: Record) -> None:
        self._record = record

    def to_frame(self) -> pd.DataFrame:
        """Return the cascade, one line for each row and rival.

        Returns
        -------
        pandas.DataFrame
            step, title, hypothesis, unit, median, fraction (the median share of what comes that
            passes, member by member), and the ends of both 90 % intervals; NaN where there is none.
        """
        return cascade_table(self._rows)

    @property
    def _rows(self) -> list[Record]:
        return list(self._record["cascade"])

    @overload
    def __getitem__(self, index: int) -> Record: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Record]: ...

    def __getitem__(self, index: int | slice) -> Record | Sequence[Record]:
        return self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._rows)

    def _table(self) -> Table:
        from exocast.report.panels.cascade import table

        return table(self._record)

    def __repr__(self) -> str:
        return as_text(self._table())

    def _repr_html_(self) -> str:
        return as_html(self._table())


class Answer(Shown):
    """The answer: a sentence, what is needed, and one row for each rival."""

    @property
    def sentence(self) -> str:
        """Return the answer in words."""
        return str(self["sentence"])

    def to_frame(self) -> pd.DataFrame:
        """Return one line for each rival.

        Returns
        -------
        pandas.DataFrame
            hypothesis, row, unit, median, the ends of both 90 % intervals, needed, orders_short
            (orders of magnitude; below 0 it is over), probability_enough (share of members).
        """
        return answer_table(self)

    def _table(self) -> Table:
        from exocast.report.words import amount, interval, orders, percent

        rows = [
            (
                f"if {row['phrase']}" if row["phrase"] else str(self["title"]),
                amount(row["median"]),
                interval(row["uncertainty"]),
                interval(row["variability"]),
                amount(row["needed"]),
                "" if row["needed"] is None else orders(row["orders_short"]),
                percent(row["probability_enough"]),
            )
            for row in self["rows"]
        ]
        head = (str(self["title"]), "median|", "90 % uncertainty|", "90 % variability|", "needed|",
                "short or over|", "members with enough|")  # fmt: skip
        return plain_table(head, rows)

    def __repr__(self) -> str:
        return f"{self.sentence}\n{as_text(self._table())}"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.sentence)}</p>{as_html(self._table())}"


class LimitingStep(Shown):
    """The step with the most to gain: name, title, median, best_attainable and gain."""

    def __repr__(self) -> str:
        from exocast.report.words import amount, most, percent

        if not self:
            return "nothing arrives, so no step can be singled out"
        if not all(end is not None and 0 < end <= 1 for end in map(self.get, ENDS)):
            ends = f"{amount(self['median'])}, at best {amount(self['best_attainable'])}"
            return f"{self['title']}: {ends} ({most(self['gain'])})"
        return (
            f"{self['title']}: {percent(self['median'])} of what comes passes; the evidence leaves "
            f"{percent(self['best_attainable'])} open ({most(self['gain'])})"
        )
