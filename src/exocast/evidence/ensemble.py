"""The two-axis ensemble: what we do not know, times how subjects and batches differ."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri

from exocast.errors import EvidenceError
from exocast.evidence.catalogue import Catalogue
from exocast.evidence.joint import Joint
from exocast.evidence.parameter import Context, Need, Parameter, Value

__all__ = ["Axes", "Draws", "Ensemble", "Turn", "at_scores", "draw", "one_at_a_time", "quantile"]

Array = NDArray[np.float64]
NINETY_FIVE = float(ndtri(0.95))


@dataclass(frozen=True, slots=True)
class Axes:
    """Sizes of the two axes.

    Attributes
    ----------
    uncertainty : int
        Draws of what is not known.
    variability : int
        Subjects and batches, the same ones under every uncertainty draw.
    """

    uncertainty: int
    variability: int

    @property
    def members(self) -> int:
        """Return n = uncertainty x variability; member index is uncertainty-major."""
        return self.uncertainty * self.variability


@dataclass(frozen=True)
class Ensemble:
    """Every drawn value of a run.

    Attributes
    ----------
    axes : Axes
        Sizes of the two axes.
    seed : int
        Seed of every stream.
    values : mapping of str to array (n,)
        Drawn values in SI-coherent units, by `Value.identity`.
    rows : mapping of str to Value
        The catalogue row behind each drawn array.
    selection : mapping
        Hypothesis family to option.
    digest : str
        Digest of the catalogue.
    """

    axes: Axes
    seed: int
    values: Mapping[str, Array]
    rows: Mapping[str, Value]
    selection: Mapping[str, str]
    digest: str
    index: Mapping[tuple[str, frozenset[tuple[str, str]]], str] = field(repr=False)

    def row_of(self, need: Need) -> Value:
        """Return the catalogue row that answered a need."""
        return self.rows[self.index[need.parameter.key, frozenset(need.context.items())]]

    def draws(self, context: Context) -> Draws:
        """Return the view that a step in this context works with."""
        return Draws(self, dict(context))


class Draws:
    """The drawn values as one step sees them: looked up by parameter, within its context.

    `kept` is for what a step has already worked out from them (`stages.isolation.handling.once`).
    """

    def __init__(self, ensemble: Ensemble, context: dict[str, str]) -> None:
        self._ensemble = ensemble
        self.context = context
        self.asked: set[str] = set()
        self.kept: dict[tuple[object, ...], tuple[object, object]] = {}

    @property
    def members(self) -> int:
        """Return the number of members n."""
        return self._ensemble.axes.members

    def __getitem__(self, parameter: Parameter) -> Array:
        """Return the draws of a parameter in the step's context, array (n,)."""
        return self.at(parameter)

    def at(self, parameter: Parameter, **extra: str) -> Array:
        """Return the draws of a parameter with more context, array (n,).

        Raises
        ------
        EvidenceError
            If the step did not declare the parameter in this context among its needs.
        """
        context = {**self.context, **extra}
        name = self._ensemble.index.get((parameter.key, frozenset(context.items())))
        if name is None:
            raise EvidenceError(
                f"`{parameter.key}` was not declared for {context or 'the generic context'}: "
                "list it in the step's needs()"
            )
        self.asked.add(parameter.key)
        return self._ensemble.values[name]

    def row(self, parameter: Parameter, **extra: str) -> Value:
        """Return the catalogue row behind a parameter of this context."""
        context = {**self.context, **extra}
        return self._ensemble.rows[self._ensemble.index[parameter.key, frozenset(context.items())]]


@dataclass(frozen=True, slots=True)
class Turn:
    """One member of a one-at-a-time ensemble: a value at an end of its range, the others median.

    Attributes
    ----------
    identity : str
        The value that is turned; empty for the member in which all are at their medians.
    axis : str
        ``uncertainty`` or ``variability``.
    side : int
        -1 for the 5 % end, +1 for the 95 % end.
    """

    identity: str
    axis: str
    side: int


