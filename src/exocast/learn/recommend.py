"""Which train of isolation for a source, a purity, a yield, a scale and a time: ranked, with why.

Every train runs on the same members from the same source. Those that meet more of what is asked
stand first; among equals the product of recovery and purity decides. Nothing here is a measured
ranking: it is what the catalogue's values imply, and the report says which of them to measure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exocast._version import __version__
from exocast.design.benching import head_kind, of_kind
from exocast.design.preparing import Batch, prepare
from exocast.design.rehearsing import medium_left
from exocast.errors import DesignError, ExocastError
from exocast.evidence import Axes, Catalogue, Ensemble, draw
from exocast.evidence.ensemble import one_at_a_time
from exocast.learn.candidates import Candidate, candidates, find_source
from exocast.learn.merit import merit, merit_needs, over
from exocast.learn.wishes import FIGURES, PURITY, Wish
from exocast.material.document import Plan
from exocast.material.spread import three_bars
from exocast.material.suspension import Suspension

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MEMBERS", "SCHEMA", "Recommendation", "recommend_isolation"]

Array = NDArray[np.float64]
Show = Callable[[int, int, str], None]

SCHEMA = 1
MEMBERS = (12, 4)
"""Draws of what is not known, and batches, where nobody says."""
HOUR = 3600.0
TOP = 5
"""Trains among which a value may change the order."""
NOTHING = 1e-6
"""Recovery below which a train is said to give nothing."""
LONGEST = 72.0
"""Hours of isolation beyond which a train is at its limit, where nobody says."""


@dataclass(frozen=True)
class Recommendation:
    """Trains of isolation on one source, ranked.

    Attributes
    ----------
    record : mapping
        The content of ``recommendation.json``.
    """

    record: Mapping[str, Any]

    @property
    def trains(self) -> list[Mapping[str, Any]]:
        """Return every train that ran, the best first."""
        trains: list[Mapping[str, Any]] = self.record["trains"]
        return trains

    @property
    def first(self) -> Mapping[str, Any]:
        """Return the train that stands first."""
        return self.trains[0]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a train: figures with 90 % uncertainty and variability, time, what is met.

        Returns
        -------
        pandas.DataFrame
        """
        import pandas as pd

        return pd.DataFrame([_line(train) for train in self.trains])

    def to_csv(self) -> str:
        """Return the table as CSV, every digit."""
        return str(self.to_frame().to_csv(index=False, lineterminator="\n"))


@dataclass(frozen=True)
class _Ran:
    """A train that ran."""

    candidate: Candidate
    plan: Plan
    ensemble: Ensemble
    batch: Batch
    figures: Mapping[str, Array]
    time: float
    hands_on: float


def recommend_isolation(
    source: str,
    *,
    wishes: Sequence[Wish] = (),
    scale: float | None = None,
    hours: float | None = None,
    members: tuple[int, int] | None = None,
    seed: int = 1,
    catalogue: Catalogue | None = None,
    progress: Show | None = None,
) -> Recommendation:
    """Rank trains of isolation for a source.

    Parameters
    ----------
    source : str
        A named source, a Design, or the name of a packaged one.
    wishes : sequence of Wish
        What is asked for.
    scale : float, optional
        Volume of the source [m^3]; the customary one by default.
    hours : float, optional
        Most that isolation may take [h].
    members, seed : optional
        Of the ensemble.
    catalogue : Catalogue, optional
        Values; the packaged ones by default.
    progress : callable, optional
        Told how many of how many trains are done, and which.

    Returns
    -------
    Recommendation

    Raises
    ------
    ExocastError
        If there is no such source, it cannot be scaled, or no train runs on it.
    """
    held = Catalogue.packaged() if catalogue is None else catalogue
    found = find_source(source)
    found = found if scale is None else found.scaled(scale)
    axes = Axes(*(members or MEMBERS))
    ran: list[_Ran] = []
    left_out: list[dict[str, str]] = []
    tried = candidates(found)
    for number, candidate in enumerate(tried):
        if progress is not None:
            progress(number, len(tried), candidate.title)
        try:
            one = _run(candidate, axes, seed, held)
        except ExocastError as error:
            left_out.append({"name": candidate.name, "title": candidate.title, "why": _why(error)})
            continue
        refused = _refusal(one)
        if refused:
            left_out.append({"name": candidate.name, "title": candidate.title, "why": refused})
        else:
            ran.append(one)
    if not ran:
        raise ExocastError(f"no train gives anything from {found.title}: {left_out[0]['why']}")
    purity = next((wish.figure.key for wish in wishes if wish.figure in PURITY), PURITY[0].key)
    records = [_record(one, wishes, hours, purity, axes) for one in ran]
    order = sorted(range(len(ran)), key=lambda index: _rank(records[index]))
    ranked = [records[index] for index in order]
    best = [ran[index] for index in order[:TOP]]
    first = best[0].candidate.design
    return Recommendation(
        {
            "exocast": SCHEMA,
            "version": __version__,
            "title": f"Isolation from {found.title}",
            "source": {"name": found.name, "title": found.title, "volume_m3": found.volume},
            "kind": head_kind(best[0].plan),
            "wishes": [
                {"key": one.figure.key, "amount": one.amount, "text": one.text} for one in wishes
            ],
            "hours": hours,
            "purity": purity,
            "seed": seed,
            "members": {"uncertainty": axes.uncertainty, "variability": axes.variability},
            "catalogue_digest": held.digest,
            "design": first.text,
            "design_digest": first.digest,
            "before": _before(best[0], axes),
            "trains": ranked,
            "left_out": left_out,
            "measure": _to_measure(best, ranked, purity, held),
        }
    )


