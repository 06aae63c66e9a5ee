"""What one setting must be for the answer to reach a goal: a scan, then bisection."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exocast._version import __version__
from exocast.design.design import Design
from exocast.design.run import Progress
from exocast.errors import DesignError, ExocastError, UnitError
from exocast.evidence import Catalogue
from exocast.learn.answers import Answerer, Found, telling
from exocast.learn.dial import Dial, find_dial, short
from exocast.learn.reach import SCAN, Reach, reach_of
from exocast.learn.sweep import MEMBERS, SCHEMA
from exocast.material.document import Plan
from exocast.material.spread import three_bars
from exocast.material.step import Flag
from exocast.units import parse
from exocast.units.numbers import amount

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Goal", "Sought", "read_goal", "seek"]

Array = NDArray[np.float64]

MOST = 16
"""Bisections: 2^-16 of a step of the scan."""

_GOAL = re.compile(r"\s*([A-Za-z_]\w*)\s*(>=|<=|>|<|≥|≤)\s*([^\s<>=].*?)\s*")


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached.

    Attributes
    ----------
    row : str
        Row of the cascade, or ``answer``.
    at_least : bool
        Whether the amount is a floor; else it is a ceiling.
    text : str
        The amount as written, or ``needed``.
    """

    row: str
    at_least: bool
    text: str

    def amount(self, found: Found) -> float:
        """Return the amount in the unit of what was found.

        Raises
        ------
        ExocastError
            If nothing says what is needed, or the amount is of another kind.
        """
        if self.text == "needed":
            if not found.needed:
                raise ExocastError("nothing says what is needed; give a number of copies")
            return found.needed
        unit = found.row.unit
        for attempt in (unit, unit.removesuffix("/cell"), unit.removesuffix("/particle")):
            try:
                return parse(self.text, attempt)
            except UnitError as error:
                problem = error
        raise ExocastError(f"--until: {found.row.title} is counted in {unit}; {problem}")

    def is_met(self, value: float, amount: float) -> bool:
        """Return whether a value is enough, or little enough."""
        return bool(value >= amount if self.at_least else value <= amount)

    def __str__(self) -> str:
        return f"{self.row} {'>=' if self.at_least else '<='} {self.text}"


def read_goal(text: str) -> Goal:
    """Read ``answer >= 500 copies``, ``arrived >= 1e6 copies`` or ``answer >= needed``.

    Raises
    ------
    ExocastError
        If it is of another form.

    Examples
    --------
    >>> read_goal("answer >= 500 copies")
    Goal(row='answer', at_least=True, text='500 copies')
    """
    found = _GOAL.fullmatch(text)
    if found is None:
        raise ExocastError(
            f"--until {text!r}: write a row, >= or <=, and an amount, as in "
            '"answer >= 500 copies" or "answer >= needed"'
        )
    return Goal(found[1], found[2] in (">=", ">", "≥"), found[3])


@dataclass(frozen=True)
class Sought:
    """What a search found.

    Attributes
    ----------
    record : mapping
        The content of ``goal.json``: the goal, whether it is reached, the value that reaches it,
        every evaluation, and a sentence.
    """

    record: Mapping[str, Any]

    @property
    def reached(self) -> bool:
        """Return whether some value reaches the goal."""
        return bool(self.record["reached"])

    @property
    def value(self) -> str | None:
        """Return the value that reaches the goal, as one would write it in the Design."""
        value: str | None = self.record["value"]
        return value

    @property
    def sentence(self) -> str:
        """Return the finding in one sentence."""
        return str(self.record["sentence"])

    def to_frame(self) -> pd.DataFrame:
        """Return every evaluation, in the order of the setting."""
        import pandas as pd

        return pd.DataFrame(self.record["evaluations"])

    def to_csv(self) -> str:
        """Return the table as CSV, every digit."""
        return str(self.to_frame().to_csv(index=False, lineterminator="\n"))


