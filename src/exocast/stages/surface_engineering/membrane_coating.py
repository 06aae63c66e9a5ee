"""Coating: vesicles open on solid cores, and their membrane covers these as far as it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.lumen import outer_area
from exocast.laws.membrane_joining import covered_share, joined_mean, neighbour_hazard
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Population, Suspension
from exocast.stages.account import Account, pooled
from exocast.stages.loading.contact import BILAYER_THICKNESS
from exocast.stages.surface_engineering.hybrid import vesicles_in
from exocast.stages.surface_engineering.joining import (
    EVERYONE,
    average,
    emptied,
    partners_of,
    regridded,
    with_partners,
)
from exocast.stages.wear import counts_copies

__all__ = ["COATED", "CORE", "MembraneCoating"]

Array = NDArray[np.float64]

COATED, CORE = "coated_particle", "inorganic_particle"

_KEY = "surface_engineering.membrane_coating."
CHANCE = Parameter(
    _KEY + "landing_chance", "1", "Share of vesicles beside a core that open on it in one pass."
)
OUTWARD = Parameter(
    _KEY + "outward_share", "1", "Share of surface molecules that face outwards on a coated core.",
    high=1.0, scale="logit",
)  # fmt: skip


@dataclass(frozen=True)
class MembraneCoating(PreparationStep):
    r"""Membrane patches land on cores at random, so that most coats have holes.

    Torn vesicles open on the cores beside them; each leaves a patch as large as its membrane. What
    the vesicle held dissolves. A core without any patch stays as it was.

    Equation
    --------
    \mu = \frac{N_E}{N_C} \left(1 - e^{-j \beta x}\right), \quad c = \frac{1 - e^{-\mu q}}{1 -
    e^{-\mu}}, \quad q = \min \left(\frac{a}{A}, \, 1\right)

    Symbols
    -------
    \mu : joined_mean, mean vesicles that opened on a core
    N_E, N_C : vesicles and cores in the tube
    j : passes
    \beta : landing_chance
    x : share of all surface that is cores'
    c : covered_share of a core that has any patch
    a, A : membrane of a vesicle, and surface of a core

    Notes
    -----
    Patches may overlap. Charge, recognition by phagocytes and phosphatidylserine go by the covered
    share, copies of surface molecules by patches that face outwards. Cores come by a step
    `donor.inorganic_particle` before this one.
    """

    stage: ClassVar[str] = "surface_engineering"
    method: ClassVar[str] = "membrane_coating"
    joins: ClassVar[str] = CORE
    title: ClassVar[str] = "coating of particles with membrane"
    parameters: ClassVar[tuple[Parameter, ...]] = (CHANCE, OUTWARD, BILAYER_THICKNESS)
    speculative: ClassVar[bool] = True

    technique: str = setting(
        "extrusion", choices=("extrusion", "sonication"), source="hybrid_practice",
        doc="What tears the vesicles beside the cores.", moves="cores that are coated now [1]",
    )  # fmt: skip
    passes: int = setting(
        11, unit="1", low=1, high=41, source="hybrid_practice",
        doc="Passes through a filter, or minutes in the bath.",
        moves="cores that are coated now [1]", direction=1,
    )  # fmt: skip

    def context(self) -> Mapping[str, str]:
        """Return what tears."""
        return {"technique": self.technique}

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return "on cores, as a coat"

    def patches(self, suspension: Suspension, p: Draws) -> Array:
        """Return the mean patches of a core, array (n,) [1]."""
        cores = suspension.population(CORE)
        area = cores.total * average(cores, outer_area(cores.diameter))
        membrane, number = np.zeros(p.members), np.zeros(p.members)
        for kind in vesicles_in(suspension):
            one = suspension.population(kind)
            membrane = membrane + one.total * average(one, outer_area(one.diameter))
            number = number + one.total
        both = area + membrane
        share = np.divide(area, both, out=np.zeros_like(area), where=both > 0)
        return joined_mean(number, cores.total, neighbour_hazard(self.passes, p[CHANCE], share))

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube with coated cores in it, beside what stayed bare or whole."""
        account = Account()
        time = 600.0 + 60.0 * self.passes
        resources = Resources(time, time, {"coating, batch": 1.0})
        if CORE not in suspension.kinds or not vesicles_in(suspension):
            return suspension, account.exchange(resources)
        mean = self.patches(suspension, p)
        tube, free = suspension, dict(suspension.free)
        vesicles = None
        cores = suspension.population(CORE)
        number = sum(
            (suspension.population(kind).total for kind in vesicles_in(suspension)),
            np.zeros(p.members),
        )
        opened = np.divide(mean * cores.total, number, out=np.zeros_like(mean), where=number > 0)
        for kind in vesicles_in(suspension):
            one = suspension.population(kind)
            landed = one.kept(np.minimum(opened, 1.0)[:, None])
            account.add(f"particles/{kind}", "opened on cores", -landed.total)
            tube = tube.with_population(one.kept(1 - np.minimum(opened, 1.0)[:, None]))
            landed = emptied(landed, np.ones(p.members), free)
            landed = replace(landed, kind=COATED, inside={})
            vesicles = landed if vesicles is None else pooled(vesicles, landed)
        share = -np.expm1(-mean)
        if vesicles is not None:
            made, covered = self._coated(cores.kept(share[:, None]), vesicles, mean, p)
            account.add(f"particles/{CORE}", "coated", -share * cores.total)
            account.add(f"particles/{COATED}", "coated", made.total)
            account.note("covered share of a coated core [1]", covered)
            tube = tube.with_population(cores.kept(1 - share[:, None])).with_population(made)
        account.note("cores that are coated now [1]", share)
        return replace(tube, free=free), account.exchange(resources)

    def _coated(
        self, cores: Population, vesicles: Population, mean: Array, p: Draws
    ) -> tuple[Population, Array]:
        """Return the coated cores, and the share of one that is covered, array (n,)."""
        brought = partners_of(vesicles)
        several = np.divide(mean, -np.expm1(-mean), out=np.ones_like(mean), where=mean > 0)
        covered = average(
            cores,
            covered_share(
                brought.area[:, None],
                outer_area(cores.diameter),
                np.broadcast_to(mean[:, None], cores.count.shape),
            ),
        )
        surface = dict(cores.surface)
        for name, default in EVERYONE:
            mine, theirs = (one.get(name, default) for one in (cores.surface, brought.surface))
            surface[name] = np.asarray((1 - covered) * mine + covered * theirs)
        for name, values in brought.surface.items():
            if counts_copies(name):
                surface[name] = np.asarray(surface.get(name, 0.0) + p[OUTWARD] * several * values)
            elif name not in surface:
                surface[name] = values
        wider = cores.diameter + 2 * p[BILAYER_THICKNESS][:, None]
        grown = regridded(replace(cores, surface=surface), wider)
        attached = with_partners(grown.attached, brought.attached, mean, grown.count.shape)
        return replace(grown, kind=COATED, vesicular=True, attached=attached), covered

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag a tube that lacks cores or vesicles, and coats that are mostly holes."""
        if CORE not in suspension.kinds or not vesicles_in(suspension):
            lacking = "solid cores" if CORE not in suspension.kinds else "vesicles"
            words = (
                f"there are no {lacking} in the tube: put `donor.inorganic_particle` after the "
                "isolation of the vesicles, and before this step"
            )
            return [Flag(self.name, words, "serious", limit="impossible")]
        mean = self.patches(suspension, p)
        share = float(np.median(-np.expm1(-mean)))
        if share > 0.2:
            return []
        words = (
            f"only {share:.1%} of the cores get any membrane: use more vesicles for these cores, "
            "or clean the bare ones off"
        )
        return [Flag(self.name, words)]
