"""A cargo in solution, carried by nothing: what every carrier is to be compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.loading.cargo import (
    MOLAR_MASS,
    added_copies,
    cargo_context,
    cargo_table,
    unknown_cargo,
)

__all__ = ["DissolvedCargo"]

WEIGHING = 600.0
"""Time that it takes to weigh and dissolve a cargo [s]."""


@dataclass(frozen=True)
class DissolvedCargo(PreparationStep):
    r"""The cargo is dissolved in buffer and rides no particle.

    Equation
    --------
    N = n N_A \quad \text{or} \quad N = \frac{m N_A}{M}

    Symbols
    -------
    N : copies in solution
    n : cargo_amount
    m : cargo_mass
    M : molar_mass
    N_A : Avogadro constant

    Notes
    -----
    All copies are in solution; what becomes of them in the body is wired by
    ``biodistribution.dissolved_cargo``. A small molecule that crosses membranes is refused: where
    it goes is decided by tissue binding and metabolism, for which there is no model here.
    """

    stage: ClassVar[str] = "donor"
    method: ClassVar[str] = "dissolved_cargo"
    title: ClassVar[str] = "dissolved cargo"
    carrier: ClassVar[str] = "dissolved"
    parameters: ClassVar[tuple[Parameter, ...]] = (MOLAR_MASS,)

    cargo: str = setting(doc="Cargo, a name of the table of cargoes.", moves="cargo free")
    cargo_amount: float = setting(
        0.0, unit="mol", low=0.0, high=1e-3, doc="Cargo that is dissolved; or give `cargo_mass`.",
        moves="cargo free", direction=1,
    )  # fmt: skip
    cargo_mass: float = setting(
        0.0, unit="kg", low=0.0, high=1e-2, doc="Cargo that is weighed in, in place of an amount.",
        moves="cargo free", direction=1,
    )  # fmt: skip
    volume: float = setting(
        1e-6, unit="m^3", low=1e-8, high=1e-2, doc="Buffer.", source="nanoparticle_practice",
        moves="volume", direction=1,
    )  # fmt: skip

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return "dissolved"

    def context(self) -> Mapping[str, str]:
        """Return the cargo and its kind."""
        return cargo_context(self.cargo)

    def needs(self) -> list[Need]:
        """Return the molar mass, where the cargo is weighed."""
        return [Need(MOLAR_MASS)] if self.cargo_mass > 0 else []

    def check(self) -> list[str]:
        """Return what is wrong with the settings together."""
        problems = unknown_cargo(self.cargo)
        if not problems and cargo_table()[self.cargo].is_small:
            problems.append(
                f"{self.cargo} crosses membranes: where it goes dissolved is decided by binding in "
                "tissue and by metabolism, which the body does not have. Take a nucleic acid or a "
                "protein."
            )
        if (self.cargo_amount > 0) == (self.cargo_mass > 0):
            problems.append("give `cargo_amount` or `cargo_mass`, and not both.")
        return problems

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the solution, added to what the tube held."""
        account = Account()
        copies = added_copies(self.cargo_amount, self.cargo_mass, p)
        account.add(f"cargo/{self.cargo}", "dissolved", copies)
        account.add("volume", "buffer", np.full(suspension.members, self.volume))
        free = suspension.free.get(self.cargo, np.zeros(suspension.members)) + copies
        made = Suspension(
            populations=suspension.populations,
            free={**suspension.free, self.cargo: free},
            solutes=suspension.solutes,
            volume=suspension.volume + self.volume,
        )
        resources = Resources(
            time=WEIGHING, hands_on=WEIGHING, consumables={"buffer [L]": 1e3 * self.volume}
        )
        return made, account.exchange(resources)
