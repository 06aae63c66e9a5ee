"""Display: the donor cell puts a protein on its vesicles, and some of it is cut off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.biogenesis import enriched
from exocast.laws.conjugation import room_for
from exocast.laws.displayed_copies import displaying
from exocast.material.ledger import Exchange
from exocast.material.step import Ceiling, Flag, PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.biodistribution.ligands import ligand_table
from exocast.stages.donor.cell import BURDEN, EXPRESSION
from exocast.stages.donor.vesicle import ENRICHMENT, FROM_ENDOSOME, ORIGIN
from exocast.stages.surface_engineering.affinity import SITES
from exocast.stages.surface_engineering.molecules import (
    RADIUS,
    area_of,
    leaving,
    ligand_of,
    property_of,
    standing,
    unfollowed,
    unknown_molecule,
    with_surface,
)

__all__ = ["Display"]

Array = NDArray[np.float64]

REFERENCE = "small_ev"
"""Kind to whose particles the copies of the setting belong."""

COATS = ("cd47", "albumin_binder")
"""What can be displayed besides ligands."""

ANCHORS = ("lamp2b", "cd63", "cd9", "cd81", "ptgfrn", "lactadherin", "gpi", "own")
"""Proteins that hold a guest on a vesicle; ``own`` is a guest with a membrane span of its own."""

LACTADHERIN = "lactadherin"
"""Anchor that sits on phosphatidylserine, and hides it."""

MARK = "phosphatidylserine_share"
"""Surface property: share of vesicles that expose it to phagocytes."""

COUNTED = ("cd9", "cd63", "cd81")
"""Anchors that a vesicle also carries of itself: their branch is that of the marker."""

_KEY = "surface_engineering.display."
CLEAVED = Parameter(
    _KEY + "cleaved", "1", "Share of the displayed copies that is cut off or hidden.",
    high=1.0, scale="logit",
)  # fmt: skip
VARIATION = Parameter(
    _KEY + "batch_factor", "1", "Copies of a batch over those of the average one."
)  # fmt: skip
COPIES = Parameter(_KEY + "copies", "1", "Copies on a small EV that displays the anchor.")
DISPLAYING = Parameter(
    _KEY + "displaying", "1", "Share of small EVs of an expressing cell that carry the anchor.",
    high=1.0, scale="logit",
)  # fmt: skip
DISPERSION = Parameter(
    _KEY + "dispersion", "1", "Squared coefficient of variation of copies between vesicles that "
    "display it, beyond chance.",
)  # fmt: skip
TRANSFECTED = Parameter(
    _KEY + "transfected", "1", "Share of cells that a transient transfection reaches, by vesicles.",
    high=1.0, scale="logit",
)  # fmt: skip


SHEDDING = Parameter(
    _KEY + "shedding", "1/s", "Rate at which what the anchor holds is cut or falls off in plasma."
)


@dataclass(frozen=True)
class Display(PreparationStep):
    r"""A fusion protein of the donor cell stands on its vesicles, in proportion to their surface.

    The donor was made to express it: the step stands behind the donor, and costs the time of that
    and the vesicles that burdened cells do not make. Anchor by anchor, rows say how many copies a
    vesicle has, and how many vesicles have any; a count of your own takes their place. An anchor
    that lives in endosomes goes with the vesicles from there, one of the plasma membrane with the
    others. What the end of the anchor exposes is cut off on the way, less where a glycan guards it.

    Equation
    --------
    c = f_b \, n \, s \, (1 - q) \, b \, \frac{A_k}{A_\mathrm{ref}}, \quad b = \frac{w e + 1 -
    w}{w_0 e + 1 - w_0}

    Symbols
    -------
    c : mean copies on a particle of a kind
    n : copies
    s : displaying; where expression is transient, times transfected
    q : cleaved
    f_b : batch_factor
    b : enriched
    w : from_endosome_share of the kind
    w_0 : from_endosome_share
    e : endosome_enrichment of the anchor
    A_k, A_\mathrm{ref} : mean membrane of a particle of the kind, and of a small EV

    Notes
    -----
    Copies spread over the vesicles that display it as a negative binomial; cutting each with the
    same chance leaves its shape. Lipoproteins and aggregates carry none. Sets ``ligand.<name>``
    with ``ligand.<name>.share``, ``.dispersion`` and, for what plasma cuts or lets go,
    ``.desorption``; ``cd47_copies`` or ``albumin_binder_copies``. Lactadherin hides the
    phosphatidylserine that it sits on: one site a copy.
    """

    stage: ClassVar[str] = "surface_engineering"
    method: ClassVar[str] = "display"
    title: ClassVar[str] = "display by the donor cell"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        CLEAVED, VARIATION, COPIES, DISPLAYING, DISPERSION, TRANSFECTED, SHEDDING, BURDEN,
        FROM_ENDOSOME, ENRICHMENT, SITES, RADIUS,
    )  # fmt: skip
    speculative: ClassVar[bool] = True

    molecule: str = setting(
        doc="Ligand by name, cd47 or albumin_binder.", moves="what small EVs carry"
    )
    copies: float | None = setting(
        None, unit="1", low=0.0, high=5000.0,
        doc="Copies on a small EV that displays it, before any is cut off; left out, the anchor's "
        "row.", moves="copies on small EVs", direction=1, fills="membrane",
    )  # fmt: skip
    displaying: float | None = setting(
        None, unit="1", low=0.01, high=1.0,
        doc="Share of an expressing cell's vesicles that display it; left out, the anchor's row.",
        moves="copies on small EVs", direction=1,
    )  # fmt: skip
    anchor: str = setting(
        "lamp2b", choices=ANCHORS, source="display_practice",
        doc="Protein of the vesicle that holds it; `own` for a whole membrane protein.",
        moves="copies on small EVs",
    )  # fmt: skip
    guard: str = setting(
        "none", choices=("none", "glycan"), source="display_practice",
        doc="Whether a glycan beside it keeps proteases off.", moves="copies on small EVs",
    )  # fmt: skip
    expression: str = setting(
        "stable", choices=tuple(EXPRESSION), source="display_practice",
        doc="Cells selected for it, or transfected for the batch.", moves="copies on small EVs",
    )  # fmt: skip

    @property
    def ligands(self) -> tuple[str, ...]:
        """Return the ligand, where it is one and there is a copy of it."""
        return () if self.copies == 0 else ligand_of(self.molecule)

    def context(self) -> Mapping[str, str]:
        """Return the anchor, and what guards what it holds."""
        return {"anchor": self.anchor, "guard": self.guard}

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        return unknown_molecule(self.molecule, COATS)

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"with {self.molecule.replace('_', ' ')} on {self.anchor}"

    def needs(self) -> list[Need]:
        """Return what is not given, of the anchor."""
        wanted = [CLEAVED, VARIATION, DISPERSION, BURDEN, FROM_ENDOSOME]
        wanted += [COPIES] if self.copies is None else []
        wanted += [DISPLAYING] if self.displaying is None else []
        wanted += [TRANSFECTED] if self.expression == "transient" else []
        wanted += [SHEDDING] if self.ligands else []
        wanted += [SITES] if self.anchor == LACTADHERIN else []
        whole = [] if self.copies is None else [Need(RADIUS, {"molecule": self.molecule})]
        return [*map(Need, wanted), Need(ENRICHMENT, {"marker": self._marker}), *whole]

    @property
    def _marker(self) -> str:
        return f"{self.anchor}_copies" if self.anchor in COUNTED else self.anchor

    def _share(self, p: Draws) -> Array:
        """Return the share of vesicles that display it, array (n,)."""
        of_cell = p[DISPLAYING] if self.displaying is None else np.full(p.members, self.displaying)
        return of_cell * p[TRANSFECTED] if self.expression == "transient" else of_cell

    def _not_made(self, p: Draws) -> Array:
        """Return the share of all vesicles that expressing cells did not make, array (n,).

        Of a transfection the row counts by vesicles, of which burdened cells make fewer.
        """
        burden = p[BURDEN]
        if self.expression != "transient":
            return burden
        return np.asarray(burden * p[TRANSFECTED] / (1.0 - burden * (1.0 - p[TRANSFECTED])))

    def _mean(self, p: Draws) -> Array:
        """Return the mean copies on all small EVs of undisturbed cells, array (n,)."""
        each = p[COPIES] if self.copies is None else np.full(p.members, self.copies)
        return np.asarray(p[VARIATION] * each * self._share(p) * (1.0 - p[CLEAVED]))

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube with the molecule on every vesicle, and less of what was not made."""
        if self.copies == 0:
            return suspension, Exchange(
                notes={"copies on a small EV [copy/particle]": np.zeros(suspension.members)}
            )
        account, name = Account(), property_of(self.molecule)
        mean, share = self._mean(p), self._share(p)
        vesicles = [one for one in suspension.populations if one.vesicular]
        each = {
            one.kind: np.divide(
                area_of(one), one.total, out=np.zeros(suspension.members), where=one.total > 0
            )
            for one in vesicles
        }
        reference = each.get(REFERENCE, np.zeros(suspension.members))
        usual, more = p[FROM_ENDOSOME], p.at(ENRICHMENT, marker=self._marker)
        account.note("copies on a small EV [copy/particle]", mean)
        for one in vesicles:
            ratio = np.divide(
                each[one.kind], reference, out=np.ones(suspension.members), where=reference > 0
            )
            branch = enriched(one.surface.get(ORIGIN, usual), usual, more)
            held = {name: mean * ratio * branch}
            if one.kind == REFERENCE:
                account.note("copies on a small EV [copy/particle]", held[name])
            if self.ligands:
                held |= {f"{name}.share": share, f"{name}.dispersion": p[DISPERSION]}
                held |= leaving(one, name, held[name], p[SHEDDING])
            if self.anchor == LACTADHERIN and MARK in one.surface:
                sites = np.maximum(one.surface[MARK] * p[SITES] * each[one.kind], 1e-300)
                held[MARK] = one.surface[MARK] * (1.0 - np.minimum(held[name] / sites, 1.0))
            suspension = with_surface(suspension, one.kind, held, add=[name])
            lost = np.broadcast_to(self._not_made(p)[:, None], one.count.shape)
            account.removed(one, lost, "not made by cells that express it")
            made = suspension.population(one.kind)
            suspension = suspension.with_population(made.kept(1.0 - lost))
        some, _ = displaying(mean, share, p[DISPERSION])
        account.note("small EVs with any copy [1]", some)
        return suspension, account.exchange(EXPRESSION[self.expression])

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Flag few copies, a guest that is mostly cut off, and vesicles that no cell makes."""
        found: list[Flag] = []
        if self.copies == 0:
            return found
        title = ligand_table()[self.molecule].title if self.ligands else self.molecule
        each = float(np.median(self._mean(p) / np.maximum(self._share(p), 1e-12)))
        if each < 1:
            message = (
                f"less than one copy of {title} is left on most vesicles: they are not targeted"
            )
            found.append(Flag(self.name, message))
        if self.guard == "none" and float(np.median(p[CLEAVED])) > 0.4:
            message = (
                f"about {float(np.median(p[CLEAVED])):.0%} of what {self.anchor} holds is cut off "
                'before it is used; a glycan beside it (guard = "glycan") keeps more'
            )
            found.append(Flag(self.name, message, "note"))
        if "liposome" in suspension.kinds or "lipid_nanoparticle" in suspension.kinds:
            message = "no cell made these particles: a molecule goes onto them by insertion"
            found.append(Flag(self.name, message))
        return found + unfollowed(self.name, self.ligands)

    def ceilings(self, suspension: Suspension, p: Draws) -> list[Ceiling]:
        """Return how many molecules of this width a small EV has room for beside what it has."""
        if self.copies is None or REFERENCE not in suspension.kinds:
            return []
        small = suspension.population(REFERENCE)
        room = np.maximum(
            room_for(p.at(RADIUS, molecule=self.molecule)) - standing([small], chains=False), 0.0
        )
        area, some = area_of(small), small.total > 0
        most = np.divide(room * area, small.total, out=np.full(p.members, np.inf), where=some)
        return [
            Ceiling(
                "copies",
                np.full(p.members, self.copies),
                most,
                "copies",
                f"of {self.molecule.replace('_', ' ')} on a small EV",
                "side by side no more stand on the membrane of the mean one",
                "Lower it, or leave it out for the row of the anchor",
            )
        ]
