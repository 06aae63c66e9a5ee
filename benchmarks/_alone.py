"""One core: libraries keep to one thread, and this process to one core. Imported before NumPy."""

from __future__ import annotations

import os

__all__ = ["COMMAND_CORES", "pin", "unpin"]

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

COMMAND_CORES: frozenset[int] = frozenset(
    os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
)
"""The cores that the command was started on."""


def pin(core: int | None) -> str:
    """Keep to one core, the last unless another is named; return what was done."""
    if not hasattr(os, "sched_setaffinity"):
        return "this system does not pin a process to a core"
    chosen = max(COMMAND_CORES) if core is None else core
    os.sched_setaffinity(0, {chosen})
    return f"pinned to core {chosen}"


def unpin() -> None:
    """Take every core again: what a child process needs before it starts."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, COMMAND_CORES)