def seek(
    design: Design,
    until: str,
    by: str,
    *,
    within: str = "",
    rival: str = "",
    percentile: float = 50.0,
    members: tuple[int, int] | None = None,
    seed: int | None = None,
    threads: int = 1,
    catalogue: Catalogue | None = None,
    progress: Progress | None = None,
) -> Sought:
    """Find the value of a setting at which the answer reaches a goal.

    Seven points over the range show where the goal is crossed; bisection of the crossing nearest
    to the present value finds it. Every point runs on the same random members, so that the curve
    is as smooth as the model.

    Parameters
    ----------
    design : Design
        What is turned.
    until : str
        ``answer >= 500 copies``; any row of the cascade may stand for ``answer``, and ``needed``
        for the amount.
    by : str
        The setting, a number.
    within : str
        ``low..high``; by default the setting's bounds, within a factor of a million of its present
        value.
    rival : str
        The rival that must reach it, by its option or a part of its phrase; the first by default.
    percentile : float
        Of what is not known, over the medians of subjects and batches: 50 asks that the median
        reaches the goal, 5 that 95 % of it does.
    members, seed, threads, catalogue, progress
        As in `exocast.learn.sweep.sweep`.

    Returns
    -------
    Sought

    Raises
    ------
    ExocastError
        If the goal or the range cannot be read, or the setting is no number.
    DesignError
        If the Design is wrong as it stands, or throughout the range.
    """
    design.check()
    goal, dial = read_goal(until), find_dial(design, by)
    if not 0 < percentile < 100:
        raise ExocastError(f"percentile {percentile:g}: give one between 0 and 100")
    scale = reach_of(dial, within)
    answerer = Answerer.of(
        design, members or MEMBERS, seed, asked=goal.row, threads=threads,
        catalogue=catalogue or Catalogue.packaged(), only_first=True, rival=rival,
    )  # fmt: skip
    search = _Search(answerer, goal, dial, scale, percentile, progress)
    return Sought(search.record(design))


@dataclass(frozen=True, slots=True)
class _Point:
    x: float
    text: str
    value: float
    spread: Mapping[str, Any]
    met: bool
    flags: tuple[Flag, ...] = ()


_NOTHING = _Point(math.nan, "", math.nan, {}, met=False)


