"""Into the wall of the heart, through a needle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exocast.stages.biodistribution.routes.injection import Injection, liquid

__all__ = ["Intramyocardial"]


@dataclass(frozen=True)
class Intramyocardial(Injection):
    """Injection into the heart: within minutes most of it is gone.

    The beating muscle squeezes fresh liquid out, into its veins and back along the needle; what
    settles is a depot like any other. Its cells are those of the heart, which is weighed whole.

    Notes
    -----
    How much stays was measured with microspheres and cells, which are caught in vessels where
    vesicles pass: their retention is an upper end for vesicles. Gels and patches hold more and are
    left out.
    """

    method: ClassVar[str] = "intramyocardial"
    title: ClassVar[str] = "Injection into the wall of the heart"
    cells: ClassVar[str] = "heart"

    volume: float = liquid(2e-8, "Liquid injected, over all sites.")
