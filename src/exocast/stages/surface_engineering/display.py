"""Display: the donor cell puts a protein on its vesicles, and some of it is cut off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.biodistribution.ligands import ligand_table
from exocast.stages.surface_engineering.molecules import (
    area_of,
    ligand_of,
    property_of,
    unknown_molecule,
    with_surface,
)

__all__ = ["Display"]

REFERENCE = "small_ev"
"""Kind to whose particles the copies of the setting belong."""

COATS = ("cd47", "albumin_binder")
"""What can be displayed besides ligands."""

_KEY = "surface_engineering.display."
CLEAVED = Parameter(
    _KEY + "cleaved", "1", "Share of the displayed copies that is cut off or hidden.",
    high=1.0, scale="logit",
)  # fmt: skip
VARIATION = Parameter(
    _KEY + "batch_factor", "1", "Copies of a batch over those of the average one."
)  # fmt: skip


@dataclass(frozen=True)
class Display(PreparationStep):
    r"""A fusion protein of the donor cell stands on its vesicles, in proportion to their surface.

    The donor was made to express it; the step says how many copies its vesicles carry, and takes
    off what is cut before or behind the secretory pathway. At the bench it takes the time to make
    the cells express it. A share of the vesicles may carry none at all: not every vesicle has the
    protein that is the anchor.

    Equation
    --------
    c = f_b \, n \, s \, (1 - q), \quad c_k = c \, \frac{A_k}{A_\mathrm{ref}}

    Symbols
    -------
    c, c_k : mean copies on a small EV, and on a particle of another kind
    n : copies
    s : displaying
    q : cleaved
    f_b : batch_factor
    A_k, A_\mathrm{ref} : mean membrane of a particle of the kind, and of a small EV

    Notes
    -----
    Lipoproteins and aggregates of the medium carry none. Sets ``ligand.<name>`` with
    ``ligand.<name>.share``, ``cd47_copies`` or ``albumin_binder_copies``.
    """

    stage: ClassVar[str] = "surface_engineering"
    method: ClassVar[str] = "display"
    title: ClassVar[str] = "display by the donor cell"
    parameters: ClassVar[tuple[Parameter, ...]] = (CLEAVED, VARIATION)
    speculative: ClassVar[bool] = True

    molecule: str = setting(
        doc="Ligand by name, cd47 or albumin_binder.", moves="what small EVs carry"
    )
    copies: float = setting(
        20.0, unit="1", low=0.0, high=5000.0, source="display_practice",
        doc="Copies on a small EV that displays it, before any is cut off.",
        moves="copies on small EVs", direction=1,
    )  # fmt: skip
    displaying: float = setting(
        0.5, unit="1", low=0.01, high=1.0, source="display_practice",
        doc="Share of the vesicles that display it.", moves="copies on small EVs", direction=1,
    )  # fmt: skip
    anchor: str = setting(
        "lamp2b", choices=("lamp2b", "tetraspanin", "lactadherin", "gpi"),
        source="display_practice", doc="Protein of the vesicle that holds it.",
        moves="copies on small EVs",
    )  # fmt: skip

    @property
    def ligands(self) -> tuple[str, ...]:
        """Return the ligand, where it is one and there is a copy of it."""
        return ligand_of(self.molecule) if self.copies > 0 else ()

    def context(self) -> Mapping[str, str]:
        """Return the anchor."""
        return {"anchor": self.anchor}

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        return unknown_molecule(self.molecule, COATS)

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"with {self.molecule.replace('_', ' ')} on {self.anchor}"

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube with the molecule on every vesicle, and nothing added to it."""
        mean = p[VARIATION] * self.copies * self.displaying * (1.0 - p[CLEAVED])
        notes = {"copies on a small EV [copy/particle]": mean}
        made = Resources(time=172800.0, hands_on=7200.0, consumables={"transfection": 1.0})
        if self.copies <= 0:
            return suspension, Exchange(notes=notes)
        name = property_of(self.molecule)
        vesicles = [one for one in suspension.populations if one.vesicular]
        each = {
            one.kind: np.divide(
                area_of(one), one.total, out=np.zeros(suspension.members), where=one.total > 0
            )
            for one in vesicles
        }
        reference = each.get(REFERENCE, np.zeros(suspension.members))
        for one in vesicles:
            ratio = np.divide(
                each[one.kind], reference, out=np.ones(suspension.members), where=reference > 0
            )
            held = {name: mean * ratio}
            if self.ligands:
                held[f"{name}.share"] = np.full(suspension.members, self.displaying)
            suspension = with_surface(suspension, one.kind, held, add=[name])
        return suspension, Exchange(resources=made, notes=notes)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag a display of so few copies that most vesicles have none."""
        left = self.copies * float(np.median((1.0 - p[CLEAVED]) * p[VARIATION]))
        if not 0 < left < 1:
            return []
        title = ligand_table()[self.molecule].title if self.ligands else self.molecule
        message = f"less than one copy of {title} is left on most vesicles: they are not targeted"
        return [Flag(self.name, message)]
