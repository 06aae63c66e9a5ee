"""Blood cells: vesicles bind to them and let go again, and some of them are phagocytes."""

from __future__ import annotations

from exocast.evidence.parameter import Need, Parameter
from exocast.laws.capillary_passage import bound_rate
from exocast.stages.biodistribution import phagocytes
from exocast.stages.biodistribution.body import BARE, Body, take_up

__all__ = ["BOUND", "ENGULFED", "PARAMETERS", "add_blood_cells", "needs"]

BOUND = "blood.bound"
"""Place of the vesicles that ride blood cells."""

ENGULFED = "blood.engulfed"
"""Place of the vesicles inside circulating phagocytes."""

ENGULFING = "blood.engulfing"
"""Rate at which these take them."""

GRAVES = ("liver", "spleen", "marrow")
"""Organs in which circulating phagocytes end, a third in each."""

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
WHITE = Parameter(
    _KEY + "circulating_phagocytes", unit="1/m^3", doc="Neutrophils and monocytes in blood."
)
REACH = Parameter(
    _KEY + "circulating_reach",
    unit="1",
    doc="What a circulating phagocyte clears over what a Kupffer cell clears.",
)
EXIT = Parameter(
    _KEY + "circulating_exit", unit="1/s", doc="Rate at which circulating phagocytes leave blood."
)
PARAMETERS = (SHARE, RELEASE, WHITE, REACH, EXIT)


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
    _add_circulating_phagocytes(body)


def _add_circulating_phagocytes(body: Body) -> None:
    """Let neutrophils and monocytes take vesicles, and carry them out of blood hours later.

    They meet vesicles as fixed phagocytes do, each with a share of their reach; too few to be
    filled before those are.
    """
    wiring, p, blood = body.wiring, body.p, body.blood
    areas = phagocytes.surface_area(wiring.carriers)
    inside = wiring.add_place(ENGULFED)
    for phase, vessels in enumerate(body.phases):
        bare = bool(phase)
        rates = {
            carrier.name: p[WHITE]
            / blood.plasma_share
            * p[REACH]
            * phagocytes.cell_clearance(carrier, p, area=areas[carrier.kind], bare=bare)
            for carrier in wiring.carriers
        }
        each = body.rates(f"{BARE if bare else ''}{ENGULFING}", rates)
        for vessel in vessels.values():
            wiring.move(vessel, inside, each)
    leaving = body.everywhere("blood.exit", p[EXIT] / len(GRAVES))
    for organ in GRAVES:
        take_up(wiring, inside, organ, leaving, f"{organ}.circulating_phagocytes")