def one_at_a_time(
    needs: Iterable[Need], catalogue: Catalogue, selection: Mapping[str, str] | None = None
) -> tuple[Ensemble, tuple[Turn, ...]]:
    """Return an ensemble in which each member has one value at an end of its 90 % range.

    Parameters
    ----------
    needs : iterable of Need
        What the steps ask for.
    catalogue : Catalogue
        Where the rows are.
    selection : mapping, optional
        Hypothesis family to option.

    Returns
    -------
    Ensemble
        With one member for each turn.
    tuple of Turn
        What each member turns; the first turns nothing.
    """
    held = list(needs)
    middle = draw(held, catalogue, Axes(1, 1), 0, selection)
    parameters = {middle.row_of(need).identity: need.parameter for need in held}
    turns = [Turn("", "", 0)]
    for identity, row in middle.rows.items():
        if row.low != row.high and row.distribution != "fixed":
            turns += [Turn(identity, "uncertainty", side) for side in (-1, 1)]
        if row.variability:
            turns += [Turn(identity, "variability", side) for side in (-1, 1)]
    values = {identity: np.repeat(median, len(turns)) for identity, median in middle.values.items()}
    for member, turn in enumerate(turns[1:], start=1):
        row, parameter = middle.rows[turn.identity], parameters[turn.identity]
        score = np.array([turn.side * NINETY_FIVE])
        if turn.axis == "uncertainty":
            turned = quantile(row, score)
        else:
            turned = _vary(quantile(row, np.zeros(1)), score, row.variability, parameter)
        turned = np.clip(turned, parameter.low, parameter.high)
        values[turn.identity][member] = turned[0]
    return replace(middle, axes=Axes(len(turns), 1), values=values), tuple(turns)


def at_scores(
    needs: Iterable[Need],
    catalogue: Catalogue,
    scores: Mapping[str, Array],
    selection: Mapping[str, str] | None = None,
) -> Ensemble:
    """Return an ensemble in which some values lie at chosen scores and all others at their median.

    Parameters
    ----------
    needs : iterable of Need
        What the steps ask for.
    catalogue : Catalogue
        Where the rows are.
    scores : mapping of str to array (m,)
        Standard-normal scores by identity, at least one; identities that nobody needs are left out.
    selection : mapping, optional
        Hypothesis family to option.

    Returns
    -------
    Ensemble
        With one member for each score, all on the axis of what is not known.
    """
    held = list(needs)
    middle = draw(held, catalogue, Axes(1, 1), 0, selection)
    parameters = {middle.row_of(need).identity: need.parameter for need in held}
    members = len(next(iter(scores.values())))
    values = {identity: np.repeat(median, members) for identity, median in middle.values.items()}
    for identity in scores.keys() & values.keys():
        turned = quantile(middle.rows[identity], np.asarray(scores[identity], dtype=float))
        parameter = parameters[identity]
        values[identity] = np.clip(turned, parameter.low, parameter.high)
    return replace(middle, axes=Axes(members, 1), values=values)


def draw(
    needs: Iterable[Need],
    catalogue: Catalogue,
    axes: Axes,
    seed: int,
    selection: Mapping[str, str] | None = None,
) -> Ensemble:
    """Draw every needed value.

    Each row has its own two counter-based streams, seeded by (seed, axis, identity), so that adding
    a parameter shifts no other, and two designs or rivals run on the same members. Both axes are
    stratified (one draw in each of the equal-probability strata, in random order: McKay, Beckman
    and Conover 1979, doi 10.1080/00401706.1979.10489755), which holds the medians of small
    ensembles in place.

    Parameters
    ----------
    needs : iterable of Need
        What the steps ask for; repeated needs are drawn once.
    catalogue : Catalogue
        Where the rows are.
    axes : Axes
        Sizes of the axes.
    seed : int
        Seed.
    selection : mapping, optional
        Hypothesis family to option.

    Returns
    -------
    Ensemble

    Raises
    ------
    EvidenceError
        Listing every need that no row answers.
    """
    chosen = dict(selection or {})
    rows: dict[str, Value] = {}
    values: dict[str, Array] = {}
    index: dict[tuple[str, frozenset[tuple[str, str]]], str] = {}
    problems: list[str] = []
    for need in needs:
        address = (need.parameter.key, frozenset(need.context.items()))
        if address in index:
            continue
        try:
            row = catalogue.find(need, chosen)
        except EvidenceError as error:
            problems.append(str(error))
            continue
        index[address] = row.identity
        if row.identity not in values:
            rows[row.identity] = row
            values[row.identity] = _draw_row(row, need.parameter, axes, seed, catalogue.joint(row))
    if problems:
        raise EvidenceError("\n".join(dict.fromkeys(problems)))
    return Ensemble(axes, seed, values, rows, chosen, catalogue.digest, index)


