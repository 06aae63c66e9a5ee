"""Adding a cargo: the settings that every loading method has, dilution, ceiling and report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.lumen import AVOGADRO
from exocast.material.step import Ceiling, Flag, PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.loading.adsorption import Sites, sites_of
from exocast.stages.loading.cargo import (
    ADSORPTION_SHARE,
    MOLAR_MASS,
    PACKING_SHARE,
    ROOM,
    SOLUBILITY,
    Cargo,
    added_copies,
    cargo_context,
    cargo_table,
    dry_volume,
    unknown_cargo,
)
from exocast.stages.loading.efficiency import apparent_efficiency

__all__ = ["Adding"]

Array = NDArray[np.float64]

CROWDED = 0.8
"""Share of the places on surfaces that is taken from which it is said; a choice."""
FOREVER = 1e12  # s


@dataclass(frozen=True)
class Adding(PreparationStep):
    """A method that adds a cargo to finished vesicles; the ones in the table derive from it."""

    cargo: str = setting("siRNA", doc="Cargo, by its name in the cargo table.")
    cargo_amount: float = setting(
        1e-9,
        unit="mol",
        low=0.0,
        high=1e-3,
        doc="Amount of cargo that is added.",
        source="loading_practice",
        moves="cargo inside",
        direction=+1,
        fills="tube",
    )
    cargo_mass: float = setting(
        0.0,
        unit="kg",
        low=0.0,
        high=1e-3,
        doc="Mass of cargo that is added, in place of the amount; zero to give the amount.",
        source="loading_practice",
        moves="cargo inside",
        direction=+1,
        fills="tube",
    )
    volume: float = setting(
        0.0,
        unit="m^3",
        low=0.0,
        high=1e-2,
        doc="Volume that the mixture is made up to; a larger sample is left as it is.",
        source="loading_practice",
        moves="cargo inside",
        direction=-1,
    )

    @property
    def substance(self) -> Cargo:
        """Return what the cargo is."""
        return cargo_table()[self.cargo]

    def context(self) -> Mapping[str, str]:
        """Return the cargo and its kind."""
        return cargo_context(self.cargo)

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        return unknown_cargo(self.cargo)

    def wanted(self) -> tuple[Parameter, ...]:
        """Return the parameters that this method and this cargo need, beside its room."""
        return ()

    def needs(self) -> list[Need]:
        """Return what the method and this cargo need; nothing of a cargo that is unknown."""
        if self.cargo not in cargo_table():
            return []
        return [Need(parameter) for parameter in dict.fromkeys((*ROOM, *self.wanted()))]

    def copies(self, p: Draws) -> Array:
        """Return the copies that are added, array (n,) [copy]."""
        return added_copies(self.cargo_amount, self.cargo_mass, p)

    def mixed(
        self, suspension: Suspension, p: Draws
    ) -> tuple[Suspension, dict[tuple[str, str], Array]]:
        """Return the tube with the cargo dissolved, made up to the volume, and the exchange."""
        copies = self.copies(p)
        after = np.maximum(suspension.volume, self.volume)
        free = suspension.free.get(self.cargo, np.zeros(suspension.members)) + copies
        exchange = {
            (f"cargo/{self.cargo}", "added"): copies,
            ("volume", "buffer"): after - suspension.volume,
        }
        tube = replace(suspension, volume=after, free={**suspension.free, self.cargo: free})
        return tube, exchange

    def ceilings(self, suspension: Suspension, p: Draws) -> list[Ceiling]:
        """Return what the tube has room for, and so any lumen that merely opens to it."""
        volume = np.maximum(suspension.volume, self.volume)
        room = np.where(volume > 0, volume, np.inf)  # an empty tube takes what it is given
        most = p[PACKING_SHARE] / dry_volume(p) / AVOGADRO
        mass = float(np.median(most)) * float(np.median(p[MOLAR_MASS]))
        return [
            Ceiling(
                "cargo_mass" if self.cargo_mass > 0 else "cargo_amount",
                (self.copies(p) + suspension.free.get(self.cargo, 0.0)) / room / AVOGADRO,
                most,
                "mol/m^3",
                f"of {self.cargo} in the tube",
                f"its molecules touch at {mass:.3g} g/L, there and in any lumen that opens to it",
                "Add less, or make it up to a larger volume",
            )
        ]

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return a flag where much of a drug cannot dissolve."""
        if not self.substance.is_small:
            return self._crowded(suspension, p)
        if self.substance.kind != "hydrophobic":
            return []
        volume = np.maximum(suspension.volume, self.volume)
        above = float(np.mean(self.copies(p) > 2 * p[SOLUBILITY] * volume * AVOGADRO))
        if above < 0.5:
            return []
        message = (
            f"more {self.cargo} is added than dissolves ({100 * above:.0f} % of the members): what "
            "bilayers do not take falls out as drug particles, which an assay after pelleting "
            "counts as loading"
        )
        return [Flag(self.name, message)]

    def _crowded(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return a flag where more is added than there is room for on all surfaces."""
        if ADSORPTION_SHARE not in self.wanted():
            return []
        room = np.zeros(p.members)
        for one in suspension.populations:
            room = room + (one.count * sites_of(one, p)).sum(axis=1)
        taken = Sites.of(p).taken(self._filled_to(suspension, p), FOREVER)[:, 0]
        copies = self.copies(p)
        if float(np.median(taken)) < CROWDED or float(np.median(room)) > float(np.median(copies)):
            return []
        share = float(np.median(np.divide(room, copies, out=np.ones_like(room), where=copies > 0)))
        message = (
            f"surfaces are full of {self.cargo}: they have room for {share:.1%} of what is added. "
            "More of it adds nothing on them"
        )
        return [Flag(self.name, message)]

    def _filled_to(self, suspension: Suspension, p: Draws) -> Array:
        """Return the concentration that the cargo is added to, array (n,) [mol/m^3]."""
        volume = np.maximum(suspension.volume, self.volume)
        copies = self.copies(p) / AVOGADRO
        return np.divide(copies, volume, out=np.zeros_like(copies), where=volume > 0)

    def reported(self, suspension: Suspension, p: Draws) -> dict[str, Array]:
        """Return true and apparent efficiencies in all three ways, as notes of the ledger."""
        seen = apparent_efficiency(suspension, self.cargo, self.copies(p), p[MOLAR_MASS] / AVOGADRO)
        return {
            "true loading of input [1]": seen.true.of_input,
            "apparent loading of input [1]": seen.apparent.of_input,
            "true copies per vesicle [copy/particle]": seen.true.per_vesicle,
            "apparent copies per vesicle [copy/particle]": seen.apparent.per_vesicle,
            "true cargo per vesicle mass [1]": seen.true.of_vesicle_mass,
            "apparent cargo per vesicle mass [1]": seen.apparent.of_vesicle_mass,
        }
