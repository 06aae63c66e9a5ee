"""Under the skin, through a needle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exocast.material.step import setting
from exocast.stages.biodistribution.routes.injection import Injection

__all__ = ["Subcutaneous"]


@dataclass(frozen=True)
class Subcutaneous(Injection):
    """Injection under the skin: the small ones leave with lymph, the large ones stay.

    A depot of liquid settles between the fibres of the tissue. Lymph carries its liquid off, and
    what the mesh lets pass goes along; capillary pores let back what is smaller than they are; the
    cells of the site take up and break down the rest. What lymph carries meets nodes before blood.

    Notes
    -----
    The site matters more than the size: of liposomes of 100 nm under the skin of the flank of a rat
    next to none leaves, of the same ones in the foot, which moves, a large share. Flank stands for
    back, scruff and belly. A swollen or inflamed site, adjuvants and hyaluronidase are left out.
    """

    method: ClassVar[str] = "subcutaneous"
    title: ClassVar[str] = "Injection under the skin"

    site: str = setting(
        "flank",
        choices=("flank", "limb"),
        doc="Where: loose skin that lies still, or a limb, which moves and drains faster.",
        moves="blood exposure",
        direction=1,
    )

    def context(self) -> dict[str, str]:
        """Return the route, and the site of it, in whose context values are looked up."""
        return {**super().context(), "site": self.site}
