"""Loading through membranes that open for a moment: what every such method does to a tube.

A method says how many vesicles of each size open and for how long, which tear and close again as
others, and what is broken, blocked, worn or damaged (`Opening`); `opened` does the rest alike for
all: losses, leak of what was inside, sharing out of the cargo, precipitate and report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.cargo_statistics import mix, thinned
from exocast.laws.lumen import outer_area
from exocast.laws.membrane_area import vesicles_of_area
from exocast.laws.secretion import lognormal_shares
from exocast.material.ledger import Exchange, Resources
from exocast.material.suspension import Copies, Population, Suspension, grid_edges
from exocast.stages.account import Account
from exocast.stages.loading.adding import Adding
from exocast.stages.loading.cargo import ROOM, Cargo
from exocast.stages.loading.contact import (
    CONTACT_PARAMETERS,
    Opened,
    contact,
    contact_parameters,
)
from exocast.stages.loading.precipitate import (
    DRUG_PARTICLE_PARAMETERS,
    KIND,
    PRECIPITATE_PARAMETERS,
    Aging,
    precipitated,
)
from exocast.stages.wear import multiplied, worn

__all__ = [
    "BROKEN_SHARE",
    "OPENING_PARAMETERS",
    "SCRAMBLED",
    "TURNED",
    "Opening",
    "by_kind",
    "closing_sizes",
    "opened",
    "opening_parameters",
    "sieved",
    "strained",
]

Array = NDArray[np.float64]
ByKind = Mapping[str, Array]

EXPOSED = "phosphatidylserine_share"

BROKEN_SHARE = Parameter(
    "loading.opening.broken_share", "1", "Share of openings after which a vesicle is destroyed.",
    high=1.0, scale="logit",
)  # fmt: skip
SCRAMBLED = Parameter(
    "loading.opening.scrambled_share", "1",
    "Share of opened vesicles that expose phosphatidylserine afterwards.", high=1.0, scale="logit",
)  # fmt: skip
TURNED = Parameter(
    "loading.opening.turned_share", "1",
    "Share of surface molecules that face inside when a torn membrane has closed.",
    high=1.0, scale="logit",
)  # fmt: skip
CLUMPED = Parameter(
    "loading.opening.clumped_share", "1",
    "Share of the protein that a rough step unfolds which ends in aggregates.", high=1.0,
    scale="logit",
)  # fmt: skip

_OWN = (SCRAMBLED, TURNED)
OPENING_PARAMETERS = (*ROOM, *_OWN, CLUMPED, *CONTACT_PARAMETERS, *DRUG_PARTICLE_PARAMETERS)


def opening_parameters(cargo: Cargo) -> tuple[Parameter, ...]:
    """Return what `opened`, and `filling` of a pore, need of a cargo."""
    solid = {"hydrophobic": DRUG_PARTICLE_PARAMETERS, "protein": PRECIPITATE_PARAMETERS}
    clumps = (CLUMPED,) if cargo.kind == "protein" else ()
    return (*_OWN, *clumps, *contact_parameters(cargo), *solid.get(cargo.kind, ()))


@dataclass(frozen=True)
class Opening:
    """What a method does to vesicles, by kind and size.

    Attributes
    ----------
    shares : mapping of str to array (n, k) [1]
        Of the vesicles that open and close again.
    levels : mapping of str to array (n, k) [1]
        How far these come to the outer concentration, and lose what they held.
    times : mapping of str to array (n, k) [s]
        For how long these are open, in which the inside of the membrane takes up what adsorbs.
    torn : mapping of str to array (n, k) [1]
        Share that tears; its membrane closes over the liquid around it.
    sizes : array (n, k) [1], optional
        Shares of the sizes in which torn membrane closes.
    lost : mapping of str to array (n, k) [1]
        By kind: share that is destroyed; its cargo dissolves.
    blocked : mapping of str to array (n, k) [1]
        By kind: share that stays behind, with its cargo.
    lost_as, blocked_as, damaged_as : str
        The causes, as the ledger names them.
    worn : array (n,) [1]
        Share of surface molecules lost.
    damaged : array (n,) [1]
        Share of the dissolved cargo that is destroyed.
    energy : array (n,) [J/m^3], optional
        Sound that particles of a drug go through before the contact, in a volume of liquid.
    pore : float [m]
        Width of the pores that the mixture goes through: no particle of cargo does that is wider.
    """

    shares: ByKind
    levels: ByKind
    times: ByKind = field(default_factory=dict)
    torn: ByKind = field(default_factory=dict)
    sizes: Array | None = None
    lost: ByKind = field(default_factory=dict)
    blocked: ByKind = field(default_factory=dict)
    lost_as: str = "lysis"
    blocked_as: str = "held back"
    damaged_as: str = "damaged"
    worn: Array | float = 0.0
    damaged: Array | float = 0.0
    energy: Array | None = None
    pore: float = np.inf

    def opened(self, kind: str, closed: Array) -> Opened:
        """Return what of a kind has opened, of which a share (n, k) has closed anew."""
        none = np.zeros_like(closed)  # torn membrane closes sooner than anything sticks to it
        whole = (1 - closed) * self.shares[kind]
        return [
            (closed, np.ones_like(closed), none),
            (whole, self.levels[kind], self.times.get(kind, none)),
        ]


def by_kind(
    suspension: Suspension, made: Callable[[Population], Array] | Array
) -> dict[str, Array]:
    """Return an array (n, k) for every population that has a membrane to open, by kind.

    `made` makes it of the population, or is the same for all: (n, 1).
    """
    return {
        one.kind: np.broadcast_to(made(one) if callable(made) else made, one.count.shape)
        for one in suspension.populations
        if one.vesicular
    }


def closing_sizes(suspension: Suspension, median: Array, geometric_sd: Array) -> Array | None:
    """Return the shares of the sizes in which torn membrane closes, array (n, k)."""
    if not suspension.populations:
        return None
    edges = grid_edges(suspension.populations[0].diameter)
    return lognormal_shares(edges, median, geometric_sd)


def opened(
    step: Adding,
    suspension: Suspension,
    p: Draws,
    opening: Opening,
    duration: float,
    temperature: float,
    resources: Resources,
    notes: Mapping[str, Array] | None = None,
) -> tuple[Suspension, Exchange]:
    """Return a mixed tube after its vesicles were opened, with the cargo shared out.

    Parameters
    ----------
    step : Adding
        The method; it adds the cargo.
    suspension : Suspension
        Before the cargo is added.
    p : Draws
        With the parameters of the method.
    opening : Opening
        What the method does; its arrays are for the sizes of `suspension`.
    duration : float [s]
        For which cargo and vesicles are together.
    temperature : float [K]
        Of that contact.
    resources : Resources
        What it costs.
    notes : mapping of str to array, optional
        Figures of the method.
    """
    account = Account()
    tube, amounts = step.mixed(suspension, p)
    for (quantity, cause), amount in amounts.items():
        account.add(quantity, cause, amount)
    tube, anew = strained(tube, opening, account, p)
    shares = {kind: opening.opened(kind, closed) for kind, closed in anew.items()}
    harmed = tube.free[step.cargo] * opening.damaged
    clumped = harmed * p[CLUMPED] if step.substance.kind == "protein" else 0.0 * harmed
    account.add(f"cargo/{step.cargo}", opening.damaged_as, clumped - harmed)
    tube = replace(tube, free={**tube.free, step.cargo: tube.free[step.cargo] - harmed})
    tube, excess = contact(tube, step.substance, duration, temperature, p, shares)
    if step.substance.kind == "protein":
        tube = replace(tube, free={**tube.free, step.cargo: tube.free[step.cargo] + clumped})
        tube, particles = precipitated(tube, step.substance, clumped, p)
        account.add("particles/cargo_precipitate", "unfolded and aggregated", particles)
    if step.substance.kind == "hydrophobic":
        aging = Aging(duration, temperature, opening.energy)
        tube, particles = precipitated(tube, step.substance, excess, p, aging)
        account.add(f"particles/{KIND}", "precipitation", particles)
    tube = sieved(tube, opening, account)
    for name, values in {**step.reported(tube, p), **(notes or {})}.items():
        account.note(name, values)
    return replace(tube, temperature=temperature), account.exchange(resources)


def strained(
    suspension: Suspension, opening: Opening, account: Account, p: Draws
) -> tuple[Suspension, dict[str, Array]]:
    """Return a tube after its vesicles were opened, torn, worn, broken and held back.

    With it, by kind, the share (n, k) of those that are left which closed anew; what they held is
    dissolved. No cargo is shared out: that is `opened`.
    """
    free, populations, anew = dict(suspension.free), [], {}
    for one in suspension.populations:
        after = one
        if one.vesicular:
            after, anew[one.kind] = _strained(one, opening, account, free, p)
        populations.append(after)
    return replace(suspension, populations=tuple(populations), free=free), anew


def sieved(tube: Suspension, opening: Opening, account: Account) -> Suspension:
    """Return the tube without the particles of cargo that are wider than the pores."""
    if KIND not in tube.kinds or np.isinf(opening.pore):
        return tube
    solid = tube.population(KIND)
    held = np.broadcast_to(solid.diameter > opening.pore, solid.count.shape).astype(float)
    account.removed(solid, held, opening.blocked_as)
    return tube.with_population(solid.kept(1 - held))


def _strained(
    population: Population,
    opening: Opening,
    account: Account,
    free: dict[str, Array],
    p: Draws,
) -> tuple[Population, Array]:
    """Return what is left of a population, and the share of it that closed anew, by size."""
    kind, none = population.kind, np.zeros(population.count.shape)
    blocked, lost = opening.blocked.get(kind, none), opening.lost.get(kind, none)
    account.removed(population, blocked, opening.blocked_as)
    population = population.kept(1 - blocked)
    account.broken(population, lost, opening.lost_as, free)
    population = population.kept(1 - lost)
    torn = opening.torn.get(kind, none)
    before = population.total
    kept, fresh = _reclosed(population, torn, opening, account, free)
    whole = kept.count + fresh
    closed = np.divide(fresh, whole, out=none.copy(), where=whole > 0)
    kept = _leaked(kept, opening.shares[kind], opening.levels[kind], free)
    after = _marked(_thinned_by(kept, fresh), population, torn, before, opening, p)
    return after, closed


def _reclosed(
    population: Population,
    torn: Array,
    opening: Opening,
    account: Account,
    free: dict[str, Array],
) -> tuple[Population, Array]:
    """Return the vesicles that did not tear, and those that close of the rest, array (n, k)."""
    if opening.sizes is None:
        return population, np.zeros(population.count.shape)
    account.broken(population, torn, "torn", free)
    each = outer_area(population.diameter)
    area = (population.count * torn * each).sum(axis=1)
    mean = (opening.sizes * each).sum(axis=1)
    fresh = vesicles_of_area(area, mean)[:, None] * opening.sizes
    account.add(f"particles/{population.kind}", "closed from torn membrane", fresh.sum(axis=1))
    return population.kept(1 - torn), fresh


def _leaked(
    population: Population, share: Array, level: Array, free: dict[str, Array]
) -> Population:
    """Return vesicles of which a share lost what it held, as far as it exchanged."""
    inside = {}
    for cargo, held in population.inside.items():
        moments = (held.mean, held.empty, held.second)
        copies = Copies(*mix([1 - share, share], [moments, thinned(moments, 1 - level)]))
        gone = (population.count * (held.mean - copies.mean)).sum(axis=1)
        free[cargo] = free.get(cargo, np.zeros_like(gone)) + gone
        inside[cargo] = copies
    return replace(population, inside=inside)


def _thinned_by(population: Population, fresh: Array) -> Population:
    """Return the population with empty vesicles added to each size."""
    nothing = Copies.none(*fresh.shape)

    def pooled(held: Copies) -> Copies:
        moments = [(one.mean, one.empty, one.second) for one in (held, nothing)]
        return Copies(*mix([population.count, fresh], moments))

    return replace(
        population,
        count=population.count + fresh,
        inside={name: pooled(held) for name, held in population.inside.items()},
        attached={name: pooled(held) for name, held in population.attached.items()},
    )


def _marked(
    after: Population, whole: Population, torn: Array, before: Array, opening: Opening, p: Draws
) -> Population:
    """Return the population with the surface that wear, tearing and opening leave it.

    Surface molecules ride on membrane, which is conserved: more, smaller vesicles have fewer each,
    and some of those of a torn membrane face inside when it has closed.
    """
    area = (whole.count * outer_area(whole.diameter)).sum(axis=1)
    ripped = (whole.count * torn * outer_area(whole.diameter)).sum(axis=1)
    share = np.divide(ripped, area, out=np.zeros_like(area), where=area > 0)
    fewer = np.divide(before, after.total, out=np.ones_like(before), where=after.total > 0)
    after = multiplied(worn(after, opening.worn), (1 - share * p[TURNED]) * fewer)
    exposing = p[SCRAMBLED]
    if EXPOSED not in after.surface:
        return after
    met = torn + (1 - torn) * opening.shares[whole.kind]
    number = (whole.count * met).sum(axis=1)
    scrambled = np.divide(number, before, out=np.zeros_like(before), where=before > 0)
    shown = after.surface[EXPOSED]
    shown = shown + (1 - shown) * scrambled * exposing
    return replace(after, surface={**after.surface, EXPOSED: shown})
