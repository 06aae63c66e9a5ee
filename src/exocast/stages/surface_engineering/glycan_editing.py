"""Editing of glycans: enzymes bare, cap, crown or cut off the sugars of vesicles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import PreparationStep, setting
from exocast.material.suspension import Population, Suspension
from exocast.stages.biodistribution.phagocytes import GLYCAN_CHAINS, GLYCANS
from exocast.stages.surface_engineering.molecules import area_of, with_surface

__all__ = ["ENZYMES", "GlycanEditing"]

Array = NDArray[np.float64]

CROWN = "ligand.sialyl_lewis_x"
"""What a fucosyltransferase makes of a glycan that ends in sialic acid."""

ON_CHAINS = (CROWN, "ligand.high_mannose")
"""Ligands that are ends of N-glycans, and leave with these."""

ENZYMES = ("sialidase", "sialyltransferase", "fucosyltransferase", "pngase_f")

_KEY = "surface_engineering.glycan_editing."
ACTIVITY = Parameter(
    _KEY + "activity",
    "m^3/kg/s",
    "Rate at which a concentration of enzyme acts.",
)
OUT_OF_REACH = Parameter(
    _KEY + "out_of_reach", "1", "Share of the glycans that the enzyme does not reach.",
    high=1.0, scale="logit",
)  # fmt: skip
CHAINS = Parameter(_KEY + "chains", "1/m^2", "N-glycans of a vesicle, per area of membrane.")


@dataclass(frozen=True)
class GlycanEditing(PreparationStep):
    r"""An enzyme acts on the glycans of all vesicles, but for those it cannot reach.

    A sialidase takes sialic acid off and bares galactose, which the liver's lectins bind; a
    sialyltransferase caps it again. A fucosyltransferase makes sialyl Lewis X of what is capped,
    a ligand of selectins. PNGase F cuts N-glycans off with all that they carry.

    Equation
    --------
    a = (1 - u) \left(1 - e^{-k E t}\right)

    \text{sialidase:} \quad s = s_0 (1 - a), \quad \text{sialyltransferase:} \quad s = 1 - (1 -
    s_0)(1 - a)

    \text{fucosyltransferase:} \quad c = a \, s_0 \, g \, \sigma A, \quad \text{PNGase F:} \quad g =
    g_0 (1 - a)

    Symbols
    -------
    a : share of the glycans on which it acted
    u : out_of_reach
    k : activity
    E : enzyme
    t : duration
    s, s_0 : share of the sialic acid that is there, after and before
    c : copies of sialyl Lewis X on a particle
    g, g_0 : share of the N-glycans that is there, after and before
    \sigma : chains
    A : mean membrane of a particle

    Notes
    -----
    Sets ``sialic_acid_share``, ``n_glycan_share`` or ``ligand.sialyl_lewis_x``. An ordinary vesicle
    has 1 of both shares, so that capping changes only what was bared. Glycans that end in mannose
    come from a donor grown with kifunensine: `display` them as ``high_mannose``.
    """

    stage: ClassVar[str] = "surface_engineering"
    method: ClassVar[str] = "glycan_editing"
    title: ClassVar[str] = "editing of glycans"
    parameters: ClassVar[tuple[Parameter, ...]] = (ACTIVITY, OUT_OF_REACH, CHAINS)
    speculative: ClassVar[bool] = True

    edit: str = setting(
        "sialidase", choices=ENZYMES, source="trimming_practice",
        doc="Enzyme: takes sialic acid off, puts it on, adds fucose, or cuts N-glycans.",
        moves="glycans of small EVs",
    )  # fmt: skip
    enzyme: float = setting(
        1e-2, unit="kg/m^3", low=0.0, high=10.0, source="trimming_practice",
        doc="Concentration of the enzyme.", moves="glycans acted on [1]", direction=1,
    )  # fmt: skip
    duration: float = setting(
        3600.0, unit="s", low=0.0, high=172800.0, source="trimming_practice",
        doc="Time with the enzyme at 37 degC.", moves="glycans acted on [1]", direction=1,
    )  # fmt: skip

    @property
    def ligands(self) -> tuple[str, ...]:
        """Return the ligand that it makes, if any."""
        acts = self.edit == "fucosyltransferase" and self.enzyme > 0 and self.duration > 0
        return (CROWN.partition(".")[2],) if acts else ()

    def context(self) -> Mapping[str, str]:
        """Return the enzyme."""
        return {"edit": self.edit}

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"after {self.edit.replace('_', ' ').replace('pngase f', 'PNGase F')}"

    def needs(self) -> list[Need]:
        """Return what the enzyme needs."""
        wanted = [ACTIVITY, OUT_OF_REACH]
        wanted += [CHAINS] if self.edit == "fucosyltransferase" else []
        return [Need(one) for one in wanted]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube with other glycans on its vesicles."""
        acted = -(1.0 - p[OUT_OF_REACH]) * np.expm1(-p[ACTIVITY] * self.enzyme * self.duration)
        if self.enzyme > 0 and self.duration > 0:
            for one in suspension.populations:
                if one.vesicular:
                    held = self._edited(one, acted, p)
                    suspension = with_surface(suspension, one.kind, held)
        resources = Resources(time=self.duration, hands_on=900.0, consumables={"tube": 1.0})
        return suspension, Exchange(resources=resources, notes={"glycans acted on [1]": acted})

    def _edited(self, one: Population, acted: Array, p: Draws) -> dict[str, Array]:
        """Return the surface properties that change, with their new values."""
        ones = np.ones(p.members)
        capped, chains = one.surface.get(GLYCANS, ones), one.surface.get(GLYCAN_CHAINS, ones)
        if self.edit == "sialidase":
            return {GLYCANS: capped * (1.0 - acted)}
        if self.edit == "sialyltransferase":
            return {GLYCANS: 1.0 - (1.0 - capped) * (1.0 - acted)}
        if self.edit == "pngase_f":
            left = {name: one.surface[name] * (1.0 - acted) for name in ON_CHAINS
                    if name in one.surface}  # fmt: skip
            return {GLYCAN_CHAINS: chains * (1.0 - acted), **left}
        each = np.divide(area_of(one), one.total, out=np.zeros(p.members), where=one.total > 0)
        before = one.surface.get(CROWN, np.zeros(p.members))
        return {CROWN: before + acted * capped * chains * p[CHAINS] * each}
