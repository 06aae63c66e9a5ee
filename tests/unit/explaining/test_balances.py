"""The balances of the network: patterns that write out to what the engine solves."""

from __future__ import annotations

import re

from exocast.design.balances import Indices, balances_of, expanded, patterns_in
from exocast.design.equations import with_equations
from exocast.design.recording import forecast_of
from exocast.engine.printing import definitions, terms
from exocast.stages.biodistribution.anatomy import Anatomy


def _recorded(small):
    branch = small.base[0]
    organs = [node.name for node in Anatomy.packaged().of("organ", "graft")]
    carriers = [carrier.name for carrier in branch.carriers]
    return balances_of(branch.wired.network, organs, carriers, [small.plan.study.cargo])


def _terms(text):
    """Return the terms of a sum, whatever their order; signs inside brackets stay."""
    depth, found, last = 0, [], ""
    for letter in text.replace(" ", ""):
        depth += (letter == "(") - (letter == ")")
        within = re.search(r"(?:[*/]|\de)$", last)  # a sign of a factor, or of an exponent
        if letter in "+-" and depth == 0 and last and not within:
            found.append(last.removeprefix("+"))
            last = ""
        last += letter
    return sorted([*found, last.removeprefix("+")])


def test_every_balance_is_that_of_the_engine(small):
    network = small.base[0].wired.network
    record = _recorded(small)
    written = {
        state: text
        for pattern in record["patterns"]
        for state, text in expanded(pattern, record["indices"])
    }
    rates, shared = terms(network)
    assert written.keys() == rates.keys() == set(network.state_names)
    names = dict(
        zip(shared, _renamed(record, shared), strict=True)
    )  # definitions of one family are renamed

    def as_recorded(text):
        return re.sub(r"shared\.\d+", lambda m: names[m[0]], text)

    for state, addends in rates.items():
        expected = [as_recorded(one).replace(" ", "").removeprefix("+") for one in addends]
        found = _terms(_totals_out(written[state], record["indices"]))
        assert found == sorted(expected or ["0"]), state


def _renamed(record, shared):
    names = [name for one in record["definitions"] for name in one["states"]]
    assert len(names) == len(set(names)) == len(shared)
    order = sorted(shared, key=lambda name: int(name.split(".")[1]))
    assert list(shared) == order
    # A family goes by the name of its first member, followed by the cohort.
    held = {}
    for one in record["definitions"]:
        held.setdefault(one["states"][0].split(".")[1], list(one["states"]))
    result, waiting = [], dict(held)
    for name in shared:
        number = name.split(".")[1]
        if number in waiting:
            group = waiting.pop(number)
            result.append(group.pop(0))
            rest = group
        else:
            result.append(rest.pop(0))
    return result


def _totals_out(text, indices):
    """Write `total(name)` out again."""

    def out(found):
        for letter, values in (("j", indices["carriers"]), ("d", indices["cohorts"])):
            if f"{{{letter}}}" in found[1]:
                return " + ".join(found[1].replace(f"{{{letter}}}", one) for one in values)
        raise AssertionError(found[0])

    return re.sub(r"total\(([^()]*)\)", out, text)


def test_few_patterns_hold_for_hundreds_of_states(small):
    record = _recorded(small)
    states = sum(len(one["states"]) for one in record["patterns"])
    assert states == len(small.base[0].wired.network.state_names)
    assert len(record["patterns"]) < states / 6
    assert len(record["definitions"]) <= len(definitions(small.base[0].wired.network))
    ordinary = [one for one in record["patterns"] if one["name"] == "{o}.vascular.{i}"]
    assert max(len(one["states"]) for one in ordinary) >= 50, "organs with a wall alone are one"


def test_sums_are_over_what_differs():
    indices = Indices(("liver", "lung"), ("ev.0", "ev.1"))
    rates = {
        "blood.ev.0": ["-⟦flow.liver⟧*⟦blood.ev.0⟧", "-⟦flow.lung⟧*⟦blood.ev.0⟧"],
        "blood.ev.1": ["-⟦flow.liver⟧*⟦blood.ev.1⟧", "-⟦flow.lung⟧*⟦blood.ev.1⟧"],
        "liver.ev.0": ["+⟦flow.liver⟧*⟦blood.ev.0⟧"],
        "total": ["+⟦liver.ev.0⟧", "+⟦liver.ev.1⟧"],
    }
    blood, liver, total = patterns_in(rates, indices)
    assert blood.states == ("blood.ev.0", "blood.ev.1")
    (term,) = blood.terms
    assert term.text == "-⟦flow.{p}⟧*⟦blood.{i}⟧"
    assert term.over == ((("organ", "liver"),), (("organ", "lung"),))
    assert liver.name == "{o}.{i}"
    assert total.terms[0].text == "+⟦liver.{j}⟧"


def test_what_stands_beside_a_symbol_is_what_the_law_was_given(small):
    record = with_equations(forecast_of(small), small).record["equations"]
    steps = {one["method"]: one for one in record["steps"]}
    law = next(
        law for law in steps["loading.electroporation"]["laws"]
        if law["name"] == "electroporation.induced_voltage"
    )  # fmt: skip
    given = {one["name"]: one for one in law["symbols"]}
    step = next(one for one in small.plan.preparation if one.method == "electroporation")
    assert given["field"]["low"] == given["field"]["high"] == step.field
    assert given["field"]["setting"] == "field"
    # 1.5 E R in the steady state: a vesicle charges in less than a microsecond.
    assert given["returned[0]"]["high"] / (1.5 * step.field * given["radius"]["high"]) > 0.999
    tau = next(
        law for law in steps["loading.electroporation"]["laws"]
        if law["name"] == "electroporation.charging_time"
    )  # fmt: skip
    inside = next(one for one in tau["symbols"] if one["name"] == "inside")
    rows = small.base[0].ensemble.rows
    assert [rows[name].key for name in inside["identities"]] == [
        "loading.electroporation.lumen_conductivity"
    ]
    assert inside["low"] == rows[inside["identities"][0]].value
    assert record["network"]["states"] == len(small.base[0].wired.network.state_names)
