"""What storage asks of the catalogue, and the names of what vials and buffers are made of."""

from __future__ import annotations

from exocast.evidence.parameter import Parameter
from exocast.laws.freezing import ICE_POINT

__all__ = [
    "BARRIER_LEFT",
    "BLOCKED",
    "BREAKAGE",
    "BREAKAGE_ENERGY",
    "BRINE_PH",
    "BRINE_VISCOSITY",
    "BROKEN",
    "BUFFERS",
    "BY_KIND",
    "CARGO_KINDS",
    "CONCENTRATION",
    "DECAY",
    "DECAY_ENERGY",
    "DRIFT",
    "HANDS_ON",
    "ICE_PARAMETERS",
    "LIQUID_PARAMETERS",
    "MATERIALS",
    "MESSENGER",
    "MESSENGER_DECAY",
    "OPENED",
    "SOLIDUS",
    "STABILITY_RATIO",
    "STICKY_SHARE",
    "SURFACE",
    "SURFACE_ENERGY",
    "THAWING_TIME",
    "WORN",
]

BUFFERS = ("PBS", "HSA", "sucrose", "trehalose", "trehalose_HSA")
MATERIALS = ("polypropylene", "low_binding", "glass")

CARGO_KINDS = ("nucleic_acid", "protein", "hydrophobic", "hydrophilic")
"""Kinds of cargo that have a chemistry of their own; others (solid particles) do not decay."""

MESSENGER = "messenger"
"""Kind, beside these, of messenger RNA: so long that one cut finds it soon."""

STICKY_SHARE = Parameter(
    "storage.vial.sticky_share", "1", "Share of the wall that holds particles which touch it.",
    low=1e-4, high=1.0,
)  # fmt: skip
BLOCKED = Parameter(
    "storage.vial.blocked_share", "1", "Share of the sticky wall that albumin takes first.",
    high=1.0, scale="logit",
)  # fmt: skip
STABILITY_RATIO = Parameter(
    "storage.vial.stability_ratio", "1", "Encounters in the liquid for each one that sticks.",
    low=1.0,
)  # fmt: skip
HANDS_ON = Parameter("storage.vial.hands_on", "s", "Operator time per vial: fill, label, move.")
BREAKAGE = Parameter(
    "storage.liquid.breakage_rate", "1/s",
    "Vesicles that fall apart in the liquid in unit time, at 4 degC.",
)  # fmt: skip
BREAKAGE_ENERGY = Parameter(
    "storage.liquid.breakage_energy", "J/mol", "Activation energy of that.", low=0.0, high=2e5,
    scale="linear",
)  # fmt: skip
DECAY = Parameter(
    "storage.vial.cargo_decay", "1/s",
    "Molecules of a kind of cargo that stop working in unit time, at 25 degC and pH 7.4.",
)  # fmt: skip
DECAY_ENERGY = Parameter(
    "storage.vial.cargo_decay_energy", "J/mol", "Activation energy of that.", low=0.0, high=3e5,
    scale="linear",
)  # fmt: skip
MESSENGER_DECAY = Parameter(
    "storage.vial.messenger_decay", "1/s",
    "The same for a messenger RNA, of which one cut in thousands of linkages is enough.",
)  # fmt: skip
SURFACE = Parameter(
    "storage.vial.surface_decay", "1/s",
    "Molecules on the surface of vesicles that stop working in unit time, at 25 degC.",
)  # fmt: skip
SURFACE_ENERGY = Parameter(
    "storage.vial.surface_decay_energy", "J/mol", "Activation energy of that.", low=0.0, high=3e5,
    scale="linear",
)  # fmt: skip
LIQUID_PARAMETERS = (
    STICKY_SHARE, BLOCKED, STABILITY_RATIO, HANDS_ON, BREAKAGE, BREAKAGE_ENERGY, DECAY,
    DECAY_ENERGY, MESSENGER_DECAY, SURFACE, SURFACE_ENERGY,
)  # fmt: skip

BARRIER_LEFT = Parameter(
    "storage.frozen.barrier_left", "1",
    "Share of the stability ratio of the liquid that is left in brine, where charge is screened.",
    high=1.0, scale="logit",
)  # fmt: skip
BRINE_VISCOSITY = Parameter(
    "storage.frozen.brine_viscosity", "Pa*s",
    "Viscosity of the liquid between ice crystals where it is most concentrated, at -20 degC.",
)  # fmt: skip
CONCENTRATION = Parameter(
    "storage.frozen.concentration_factor", "1",
    "How much ice concentrates what it expels before the rest turns solid.", low=1.0,
)  # fmt: skip
SOLIDUS = Parameter(
    "storage.frozen.solidus_temperature", "K",
    "Eutectic or glass transition below which no liquid is left.",
    low=200.0, high=ICE_POINT, scale="linear",
)  # fmt: skip
BRINE_PH = Parameter(
    "storage.frozen.brine_ph", "1", "pH of the liquid between ice crystals.", low=3.0, high=9.0,
    scale="linear",
)  # fmt: skip
THAWING_TIME = Parameter(
    "storage.frozen.thawing_time", "s", "Time with liquid between ice crystals on one thawing."
)
BROKEN = Parameter(
    "storage.frozen.broken_share", "1", "Share of vesicles that one freezing and thawing destroys.",
    high=1.0, scale="logit",
)  # fmt: skip
OPENED = Parameter(
    "storage.frozen.opened_share", "1",
    "Share of surviving vesicles that one freezing and thawing opens for a moment.",
    high=1.0, scale="logit",
)  # fmt: skip
WORN = Parameter(
    "storage.frozen.worn_share", "1",
    "Share of surface molecules that one freezing and thawing puts out of work.",
    high=1.0, scale="logit",
)  # fmt: skip
DRIFT = Parameter(
    "storage.frozen.drift_rate", "1/s", "Loss of vesicles in the solid state in unit time."
)  # fmt: skip
ICE_PARAMETERS = (
    BARRIER_LEFT, BRINE_VISCOSITY, CONCENTRATION, SOLIDUS, BRINE_PH, THAWING_TIME, BROKEN, OPENED,
    WORN, DRIFT,
)  # fmt: skip

BY_KIND = (DECAY, DECAY_ENERGY)
