"""Transfection reagent: it binds nucleic acid, beside vesicles and on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.cargo_statistics import convolve
from exocast.laws.complexation import adsorbed_share, complexed_share
from exocast.laws.water import water_viscosity
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Ceiling, Flag, setting
from exocast.material.suspension import Copies, Population, Suspension
from exocast.stages.loading.adding import Adding
from exocast.stages.loading.anchored import with_anchored
from exocast.stages.loading.cargo import MATTER, MOLAR_MASS, lumen_room
from exocast.stages.loading.contact import BILAYER_THICKNESS
from exocast.stages.loading.precipitate import DIAMETER, PRECIPITATE_PARAMETERS, precipitated

__all__ = ["KIND", "REAGENTS", "TransfectionReagent"]

Array = NDArray[np.float64]

KIND = "reagent_complex"
"""Kind of the particles that reagent and nucleic acid make."""

REAGENTS = ("cationic_lipid", "polymer")

_KEY = "loading.transfection_reagent."
NEEDED = Parameter(
    _KEY + "needed_ratio", "1", "Charges of the reagent for each phosphate at which all is bound."
)
STABILITY = Parameter(
    _KEY + "stability_ratio", "1", "Encounters of complex and vesicle for each one that sticks.",
    low=1.0,
)  # fmt: skip
FUSED = Parameter(
    _KEY + "fused_share", "1", "Share of the complexes on a vesicle whose load gets inside it.",
    high=1.0, scale="logit",
)  # fmt: skip

_OWN = (NEEDED, STABILITY, FUSED, BILAYER_THICKNESS)
_PARTICLE = tuple(one for one in PRECIPITATE_PARAMETERS if one is not MOLAR_MASS)


@dataclass(frozen=True)
class TransfectionReagent(Adding):
    r"""Reagent and nucleic acid make particles of their own, of the size of vesicles.

    Some of them meet a vesicle and stick; the load of few gets inside. The rest stays beside the
    vesicles through every clean-up by size, and transfects cells by itself.

    Equation
    --------
    B = \min\left(\frac{r}{r_0}, 1\right) N, \quad \bar{a}_k = (1 - \phi) \frac{f_k B}{n_k}, \quad
    \bar{c}_k = \phi \frac{f_k B}{n_k}

    Symbols
    -------
    B : copies that the reagent binds
    N : copies added
    r : charge_ratio
    r_0 : needed_ratio
    \bar{a}_k, \bar{c}_k : mean copies on and in a vesicle of size k
    f_k : adsorbed_share, with stability_ratio
    n_k : vesicles of the size
    \phi : fused_share

    Notes
    -----
    Complexes are the population ``reagent_complex``: they spin, elute and are counted as particles
    of their size and density. Copies come onto a vesicle by whole complexes, so that most vesicles
    carry none and few carry many. Reagent that binds nothing is not followed; it sits on vesicles
    too, and turns their charge.
    """

    stage: ClassVar[str] = "loading"
    method: ClassVar[str] = "transfection_reagent"
    title: ClassVar[str] = "transfection reagent"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (*MATTER, *_PARTICLE, *_OWN)

    reagent: str = setting(
        "cationic_lipid", choices=REAGENTS, source="reagent_practice",
        doc="Kind of the reagent.", moves="cargo aggregated",
    )  # fmt: skip
    charge_ratio: float = setting(
        5.0, unit="1", low=0.1, high=50.0, source="reagent_practice",
        doc="Positive charges of the reagent for each phosphate (N/P).",
        moves="cargo free", direction=-1,
    )  # fmt: skip
    temperature: float = setting(
        298.15, unit="K", low=277.15, high=310.15, source="reagent_practice",
        doc="Temperature of the mixture.", moves="cargo aggregated", direction=-1,
    )  # fmt: skip
    duration: float = setting(
        1800.0, unit="s", low=60.0, high=86400.0, source="reagent_practice",
        doc="Time that complexes and vesicles are together.",
        moves="cargo aggregated", direction=-1,
    )  # fmt: skip

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        found = super().check()
        if found or self.substance.kind == "nucleic_acid":
            return found
        return [f"a cationic reagent binds nucleic acid, and `{self.cargo}` is none"]

    @property
    def anchors(self) -> tuple[str, ...]:
        """Return the cargo, whose complexes stay on the outside of vesicles."""
        return (self.cargo,)

    def context(self) -> dict[str, str]:
        """Return cargo and reagent."""
        return {**super().context(), "reagent": self.reagent}

    def needs(self) -> list[Need]:
        """Return what the cargo, the reagent and its complexes need."""
        if self.check():
            return []
        plain = [Need(each) for each in (*MATTER, *_OWN)]
        return [*plain, *(Need(each, {"kind": KIND}) for each in _PARTICLE)]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube with complexes, and what was added."""
        mixed, amounts = self.mixed(suspension, p)
        bound = complexed_share(self.charge_ratio, p[NEEDED]) * mixed.free[self.cargo]
        mixed, made = precipitated(mixed, self.substance, bound, p, kind=KIND)
        amounts[f"particles/{KIND}", "complexation"] = made
        mixed, stuck = self._stuck(mixed, p)
        amounts[f"particles/{KIND}", "stuck to vesicles"] = -stuck
        notes = {
            "nucleic acid that the reagent binds [1]": complexed_share(
                self.charge_ratio, p[NEEDED]
            ),
            "complexes on vesicles [1]": np.divide(
                stuck, made, out=np.zeros_like(made), where=made > 0
            ),
        }
        resources = Resources(
            time=self.duration + 900.0, hands_on=900.0,
            consumables={"tube": 1.0, f"reagent, {self.reagent.replace('_', ' ')}": 1.0},
        )  # fmt: skip
        done = replace(mixed, temperature=self.temperature)
        return done, Exchange(amounts, resources, {**self.reported(mixed, p), **notes})

    def ceilings(self, suspension: Suspension, p: Draws) -> list[Ceiling]:
        """Return what the tube has room for, and the lumens that complexes empty into."""
        found = super().ceilings(suspension, p)
        after, _ = self.apply(suspension, p)
        for one in after.populations:
            if one.vesicular and (one.total > 0).all():
                room = lumen_room(one.diameter, p[BILAYER_THICKNESS], p)
                found.append(
                    Ceiling(
                        found[0].setting,
                        one.copies(self.cargo) / one.total,
                        (one.count * room).sum(axis=1) / one.total,
                        "copies",
                        f"of {self.cargo} in a vesicle ({one.kind})",
                        "a lumen packs no more, however many complexes empty into it",
                        "Add less, or bring more vesicles",
                    )
                )
        return found

    def _stuck(self, tube: Suspension, p: Draws) -> tuple[Suspension, Array]:
        """Return the tube once complexes stuck to vesicles, and how many did (n,)."""
        complexes = tube.population(KIND)
        vesicles = [one for one in tube.populations if one.vesicular]
        if not vesicles:
            return tube, np.zeros(tube.members)
        count = np.concatenate([one.count for one in vesicles], axis=1)
        volume = np.asarray(tube.volume, float)[:, None]
        share = adsorbed_share(
            np.divide(count, volume, out=np.zeros_like(count), where=volume > 0),
            np.concatenate([one.diameter for one in vesicles]),
            p.at(DIAMETER, kind=KIND),
            self.duration,
            p[STABILITY],
            self.temperature,
            float(water_viscosity(self.temperature)),
        )
        first, populations = 0, {KIND: complexes.kept(1.0 - share.sum(axis=1, keepdims=True))}
        for one in vesicles:
            part = share[:, first : first + one.diameter.size]
            first += one.diameter.size
            populations[one.kind] = self._covered(one, complexes, part, p)
        ordered = tuple(populations.get(one.kind, one) for one in tube.populations)
        stuck = complexes.total * share.sum(axis=1)
        return replace(tube, populations=ordered), np.asarray(stuck)

    @staticmethod
    def _covered(one: Population, complexes: Population, share: Array, p: Draws) -> Population:
        """Return vesicles with the shares (n, k) of the complexes that stuck to each size."""
        arrived = complexes.total[:, None] * share
        each = np.divide(arrived, one.count, out=np.zeros_like(arrived), where=one.count > 0)
        inside, attached = dict(one.inside), dict(one.attached)
        total = complexes.total
        for name in complexes.inside:
            copies = complexes.copies(name)
            load = np.divide(copies, total, out=np.zeros_like(total), where=total > 0)[:, None]
            for pool, part in ((inside, p[FUSED]), (attached, 1.0 - p[FUSED])):
                met = part[:, None] * each
                mean = met * load
                second = mean**2 + met * np.maximum(load * (load - 1.0), 0.0)
                held = pool.get(name, Copies.none(*one.count.shape))
                moments = (held.mean, held.empty, held.second)
                pool[name] = Copies(*convolve(moments, (mean, np.exp(-met), second)))
        covered = replace(one, inside=inside, attached=attached)
        for name in complexes.inside:  # A complex stays where it stuck, and guards what it holds.
            none, whole = np.zeros(len(total)), covered.copies(name, "attached")
            before = one.copies(name, "attached")
            new = np.divide(whole - before, whole, out=none + 1.0, where=whole > 0)
            covered = with_anchored(covered, name, new, none, none)
        return covered

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Say that the complexes stay, and what an experiment then shows."""
        message = (
            "complexes of reagent and nucleic acid are as large as vesicles and stay through every "
            "clean-up by size: what cells then show may be the reagent's doing. Run reagent and "
            "nucleic acid without vesicles beside it"
        )
        return [Flag(self.name, message, "serious")]
