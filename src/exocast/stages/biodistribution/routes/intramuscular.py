"""Into muscle, through a needle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exocast.stages.biodistribution.routes.injection import Injection, liquid

__all__ = ["Intramuscular"]


@dataclass(frozen=True)
class Intramuscular(Injection):
    """Injection into a muscle: a depot that work empties faster than rest.

    As under the skin, in a tissue with more capillaries and less lymph: liquid settles between the
    fibres of the muscle, a little of it runs into torn veins and back along the needle, lymph and
    the cells of the site share the rest.

    Notes
    -----
    The muscle of an animal that is free to move. A sample of muscle elsewhere does not hold the
    site, so that its cells are counted as ``injection_site``.
    """

    method: ClassVar[str] = "intramuscular"
    title: ClassVar[str] = "Injection into muscle"

    volume: float = liquid(5e-8)
