"""The balances of the network: patterns that write out to what the engine solves."""

from __future__ import annotations

import re

from exocast.design.balances import Indices, _families, balances_of, expanded, patterns_in
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
    names = _renamed(record, shared)  # definitions of one family are renamed

    def as_recorded(text):
        return re.sub(r"shared\.\d+", lambda m: names[m[0]], text)

    for state, addends in rates.items():
        expected = [as_recorded(one).replace(" ", "").removeprefix("+") for one in addends]
        found = _terms(_totals_out(written[state], record["indices"]))
        assert found == sorted(expected or ["0"]), state


def _renamed(record, shared):
    """Return the recorded name of each of the engine's definitions: the one that says the same."""
    written = {}
    for pattern in record["definitions"]:
        for name, text in expanded(pattern, record["indices"]):
            said = tuple(sorted(map(_ordered, _terms(_totals_out(text, record["indices"])))))
            assert said not in written, "two definitions that say the same"
            written[said] = name
    names = {}
    for name, addends in shared.items():  # each before it is used
        text = [re.sub(r"shared\.\d+", lambda m: names[m[0]], one) for one in addends]
        said = sorted(_ordered(one.replace(" ", "").removeprefix("+")) for one in text)
        names[name] = written.pop(tuple(said))
    assert not written
    assert len(set(names.values())) == len(names)
    return names


def _ordered(text):
    """Return text with the names of a bracketed sum in order: a total has an order of its own."""
    names = r"[a-z][\w.@]*"
    return re.sub(rf"\(({names}(?:\+{names})+)\)",
                  lambda m: f"({'+'.join(sorted(m[1].split('+')))})", text)  # fmt: skip


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
    # Definitions that organs, sizes or cohorts have each of their own are one, too.
    assert len(record["definitions"]) < len(definitions(small.base[0].wired.network)) / 6
    ordinary = [one for one in record["patterns"] if one["name"] == "{o}.vascular.{i}"]
    assert max(len(one["states"]) for one in ordinary) >= 50, "organs with a wall alone are one"


def test_no_name_is_a_state_and_a_parameter(small):
    network = small.base[0].wired.network
    assert not set(network.state_names) & set(network.parameter_names)


def test_definitions_that_differ_in_indices_are_one():
    indices = Indices(("liver", "lung"), ("ev.0", "ev.1"), ("0", "1"))
    shared, rates = {}, {}
    places = [(organ, carrier) for organ in indices.organs for carrier in indices.carriers]
    for number, (organ, carrier) in enumerate(places, start=1):
        shared[f"shared.{number}"] = [f"+⟦{organ}.rate.{carrier}⟧*(1 - ⟦{organ}.load⟧)"]
        rates[f"{organ}.{carrier}"] = [f"-⟦{organ}.{carrier}⟧*⟦shared.{number}⟧"]
    shared["shared.5"] = ["+⟦liver.load⟧/⟦liver.capacity⟧"]
    shared["shared.6"] = ["+⟦cell.loaded.0⟧*⟦shared.5⟧"]
    shared["shared.7"] = ["+⟦cell.loaded.1⟧*⟦shared.5⟧"]
    rates["total"] = [f"+⟦shared.{number}⟧" for number in (1, 2, 3, 4, 6, 7)]
    rates, shared = _families(rates, shared, indices)
    assert list(shared) == [
        *(f"shared.1.{organ}.{carrier}" for organ, carrier in places),
        *("shared.5", "shared.6.0", "shared.6.1"),
    ]
    free, filled, loaded = patterns_in(shared, indices)
    assert (free.name, len(free.states)) == ("shared.1.{o}.{i}", 4)
    assert free.terms[0].text == "+⟦{o}.rate.{i}⟧*(1 - ⟦{o}.load⟧)"
    assert (filled.name, filled.terms[0].text) == ("shared.5", "+⟦liver.load⟧/⟦liver.capacity⟧")
    assert (loaded.name, loaded.terms[0].text) == ("shared.6.{c}", "+⟦cell.loaded.{c}⟧*⟦shared.5⟧")
    organ, total = patterns_in(rates, indices)
    assert organ.terms[0].text == "-⟦{o}.{i}⟧*⟦shared.1.{o}.{i}⟧"
    assert [term.text for term in total.terms] == ["+⟦shared.1.{p}.{j}⟧", "+⟦shared.6.{d}⟧"]


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
