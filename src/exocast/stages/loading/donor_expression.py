"""Donor expression: the cells make the cargo, and their vesicles enclose some of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.cargo_statistics import convolve, mix
from exocast.laws.expressed_cargo import empty_share, expression_classes, scaffold_occupancy
from exocast.laws.lumen import lumen_diameter, outer_area
from exocast.laws.membrane_area import sheared_copies
from exocast.laws.steric import accessible_volume
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Ceiling, Flag, PreparationStep, setting
from exocast.material.suspension import Copies, Population, Suspension
from exocast.stages.account import Account
from exocast.stages.donor.cell import BURDEN, CELL_VOLUME, EXPRESSION
from exocast.stages.donor.cell_culture import BODIES
from exocast.stages.loading.cargo import (
    ROOM,
    cargo_context,
    cargo_table,
    cytosol_ceiling,
    hydrodynamic_diameter,
    lumen_room,
    unknown_cargo,
)
from exocast.stages.loading.contact import BILAYER_THICKNESS
from exocast.stages.loading.tags import BY_CHANCE, tag_table

__all__ = ["LEAVES", "NOT_BOUGHT", "DonorExpression"]

Array = NDArray[np.float64]

REFERENCE = "small_ev"
"""Kind to whose particles scaffolds and enrichment belong."""
BODY = "apoptotic_body"
OWN = "endogenous"
HOW = {**EXPRESSION, OWN: Resources()}
"""How cells come to make it: engineered at a cost, or as they are, at none."""
SPILLED = "spilled by dead cells"
MADE = "made by the donor cells"
NOT_BOUGHT = (MADE, SPILLED)
"""Causes by which cargo comes into a tube that nobody adds to it."""
LEAVES = "held copies that leave their scaffold [1]"
"""Figure of the step: what works as a free molecule in the target cell."""

_KEY = "loading.donor_expression."
SAMPLING = Parameter(
    _KEY + "sampling", "1", "Cargo in a lumen by chance, over that in as much cytosol."
)
SPREAD = Parameter(
    _KEY + "expression_spread", "1",
    "Standard deviation of the expression over the cells that express, over its mean.",
)  # fmt: skip
ENRICHMENT = Parameter(
    _KEY + "enrichment", "1",
    "Mean copies of a vesicle with the tag over those without, at low expression.", low=1.0,
)  # fmt: skip
SCAFFOLDS = Parameter(
    _KEY + "scaffold_copies", "1",
    "Scaffolds that hold a cargo, on a small vesicle that has any.",
)  # fmt: skip
SHARE = Parameter(
    _KEY + "scaffold_share", "1", "Share of the vesicles that have a scaffold.",
    high=1.0, scale="logit",
)  # fmt: skip
FREED = Parameter(
    _KEY + "freed", "1", "Share of the held cargo that leaves its scaffold in the target cell.",
    high=1.0, scale="logit",
)  # fmt: skip
SURVIVAL = Parameter(
    _KEY + "spilled_survival", "1", "Share of what dead cells spill that is whole at harvest.",
    high=1.0, scale="logit",
)  # fmt: skip

_BY_CHANCE = (SAMPLING, SPREAD, SURVIVAL, BURDEN, CELL_VOLUME, BILAYER_THICKNESS, *ROOM)
_TAGGED = (ENRICHMENT, SCAFFOLDS, SHARE, FREED)


@dataclass(frozen=True)
class DonorExpression(PreparationStep):
    r"""The donor cells express the cargo; vesicles enclose it by chance, or a tag holds it there.

    A lumen is a ten-millionth of a cell: ten thousand copies in the cytosol put one into a
    thousand vesicles. That is why a cell's own (``endogenous``) microRNA is rare in vesicles, and
    messengers are rarer. A tag, or what sorts RNA by nature, holds cargo to scaffolds on the inner
    side of the vesicles that have them; it enriches what is rare and fills up with what is plenty.

    Equation
    --------
    m_k = \frac{c}{V} V_k \, a, \quad \bar{c}_k = f_v \sum_j w_j \left[g_j m_k + w S_k \, \frac{g_j
    x}{1 + g_j x}\right], \quad S_k = S \, \frac{A_k}{A_\mathrm{ref}}

    Symbols
    -------
    \bar{c}_k : mean copies of a vesicle of size k
    m_k : sheared_copies, by chance
    c : copies_per_cell
    V : cell_volume
    V_k : accessible_volume of size k
    a : sampling
    f_v : f (1 - b) / (1 - f b), share of the vesicles that cells with it made [1]
    f : expressing
    b : burden
    w_j, g_j : expression_classes, shares of the cells and their expression, by expression_spread
    x : scaffold_occupancy, by enrichment
    w : scaffold_share
    S : scaffold_copies
    S_k : scaffolds of size k [copy/particle]
    A_k, A_\mathrm{ref} : membrane of size k, and the mean of small EVs

    Notes
    -----
    Copies are Poisson among vesicles of one size, of cells alike in expression, with a scaffold or
    without one; expression is gamma-distributed over the cells. Mean and second moment are exact,
    and so is the empty share but where scaffolds are half full. That scaffolds differ in number
    between vesicles that have any, and that strong expression crowds them out, is left out.

    Expression costs the vesicles that cells with it do not make, as display does. Cells that die in
    the medium spill what they made; they are counted by the apoptotic bodies that they left. A
    molecule wider than a lumen is not in it, and none holds more than packs.

    ``endogenous`` is what every cell makes as it is: nothing is transfected, and no vesicle is lost
    to a burden. Sorting by YBX1 is taken as a tag whose scaffold is that protein; its strength is
    that of miR-223 over miR-190 in a cell-free reaction. Argonaute is not modelled: microRNA that
    it holds in the cytosol is sampled as the rest.

    What a tag does to the work of the cargo (a scaffold that holds an mRNA, a protein that stays on
    the membrane) is a figure of the step, not of the cell: see the flag.
    """

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "donor_expression"
    title: ClassVar[str] = "expression by the donor cell"
    parameters: ClassVar[tuple[Parameter, ...]] = (*_BY_CHANCE, BODIES, *_TAGGED)
    in_culture: ClassVar[bool] = True
    speculative: ClassVar[bool] = True

    cargo: str = setting(
        doc="Cargo, by its name in the cargo table: a nucleic acid or a protein.",
        moves="cargo inside",
    )
    copies_per_cell: float = setting(
        1e4, unit="copy/cell", low=0.0, high=1e9, source="expression_practice",
        doc="Copies in the cytosol of a cell that expresses it; 1e3 to 1e5 of an RNA, 10 to 1e3 of "
        "a cell's own messenger, up to 1e8 of a protein.",
        moves="cargo inside", direction=1, fills="cell",
    )  # fmt: skip
    expressing: float = setting(
        0.7, unit="1", low=0.0, high=1.0, source="expression_practice",
        doc="Share of the cells that express it; all of them where it is their own.",
        moves="cargo inside",  # up, unless vesicles held some before: burdened cells make fewer
    )  # fmt: skip
    expression: str = setting(
        "transient", choices=tuple(HOW), source="expression_practice",
        doc="Cells selected for it, transfected for the batch, or that make it as they are.",
        moves="time at the bench",
    )  # fmt: skip
    tag: str = setting(
        BY_CHANCE, choices=tuple(tag_table()), source="expression_practice",
        doc="What holds it in the bud.", moves="cargo inside",
    )  # fmt: skip

    def context(self) -> Mapping[str, str]:
        """Return the cargo, its kind and the tag."""
        return {**cargo_context(self.cargo), "tag": self.tag}

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        unknown = unknown_cargo(self.cargo)
        if unknown:
            return unknown
        kind = cargo_table()[self.cargo].kind
        if self._own and not tag_table()[self.tag].native:
            natural = ", ".join(f'"{name}"' for name, one in tag_table().items() if one.native)
            return [f"what a cell makes by itself has no `{self.tag}`. By nature: {natural}."]
        if kind in tag_table()[self.tag].carries:
            return []
        if kind not in tag_table()[BY_CHANCE].carries:
            return [f"no cell expresses {self.cargo}: give it to the cells by `donor_incubation`."]
        fitting = ", ".join(f'"{name}"' for name, one in tag_table().items() if kind in one.carries)
        return [f"`{self.tag}` does not hold {self.cargo}. Tags that do: {fitting}."]

    def needs(self) -> list[Need]:
        """Return the parameters; those of a scaffold where there is one."""
        if self.check():
            return []
        plain = (*_BY_CHANCE, *(_TAGGED if self._tagged else ()))
        return [*(Need(each) for each in plain), Need(BODIES, {"kind": BODY})]

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        held = f", held by {self.tag.replace('_', ' ')}" if self._tagged else ""
        own = " as they are" if self._own else ""
        return f"{self.cargo} made by the donor cells{own}{held}"

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the conditioned medium of cells that make the cargo."""
        account = Account()
        taken = self._taken(suspension, p)
        result = suspension
        for whole in suspension.populations:
            if not whole.vesicular:
                continue
            lost = np.broadcast_to((self._share * self._burden(p))[:, None], whole.count.shape)
            account.removed(whole, lost, "not made by cells that express it")
            population = whole.kept(1.0 - lost)
            fresh = self._copies(population, suspension, taken, p)
            held = population.inside.get(self.cargo)
            if held is not None:
                both = [(one.mean, one.empty, one.second) for one in (held, fresh)]
                fresh = Copies(*convolve(*both))
            filled = replace(population, inside={**population.inside, self.cargo: fresh})
            account.add(
                f"cargo/{self.cargo}", MADE,
                filled.copies(self.cargo) - population.copies(self.cargo),
            )  # fmt: skip
            result = result.with_population(filled)
        spilled = self._dead(suspension, p) * self._made * p[SURVIVAL]
        account.add(f"cargo/{self.cargo}", SPILLED, spilled)
        before = suspension.free.get(self.cargo, np.zeros(suspension.members))
        small = _small(suspension)
        if small is not None:
            chance = self._loaded(p) * _average(self._chance(small.diameter, p), small)
            account.note("copies of a small EV by chance [copy/particle]", chance)
        if self._tagged:
            account.note("scaffolds taken by cargo [1]", taken / (1.0 + taken))
            account.note(LEAVES, p[FREED])
        after = replace(result, free={**suspension.free, self.cargo: before + spilled})
        return after, account.exchange(HOW[self.expression])

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return what a reader should know of the cargo in the vesicles."""
        flags: list[Flag] = []
        if self._tagged:
            left = 100 * float(np.median(1.0 - p[FREED]))
            how = tag_table()[self.tag].comes_off or "nothing takes it off but a protease site"
            if left >= 50:
                words = (
                    f"{left:.0f} % of the held cargo stays on its scaffold in the target cell "
                    f"({how}): as a fusion in the membrane it does not work as a free molecule"
                )
                flags.append(Flag(self.name, words))
        return flags

    def ceilings(self, suspension: Suspension, p: Draws) -> list[Ceiling]:
        """Return what the cytosol of a cell has room for."""
        asked = self.copies_per_cell
        return [cytosol_ceiling("copies_per_cell", asked, self.cargo, p[CELL_VOLUME], p)]

    @property
    def _tagged(self) -> bool:
        return self.tag != BY_CHANCE

    @property
    def _made(self) -> float:
        """Return the mean copies of a cell, those without expression included."""
        return self._share * self.copies_per_cell

    @property
    def _own(self) -> bool:
        return self.expression == OWN

    @property
    def _share(self) -> float:
        return 1.0 if self._own else self.expressing

    def _burden(self, p: Draws) -> Array:
        """Return the share of its vesicles that a cell with it does not make, array (n,)."""
        return p[BURDEN] * (not self._own)

    def _loaded(self, p: Draws) -> Array:
        """Return the share of the vesicles that cells with it made: these make fewer, (n,)."""
        burden = self._burden(p)
        return np.asarray(self._share * (1.0 - burden) / (1.0 - self._share * burden))

    def _chance(self, diameter: Array, p: Draws) -> Array:
        """Return the copies that a lumen of each size encloses by chance, array (n, k)."""
        lumen = lumen_diameter(diameter, p[BILAYER_THICKNESS][:, None])
        open_to_it = accessible_volume(lumen, hydrodynamic_diameter(p)[:, None])
        volume, sampling = p[CELL_VOLUME][:, None], p[SAMPLING][:, None]
        return sheared_copies(self.copies_per_cell, volume, open_to_it, sampling, 0.0)

    def _taken(self, suspension: Suspension, p: Draws) -> Array:
        """Return cargo over free scaffolds in the mean cell, array (n,)."""
        small = _small(suspension)
        if not self._tagged or small is None:
            return np.zeros(suspension.members)
        passive = _average(self._chance(small.diameter, p), small)
        return scaffold_occupancy(passive, p[ENRICHMENT], p[SCAFFOLDS], p[SHARE])

    def _copies(
        self, population: Population, suspension: Suspension, taken: Array, p: Draws
    ) -> Copies:
        """Return the copies of one population, over cells and scaffolds."""
        chance = self._chance(population.diameter, p)
        most = lumen_room(
            population.diameter, p[BILAYER_THICKNESS], p, hydrodynamic_diameter(p)[:, None]
        )
        weights, levels = expression_classes(p[SPREAD])
        small = _small(suspension)
        share = p[SHARE][:, None] if self._tagged else np.zeros((p.members, 1))
        sites = np.zeros_like(chance)
        if self._tagged and small is not None:
            area = outer_area(population.diameter)
            mean = _average(np.broadcast_to(area, small.count.shape), small)[:, None]
            per_area = np.divide(p[SCAFFOLDS][:, None], mean, out=np.zeros_like(mean),
                                 where=mean > 0)  # fmt: skip
            sites = per_area * area
        shape = (p.members, len(population.diameter))
        mean, second = np.zeros(shape), np.zeros(shape)
        for weight, level in zip(weights.T, levels.T, strict=True):
            one = (level * taken)[:, None]
            rate = np.minimum(level[:, None] * chance + sites * one / (1.0 + one), most)
            mean, second = mean + weight[:, None] * rate, second + weight[:, None] * rate**2
        chance = np.minimum(chance, most)
        more = chance**2 * (1.0 + p[SPREAD][:, None] ** 2)
        bare = (chance, empty_share(chance, more), more)
        held = (mean, empty_share(mean, second), second)
        nothing = (np.zeros(shape), np.ones(shape), np.zeros(shape))
        part = self._loaded(p)[:, None]
        groups = [part * (1.0 - share), part * share, 1.0 - part]
        return Copies(*mix(groups, [bare, held, nothing]))

    def _dead(self, suspension: Suspension, p: Draws) -> Array:
        """Return the cells that died in the medium, by the bodies that they left, array (n,)."""
        if BODY not in suspension.kinds:
            return np.zeros(suspension.members)
        return np.asarray(suspension.population(BODY).total / p.at(BODIES, kind=BODY))


def _small(suspension: Suspension) -> Population | None:
    return suspension.population(REFERENCE) if REFERENCE in suspension.kinds else None


def _average(values: Array, population: Population | None) -> Array:
    """Return the mean over the particles of a population, array (n,); zero where there is none."""
    if population is None:
        return np.zeros(len(values))
    total = population.total
    summed = (population.count * values).sum(axis=1)
    return np.asarray(np.divide(summed, total, out=np.zeros_like(total), where=total > 0))
