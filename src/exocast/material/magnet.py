"""A magnet held at the subject: where, how strong, and for how long after each dose."""

from __future__ import annotations

from dataclasses import dataclass

from exocast.material.step import setting

__all__ = ["Magnet"]


@dataclass(frozen=True)
class Magnet:
    """A magnet over one organ after each dose."""

    organ: str = setting(doc="Organ that it is held over, or tumour.", moves="held by a magnet")
    gradient: float = setting(
        10.0,
        unit="T/m",
        low=0.1,
        high=1000.0,
        doc="Gradient of its field in that organ: some 100 T/m at the pole, 1 to 10 at a depth of "
        "a centimetre.",
        source="magnet_practice",
        moves="held by a magnet",
        direction=1,
    )
    duration: float = setting(
        3600.0,
        unit="s",
        low=0.0,
        high=604800.0,
        doc="Time that it stays after each dose.",
        source="magnet_practice",
        moves="held by a magnet",
        direction=1,
    )
