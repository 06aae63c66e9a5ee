"""How long a stored product meets its specification, member by member, and what ends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exocast._version import __version__
from exocast.design.benching import head_kind
from exocast.design.design import Design
from exocast.design.preparing import Batch
from exocast.design.reusing import Store
from exocast.design.run import rivals_of
from exocast.design.simulating import plan_needs
from exocast.errors import ExocastError, nearest
from exocast.evidence import Axes, Catalogue
from exocast.learn.dial import without_variants
from exocast.learn.wishes import Figure, Wish, read_wish
from exocast.material.document import Plan
from exocast.material.ledger import Exchange
from exocast.material.step import PreparationStep, settings_of
from exocast.material.suspension import Suspension
from exocast.stages.storage import StorageProfile
from exocast.units import parse

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FIGURES", "ShelfLife", "shelf_life"]

Array = NDArray[np.float64]

SCHEMA = 1
DAY = 86400.0
YEAR = 365.25 * DAY
FIRST = 3600.0
POINTS = 24
"""Moments between an hour and the horizon, even in the logarithm of time."""

MEMBERS = (100, 4)
HORIZON = "5 yr"

FIGURES = (
    Figure(
        "vesicles", "vesicles", "1",
        "Vesicles of the kind that the dose counts, over those that were put into storage.", "80 %",
    ),
    Figure("particles", "particles", "1", "All particles, over those put into storage.", "80 %"),
    Figure(
        "copies per vesicle", "copies", "1",
        "Copies of the cargo inside a vesicle, over those at the start.", "70 %",
    ),
    Figure("cargo inside", "inside", "1", "Cargo inside vesicles, over that at the start.", "70 %"),
    Figure(
        "surface", "surface", "1", "Surface molecules of a vesicle that still work.", "80 %"
    ),
)  # fmt: skip
"""What a specification can be about."""

TURNED = "opened by ice, drying or water"
_WORKING = "surface molecules that still work [1]"


@dataclass(frozen=True)
class ShelfLife:
    """What was found.

    Attributes
    ----------
    record : mapping
        The content of ``shelf-life.json``: the specification, every way of storage with the time at
        which 5, 50 and 95 % of the members have left it, what ends it, and the share of members
        within it over time.
    """

    record: Mapping[str, Any]

    @property
    def ways(self) -> list[Mapping[str, Any]]:
        """Return every way of storage, in the order of the Design."""
        return list(self.record["ways"])

    @property
    def sentences(self) -> list[str]:
        """Return what was found, in words."""
        return [str(way["sentence"]) for way in self.ways]

    def to_frame(self) -> pd.DataFrame:
        """Return the share of members within each specification over time, a row a moment."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"way": way["name"], "time_s": time, "within": share}
                | {text: shares[index] for text, shares in way["each"].items()}
                for way in self.ways
                for index, (time, share) in enumerate(
                    zip(self.record["times"], way["within"], strict=True)
                )
            ]
        )

    def to_csv(self) -> str:
        """Return the table as CSV, every digit."""
        return str(self.to_frame().to_csv(index=False, lineterminator="\n"))


def shelf_life(
    design: Design,
    spec: Sequence[str],
    *,
    at: Sequence[str] = (),
    horizon: str = HORIZON,
    members: tuple[int, int] | None = None,
    seed: int | None = None,
    catalogue: Catalogue | None = None,
) -> ShelfLife:
    """Find how long a stored product meets a specification.

    The bench runs up to the last step of storage; that step is done for every duration, on the same
    members. A member leaves the specification when the first limit is crossed (between two moments,
    straight in the logarithm of time).

    Parameters
    ----------
    design : Design
        With a step of storage; its variants are other ways of storage.
    spec : sequence of str
        ``vesicles > 80 %``, ``copies per vesicle > 70 %``, ``surface > 80 %`` ...: each over what
        was put into storage.
    at : sequence of str
        Temperatures at which the Design is stored as well, such as ``-20 degC``.
    horizon : str
        The longest time that is looked at; a step's own bound on its duration comes first.
    members, seed, catalogue
        As in `exocast.learn.sweep.sweep`.

    Raises
    ------
    ExocastError
        If no limit is given, one cannot be read, or nothing is stored.
    DesignError
        If the Design is wrong as it stands, or with a temperature.
    """
    if not spec:
        raise ExocastError('--spec: give a limit, as in --spec "vesicles > 80 %"')
    wishes = [_limit(text) for text in spec]
    design.check()
    held = design.evidence(catalogue)
    last = parse(horizon, "s", where="--until")
    if last <= FIRST:
        raise ExocastError(f"--until {horizon}: look further ahead than an hour")
    plain = without_variants(design)
    plan = plain.plan()
    settings = plan.run
    axes = Axes(*(members or MEMBERS))
    store = Store(held, axes, settings.seed if seed is None else seed)
    times = np.concatenate([[0.0], np.geomspace(FIRST, last, POINTS)])
    sides: list[tuple[str, Plan]] = [("", plan)]
    sides += [(name, without_variants(design.variant(name)).plan()) for name in design.variants]
    index, _ = _stored(plan)
    for text in at:
        parse(text, "K", where=f"--at {text}")
        step = plan.preparation[index]
        if "temperature" not in settings_of(type(step)):
            raise ExocastError(
                f"--at {text}: `{step.name}` has no one temperature; write stretches"
            )
        address = (
            f"{step.stage}.{step.method}.temperature" if not step.id else f"{step.id}.temperature"
        )
        sides.append((f"at {text}", plain.with_settings({address: text}).plan()))
    ways = [_way(name, one, wishes, times, store) for name, one in sides]
    record = {
        "schema": SCHEMA, "exocast": SCHEMA, "version": __version__, "title": plan.title,
        "design": plain.text, "design_digest": design.digest, "seed": store.seed,
        "members": {"uncertainty": axes.uncertainty, "variability": axes.variability},
        "catalogue_digest": held.digest, "spec": [wish.text for wish in wishes],
        "times": times.tolist(), "horizon": last, "ways": ways,
    }  # fmt: skip
    return ShelfLife(record)