def _run(candidate: Candidate, axes: Axes, seed: int, catalogue: Catalogue) -> _Ran:
    """Run one train.

    Raises
    ------
    ExocastError
        If its Design is refused, or no row answers what a step needs.
    """
    plan = candidate.design.plan()
    ensemble = draw(merit_needs(plan), catalogue, axes, seed)
    batch = prepare(plan.preparation, {}, plan.study, ensemble)[-1]
    time = hands_on = 0.0
    for entry in batch.ledger.entries:
        if entry.stage == "isolation":
            time += float(np.median(entry.exchange.resources.time))
            hands_on += float(np.median(entry.exchange.resources.hands_on))
    figures = merit(plan, ensemble, _filled(batch), batch.suspension)
    return _Ran(candidate, plan, ensemble, batch, figures, time, hands_on)


def _filled(batch: Batch) -> Suspension:
    """Return the tube that the source filled."""
    return [entry for entry in batch.ledger.entries if entry.stage == "donor"][-1].after


def _refusal(one: _Ran) -> str:
    """Return why a train is no answer; empty where it is one."""
    if left := medium_left(one.batch.suspension):
        return left
    serious = [flag.message for flag in one.batch.flags if flag.severity == "serious"]
    if not float(np.median(one.figures["recovery"])) > NOTHING:
        return (serious or ["nothing of what is wanted comes out"])[0]
    return ""


def _record(
    one: _Ran, wishes: Sequence[Wish], hours: float | None, purity: str, axes: Axes
) -> dict[str, Any]:
    """Return one train for the record."""
    size = axes.uncertainty
    spreads = {key: three_bars(held, size).to_dict() for key, held in one.figures.items()}
    met, together = [], np.ones(axes.members, dtype=bool)
    for wish in wishes:
        holds = one.figures[wish.figure.key] >= wish.amount
        middle = spreads[wish.figure.key]["median"]
        met.append(
            {
                "text": wish.text,
                "met": isinstance(middle, float) and middle >= wish.amount,
                "chance": float(np.mean(holds)),
            }
        )
        together &= holds
    if hours is not None:
        in_time = one.time / HOUR <= hours
        met.append({"text": f"hours <= {hours:g}", "met": in_time, "chance": float(in_time)})
        together &= in_time
    flags = [
        {
            "where": flag.where,
            "message": flag.message,
            "severity": flag.severity,
            "limit": flag.limit,
        }
        for flag in one.batch.flags
    ]
    consumables: dict[str, float] = {}
    for entry in one.batch.ledger.entries:
        if entry.stage == "isolation":
            for item, number in entry.exchange.resources.consumables.items():
                consumables[item] = consumables.get(item, 0.0) + float(np.median(number))
    kind = head_kind(one.plan)
    score = one.figures["recovery"] * one.figures[purity]
    return {
        "name": one.candidate.name,
        "title": one.candidate.title,
        "own": one.candidate.own,
        "figures": spreads,
        "score": _middle(score),
        "met": met,
        "chance": float(np.mean(together)),
        "hours": one.time / HOUR,
        "hands_on_hours": one.hands_on / HOUR,
        "volume_m3": float(np.median(one.batch.suspension.volume)),
        "consumables": consumables,
        "steps": _steps(one, kind),
        "remains": _remains(one, kind),
        "scale_limits": _limits(flags, one.time / HOUR, asked=hours is not None),
        "flags": flags,
        "design": one.candidate.design.text,
    }


def _limits(flags: Sequence[Mapping[str, str]], hours: float, *, asked: bool) -> list[str]:
    """Return what says that the volume is too much for a train, and what is seriously wrong."""
    found = [
        f"{flag['where']}: {flag['message']}"
        for flag in flags
        if flag["severity"] == "serious"
        or (flag["severity"] == "warning" and flag["limit"] == "scale")
    ]
    if hours > LONGEST and not asked:
        found.append(f"takes {hours:.0f} h")
    return found


def _rank(record: Mapping[str, Any]) -> tuple[int, float]:
    """Return what trains are sorted by: wishes and scale not met, then the product."""
    missed = sum(not one["met"] for one in record["met"]) + bool(record["scale_limits"])
    return missed, -record["score"]


