"""Adding a cargo, and what goes with it: dilution, the exchange, the reported efficiencies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.laws.lumen import AVOGADRO
from exocast.material.suspension import Suspension
from exocast.stages.loading.cargo import MOLAR_MASS
from exocast.stages.loading.efficiency import apparent_efficiency

__all__ = ["made_up", "reported"]

Array = NDArray[np.float64]


def made_up(
    suspension: Suspension, cargo: str, copies: Array, volume: float
) -> tuple[Suspension, dict[tuple[str, str], Array]]:
    """Return the tube with a cargo dissolved in it, made up to a volume, and the exchange.

    Parameters
    ----------
    suspension : Suspension
        Before.
    cargo : str
        Name of the cargo.
    copies : array (n,) [copy]
        Added.
    volume : float [m^3]
        Made up to this; a larger volume is left as it is.
    """
    after = np.maximum(suspension.volume, volume)
    free = suspension.free.get(cargo, np.zeros(suspension.members)) + copies
    exchange = {
        (f"cargo/{cargo}", "added"): copies,
        ("volume", "buffer"): after - suspension.volume,
    }
    return replace(suspension, volume=after, free={**suspension.free, cargo: free}), exchange


def reported(suspension: Suspension, cargo: str, added: Array, p: Draws) -> dict[str, Array]:
    """Return true and apparent efficiencies of input and per vesicle, as notes of the ledger."""
    molecule = p[MOLAR_MASS] / AVOGADRO
    seen = apparent_efficiency(suspension, cargo, added, molecule)
    return {
        "true loading of input [1]": seen.true.of_input,
        "apparent loading of input [1]": seen.apparent.of_input,
        "true copies per vesicle [copy/particle]": seen.true.per_vesicle,
        "apparent copies per vesicle [copy/particle]": seen.apparent.per_vesicle,
        "true cargo per vesicle mass [1]": seen.true.of_vesicle_mass,
        "apparent cargo per vesicle mass [1]": seen.apparent.of_vesicle_mass,
    }