def _limit(text: str) -> Wish:
    """Read a limit; `small EVs` are the vesicles of most Designs."""
    words = text.lower().replace("small evs", "vesicles")
    return read_wish(words, "--spec", FIGURES)


def _stored(plan: Plan) -> tuple[int, PreparationStep]:
    """Return the last step of storage, and its place."""
    found = [(i, one) for i, one in enumerate(plan.preparation) if one.stage == "storage"]
    if not found:
        raise ExocastError(
            'nothing is stored: add a step with stage = "storage". '
            f"{nearest('frozen', ('frozen', 'liquid', 'profile', 'lyophilised'))}"
        )
    return found[-1]


def _lasting(step: PreparationStep, time: float) -> PreparationStep | None:
    """Return the step with another duration; None beyond its own bound."""
    if isinstance(step, StorageProfile):
        longest = max(range(len(step.stretches)), key=lambda i: step.stretches[i].duration)
        ways = [
            replace(one, duration=time) if i == longest else one
            for i, one in enumerate(step.stretches)
        ]
        return replace(step, stretches=tuple(ways))
    if time > settings_of(type(step))["duration"].high:
        return None
    changed: PreparationStep = replace(step, duration=time)  # type: ignore[call-arg]
    return changed


def _way(
    name: str, plan: Plan, wishes: Sequence[Wish], times: Array, store: Store
) -> dict[str, Any]:
    """Return what one way of storage gives."""
    index, step = _stored(plan)
    bench = replace(plan.on_the_bench(), preparation=plan.preparation[: index + 1])
    rival = rivals_of(bench.hypotheses, store.catalogue)[0]
    ensemble = store.draw(plan_needs(bench), rival.selection)
    kind = head_kind(plan) or "small_ev"
    margins: list[list[Array]] = []
    causes: list[dict[str, Array]] = []
    headline = step.headline()
    for time in times:
        changed = _lasting(step, float(time))
        if changed is None:
            break
        turned = replace(bench, preparation=(*bench.preparation[:-1], changed))
        batch = store.bench(turned, ensemble)
        before, after, exchange = _ends(batch)
        figures = _figures(before, after, exchange, kind, plan.study.cargo)
        margins.append([figures[wish.figure.key] / wish.amount for wish in wishes])
        causes.append(_causes(before, after, exchange, kind, plan.study.cargo))
        headline = changed.headline()
    ratio = np.array(margins)  # time, limit, member
    worst = ratio.min(axis=1)
    ended, first = _crossing(times[: len(worst)], worst)
    done = np.isfinite(ended)
    within = [float(np.mean(ended > time)) for time in times[: len(ratio)]]
    nothing = [None] * (len(times) - len(ratio))
    why = _ending(ratio, causes, first, wishes, done) if done.any() else []
    found = {
        "name": name or "as it stands", "step": f"{step.stage}.{step.method}",
        "headline": headline, "looked_until": float(times[len(worst) - 1]),
        "within": [*within, *nothing],
        "each": {
            wish.text: [*(float(np.mean(held[j] >= 1)) for held in ratio), *nothing]
            for j, wish in enumerate(wishes)
        },
        "quantiles": {
            str(q): _finite(np.quantile(ended, q / 100, method="lower")) for q in (5, 50, 95)
        },
        "at_release": float(np.mean(worst[0] >= 1)), "ends": why,
    }  # fmt: skip
    return {**found, "sentence": _sentence(found)}


def _ends(batch: Batch) -> tuple[Suspension, Suspension, Exchange]:
    *_, before, last = batch.ledger.entries
    return before.after, last.after, last.exchange


def _over(now: Array, then: Array) -> Array:
    return np.divide(now, then, out=np.ones_like(now), where=then > 0)


def _of(tube: Suspension, kind: str) -> Array:
    held = [one.total for one in tube.populations if one.kind == kind]
    return np.asarray(sum(held, np.zeros(tube.members)))


def _inside(tube: Suspension, kind: str, cargo: str) -> Array:
    held = [one.copies(cargo) for one in tube.populations if one.kind == kind]
    return np.asarray(sum(held, np.zeros(tube.members)))