def quantile(row: Value, z: Array) -> Array:
    """Return the value of a row at standard-normal scores of what is not known.

    The median and the 5 and 95 % points are those of the row, each side with its own spread
    (a split normal on the row's scale); (log-)uniform rows span low to high.

    Parameters
    ----------
    row : Value
        The row.
    z : array
        Standard-normal scores.

    Returns
    -------
    array
        Same shape as `z`, in SI-coherent units.
    """
    if row.distribution == "fixed" or row.low == row.high:
        return np.full(z.shape, row.value)
    if row.distribution in ("uniform", "loguniform"):
        share = np.asarray(ndtr(z))
        if row.distribution == "uniform":
            return np.asarray(row.low + share * (row.high - row.low))
        return np.asarray(row.low * (row.high / row.low) ** share)
    forward, backward = _TRANSFORMS[row.distribution]
    middle, below, above = (float(forward(x)) for x in (row.value, row.low, row.high))
    spread = np.where(z < 0, middle - below, above - middle) / NINETY_FIVE
    return np.asarray(backward(middle + spread * z))


def _draw_row(
    row: Value, parameter: Parameter, axes: Axes, seed: int, joint: Joint | None
) -> Array:
    """Draw one row over both axes, array (n,), held inside the parameter's physical bounds."""
    if joint is None or axes.uncertainty == 1:
        unknown = quantile(row, _scores(seed, "uncertainty", row.identity, axes.uncertainty))
    else:
        unknown = joint.draw(row.identity, seed, axes.uncertainty)
    if row.variability == 0.0:
        members = np.repeat(unknown, axes.variability)
    else:
        scores = _scores(seed, "variability", row.identity, axes.variability)
        members = _vary(unknown[:, None], scores[None, :], row.variability, parameter).ravel()
    members = np.clip(members, parameter.low, parameter.high)
    members.setflags(write=False)
    return members


def _vary(middle: Array, scores: Array, variation: float, parameter: Parameter) -> Array:
    """Spread subjects about the middle with a coefficient of variation on the parameter's scale."""
    if parameter.scale == "log":
        return np.asarray(middle * np.exp(math.sqrt(math.log1p(variation**2)) * scores))
    if parameter.scale == "logit":
        inside = np.clip(middle, 1e-12, 1 - 1e-12)
        # Delta method: sd on the logit scale that gives sd = variation * middle.
        return np.asarray(expit(logit(inside) + variation / (1 - inside) * scores))
    return np.asarray(middle * (1 + variation * scores))


def _scores(seed: int, axis: str, identity: str, size: int) -> Array:
    """Return stratified standard-normal scores from the stream of (seed, axis, identity)."""
    if size == 1:
        return np.zeros(1)
    key = hashlib.blake2b(f"{seed}|{axis}|{identity}".encode(), digest_size=16).digest()
    generator = np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))
    strata = generator.permutation(size) + generator.random(size)
    return np.asarray(ndtri(np.clip(strata / size, 1e-12, 1 - 1e-12)))


def _identity(x: Array | float) -> Array:
    return np.asarray(x)


_TRANSFORMS: Mapping[str, tuple[Callable[..., Array], Callable[..., Array]]] = {
    "normal": (_identity, _identity),
    "lognormal": (np.log, np.exp),
    "logitnormal": (logit, expit),
}
