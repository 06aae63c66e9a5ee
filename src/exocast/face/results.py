"""What was found, other than a forecast, with a table, a figure and a folder."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from exocast.face.showing import as_html, as_text, page_of, plain_table, recast
from exocast.learn.comparison import Comparison as FoundComparison
from exocast.learn.goal import Sought as FoundValue
from exocast.learn.lots import Lots as FoundLots
from exocast.learn.recommend import Recommendation as FoundRecommendation
from exocast.learn.shelf_life import ShelfLife as FoundShelfLife
from exocast.learn.sweep import Sweep as FoundSweep
from exocast.report.filing import file_result
from exocast.report.page import write_report

if TYPE_CHECKING:
    from exocast.face.plotting import Plot
    from exocast.learn.saving import Result
    from exocast.report.blocks import Table
    from exocast.report.figures import Drawing

__all__ = ["Comparison", "Lots", "Recommendation", "ShelfLife", "Sought", "Sweep"]


class _Filed:
    """What every result can do: become a folder, or a page."""

    def save(self, folder: str | Path, *, replace: bool = False, command: str = "") -> Self:
        """Save record, table, figure, report and arrays if any as one folder, as a forecast is."""
        found = cast("Result", self)
        return recast(
            type(self), file_result(found, Path(folder), replace=replace, command=command)
        )

    def report(self, path: str | Path = "report.html") -> Path:
        """Write the report: one HTML file that needs nothing else."""
        write_report(cast("Result", self), Path(path))
        return Path(path)


@dataclass(frozen=True, repr=False)
class Comparison(_Filed, FoundComparison):
    """Two or more Designs on the same random members; see `exocast.compare`.

    Attributes
    ----------
    record : mapping
        What ``comparison.json`` holds.
    data : xarray.Dataset
        ``cascade``: every row of every side for each member.
    """

    def plot(self) -> Plot:
        """Draw every row of both sides, and the ratio of what they answer."""
        from exocast.report.comparing import comparison_drawing

        return _plotted(self, comparison_drawing(self), " ".join(self._sentences()))

    def _sentences(self) -> list[str]:
        return [str(pair["sentence"]) for pair in self.pairs]

    def _table(self) -> Table:
        from exocast.report.words import amount, interval

        rows = []
        for pair in self.pairs:
            for row in pair["rows"]:
                for entry in row["by_hypothesis"] if row["contested"] else row["by_hypothesis"][:1]:
                    phrase = f" if {entry['phrase']}" if row["contested"] else ""
                    ratio = entry["ratio"]
                    rows.append(
                        (
                            f"{row['title']}{phrase}",
                            amount(entry["base"]["median"]),
                            amount(entry["other"]["median"]),
                            amount(ratio["median"]),
                            interval(ratio["uncertainty"]),
                        )
                    )
        names = [str(pair["other"]) for pair in self.pairs]
        base, other = str(self.pairs[0]["base"]), ", ".join(names)
        head = ("", f"{base}|", f"{other}|", "ratio|", "90 % uncertainty|")
        return plain_table(head, rows, "Medians; ratios are taken member by member.")

    def __repr__(self) -> str:
        return "\n".join((*self._sentences(), as_text(self._table())))

    def _repr_html_(self) -> str:
        first, *others = self._sentences()
        told = "".join(f"<p>{escape(one)}</p>" for one in others)
        return page_of(first, told, as_html(self._table()))


@dataclass(frozen=True, repr=False)
class Sweep(_Filed, FoundSweep):
    """The answer over a range of one setting, or of two; see `exocast.sweep`."""

    def plot(self) -> Plot:
        """Draw the answer, and its ratio to the first point, against what was turned."""
        from exocast.report.sweeping import sweep_drawing

        return _plotted(self, drawing := sweep_drawing(self), drawing.alt)

    def _table(self) -> Table:
        from exocast.report.words import amount, interval

        rows = []
        for point in self.points:
            entries = point["by_hypothesis"] if self.record["contested"] else None
            for entry in entries or point["by_hypothesis"][:1]:
                phrase = f" if {entry['phrase']}" if entries and entry["phrase"] else ""
                ends = (amount(entry["median"]), interval(entry["uncertainty"]))
                ratio = amount(entry["over_first"]["median"])
                rows.append((f"{', '.join(point['texts'])}{phrase}", *ends, ratio))
        head = (" × ".join(axis.title for axis in self.axes), "median|", "90 % uncertainty|",
                "times the first|")  # fmt: skip
        return plain_table(head, rows)

    def __repr__(self) -> str:
        return f"{self.record['answer']['title']}\n{as_text(self._table())}"

    def _repr_html_(self) -> str:
        return page_of(str(self.record["answer"]["title"]), as_html(self._table()))


@dataclass(frozen=True, repr=False)
class Sought(_Filed, FoundValue):
    """What a setting must be for the answer to reach a goal; see `exocast.seek`."""

    def plot(self) -> Plot:
        """Draw what every value of the setting gave, the goal, and where it is reached."""
        from exocast.report.sweeping import goal_drawing

        return _plotted(self, goal_drawing(self), self.sentence)

    def __repr__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence)}</p>"


@dataclass(frozen=True, repr=False)
class Lots(_Filed, FoundLots):
    """What a table of lots tells; see `exocast.lots`."""

    @property
    def sentences(self) -> list[str]:
        """Return what was found, in words."""
        from exocast.report.lotting import findings

        return [words for one in self.quantities for _, words in findings(one)]

    def plot(self) -> Plot:
        """Draw every lot, the interval of the next one, and what the spread consists of."""
        from exocast.report.lotting import lots_drawing

        return _plotted(self, drawing := lots_drawing(self), drawing.alt)

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(one)}</p>" for one in self.sentences)


@dataclass(frozen=True, repr=False)
class Recommendation(_Filed, FoundRecommendation):
    """Trains of isolation for a source, ranked; see `exocast.recommend`."""

    @property
    def sentences(self) -> list[str]:
        """Return which train stands first, and what to measure before that is trusted."""
        from exocast.report.recommending import finding_of, measure_sentence

        return [finding_of(self.record), measure_sentence(self.record)]

    def plot(self) -> Plot:
        """Draw every train in the plane of recovery and purity."""
        from exocast.report.recommending import recommendation_drawing

        return _plotted(self, drawing := recommendation_drawing(self), drawing.alt)

    def _table(self) -> Table:
        from exocast.report.plane import TITLES
        from exocast.report.recommending import written
        from exocast.report.words import duration, interval, percent

        purity = self.record["by"]
        rows = []
        for one in self.trains:
            recovery, pure = one["figures"]["recovery"], one["figures"][purity]
            rows.append(
                (
                    one["title"],
                    percent(recovery["median"]),
                    interval(recovery["uncertainty"]),
                    written(purity, pure["median"]),
                    duration(one["hours"] * 3600.0),
                )
            )
        head = ("", "recovery|", "90 % uncertainty|", f"{TITLES[purity]}|", "time|")
        return plain_table(head, rows, "Medians.")

    def __repr__(self) -> str:
        return "\n".join((*self.sentences, as_text(self._table())))

    def _repr_html_(self) -> str:
        first, *others = self.sentences
        told = "".join(f"<p>{escape(one)}</p>" for one in others)
        return page_of(first, told, as_html(self._table()))


@dataclass(frozen=True, repr=False)
class ShelfLife(_Filed, FoundShelfLife):
    """How long a stored product lasts; see `exocast.shelf_life`."""

    def plot(self) -> Plot:
        """Draw who is within the specification over time, and the shelf life of each way."""
        from exocast.report.shelving import shelf_drawing

        return _plotted(self, drawing := shelf_drawing(self), drawing.alt)

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(one)}</p>" for one in self.sentences)


def _plotted(
    result: Comparison | Sweep | Sought | Lots | Recommendation | ShelfLife,
    drawing: Drawing,
    caption: str,
) -> Plot:
    """Return the figure of a result, with the table as its data."""
    from exocast.face.plotting import plotted

    return plotted(drawing, drawing.name, caption, "", result.to_csv())
