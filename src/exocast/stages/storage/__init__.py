"""Storage: what is left, and still loaded, when the vial is opened."""

from __future__ import annotations

from exocast.stages.storage.frozen import FrozenStorage
from exocast.stages.storage.liquid import LiquidStorage

__all__ = ["METHODS", "FrozenStorage", "LiquidStorage"]

METHODS = {"frozen": FrozenStorage, "liquid": LiquidStorage}
