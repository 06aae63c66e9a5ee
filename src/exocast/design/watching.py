"""Which laws a step evaluates, and with what: watched while it runs, so that it is never a copy.

Python's profiling hook calls us where a watched function is entered and left, on this thread alone;
nothing is replaced, and what runs is what always runs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType, FunctionType

from exocast.material.step import KineticStep, PreparationStep, Step

__all__ = ["Call", "watched"]

VERBS = ("apply", "contribute", "flags")


@dataclass(slots=True)
class Call:
    """One evaluation of a law.

    Attributes
    ----------
    step : Step
        The step that was at work.
    law : function
        The law.
    given : mapping of str to object
        Its arguments.
    result : object
        What it returned.
    """

    step: Step
    law: FunctionType
    given: Mapping[str, object]
    result: object = field(default=None)


@contextmanager
def watched(laws: Iterable[FunctionType], steps: Iterable[Step]) -> Iterator[list[Call]]:
    """Note every evaluation of laws by steps inside the block.

    Parameters
    ----------
    laws : iterable of function
        What is watched.
    steps : iterable of Step
        By whom.

    Yields
    ------
    list of Call
        Grows in the order in which the evaluations ended.
    """
    codes = {law.__code__: law for law in laws}
    verbs = {code for step in steps for code in _verbs(type(step))}
    working: list[Step] = []
    open_calls: list[Call] = []
    found: list[Call] = []

    def hook(frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        if code in verbs and event in ("call", "return"):
            if event == "call":
                working.append(frame.f_locals["self"])
            else:
                working.pop()
        elif code in codes and working and event in ("call", "return"):
            if event == "call":
                count = code.co_argcount + code.co_kwonlyargcount
                names = code.co_varnames[:count]
                given = {name: frame.f_locals[name] for name in names}
                open_calls.append(Call(working[-1], codes[code], given))
            elif open_calls:
                call = open_calls.pop()
                call.result = argument
                found.append(call)

    before = sys.getprofile()
    sys.setprofile(hook)
    try:
        yield found
    finally:
        sys.setprofile(before)


def _verbs(cls: type[Step]) -> list[CodeType]:
    """Return the code of what a step does, not of what its base class says."""
    found = []
    for name in VERBS:
        verb = getattr(cls, name, None)
        if verb is not None and verb not in (PreparationStep.flags, KineticStep.flags):
            found.append(verb.__code__)
    return found
