"""What vesicles carry outside: it rides along, comes off, is cut, and never is inside a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.release import binding_pools, retained_share
from exocast.material.carrier import Carrier
from exocast.material.step import Flag, KineticStep, setting
from exocast.material.study import Study
from exocast.material.wiring import Place, Wiring
from exocast.stages.biodistribution.body import BARE
from exocast.stages.biodistribution.cargo_release import PARTS
from exocast.stages.biodistribution.carried import copies_on
from exocast.stages.biodistribution.dissolved_cargo import OPEN
from exocast.stages.biodistribution.physiology import Circulation
from exocast.stages.loading.anchored import adsorbed_of, degradation_of, desorption_of
from exocast.stages.loading.release import SPREAD

__all__ = ["Outside", "adsorbed", "load_outside", "outside_of", "rides_outside"]

Array = NDArray[np.float64]

INSIDE_CELLS = ("tumour.early_endosome", "tumour.late_endosome", "blood.engulfed")
"""Places of carriers within cells, where plasma draws nothing off."""

LATER = 3600.0
"""Time in plasma at which it is said how much has come off [s]; a choice."""


def outside_of(name: str) -> str:
    """Return the rider that is a cargo or a displayed molecule on the outside of its carriers."""
    return f"{name}_outside"


def rides_outside(study: Study, carriers: Sequence[Carrier]) -> bool:
    """Return whether the cargo of a study is held on the outside, or what is there is asked for."""
    held = desorption_of(study.cargo)
    return bool(study.outside) or any(held in one.surface for one in carriers)


def load_outside(wiring: Wiring) -> None:
    """Say how much of what rides outside each carrier brings, and whose matter it is."""
    cargo = wiring.study.cargo
    if (rider := outside_of(cargo)) not in wiring.riders:
        return
    wiring.ledger[rider] = cargo
    wiring.rider_amounts[rider] = tuple(_copies(wiring, one, cargo) for one in wiring.carriers)


def adsorbed(carriers: Sequence[Carrier], cargo: str, members: int) -> Array:
    """Return the copies of a batch on carriers that nothing holds there, array (n,) [copy].

    They count as dissolved from the dose on. That is soon enough for the middle site of a surface
    (at the on-rate over its constant, ``loading.adsorption``, within seconds to minutes), and not
    for the few strong ones that a column left, which `design.simulating.lingering` says of them.
    """
    found = np.zeros(members)
    for one in carriers:
        if cargo in one.attached:
            found = found + one.count * one.attached[cargo].mean[:, 0] * _loose(one, cargo)
    return found


def _loose(carrier: Carrier, cargo: str) -> Array | float:
    """Return the share of what is attached that is adsorbed and no more, array (n,) [1]."""
    held = desorption_of(cargo) in carrier.surface
    return carrier.surface.get(adsorbed_of(cargo), 0.0 if held else 1.0)


def _copies(wiring: Wiring, carrier: Carrier, name: str) -> Array:
    """Return the copies that one particle of a carrier holds outside, array (n,)."""
    if f"ligand.{name}" in carrier.surface:
        return copies_on(wiring, carrier, f"ligand.{name}")
    if desorption_of(name) in carrier.surface and name in carrier.attached:
        return np.asarray(carrier.attached[name].mean[:, 0] * (1.0 - _loose(carrier, name)))
    return np.zeros(wiring.members)


@dataclass(frozen=True)
class Outside(KineticStep):
    r"""Copies on the outside of vesicles ride with them, come off in plasma and tissue, are cut.

    An anchor that plasma draws out, or a tether that is cut, leaves each copy at its own rate;
    enzymes destroy what they reach. Whatever takes the vesicle takes what still is on it. What has
    come off is dissolved there.

    Equation
    --------
    \frac{d o_{j,x}}{dt} = \dots - \left(k \, e^{-\sigma x_j} + k_g\right) o_{j,x}, \quad
    \frac{d D_x}{dt} = \dots + \sum_j k \, e^{-\sigma x_j} o_{j,x}

    Symbols
    -------
    o_{j,x} : copies in pool j on the vesicles of a size class at place x, outside cells
    k : rate at which plasma draws an anchor out, of the step that put it there
    \sigma, x_j : binding_spread, by binding_pools; 0 for what is displayed
    k_g : rate at which enzymes destroy what stands outside
    D_x : copies dissolved at that place

    Notes
    -----
    Rates are surface properties of the vesicle: ``attached.<cargo>.desorption`` and
    ``.degradation`` of an anchored cargo, ``ligand.<name>.desorption`` of what is displayed, which
    is cut or falls off. Cargo that only adsorbs has none of them, and counts as dissolved. What
    comes off goes to the pools of ``biodistribution.dissolved_cargo`` where the cargo has them
    (there as the bare molecule, though its anchor binds albumin and lipoproteins), else to
    ``<name>.shed`` and, in a tumour, ``tumour.<name>.shed``: both count what was ever shed. In
    endosomes nothing comes off; what becomes of it there is the cell's
    (``uptake.endocytosis_and_escape``).

    The question about what sits outside counts copies on vesicles between the cells of a tumour and
    on their surface: whole, able to act and not yet taken in. What is shed there acts as well, and
    is kept beside it; how long it stays is not followed.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "outside"
    title: ClassVar[str] = "What vesicles carry outside"
    parameters: ClassVar[tuple[Parameter, ...]] = (SPREAD,)
    speculative: ClassVar[bool] = True

    cargo: str = setting(doc="Cargo or displayed molecule.", moves="what rides outside")

    def needs_in(self, study: Study) -> list[Need]:
        """Return the spread of binding energies, for what is anchored."""
        return self.needs() if self.cargo in study.anchored else []

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add what comes off at each place that the others have declared, and the question's rows.

        Nothing where no carrier has any outside.
        """
        rider = outside_of(self.cargo)
        if rider not in wiring.riders:
            return
        factor, shares = self._spread(wiring, p)
        wiring.split(rider, tuple(float(share) for share in shares))
        own = self._own_pools(wiring, rider)
        cut = wiring.per_carrier(f"{rider}.degradation", lambda c: self._rate(c, "degradation", p))
        off = [
            wiring.per_carrier(
                f"{rider}.desorption.{part}",
                lambda c, k=part: self._rate(c, "desorption", p) * factor[:, k],  # type: ignore[misc]
            )
            for part in range(len(shares))
        ]
        for place in wiring.places.values():
            if place.sink or place.name.removeprefix(BARE) in INSIDE_CELLS:
                continue
            for part, each in enumerate(off):
                wiring.lose(rider, place, each, self._pool(wiring, place), part)
            if self.cargo in wiring.study.anchored:
                gone = f"{rider}.cut" if own else "dissolved.degraded"
                wiring.lose(rider, place, cut, gone)
        if wiring.study.outside:
            self._asked(wiring, rider)

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Say how much has come off in plasma within an hour."""
        rider = outside_of(self.cargo)
        if rider not in wiring.riders:
            return []
        factor, shares = self._spread(wiring, p)
        held = np.stack([one.count for one in wiring.carriers]) * np.stack(
            wiring.rider_amounts[rider]
        )
        whole, time = held.sum(axis=0), np.full(p.members, LATER)
        if not whole.any():
            return []
        kept = np.stack(
            [
                retained_share(time, self._rate(one, "desorption", p)[:, None] * factor, shares)
                for one in wiring.carriers
            ]
        )
        left = 1.0 - np.divide(
            (held * kept).sum(axis=0), whole, out=np.ones_like(whole), where=whole > 0
        )
        low, middle, high = np.quantile(left, [0.05, 0.5, 0.95])
        message = (
            f"of the {self.cargo} on the outside of vesicles {100 * middle:.2g} % comes off within "
            f"an hour in plasma (90 % of the members: {100 * low:.2g} to {100 * high:.2g} %)"
        )
        return [Flag(f"{self.stage}.{self.method}", message, "note")]

    def _spread(self, wiring: Wiring, p: Draws) -> tuple[Array, Array]:
        """Return by how much slower the parts come off, (n, j), and their shares, (j,)."""
        if self.cargo not in wiring.study.anchored:
            return np.ones((wiring.members, 1)), np.ones(1)
        return binding_pools(p[SPREAD], PARTS)

    def _rate(self, carrier: Carrier, what: str, p: Draws) -> Array:
        """Return how fast a carrier loses what it has outside, array (n,) [1/s]."""
        names = {
            "desorption": (f"ligand.{self.cargo}.desorption", desorption_of(self.cargo)),
            "degradation": (degradation_of(self.cargo),),
        }[what]
        found = (carrier.surface[name] for name in names if name in carrier.surface)
        return np.asarray(next(found, np.zeros(p.members)))

    def _own_pools(self, wiring: Wiring, rider: str) -> bool:
        """Declare pools for what comes off where no model of dissolved cargo has them."""
        if "dissolved.plasma" in wiring.pools:
            return False
        wiring.add_pool(f"{rider}.cut", rider=rider)
        blood: Circulation = wiring.port("circulation")
        names = ["", *(f"{node.name}." for node in blood.anatomy.of("graft"))]
        for where in names:
            name = f"{where}{self.cargo}.shed"
            pool = wiring.add_pool(name, rider=rider)
            doc = f"{self.cargo} that has come off vesicles{', in the tumour' if where else ''}"
            wiring.output(name, {pool: 1.0}, unit="copy", doc=doc)
        return True

    def _pool(self, wiring: Wiring, place: Place) -> str:
        """Return where what comes off at a place goes."""
        name = place.name.removeprefix(BARE)
        organ, in_blood = name.partition(".")[0], self._in_blood(wiring, place)
        grafted = organ == "tumour" and not in_blood
        if "dissolved.plasma" not in wiring.pools:
            shed = f"{self.cargo}.shed"
            return f"tumour.{shed}" if grafted else shed
        if in_blood:
            return "dissolved.plasma"
        if grafted:
            cavity = "tumour.dissolved_in_cavity"
            held = name == "tumour.cavity" and cavity in wiring.pools
            return cavity if held else "tumour.dissolved"
        blood: Circulation = wiring.port("circulation")
        if organ not in blood.tissue and "dissolved.at_site" in wiring.pools:
            return "dissolved.at_site"
        opened = [node.name for node in blood.anatomy.of("organ") if node.capillary in OPEN]
        return "dissolved.open_tissue" if organ in opened else "dissolved.tissue"

    @staticmethod
    def _in_blood(wiring: Wiring, place: Place) -> bool:
        """Return whether carriers at a place stand in plasma; a magnet holds them in vessels."""
        return place.name in wiring.port("blood.places") or place.name.endswith(".held")

    def _asked(self, wiring: Wiring, rider: str) -> None:
        """Add the rows of the cascade that answer a question about what sits outside."""
        words = f"{self.cargo} on vesicles between the cells of the tumour and on their surface"
        names = ("tumour.interstitial", f"{BARE}tumour.interstitial", "tumour.bound")
        places = [(wiring.places[name], 1.0) for name in names if name in wiring.places]
        wiring.output_places("outside_cells", places, rider=rider, unit="copy", doc=words)
        hours = "outside_cells.hours"
        wiring.output_places(
            hours, places, rider=rider, unit="copy*h", doc=f"{words}, over time", over_time=True
        )
        cells, lever = "tumour.cells", "time between the cells"
        if wiring.study.outside == "outside_hours_per_cell":
            title = "outside cells, summed over time"
            wiring.milestone("outside_hours_per_cell", title, hours, head="cell", per=cells,
                             lever=lever, unit="copy*h")  # fmt: skip
            return
        title = "still outside cells there"
        wiring.milestone("outside_cells", title, "outside_cells", lever=lever)
        title = "outside cells"
        wiring.milestone("outside_per_cell", title, "outside_cells", head="cell", per=cells)