def _steps(one: _Ran, kind: str) -> list[dict[str, Any]]:
    """Return what each step passes on, and what takes the most away."""
    found = []
    before = _filled(one.batch)
    for entry in one.batch.ledger.entries:
        if entry.stage != "isolation":
            continue
        start = of_kind(before, kind)
        causes = {
            cause: _middle(over(-amount, start))
            for (quantity, cause), amount in entry.exchange.amounts.items()
            if quantity == f"particles/{kind}" and np.median(amount) < 0
        }
        cause = max(causes, key=lambda name: causes[name], default="")
        found.append(
            {
                "step": entry.step,
                "title": entry.title,
                "passed": _middle(over(of_kind(entry.after, kind), start)),
                "lost_to": cause,
                "lost": causes.get(cause, 0.0),
            }
        )
        before = entry.after
    return found


def _remains(one: _Ran, kind: str) -> dict[str, Any]:
    """Return the contaminants of the last tube: particles for each vesicle, and mass [kg]."""
    tube = one.batch.suspension
    wanted = of_kind(tube, kind)
    beside = {
        held.kind: _middle(over(held.total, wanted))
        for held in tube.populations
        if held.kind != kind
    }
    return {
        "particles_for_each": dict(sorted(beside.items(), key=lambda pair: -pair[1])),
        "dissolved_kg": {name: float(np.median(mass)) for name, mass in tube.solutes.items()},
    }


def _before(one: _Ran, axes: Axes) -> dict[str, Any]:
    """Return the source: its vesicles, and their share of all particles."""
    tube, kind = _filled(one.batch), head_kind(one.plan)
    wanted = of_kind(tube, kind)
    every = np.sum([held.total for held in tube.populations], axis=0)
    return {
        "vesicles": three_bars(wanted, axes.uncertainty).to_dict(),
        "share_of_particles": three_bars(over(wanted, every), axes.uncertainty).to_dict(),
    }


def _to_measure(
    best: Sequence[_Ran], records: Sequence[Mapping[str, Any]], purity: str, catalogue: Catalogue
) -> list[dict[str, Any]]:
    """Return the assumed values that move the order most.

    Each value is turned from its 5 % to its 95 % end, the others at their medians, in the best
    trains alike. What counts is how far the first moves against the next, and whether another
    train would stand first.
    """
    if len(best) < 2:
        return []
    middles: list[float] = []
    turned: list[dict[tuple[str, int], float]] = []
    rows: dict[str, Any] = {}
    for one in best:
        ensemble, turns = one_at_a_time(merit_needs(one.plan), catalogue)
        batch = prepare(one.plan.preparation, {}, one.plan.study, ensemble)[-1]
        figures = merit(one.plan, ensemble, _filled(batch), batch.suspension)
        score = np.log10(np.maximum(figures["recovery"] * figures[purity], 1e-300))
        middles.append(float(score[0]))
        turned.append(
            {
                (turn.identity, turn.side): float(score[index])
                for index, turn in enumerate(turns)
                if turn.axis == "uncertainty"
            }
        )
        rows |= {name: row for name, row in ensemble.rows.items() if row.method == "assumed"}
    missed = [_rank(held)[0] for held in records[: len(best)]]
    peers = [index for index, count in enumerate(missed) if count == missed[0]]
    usual = records[max(peers, key=lambda index: middles[index])]["name"]
    found = []
    for identity, row in rows.items():
        ends = []
        for side in (-1, 1):
            scores = [
                held.get((identity, side), middle)
                for held, middle in zip(turned, middles, strict=True)
            ]
            leads = scores[0] - max(scores[1:])
            winner = max(peers, key=lambda index: scores[index])
            ends.append((leads, records[winner]["name"]))
        swing = abs(ends[1][0] - ends[0][0])
        if swing > 0.02:
            found.append(
                {
                    "key": row.key,
                    "identity": identity,
                    "source": row.source,
                    "orders": swing,
                    "first_at_low": ends[0][1],
                    "first_at_high": ends[1][1],
                    "overturns": any(name != usual for _, name in ends),
                }
            )
    found.sort(key=lambda held: (not held["overturns"], -held["orders"]))
    return found[:8]


def _why(error: ExocastError) -> str:
    """Return what is wrong, on one line."""
    if isinstance(error, DesignError):
        return error.problems[0].message.rstrip(".")
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[1] if len(lines) > 1 and "problem" in lines[0] else lines[0]


def _line(train: Mapping[str, Any]) -> dict[str, Any]:
    """Return one row of the table."""
    line: dict[str, Any] = {"train": train["name"], "title": train["title"]}
    for key in (one.key for one in FIGURES.values()):
        spread = train["figures"][key]
        line[key] = spread["median"]
        for kind in ("uncertainty", "variability"):
            line[f"{key}_{kind}_low"], line[f"{key}_{kind}_high"] = spread[kind]
    line |= {key: train[key] for key in ("score", "hours", "hands_on_hours", "chance")}
    line["wishes_met"] = sum(one["met"] for one in train["met"])
    line["wishes"] = len(train["met"])
    line["scale_limits"] = "; ".join(train["scale_limits"])
    return line


def _middle(values: Array) -> float:
    """Return the median of the members that have a value; 0 where none has."""
    held = values[np.isfinite(values)]
    return float(np.median(held)) if held.size else 0.0
