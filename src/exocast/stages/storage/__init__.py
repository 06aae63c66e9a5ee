"""Storage: what is left, and still loaded, when the vial is opened."""

from __future__ import annotations

from exocast.stages.storage.frozen import FrozenStorage
from exocast.stages.storage.liquid import LiquidStorage
from exocast.stages.storage.lyophilised import LyophilisedStorage
from exocast.stages.storage.profile import StorageProfile

__all__ = ["METHODS", "FrozenStorage", "LiquidStorage", "LyophilisedStorage", "StorageProfile"]

METHODS = {
    "frozen": FrozenStorage,
    "liquid": LiquidStorage,
    "lyophilised": LyophilisedStorage,
    "profile": StorageProfile,
}
