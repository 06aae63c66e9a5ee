"""Blood cells: vesicles bind to them, ride along, and let go again."""

from __future__ import annotations

from exocast.evidence.parameter import Need, Parameter
from exocast.laws.capillary_passage import bound_rate
from exocast.stages.biodistribution.body import BARE, Body

__all__ = ["BOUND", "PARAMETERS", "add_blood_cells", "needs"]

BOUND = "blood.bound"
"""Place of the vesicles that ride blood cells."""

_KEY = "biodistribution.whole_body."
SHARE = Parameter(
    _KEY + "bound_share",
    unit="1",
    doc="Share of the vesicles in blood that its cells hold, at equilibrium.",
    high=0.95,
    scale="logit",
)
RELEASE = Parameter(
    _KEY + "bound_release", unit="1/s", doc="Rate at which blood cells let go of vesicles."
)
PARAMETERS = (SHARE, RELEASE)


def needs() -> list[Need]:
    """Return the needs of this module."""
    return [Need(parameter) for parameter in PARAMETERS]


def add_blood_cells(body: Body) -> None:
    """Let vesicles bind to blood cells everywhere in blood, and let go wherever blood is.

    One place for all blood: it goes round in seconds and cells hold a vesicle for longer, so that
    the bound stand in each vessel as its blood does. No cell that blood passes takes what is
    bound, and there is room for any dose: blood holds some 1e9 cells a millilitre.
    """
    wiring, p, blood = body.wiring, body.p, body.blood
    binds = body.everywhere("blood.binding", bound_rate(p[SHARE], p[RELEASE]))
    for phase, vessels in enumerate(body.phases):
        held = wiring.add_place(f"{BARE if phase else ''}{BOUND}")
        for name, vessel in vessels.items():
            share = blood.blood[name] / blood.blood_volume
            wiring.move(vessel, held, binds)
            wiring.move(held, vessel, body.everywhere(f"{name}.release", p[RELEASE] * share))
