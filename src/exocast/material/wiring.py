"""Wiring: the named layer on which kinetic steps meet, and which becomes one nameless network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.engine.network import Expression, Network, State
from exocast.errors import WiringError, nearest
from exocast.material.carrier import Carrier
from exocast.material.study import Study

__all__ = ["Milestone", "Output", "Place", "Wiring"]

Array = NDArray[np.float64]
PerCapita = Expression | Sequence[Expression] | Callable[[Carrier], Expression]

PARTICLES = "particles"
PLACE_SHARE = 1e-6
POOL_SHARE = 1e-9


@dataclass(frozen=True)
class Place:
    """A place where carriers can be: one population state for each carrier.

    Attributes
    ----------
    name : str
        Such as ``liver.vascular``.
    states : tuple of State
        One for each carrier, in the order of `Wiring.carriers`.
    share : float
        Share of the dose below which the place need not be resolved.
    sink : bool
        Whether particles end here: cargo that arrives leaves for a pool.
    """

    name: str
    states: tuple[State, ...]
    share: float
    sink: bool = False


@dataclass(frozen=True)
class Output:
    """A linear combination of states that the time course keeps.

    Attributes
    ----------
    name, unit, doc : str
        Name in the time course, unit, and meaning.
    weights : mapping of State to float
        The combination.
    """

    name: str
    unit: str
    doc: str
    weights: Mapping[State, float]


@dataclass(frozen=True)
class Milestone:
    """A row of the cascade that the body, the cell or the response supplies.

    Attributes
    ----------
    name : str
        Stable name, such as ``arrived``.
    title : str
        Words for people, such as "arrived in the tumour".
    head : str
        ``cargo`` (copies of one dose), ``cell`` (copies per target cell) or ``organ`` (in the
        unit of a question of an organ).
    output : str
        The output whose value at the question's moment is shown (a cumulative state).
    per : str
        Name of a published array by which it is divided, such as ``tumour.cells``; or empty.
    lever : str
        What one would raise to pass more: "escape from the endosome"; the title by default.
    also : tuple of str
        Further outputs, which are added to it.
    repeats : bool
        Whether it counts each as often as it happens to it, so that nothing is lost before it.
    unit : str
        Unit where it is none of copies or particles.
    """

    name: str
    title: str
    head: str
    output: str
    per: str = ""
    lever: str = ""
    also: tuple[str, ...] = ()
    repeats: bool = False
    unit: str = ""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Return every output that is added."""
        return (self.output, *self.also)


@dataclass
class _Move:
    source: Place
    target: Place
    rates: tuple[Expression, ...]
    release: Mapping[str, str]
    tag: str


@dataclass
class _Loss:
    rider: str
    place: Place
    rates: tuple[Expression, ...]
    pool: str
    part: int | None = None


@dataclass
class _Cumulative:
    name: str
    tags: tuple[str, ...]
    riders: tuple[str, ...]
    also: tuple[str, ...] = ()
    ways: frozenset[tuple[str, str]] = frozenset()

    def counts(self, move: _Move) -> bool:
        """Return whether a move is one of those asked for."""
        return move.tag in self.tags or (move.source.name, move.target.name) in self.ways


@dataclass
class _Entry:
    place: Place
    share: Array


@dataclass
class _PlaceOutput:
    name: str
    unit: str
    doc: str
    places: tuple[tuple[Place, float], ...]
    riders: tuple[str, ...]
    over_time: bool


