"""Whatever is written, the door answers with problems that have a place, never with a traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exocast.design.writing import document_text
from exocast.errors import DesignError, Problem

QUIET = settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
WORDS = st.sampled_from(
    [
        "",
        "1",
        "-1 h",
        "24 h",
        "1e400 g",
        "nan",
        "µ",
        "nta",
        "donor",
        "each",
        "../x",
        "a.b",
        "0 particles",
    ]
)
ANYTHING = st.recursive(
    st.one_of(
        WORDS, st.booleans(), st.integers(-3, 3), st.floats(), st.none().map(lambda _: 10**30)
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)


def paths(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data if isinstance(data, list) else [])
    )
    return [at] * bool(at) + [path for key, child in children for path in paths(child, (*at, key))]


def copied(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: copied(child) for key, child in data.items()}
    return [copied(child) for child in data] if isinstance(data, list) else data


def problems_of(door: Callable[[], None]) -> tuple[Problem, ...]:
    """Return what a door complains about; anything but a DesignError passes through and fails."""
    try:
        door()
    except DesignError as error:
        return error.problems
    return ()


@QUIET
@given(data=st.data())
def test_any_value_anywhere(data: Any, design: Any, make: Any) -> None:
    document = copied(design.data)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(paths(document)))
        parent = document
        for key in path[:-1]:
            parent = parent[key]
        what = data.draw(st.sampled_from(["replace", "remove", "rename"]))
        if what == "replace":
            parent[path[-1]] = data.draw(ANYTHING)
        elif what == "remove":
            parent.pop(path[-1])
        elif isinstance(parent, dict):
            parent[path[-1] + "x"] = parent.pop(path[-1])
    changed = make(document_text(document))
    last = changed.text.count("\n") + 1
    for problem in problems_of(changed.check):
        assert 0 <= problem.line <= last
        assert problem.message
        assert str(problem).strip()


@QUIET
@given(st.text(max_size=40))
def test_any_text(make: Any, text: str) -> None:
    problems_of(lambda: make(text).check())


@QUIET
@given(
    address=st.one_of(
        st.text(max_size=20),
        st.lists(
            st.sampled_from(
                ["regimen", "route", "step", "clean_up", "spins", "1", "9", "isolation", "models",
                 "differential_centrifugation", "body", "run", "members", "classes", "title", "",
                 "hypotheses", "subject", "tumour", "cell", "response", "loading", "uptake"]
            ), max_size=5,
        ).map(".".join),
    ),
    value=ANYTHING,
)  # fmt: skip
def test_any_address(address: str, value: Any, design: Any) -> None:
    problems_of(lambda: design.with_settings({address: value}).check())