def _figures(
    before: Suspension, after: Suspension, exchange: Exchange, kind: str, cargo: str
) -> dict[str, Array]:
    """Return every figure over what it was, arrays (n,)."""
    vesicles = _over(_of(after, kind), _of(before, kind))
    inside = _over(_inside(after, kind, cargo), _inside(before, kind, cargo))
    every = [
        sum((one.total for one in t.populations), np.zeros(t.members)) for t in (after, before)
    ]
    return {
        "vesicles": vesicles,
        "particles": _over(*every),
        "inside": inside,
        "copies": _over(inside, vesicles),
        "surface": np.asarray(exchange.notes.get(_WORKING, np.ones(after.members))),
    }


def _causes(
    before: Suspension, after: Suspension, exchange: Exchange, kind: str, cargo: str
) -> dict[str, Array]:
    """Return what each cause took, as ``figure: cause``, shares (n,) of what was there."""
    start, found = _of(before, kind), {}
    for (quantity, cause), amount in exchange.amounts.items():
        if quantity == f"particles/{kind}":
            found[f"vesicles: {cause}"] = _over(-amount, start) * (start > 0)
    degraded = -exchange.amounts.get((f"cargo/{cargo}", "degraded in storage"), 0.0 * start)
    whole = before.totals().get(f"cargo/{cargo}", 0.0 * start)
    left = exchange.notes.get(f"{cargo} that left vesicles [1]", 0.0 * start)
    vesicles = _over(_of(after, kind), start)
    gone = 1 - _over(_over(_inside(after, kind, cargo), _inside(before, kind, cargo)), vesicles)
    decayed = _over(degraded, whole) * (whole > 0)
    found["copies: degraded in storage"] = decayed
    found["copies: left through the membrane"] = np.asarray(left)
    found[f"copies: {TURNED}"] = np.maximum(gone - decayed - left, 0.0)
    found["surface: put out of work"] = 1 - exchange.notes.get(_WORKING, np.ones(len(start)))
    return {name: np.broadcast_to(values, start.shape) for name, values in found.items()}


def _crossing(times: Array, worst: Array) -> tuple[Array, NDArray[np.intp]]:
    """Return when each member leaves, inf where it does not, and the first moment after it."""
    out = worst < 1
    ever = out.any(axis=0)
    first = np.where(ever, out.argmax(axis=0), len(times) - 1)
    each = np.arange(worst.shape[1])
    then = np.maximum(first - 1, 0)
    clock = np.log(np.maximum(times, FIRST / 10))
    high, low = worst[then, each], worst[first, each]
    part = np.divide(high - 1, high - low, out=np.zeros_like(high), where=high > low)
    moment = np.exp(clock[then] + np.clip(part, 0, 1) * (clock[first] - clock[then]))
    ended = np.where(ever, np.where(first == 0, 0.0, moment), np.inf)
    return ended, first


def _ending(
    ratio: Array, causes: list[dict[str, Array]], first: NDArray[np.intp],
    wishes: Sequence[Wish], done: NDArray[np.bool_],
) -> list[dict[str, Any]]:  # fmt: skip
    """Return by which limit and which cause members leave, the most frequent first."""
    group = {"particles": "vesicles", "inside": "copies"}
    counted: dict[tuple[str, str], int] = {}
    for member in np.flatnonzero(done):
        at = first[member]
        limit = wishes[int(ratio[at, :, member].argmin())]
        key = group.get(limit.figure.key, limit.figure.key)
        heads = (key, "vesicles") if limit.figure.key == "inside" else (key,)
        held = {
            name.partition(": ")[2]: values[member]
            for name, values in causes[at].items()
            if name.partition(": ")[0] in heads
        }
        cause = max(held, key=lambda one: held[one])
        counted[limit.text, cause] = counted.get((limit.text, cause), 0) + 1
    total = int(done.sum())
    order = sorted(counted.items(), key=lambda item: -item[1])
    return [{"limit": a, "cause": b, "share": n / total} for (a, b), n in order]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def duration_text(seconds: float | None, until: float) -> str:
    """Return a time as one says it; what does not end in the time looked at is longer."""
    if seconds is None:
        return f"more than {duration_text(until, until)}"
    for unit, size in (("y", YEAR), ("months", YEAR / 12), ("d", DAY), ("h", 3600.0)):
        if seconds >= {"d": 1.0, "h": 1e-9}.get(unit, 1.5) * size:
            return f"{seconds / size:.2g} {unit}"
    return "none: not even when it is opened at once"


def _sentence(way: Mapping[str, Any]) -> str:
    """Say how long one way of storage lasts, and what ends it."""
    until = way["looked_until"]
    low, middle, high = (duration_text(way["quantiles"][q], until) for q in ("5", "50", "95"))
    text = (
        f"{way['name']}: half of the members are within it for {middle} (5 %: {low}; 95 %: {high})"
    )
    if way["ends"]:
        first = way["ends"][0]
        text += (
            f"; what ends it is {first['limit']}, {first['cause']} ({first['share'] * 100:.0f} %)"
        )
    return text
