"""exocast forecasts the journey of an exosome medicine, from donor cell to response."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from exocast._version import __version__

if TYPE_CHECKING:
    from exocast.design import Design
    from exocast.face import (
        compare,
        open,  # noqa: A004 - the verb `exocast.open`
        pack,
        read_design,
        rerun,
        run,
        save,
        seek,
        sweep,
        template,
    )
    from exocast.instruments.readers import read
    from exocast.material.forecast import Forecast

__all__ = [
    "Design",
    "Forecast",
    "__version__",
    "compare",
    "open",
    "pack",
    "read",
    "read_design",
    "rerun",
    "run",
    "save",
    "seek",
    "sweep",
    "template",
]

_HOMES = {
    "Design": "exocast.design",
    "Forecast": "exocast.material.forecast",
    "compare": "exocast.face",
    "open": "exocast.face",
    "pack": "exocast.face",
    "read": "exocast.instruments.readers",
    "read_design": "exocast.face",
    "rerun": "exocast.face",
    "run": "exocast.face",
    "save": "exocast.face",
    "seek": "exocast.face",
    "sweep": "exocast.face",
    "template": "exocast.face",
}


def __getattr__(name: str) -> Any:
    """Import a public name where it is first used, so that `import exocast` stays light."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'exocast' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