@dataclass
class _Search:
    answerer: Answerer
    goal: Goal
    dial: Dial
    scale: Reach
    percentile: float
    progress: Progress | None
    points: dict[float, _Point] = field(default_factory=dict)
    refused: dict[float, DesignError] = field(default_factory=dict)
    amount: float = math.nan
    title: str = ""
    unit: str = ""
    phrase: str = ""

    def look(self, x: float) -> _Point | None:
        """Evaluate one value, once; None where the Design is wrong with it."""
        x = float(round(x)) if self.dial.is_whole else x
        if x in self.points or x in self.refused:
            return self.points.get(x)
        written = self.dial.text(x, self.scale.unit)
        text = written if isinstance(written, str) else short(x)
        before = (len(self.points) + len(self.refused)) * self.answerer.axes.members
        expected = self.answerer.axes.members * (SCAN + MOST)

        def show(done: int, total: int, words: str) -> None:  # noqa: ARG001 - as `Progress` says
            if self.progress is not None:
                self.progress(min(before + done, expected), expected, words)

        # A step may refuse what the Design alone does not show, such as too much for its tube.
        try:
            plan = self.answerer.plan({self.dial.address: written})
            found = self.answerer.find(plan, show, f"{self.dial.address} = {text}")
        except DesignError as error:
            self.refused[x] = error
            return None
        if not self.title:
            self.amount = self.goal.amount(found)
            self.title, self.unit = found.row.title, found.row.unit
            self.phrase = found.rivals[0].phrase if self.is_contested(plan) else ""
        value = _quantile(found.row.values[0], self.answerer.axes.uncertainty, self.percentile)
        spread = three_bars(found.row.values[0], self.answerer.axes.uncertainty).to_dict()
        met = math.isfinite(value) and self.goal.is_met(value, self.amount)
        self.points[x] = _Point(x, text, value, spread, met, found.flags)
        return self.points[x]

    def is_contested(self, plan: Plan) -> bool:
        """Return whether rivals differ in the row that is asked for."""
        every = replace(self.answerer, only_first=False, rival="")
        return every.find(plan).is_contested

    def run(self) -> tuple[_Point | None, int]:
        """Return the point nearest the crossing that meets the goal, and how many crossings."""
        scanned = [point for point in map(self.look, self.scale.spread()) if point is not None]
        if not scanned:
            raise next(iter(self.refused.values()))
        crossings = [(a, b) for a, b in pairwise(scanned) if a.met != b.met]
        if not crossings:
            return None, 0
        a, b = min(crossings, key=lambda pair: min(self.scale.distance(p.x) for p in pair))
        for _ in range(MOST):
            if self.scale.are_close(a.x, b.x):
                break
            middle = self.look(self.scale.between(a.x, b.x))
            if middle is None or middle.x in (a.x, b.x):
                break
            a, b = (middle, b) if middle.met == a.met else (a, middle)
        return (a if a.met else b), len(crossings)

    def record(self, design: Design) -> dict[str, Any]:
        """Return everything for ``goal.json``."""
        point, crossings = self.run()
        points = sorted(self.points.values(), key=lambda one: one.x)
        met = [one for one in points if one.met]
        otherwise = "met throughout" if met else "out of reach"
        status = "crossed" if point is not None else otherwise
        best = _best(points, at_least=self.goal.at_least)
        return {
            "exocast": SCHEMA,
            "version": __version__,
            "title": design.title,
            "design_digest": design.digest,
            "design": design.text,
            "catalogue_digest": self.answerer.catalogue.digest,
            "seed": self.answerer.seed,
            "members": {
                "uncertainty": self.answerer.axes.uncertainty,
                "variability": self.answerer.axes.variability,
            },
            "goal": str(self.goal),
            "row": self.title,
            "unit": self.unit,
            "amount": self.amount,
            "rival": self.phrase,
            "percentile": self.percentile,
            "by": self.dial.address,
            "by_unit": self.scale.unit,
            "now": self.scale.now,
            "range": [self.scale.low, self.scale.high],
            "status": status,
            "reached": bool(met),
            "value": point.text if point else None,
            "crossings": crossings,
            "best": {"text": best.text, "value": best.value} if best else None,
            "flags": [asdict(flag) for flag in self.flags(point or best or _NOTHING)],
            "log": self.scale.log,
            "sentence": self.sentence(status, point, best, crossings),
            "evaluations": [
                {
                    "setting": one.text,
                    "number": one.x,
                    "value": one.value,
                    "met": one.met,
                    "median": one.spread["median"],
                    "uncertainty_low": one.spread["uncertainty"][0],
                    "uncertainty_high": one.spread["uncertainty"][1],
                    "variability_low": one.spread["variability"][0],
                    "variability_high": one.spread["variability"][1],
                }
                for one in points
            ],
        }

    def flags(self, point: _Point) -> list[Flag]:
        """Return what the steps had to say there, what they do not say at present first."""
        usual = min(self.points.values(), key=lambda one: self.scale.distance(one.x), default=point)
        return telling(point.flags, usual.flags)

    def sentence(
        self, status: str, point: _Point | None, best: _Point | None, crossings: int
    ) -> str:
        """Return the finding in one sentence."""
        condition = f" if {self.phrase}" if self.phrase else ""
        which = (
            "the median" if self.percentile == 50 else f"the {self.percentile:g} % end of the range"
        )
        sign = "at least" if self.goal.at_least else "at most"
        wanted = f"{sign} {amount(self.amount, 3)} ({which}, {self.title}{condition})"
        low, high = (self._shown(end) for end in (self.scale.low, self.scale.high))
        if status == "met throughout":
            return f"{wanted} is met throughout {self.dial.address} = {low} to {high}."
        if point is not None:
            now = "" if self.scale.now is None else f"; now {self._shown(self.scale.now)}"
            words = f"{self.dial.address} = {point.text} gives {wanted}{now}."
            if crossings > 1:
                words += (
                    f" The goal is crossed {crossings} times in this range; this is the crossing "
                    "nearest to the present value."
                )
            return words
        return self._short(wanted, best, low, high)

    def _short(self, wanted: str, best: _Point | None, low: str, high: str) -> str:
        """Say that the goal is out of reach, and by how much."""
        head = f"{wanted} is out of reach with {self.dial.address} from {low} to {high}"
        if best is None:
            return f"{head}: no member finished."
        closest = f"{head}: at best {amount(best.value, 3)}, at {best.text}"
        if not (best.value > 0 and self.amount > 0):
            return f"{closest}."
        factor = self.amount / best.value if self.goal.at_least else best.value / self.amount
        by = (
            f"{math.log10(factor):.1f} orders of magnitude"
            if factor >= 10
            else f"a factor of {amount(factor)}"
        )
        side = "short" if self.goal.at_least else "over"
        return f"{closest}, {side} by {by}."

    def _shown(self, x: float) -> str:
        return f"{short(x, 4)} {self.scale.unit}".strip()


def _quantile(values: Array, uncertainty: int, percentile: float) -> float:
    """Return a percentile, over what is not known, of the medians over subjects and batches."""
    grid = np.asarray(values, float).reshape(uncertainty, -1)
    rows = grid[np.isfinite(grid).any(axis=1)]
    if rows.size == 0:
        return math.nan
    return float(np.quantile(np.nanmedian(rows, axis=1), percentile / 100.0))


def _best(points: Sequence[_Point], *, at_least: bool) -> _Point | None:
    """Return the point that comes closest to the goal."""
    held = [one for one in points if math.isfinite(one.value)]
    pick: Callable[..., _Point] = max if at_least else min
    return pick(held, key=lambda one: one.value) if held else None
