"""Rank ways to do something at the bench: the same members for all, what is asked, and why.

Every candidate runs on the same members from the same source. Those that meet more of what is asked
stand first; among equals the product of two figures decides. Nothing here is a measured ranking: it
is what the catalogue's values imply, and the record says which of them to measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast._version import __version__
from exocast.design.benching import head_kind, of_kind
from exocast.design.preparing import prepare
from exocast.errors import DesignError, ExocastError
from exocast.evidence import Axes, Catalogue, draw
from exocast.evidence.ensemble import one_at_a_time
from exocast.learn.candidates import Candidate, Source
from exocast.learn.merit import over
from exocast.learn.subject import Asked, Ran, Subject, filled, median_of
from exocast.material.spread import three_bars

__all__ = ["SCHEMA", "ranked"]

Array = NDArray[np.float64]

SCHEMA = 1
HOUR = 3600.0
TOP = 5
"""Candidates among which a value may change the order."""
LONGEST = 72.0
"""Hours beyond which a candidate is at its limit, where nobody says."""


def ranked(
    subject: Subject, source: Source, tried: Sequence[Candidate], asked: Asked
) -> dict[str, Any]:
    """Run every candidate on the same members, and return the record of their ranking.

    Raises
    ------
    ExocastError
        If none of them is an answer.
    """
    ran: list[Ran] = []
    left_out: list[dict[str, str]] = []
    for number, candidate in enumerate(tried):
        if asked.progress is not None:
            asked.progress(number, len(tried), candidate.title)
        try:
            one = _run(subject, candidate, asked)
            refused = subject.refusal(one)
        except ExocastError as error:
            refused = _why(error)
        if refused:
            left_out.append({"name": candidate.name, "title": candidate.title, "why": refused})
        else:
            ran.append(one)
    if not ran:
        raise ExocastError(f"nothing works with {source.title}: {left_out[0]['why']}")
    wished = (wish.figure.key for wish in asked.wishes if wish.figure.key in subject.by)
    by = next(wished, subject.by[0])
    records = [_record(subject, one, asked, by) for one in ran]
    order = sorted(range(len(ran)), key=lambda index: _rank(records[index]))
    best = [ran[index] for index in order[:TOP]]
    first = best[0].candidate.design
    records = [records[index] for index in order]
    return {
        "exocast": SCHEMA,
        "version": __version__,
        "subject": subject.name,
        "title": subject.title,
        "source": {"name": source.name, "title": source.title, "volume_m3": source.volume},
        "kind": head_kind(best[0].plan),
        "wishes": [
            {"key": one.figure.key, "amount": one.amount, "text": one.text} for one in asked.wishes
        ],
        "hours": asked.hours,
        "by": by,
        "seed": asked.seed,
        "members": {"uncertainty": asked.axes.uncertainty, "variability": asked.axes.variability},
        "catalogue_digest": asked.catalogue.digest,
        "design": first.text,
        "design_digest": first.digest,
        "before": _before(best[0], asked.axes),
        "trains": records,
        "left_out": left_out,
        "measure": _to_measure(subject, best, records, by, asked.catalogue),
    }


def _run(
    subject: Subject, candidate: Candidate, asked: Asked, chosen: Mapping[str, str] | None = None
) -> Ran:
    """Run one candidate, contested values as chosen.

    Raises
    ------
    ExocastError
        If its Design is refused, or no row answers what a step needs.
    """
    plan = candidate.design.plan()
    held = candidate.design.evidence(asked.catalogue)
    ensemble = draw(subject.needs(plan), held, asked.axes, asked.seed, chosen or {})
    batch = prepare(plan.preparation, {}, plan.study, ensemble)[-1]
    time = hands_on = 0.0
    for entry in batch.ledger.entries:
        if entry.stage in subject.stages:
            time += float(np.median(entry.exchange.resources.time))
            hands_on += float(np.median(entry.exchange.resources.hands_on))
    figures = subject.figures(plan, ensemble, batch)
    return Ran(candidate, plan, ensemble, batch, figures, time, hands_on)


def _rivals(subject: Subject, one: Ran, asked: Asked, by: str) -> list[dict[str, Any]]:
    """Return what a candidate gives under the other options of what is contested in its stage."""
    found = []
    ours = [row for row in one.ensemble.rows.values() if row.key.startswith(f"{subject.name}.")]
    families = {row.hypothesis.partition(":")[0] for row in ours} - {""}
    for family in sorted(families):
        held = asked.catalogue.hypotheses[family]
        for name in held.options:
            if name == held.preferred:
                continue
            other = _run(subject, one.candidate, asked, {family: name})
            figures = {key: median_of(values) for key, values in other.figures.items()}
            score = median_of(other.figures["recovery"] * other.figures[by])
            found.append(
                {"family": family, "option": name, "phrase": held.phrases[name], "figures": figures,
                 "score": score}
            )  # fmt: skip
    return found


def _record(subject: Subject, one: Ran, asked: Asked, by: str) -> dict[str, Any]:
    """Return one candidate for the record."""
    wishes, hours, axes = asked.wishes, asked.hours, asked.axes
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
        if entry.stage in subject.stages:
            for item, number in entry.exchange.resources.consumables.items():
                consumables[item] = consumables.get(item, 0.0) + float(np.median(number))
    kind = head_kind(one.plan)
    score = one.figures["recovery"] * one.figures[by]
    return {
        "name": one.candidate.name,
        "title": one.candidate.title,
        "own": one.candidate.own,
        "figures": spreads,
        "score": median_of(score),
        "met": met,
        "chance": float(np.mean(together)),
        "hours": one.time / HOUR,
        "hands_on_hours": one.hands_on / HOUR,
        "volume_m3": float(np.median(one.batch.suspension.volume)),
        "consumables": consumables,
        "steps": _steps(subject, one, kind),
        "remains": {**_remains(one, kind), **(subject.remains(one) if subject.remains else {})},
        "rivals": _rivals(subject, one, asked, by),
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


def _steps(subject: Subject, one: Ran, kind: str) -> list[dict[str, Any]]:
    """Return what each step passes on, and what takes the most away."""
    found = []
    before = filled(one.batch)
    for entry in one.batch.ledger.entries:
        if entry.stage not in subject.stages:
            continue
        start = of_kind(before, kind)
        causes = {
            cause: median_of(over(-amount, start))
            for (quantity, cause), amount in entry.exchange.amounts.items()
            if quantity == f"particles/{kind}" and np.median(amount) < 0
        }
        cause = max(causes, key=lambda name: causes[name], default="")
        found.append(
            {
                "step": entry.step,
                "title": entry.title,
                "passed": median_of(over(of_kind(entry.after, kind), start)),
                "lost_to": cause,
                "lost": causes.get(cause, 0.0),
            }
        )
        before = entry.after
    return found


def _remains(one: Ran, kind: str) -> dict[str, Any]:
    """Return the contaminants of the last tube: particles for each vesicle, and mass [kg]."""
    tube = one.batch.suspension
    wanted = of_kind(tube, kind)
    beside = {
        held.kind: median_of(over(held.total, wanted))
        for held in tube.populations
        if held.kind != kind
    }
    return {
        "particles_for_each": dict(sorted(beside.items(), key=lambda pair: -pair[1])),
        "dissolved_kg": {name: float(np.median(mass)) for name, mass in tube.solutes.items()},
    }


def _before(one: Ran, axes: Axes) -> dict[str, Any]:
    """Return the source: its vesicles, and their share of all particles."""
    tube, kind = filled(one.batch), head_kind(one.plan)
    wanted = of_kind(tube, kind)
    every = np.sum([held.total for held in tube.populations], axis=0)
    return {
        "vesicles": three_bars(wanted, axes.uncertainty).to_dict(),
        "share_of_particles": three_bars(over(wanted, every), axes.uncertainty).to_dict(),
    }


def _to_measure(
    subject: Subject,
    best: Sequence[Ran],
    records: Sequence[Mapping[str, Any]],
    by: str,
    catalogue: Catalogue,
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
        held = one.candidate.design.evidence(catalogue)
        ensemble, turns = one_at_a_time(subject.needs(one.plan), held)
        batch = prepare(one.plan.preparation, {}, one.plan.study, ensemble)[-1]
        figures = subject.figures(one.plan, ensemble, batch)
        score = np.log10(np.maximum(figures["recovery"] * figures[by], 1e-300))
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
