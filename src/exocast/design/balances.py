"""The balance of every state of a network, with what is the same in many places said once.

A network of the body has hundreds of states, and few different balances: one for each class of
size, one for each ordinary organ, one for each cohort. Names are split into what they say and what
they are indexed by; balances that differ in indices alone are one *pattern*, and terms that differ
in indices alone are one sum. `expanded` writes every balance out again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from exocast.engine.compiled import CompiledNetwork
from exocast.engine.printing import terms

__all__ = ["Indices", "Pattern", "Term", "balances_of", "expanded", "patterns_in"]

OWN = {"organ": "o", "carrier": "i", "cohort": "c", "rider": "r"}
OTHER = {"organ": "p", "carrier": "j", "cohort": "d", "rider": "s"}
"""The letter of an index of the state itself, and of another that is summed over."""

_NAME = re.compile(r"⟦([^⟧]*)⟧")
_SUM = re.compile(r"⟦[^⟧]*⟧(?: \+ ⟦[^⟧]*⟧)+")


@dataclass(frozen=True)
class Indices:
    """What names are indexed by.

    Attributes
    ----------
    organs, carriers, cohorts, riders : tuple of str
        Values of each index: a rider is a cargo or a label, a cohort events by time of arrival.
    """

    organs: tuple[str, ...]
    carriers: tuple[str, ...]
    cohorts: tuple[str, ...] = ()
    riders: tuple[str, ...] = ()

    def split(self, name: str) -> tuple[str, dict[str, str]]:
        """Return a name with ``{organ}``, ``{carrier}`` and so on, and what they were.

        Only the first value of each index is taken out: a flow from one organ to another keeps
        the second.
        """
        if name not in self._known:
            shape, found = name, {}
            for kind, pattern in self._patterns.items():
                match = pattern.search(shape)
                if match:
                    found[kind] = match[1]
                    same = rf"(?<![^.@]){re.escape(match[1])}(?![^.@])"
                    same += "$" if kind == "cohort" else ""  # a number may stand elsewhere too
                    shape = re.sub(same, f"{{{kind}}}", shape)
            self._known[name] = shape, found
        return self._known[name]

    @cached_property
    def _known(self) -> dict[str, tuple[str, dict[str, str]]]:
        return {}

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        """Return what finds a value of each index; a name has one of a kind, or none."""
        held = {
            kind: re.compile(rf"(?<![^.@])({'|'.join(map(re.escape, values))})(?![^.@])")
            for kind, values in (
                ("carrier", self.carriers),
                ("organ", self.organs),
                ("rider", self.riders),
            )
            if values
        }
        if self.cohorts:
            values = "|".join(map(re.escape, self.cohorts))
            before = r"cell\.\w+|shared\.\d+(?:\.\{\w+\})*"
            held["cohort"] = re.compile(rf"^(?:{before})\.({values})$")
        return held


@dataclass(frozen=True)
class Term:
    """One term of a balance, or a sum of such terms.

    Attributes
    ----------
    text : str
        With its sign, in infix; names between ⟦ and ⟧, indices between braces.
    over : tuple of tuple of (str, str)
        For a sum, the values of its indices, one entry a term; empty for a single term.
    """

    text: str
    over: tuple[tuple[tuple[str, str], ...], ...] = ()


@dataclass(frozen=True)
class Pattern:
    """A balance that holds for several states.

    Attributes
    ----------
    name : str
        Name of the states, with its indices between braces.
    states : tuple of str
        The states, in the order of the network.
    terms : tuple of Term
        Their rate of change; for a definition, what it stands for.
    """

    name: str
    states: tuple[str, ...]
    terms: tuple[Term, ...]


def balances_of(
    network: CompiledNetwork, organs: Iterable[str], carriers: Iterable[str], riders: Iterable[str]
) -> dict[str, Any]:
    """Return the balances of a network for the record.

    Parameters
    ----------
    network : CompiledNetwork
    organs, carriers, riders : iterable of str
        By what names are indexed.
    """
    rates, shared = terms(network, lambda name: f"⟦{name}⟧")
    cohorts = sorted({m[1] for name in rates if (m := re.fullmatch(r"cell\.\w+\.(\d+)", name))})
    indices = Indices(tuple(organs), tuple(carriers), tuple(cohorts), tuple(riders))
    rates, shared = _families(rates, shared, indices)
    return {
        "indices": asdict(indices),
        "patterns": [asdict(one) for one in patterns_in(rates, indices)],
        "definitions": [asdict(one) for one in patterns_in(shared, indices)],
    }


def patterns_in(rates: Mapping[str, Sequence[str]], indices: Indices) -> list[Pattern]:
    """Return balances, those that differ in indices alone as one.

    Parameters
    ----------
    rates : mapping of str to sequence of str
        State to its signed terms, names between ⟦ and ⟧.
    indices : Indices
        What names are indexed by.
    """
    groups: dict[tuple[str, tuple[Term, ...]], list[str]] = {}
    for state, addends in rates.items():
        shape, own = indices.split(state)
        groups.setdefault((_own(shape), tuple(_collected(addends, own, indices))), []).append(state)
    return [Pattern(name, tuple(states), held) for (name, held), states in groups.items()]


def expanded(pattern: Mapping[str, Any], indices: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every state of a recorded pattern with its balance written out, in infix."""
    known = Indices(**{name: tuple(values) for name, values in indices.items()})
    for state in pattern["states"]:
        _, own = known.split(state)
        written = []
        for term in pattern["terms"]:
            for values in term["over"] or [[]]:
                text = _filled(term["text"], {**{OWN[k]: v for k, v in own.items()},
                                              **{OTHER[k]: v for k, v in values}})  # fmt: skip
                written.append(text)
        yield state, _joined(written)