@dataclass
class Wiring:
    """What kinetic steps add to, in any order.

    Structure (places, moves, riders) depends on the Design only; drawn values enter as parameters.

    Attributes
    ----------
    members : int
        Number of members n.
    carriers : tuple of Carrier
        Kinds and size classes of what is dosed.
    study : Study
        Subject, regimen and question.
    riders : tuple of str
        What rides the carriers: the cargo inside, and labels.
    dissolved : mapping of str to array (n, d)
        Copies of a cargo that each dose brings in dissolved, riding nothing.
    ledger : mapping of str to str
        Rider to the name in whose balance its matter counts, where that is another: what sits
        outside a vesicle, to its cargo.
    network : Network
        The network under construction; steps may add pools' fluxes to it directly.
    """

    members: int
    carriers: tuple[Carrier, ...]
    study: Study
    riders: tuple[str, ...] = ()
    dissolved: Mapping[str, Array] = field(default_factory=dict)
    ledger: dict[str, str] = field(default_factory=dict)
    network: Network = field(default_factory=Network)
    values: dict[str, Array] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    pools: dict[str, State] = field(default_factory=dict)
    pool_shares: dict[str, float] = field(default_factory=dict)
    pool_riders: dict[str, str] = field(default_factory=dict)
    pool_starts: dict[str, Array] = field(default_factory=dict)
    pool_scales: dict[str, Array] = field(default_factory=dict)
    published: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Output] = field(default_factory=dict)
    milestones: list[Milestone] = field(default_factory=list)
    entries: list[_Entry] = field(default_factory=list)
    dose_duration: float = 0.0
    outside: set[str] = field(default_factory=set)
    moves: list[_Move] = field(default_factory=list)
    losses: list[_Loss] = field(default_factory=list)
    cumulatives: list[_Cumulative] = field(default_factory=list)
    place_outputs: list[_PlaceOutput] = field(default_factory=list)
    dose_shares: dict[str, Array] = field(default_factory=dict)
    dissolved_into: dict[str, str] = field(default_factory=dict)
    rider_amounts: dict[str, tuple[Array, ...]] = field(default_factory=dict)
    rider_parts: dict[str, tuple[float, ...]] = field(default_factory=dict)

    def parameter(self, name: str, values: ArrayLike) -> Expression:
        """Return the expression of a per-member value.

        Parameters
        ----------
        name : str
            Unique name; asking again with the same name must give the same values.
        values : array (n,) or float
            Values in SI units.
        """
        array = np.broadcast_to(np.asarray(values, dtype=float), (self.members,))
        if name in self.values and not np.array_equal(self.values[name], array):
            raise WiringError(f"parameter `{name}` is declared twice with different values")
        self.values[name] = array
        return self.network.parameter(name)

    def per_carrier(self, name: str, values: Callable[[Carrier], Array]) -> list[Expression]:
        """Return one parameter expression for each carrier, named ``name.<carrier>``."""
        return [self.parameter(f"{name}.{c.name}", values(c)) for c in self.carriers]

    def add_place(self, name: str, *, share: float = PLACE_SHARE, sink: bool = False) -> Place:
        """Declare a place and return it.

        Parameters
        ----------
        name : str
            Such as ``liver.vascular``.
        share : float
            Share of the dose below which the place need not be resolved [1]; smaller where
            little arrives but much depends on it.
        sink : bool
            Particles end here; riders that arrive must be released into a pool.
        """
        if name in self.places:
            raise WiringError(f"place `{name}` is declared twice")
        states = tuple(self.network.state(f"{name}.{c.name}", scale=1.0) for c in self.carriers)
        self.places[name] = Place(name, states, share, sink)
        return self.places[name]

    def place(self, name: str) -> Place:
        """Return a declared place.

        Raises
        ------
        WiringError
            If nobody declared it; the message lists those present.
        """
        if name not in self.places:
            raise WiringError(
                f"place `{name}` is asked for and nobody declared it. {nearest(name, self.places)} "
                f"Present: {', '.join(sorted(self.places))}."
            )
        return self.places[name]

    def add_pool(
        self,
        name: str,
        *,
        rider: str = "",
        share: float = POOL_SHARE,
        start: ArrayLike = 0.0,
        scale: ArrayLike | None = None,
        outside: bool = False,
    ) -> State:
        """Declare a single pool, such as released cargo in a place or mRNA per cell.

        Parameters
        ----------
        name : str
            Name.
        rider : str
            The rider (cargo or label) whose matter it holds: it then counts in that rider's
            balance, and `share` is relative to the rider's dose.
        share : float
            Share of the rider's dose below which it need not be resolved.
        start : array (n,) or float
            Amount at time 0.
        scale : array (n,) or float, optional
            Absolute scale instead of `share`; needed for a pool without a rider.
        outside : bool
            Whether it is no part of the body: excreta, and what lies in the gut or on the skin. No
            cell holds it, so what becomes of riders in cells does not befall it.
        """
        if name in self.pools:
            raise WiringError(f"pool `{name}` is declared twice")
        if not rider and scale is None:
            raise WiringError(f"pool `{name}` holds no rider: give its scale")
        self.pools[name] = self.network.state(name, scale=1.0)
        self.pool_shares[name] = share
        if rider:
            self.pool_riders[name] = rider
        if outside:
            self.outside.add(name)
        if scale is not None:
            self.pool_scales[name] = np.broadcast_to(np.asarray(scale, float), (self.members,))
        self.pool_starts[name] = np.broadcast_to(np.asarray(start, float), (self.members,))
        return self.pools[name]

    def pool(self, name: str) -> State:
        """Return a declared pool; the error lists those present."""
        if name not in self.pools:
            raise WiringError(f"no pool `{name}`. {nearest(name, self.pools)}")
        return self.pools[name]

    def publish(self, name: str, value: Any) -> None:
        """Publish an array or expression for other steps, such as ``tumour.cells``."""
        self.published[name] = value

    def port(self, name: str) -> Any:
        """Return what another step published; the error lists what is published."""
        if name not in self.published:
            raise WiringError(
                f"`{name}` is asked for and nobody published it. "
                f"Published: {', '.join(sorted(self.published)) or 'nothing'}."
            )
        return self.published[name]

    def move(
        self,
        source: Place,
        target: Place,
        per_capita: PerCapita,
        *,
        release: Mapping[str, str] | None = None,
        tag: str = "",
    ) -> None:
        """Let carriers move, each at its own per-capita rate; riders ride at the same rate.

        Parameters
        ----------
        source, target : Place
            From where to where.
        per_capita : Expression, sequence of Expression, or callable of Carrier
            Rate for each carrier [1/s].
        release : mapping of str to str, optional
            Where `target` is a sink: rider to the pool that receives it. Riders left out go to
            the pool ``<rider>.lost``.
        tag : str
            Name under which the cumulative flux can be asked for, see `cumulative`.
        """
        rates = self._rates(per_capita)
        if release and not target.sink:
            raise WiringError(f"`{target.name}` is no sink: cargo cannot be released on arrival")
        self.moves.append(_Move(source, target, rates, dict(release or {}), tag))

    def lose(
        self,
        rider: str,
        place: Place,
        per_capita: PerCapita,
        pool: str,
        part: int | None = None,
    ) -> None:
        """Let a rider leave its carriers at a place, at a first-order rate, into a pool.

        Parameters
        ----------
        rider : str
            What leaves.
        place : Place
            No sink.
        per_capita : Expression, sequence of Expression, or callable of Carrier
            Rate for each carrier [1/s].
        pool : str
            A pool of that rider.
        part : int, optional
            Which of its parts; all alike where left out.
        """
        self.losses.append(_Loss(rider, place, self._rates(per_capita), pool, part))

    def split(self, rider: str, shares: Sequence[float]) -> None:
        """Say that a rider is held in parts, which leave its carriers at rates of their own.

        Parameters
        ----------
        rider : str
            What rides.
        shares : sequence of float
            Of each dose [1]; they sum to 1. Every part has a state for each carrier and place.
        """
        self.rider_parts[rider] = tuple(float(share) for share in shares)

    def dose_into(
        self, place: Place, share: ArrayLike = 1.0, *, duration: float | None = None
    ) -> None:
        """Say where the regimen's doses go; call it for each place that takes a share.

        Parameters
        ----------
        place : Place
            No sink.
        share : array (n,) or float
            Share of each dose [1]; those of all places sum to 1.
        duration : float, optional
            How long a dose takes to go in, at a constant rate [s]; 0 is at once. One for all
            shares: left out, it stays as it is.
        """
        if place.sink:
            raise WiringError(f"`{place.name}` is a sink: a dose cannot ride into it")
        self.entries.append(_Entry(place, np.broadcast_to(np.asarray(share, float), self.members)))
        self.dose_duration = self.dose_duration if duration is None else duration

    def dose_share(self, pool: str, share: ArrayLike) -> None:
        """Let a share of each dose of a rider go straight into a pool.

        For a label that was injected off the vesicle: the rest rides the vesicles.

        Parameters
        ----------
        pool : str
            A pool of that rider.
        share : array (n,)
            Share of the rider's dose [1].
        """
        if pool not in self.pool_riders:
            raise WiringError(f"pool `{pool}` holds no rider: no dose can go there")
        self.dose_shares[pool] = np.broadcast_to(np.asarray(share, float), (self.members,))

    def dose_dissolved(self, rider: str, pool: str) -> None:
        """Say into which pool of a rider the dissolved part of each dose goes."""
        if self.pool_riders.get(pool) != rider:
            raise WiringError(f"pool `{pool}` holds no `{rider}`: no dose of it can go there")
        self.dissolved_into[rider] = pool

    def kin(self, name: str) -> tuple[str, ...]:
        """Return the riders whose matter counts in one balance, such as a cargo in and outside."""
        return tuple(one for one in self.riders if self.ledger.get(one, one) == name)

    @property
    def counted(self) -> tuple[str, ...]:
        """Return the riders that the cascade counts; none where it counts particles."""
        return self.kin(self.study.cargo) if self.study.cargo else ()

    def copies(self, rider: str) -> Array:
        """Return the copies of a cargo that all carriers and doses bring, array (n,) [copy].

        A size for scales: of the batch for what rides, of the doses for what is dissolved.
        """
        held = np.zeros(self.members)
        for carrier in self.carriers:
            held = held + carrier.count * carrier.copies(rider)
        for other in self.kin(rider):
            if other != rider:
                held = held + self.aboard(other)
        if rider in self.dissolved_into:
            held = held + self.dissolved[rider].sum(axis=1)
        return held

    def aboard(self, rider: str) -> Array:
        """Return what all carriers of the batch have of a rider with amounts of its own, (n,)."""
        each = zip(self.carriers, self.rider_amounts[rider], strict=True)
        return np.asarray(sum((one.count * held for one, held in each), np.zeros(self.members)))

    def cumulative(
        self,
        name: str,
        tags: Sequence[str],
        rider: str | Sequence[str] = PARTICLES,
        *,
        also: Sequence[str] = (),
    ) -> str:
        """Ask for the time integral of tagged moves, of particles, of a rider or of several.

        Parameters
        ----------
        name : str
            Name of the output.
        tags : sequence of str
            Of the moves.
        rider : str or sequence of str
            What is counted.
        also : sequence of str
            Pools that count what came by other ways, which are added.

        Returns
        -------
        str
            The name of the output that holds it.
        """
        self.cumulatives.append(_Cumulative(name, tuple(tags), _several(rider), tuple(also)))
        return name

    def passed(
        self,
        name: str,
        ways: Iterable[tuple[Place, Place]],
        rider: str | Sequence[str] = PARTICLES,
    ) -> str:
        """Ask for the time integral of all moves from one place to another, by pairs of places.

        Returns
        -------
        str
            The name of the output that holds it.
        """
        pairs = frozenset((source.name, target.name) for source, target in ways)
        self.cumulatives.append(_Cumulative(name, (), _several(rider), ways=pairs))
        return name

    def output(self, name: str, weights: Mapping[State, float], *, unit: str, doc: str) -> str:
        """Keep a linear combination of states in the time course."""
        self.outputs[name] = Output(name, unit, doc, dict(weights))
        return name

    def output_places(
        self,
        name: str,
        places: Sequence[tuple[Place, float]],
        *,
        rider: str | Sequence[str] = PARTICLES,
        unit: str = "particle",
        doc: str = "",
        over_time: bool = False,
    ) -> str:
        """Keep the sum over carriers of particles, or of a rider, in weighted places.

        Asked for again under the same name, as by a step that adds places to an organ, the later
        request holds. With `over_time`, its integral since the first dose, in hours.
        """
        wanted = _PlaceOutput(name, unit, doc, tuple(places), _several(rider), over_time)
        self.place_outputs.append(wanted)
        return name

    def add_to_output(self, name: str, places: Sequence[tuple[Place, float]]) -> bool:
        """Count further places to an output of places; False where there is none of that name."""
        for index in reversed(range(len(self.place_outputs))):
            held = self.place_outputs[index]
            if held.name == name:
                self.place_outputs[index] = replace(held, places=(*held.places, *places))
                return True
        return False

    def milestone(
        self,
        name: str,
        title: str,
        output: str,
        *,
        head: str = "cargo",
        per: str = "",
        lever: str = "",
        also: tuple[str, ...] = (),
        repeats: bool = False,
        unit: str = "",
    ) -> None:
        """Add a row to the cascade, in order; see `Milestone`."""
        one = Milestone(name, title, head, output, per, lever, also, repeats, unit)
        self.milestones.append(one)

    def _rates(self, per_capita: PerCapita) -> tuple[Expression, ...]:
        if isinstance(per_capita, Expression):
            return (per_capita,) * len(self.carriers)
        if callable(per_capita):
            return tuple(per_capita(carrier) for carrier in self.carriers)
        if len(per_capita) != len(self.carriers):
            raise WiringError(f"{len(per_capita)} rates for {len(self.carriers)} carriers")
        return tuple(per_capita)


def _several(rider: str | Sequence[str]) -> tuple[str, ...]:
    """Return one rider, or several, as several."""
    return (rider,) if isinstance(rider, str) else tuple(rider)
