"""What a finished run teaches: which values drive the answer."""

from exocast.learn.drivers import with_drivers
from exocast.learn.journey import with_journey

__all__ = ["with_drivers", "with_journey"]