def _collected(addends: Sequence[str], own: Mapping[str, str], indices: Indices) -> list[Term]:
    """Return terms with own indices as letters; those that differ in another index as a sum."""
    groups: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for addend in addends:
        foreign: dict[str, set[str]] = {}
        for token in _NAME.findall(addend):
            for kind, value in indices.split(token)[1].items():
                if own.get(kind) != value:
                    foreign.setdefault(kind, set()).add(value)
        lone = {kind: next(iter(values)) for kind, values in foreign.items() if len(values) == 1}
        groups.setdefault(_shaped(addend, own, set(lone), indices), []).append((addend, lone))
    found = []
    for held in groups.values():
        varied = {kind for kind in held[0][1] if len({lone[kind] for _, lone in held}) > 1}
        text = _inner_sums(_shaped(held[0][0], own, varied, indices), indices)
        over = [tuple((kind, lone[kind]) for kind in sorted(varied)) for _, lone in held]
        found += [Term(text, tuple(over))] if varied else [Term(text)] * len(held)
    return found


def _shaped(addend: str, own: Mapping[str, str], summed: set[str], indices: Indices) -> str:
    """Return a term with letters for the state's own indices, and for those summed over."""
    return _NAME.sub(lambda m: _lettered(m[1], own, summed, indices), addend)


def _lettered(name: str, own: Mapping[str, str], summed: set[str], indices: Indices) -> str:
    """Return one marked name so."""
    shape, found = indices.split(name)
    for kind, value in found.items():
        letter = OWN[kind] if own.get(kind) == value else OTHER[kind] if kind in summed else ""
        shape = shape.replace(f"{{{kind}}}", f"{{{letter}}}" if letter else value)
    return f"⟦{shape}⟧"


def _own(shape: str) -> str:
    for kind, letter in OWN.items():
        shape = shape.replace(f"{{{kind}}}", f"{{{letter}}}")
    return shape


def _inner_sums(text: str, indices: Indices) -> str:
    """Write a sum of names that differ in one index, inside a term, as ``total(name)``."""

    def shorter(found: re.Match[str]) -> str:
        names = _NAME.findall(found[0])
        for kind, values in (("carrier", indices.carriers), ("cohort", indices.cohorts)):
            split = [indices.split(name) for name in names]
            shapes = {shape for shape, _ in split}
            held = {where.get(kind, "") for _, where in split}
            if len(shapes) == 1 and len(names) == len(values) and held == set(values):
                shape = shapes.pop().replace(f"{{{kind}}}", f"{{{OTHER[kind]}}}")
                for other, value in split[0][1].items():
                    shape = shape.replace(f"{{{other}}}", value)
                return f"total(⟦{shape}⟧)"
        return found[0]

    return _SUM.sub(shorter, text)


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Return a term with its indices filled in, names without their marks."""
    text = re.sub(r"\{(\w)\}", lambda m: values.get(m[1], m[0]), text)
    return text.replace("⟦", "").replace("⟧", "")


def _joined(written: Sequence[str]) -> str:
    """Return signed terms as one sum."""
    text = " ".join(f"{one[0]} {one[1:]}" for one in written)
    return (text[2:] if text.startswith("+") else text.replace("- ", "-", 1)) or "0"


def _families(
    rates: Mapping[str, list[str]], shared: Mapping[str, list[str]], indices: Indices
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Rename definitions that differ in indices alone to one name with those indices.

    A definition is indexed by what all names in it agree on: the free share of an organ's capacity
    by its organ and carrier, the silencing of a cohort by that.
    """
    known: dict[tuple[str, ...], str] = {}
    renamed: dict[str, str] = {}
    owned: dict[str, tuple[str, dict[str, str]]] = {}
    kept: dict[str, list[str]] = {}
    for name, addends in shared.items():
        kept[name] = _renamed(addends, renamed)
        own = _agreed(kept[name], indices)
        shape = tuple(_shaped(one, own, set(), indices) for one in kept[name])
        owned[name] = known.setdefault(shape, name), own
        renamed[name] = _indexed(*owned[name], own)
    varied: dict[str, dict[str, set[str]]] = {}
    for family, own in owned.values():
        for kind, value in own.items():
            varied.setdefault(family, {}).setdefault(kind, set()).add(value)
    # An index that is the same in all of a family says nothing.
    shorter = {
        renamed[name]: _indexed(family, own, [k for k in own if len(varied[family][k]) > 1])
        for name, (family, own) in owned.items()
    }
    return (
        {state: _renamed(_renamed(addends, renamed), shorter) for state, addends in rates.items()},
        {shorter[renamed[name]]: _renamed(addends, shorter) for name, addends in kept.items()},
    )


def _renamed(addends: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """Return terms with other names between their marks."""
    return [_NAME.sub(lambda m: f"⟦{names.get(m[1], m[1])}⟧", one) for one in addends]


def _agreed(addends: Sequence[str], indices: Indices) -> dict[str, str]:
    """Return the indices of which all names in some terms have the same value, or none."""
    values: dict[str, set[str]] = {}
    for name in (name for one in addends for name in _NAME.findall(one)):
        for kind, value in indices.split(name)[1].items():
            values.setdefault(kind, set()).add(value)
    return {kind: next(iter(held)) for kind, held in values.items() if len(held) == 1}


def _indexed(family: str, own: Mapping[str, str], kinds: Iterable[str]) -> str:
    """Return the name of a family followed by some of its indices, in one order."""
    return ".".join([family, *(own[kind] for kind in OWN if kind in set(kinds))])
