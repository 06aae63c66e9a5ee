"""What a finished run teaches: which values drive the answer."""

from exocast.learn.drivers import with_drivers

__all__ = ["with_drivers"]
