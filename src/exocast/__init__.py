"""exocast forecasts the journey of an exosome medicine, from donor cell to response."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from exocast._version import __version__

if TYPE_CHECKING:
    from exocast.design import Design
    from exocast.errors import ExocastError
    from exocast.face import (
        Explanation,
        compare,
        explain,
        lots,
        open,  # noqa: A004 - the verb `exocast.open`
        pack,
        recommend,
        rerun,
        run,
        seek,
        shelf_life,
        sweep,
        template,
    )
    from exocast.face.forecast import Forecast
    from exocast.face.labelled import labels
    from exocast.face.measured import Measurement, read
    from exocast.face.results import Comparison, Sought, Sweep

__all__ = [
    "Comparison",
    "Design",
    "ExocastError",
    "Explanation",
    "Forecast",
    "Measurement",
    "Sought",
    "Sweep",
    "__version__",
    "compare",
    "explain",
    "labels",
    "lots",
    "open",
    "pack",
    "read",
    "recommend",
    "rerun",
    "run",
    "seek",
    "shelf_life",
    "sweep",
    "template",
]

_HOMES = {
    "Comparison": "exocast.face.results",
    "Design": "exocast.design",
    "ExocastError": "exocast.errors",
    "Explanation": "exocast.face",
    "Forecast": "exocast.face.forecast",
    "Measurement": "exocast.face.measured",
    "Sought": "exocast.face.results",
    "Sweep": "exocast.face.results",
    "compare": "exocast.face",
    "explain": "exocast.face",
    "labels": "exocast.face.labelled",
    "lots": "exocast.face",
    "open": "exocast.face",
    "pack": "exocast.face",
    "read": "exocast.face.measured",
    "recommend": "exocast.face",
    "rerun": "exocast.face",
    "run": "exocast.face",
    "seek": "exocast.face",
    "shelf_life": "exocast.face",
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
