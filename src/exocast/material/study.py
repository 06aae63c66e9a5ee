"""The study: the animal, its tumour, the doses and the moment at which the question is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exocast.material.magnet import Magnet

__all__ = ["Study"]


@dataclass(frozen=True, slots=True)
class Study:
    """What every step knows of the subject and the regimen; SI units, empty without a body.

    Attributes
    ----------
    species : str
        Species, as in the context of physiology rows.
    body_weight : float
        Body weight [kg].
    target_cell : str
        Cell type that the question is about, or that the tumour grew from; empty for none.
    tumour_volume : float
        Tumour volume at the first dose [m^3]; 0 for a subject without a tumour.
    cargo : str
        Cargo that the question is about; empty for none.
    labels : tuple of str
        Labels that ride the vesicles.
    route : str
        Route of administration.
    times : tuple of float
        Times of the doses [s].
    at : float
        Moment at which the question is asked [s].
    horizon : float
        End of the simulation [s].
    disturbances : mapping
        State of the subject: ``{"macrophages": "depleted"}`` and the like.
    carrier : str
        What carries the cargo where no vesicle does: ``lipid_nanoparticle``, ``liposome``,
        ``inorganic_particle``, or ``dissolved`` for nothing at all; empty for vesicles.
    sex : str
        ``female`` or ``male``, as in the context of physiology rows; empty for the species' own
        reference.
    ligands : tuple of str
        Ligands that the vesicles carry on their surface.
    magnet : Magnet, optional
        A magnet that is held at the subject.
    organ : str
        Organ that the question is about; empty where it looks elsewhere.
    anchored : tuple of str
        Cargoes that steps hold on the outside of vesicles.
    outside : str
        The row of the cascade that is asked for where the question is about what sits outside of
        vesicles: then `cargo` names that, be it a cargo or a displayed molecule. Else empty.
    """

    species: str
    body_weight: float
    target_cell: str
    tumour_volume: float
    cargo: str
    labels: tuple[str, ...]
    route: str
    times: tuple[float, ...]
    at: float
    horizon: float
    disturbances: Mapping[str, str] = field(default_factory=dict)
    carrier: str = ""
    sex: str = ""
    ligands: tuple[str, ...] = ()
    magnet: Magnet | None = None
    organ: str = ""
    anchored: tuple[str, ...] = ()
    outside: str = ""

    def context(self) -> dict[str, str]:
        """Return the context in which every parameter of the study is looked up.

        The target cell is context ``target_cell`` so that a donor's ``cell`` never meets it; rows
        of another carrier than a vesicle have context ``carrier``.
        """
        context = {
            "species": self.species,
            "route": self.route,
            "target_cell": self.target_cell,
            "cargo": "" if self.outside else self.cargo,
            "carrier": self.carrier,
            "sex": self.sex,
        }
        return {name: word for name, word in context.items() if word}
