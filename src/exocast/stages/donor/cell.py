"""What a cell is to those who take something out of it, and what it costs to change it."""

from exocast.evidence.parameter import Parameter
from exocast.material.ledger import Resources

__all__ = ["BURDEN", "CELL_VOLUME", "EXPRESSION", "FOLD"]

CELL_VOLUME = Parameter("donor.mimetic_nanovesicles.cell_volume", "m^3", "Volume of a cell.")
FOLD = Parameter(
    "donor.mimetic_nanovesicles.membrane_fold", "1",
    "Plasma membrane of a cell over a sphere of its volume.", low=1.0,
)  # fmt: skip
BURDEN = Parameter(
    "surface_engineering.display.burden", "1",
    "Share of the vesicles that cells fail to make while they express it.",
    high=1.0, scale="logit",
)  # fmt: skip

DAY = 86400.0
EXPRESSION = {
    "stable": Resources(21 * DAY, 8 * 3600.0, {"transfection": 1.0, "selection": 1.0}),
    "transient": Resources(2 * DAY, 2 * 3600.0, {"transfection": 1.0}),
}
"""Time and hands for cells that express it: selected over three weeks, or for two days."""
