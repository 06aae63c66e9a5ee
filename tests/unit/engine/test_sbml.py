"""SBML read: every feature against a closed form, every refusal by name."""

import math
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest

from exocast.engine.network import Network
from exocast.engine.sbml import read_sbml
from exocast.engine.solve import solve
from exocast.errors import EngineError, ReaderError

FILES = Path(__file__).parents[2] / "files" / "sbml"
TIMES = np.linspace(0.0, 9.0, 37)

pytest.importorskip("libsbml", reason="python-libsbml, the extra `sbml`, is not installed")


def run(name, changes=None, times=TIMES, **options):
    """Return the model and a function of the identifier giving values (n, t)."""
    model = read_sbml(FILES / f"{name}.xml")
    parameters, start = model.inputs(changes)
    solution = solve(model.network, parameters, start, times, rtol=1e-9, **options)
    assert solution.finished.all()
    return model, lambda name: model.values(name, solution.amount, parameters, times)


def close(found, expected, rtol=1e-7):
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), rtol=rtol, atol=1e-9)


def test_compartments_amounts_functions_and_local_parameters():
    model, value = run("exchange")
    drug, bound, gone = (value(name)[0] for name in ("drug", "bound", "gone"))
    close(4.0 * drug + 10.0 * bound + gone, 4.0 * 2.5 + 1.0, rtol=1e-12)
    close(value("in_")[0], 5.0 * drug / (3.0 + drug), rtol=1e-12)
    close(value("out")[0], 0.4 * bound, rtol=1e-12)
    assert model.network.state_names == ("drug", "bound", "gone")
    assert model.start.tolist() == [10.0, 1.0, 0.0]
    assert "unused" not in model.units  # without a value, and nothing asks for it
    assert model.units["half"] == "1e-09 mole litre^-1"
    assert (model.document.time_units, model.seconds) == ("hour", 3600.0)
    assert model.summary == (
        "exchange.xml (SBML Level 3 Version 1): 2 compartments, 3 species, 4 parameters, "
        "3 reactions, 1 function"
    )


def test_rules_in_any_order_and_a_volume_that_grows():
    _, value = run("rules")
    close(value("cell")[0], 2.0 * np.exp(0.2 * TIMES))
    close(value("clock")[0], np.exp(-0.5 * TIMES**2))
    close(value("level")[0], 1.0 - 0.5 * np.exp(-0.3 * TIMES))
    close(value("marker")[0], 3.0 * np.exp(0.5 * TIMES))
    close(value("signal")[0], 3.0 * np.exp(-0.2 * TIMES))  # its amount stays
    close(value("last")[0], 2 * (value("signal")[0] + 4.5) + 1.5 * np.exp(0.5 * TIMES))


def test_what_follows_from_a_changed_start_follows_in_every_member():
    _, value = run("rules", {"signal": [3.0, 5.0], "growth": 0.1})
    close(value("marker"), np.array([[3.0], [5.0]]) * np.exp(0.5 * TIMES))
    close(value("signal"), np.array([[3.0], [5.0]]) * np.exp(-0.1 * TIMES))
    _, value = run("rules", {"second": 1.0})  # instead of its initial assignment
    close(value("marker"), 2.0 * np.exp(0.5 * TIMES))


def test_conversion_factors_boundaries_and_numbers_of_molecules():
    times = np.linspace(0.0, 1.0, 11)
    _, value = run("stoichiometry", times=times)
    close(value("a")[0], 8.0 * np.exp(-10.8 * times))
    turned = 21.6 * (1.0 - np.exp(-10.8 * times)) / 10.8
    fading = 21.6 * (1.0 - np.exp(-11.8 * times)) / 11.8
    close(0.5 * value("b")[0], 2.0 * (turned + fading))
    close(0.5 * value("c")[0], 0.1 * 3.0 * turned)
    close(value("food")[0], 3.0)


def test_events_happen_when_and_in_the_order_they_should():
    _, value = run("events")
    drug = np.where(TIMES < 1.0, 0.0, 2.0 * np.exp(-0.5 * (TIMES - 1.0)))
    second = (2.0 * math.exp(-1.5) + 2.0) * np.exp(-0.5 * (TIMES - 4.0))
    drug = np.where(TIMES < 4.0, drug, second) * np.where(TIMES < 7.0, 1.0, 2.0)
    found = value("drug")[0]
    away = TIMES != 4.0  # `t2` is a parameter: found on the dense output, a rounding unit late
    close(found[away], drug[away])
    low = 1.0 * (TIMES > 3.41) + (TIMES > 6.82) + (TIMES > 8.2)
    close(value("low")[0], low)
    late = TIMES > 2.5
    close(value("u")[0], np.where(late, 2.0, 1.0))
    close(value("v")[0], np.where(late, 1.0, 2.0))
    close(value("begun")[0], 5.0)
    close(value("w")[0], np.where(TIMES >= 6.0, 20.0, 1.0))
    close(value("doses")[0][away], 1.0 * (TIMES >= 1.0)[away] + (TIMES > 4.0)[away])


def test_both_engines_read_events_alike():
    times = np.linspace(0.13, 9.13, 31)  # away from the events
    native, twin = (run("events", times=times, engine=e)[1] for e in ("native", "reference"))
    for name in ("drug", "low", "doses", "u", "v", "w"):
        close(native(name), twin(name), rtol=1e-6)


def test_a_start_that_fires_does_so_in_the_members_that_it_should():
    model = read_sbml(FILES / "events.xml")
    start = model.inputs({"begun": [0.0, 1.0, 0.5]})[1]
    assert start[:, model.network.state("begun")].tolist() == [5.0, 1.0, 5.5]


def expected(x, t):
    """Return what the formulas of ``make_sbml.MATHEMATICS`` are."""
    return [
        x**2 + 1 / x - 2**x,
        x**0.5 + x ** (1 / 3),
        np.exp(-x) + np.log(x) + np.log10(x) + np.log2(x),
        np.abs(x - 1) + np.minimum(x, 0.7) + np.maximum(x, 2),
        np.sinh(x) + np.cosh(x) + np.tanh(x),
        np.select([x < 0.5, x < 1.5], [1.0, 2.0], 3.0),
        1.0 * ((x >= 1) & (t < 2)) + ((x < 1) | (x > 2)),
        1.0 * (~(x > 1) & ~(x == 0.25)) + (x != 0.25),
        1.0 * ((x > 0.5) ^ (x > 1) ^ (x > 1.5)),
        1.0 * ((x > 0.5) & (x < 1.5)) + ((x <= 2) & (x >= 1)),
        1.0 * ((x <= 1) | (x > 2)),
        np.where(t > 1, t, 7) + (t < 1.5) + (t <= 1),
        math.pi + math.e + 6.02214179e23 / 6e23 + 1e-3 + 0.75 + 0 * x,
        1.0 * (x > 1) + 2 * (x > 2) + np.where(x != 0.25, 4, 0),
        1.0 * ~np.where(t > 1, x > 1, True),
    ]


def test_functions_and_conditions():
    times = np.array([0.0, 0.2, 0.5, 1.0, 1.1, 1.4, 1.5, 1.7, 2.0, 2.5])
    _, value = run("mathematics", times=times)
    for number, right in enumerate(expected(value("x")[0], times)):
        np.testing.assert_allclose(value(f"f{number}")[0], right, rtol=1e-12, err_msg=f"f{number}")


def test_level_2():
    model, value = run("level2")
    start = np.where(TIMES < 2.0, 0.0, 1.0)
    s = 4.0 * np.exp(-0.5 * TIMES) + start * np.exp(-0.5 * (TIMES - 2.0))
    close(value("s")[0], s)
    close(2.0 * value("p")[0], 1.5 * 2.0 * (4.0 + start - s))
    assert model.seconds == 1.0


def test_everything_that_is_not_supported_is_named_at_once():
    with pytest.raises(ReaderError) as caught:
        read_sbml(FILES / "refused.xml")
    text = str(caught.value)
    assert text.startswith("refused.xml: 9 problems, nothing was read\n")
    for part in (
        "assignment rule of `a`: `sin` is not supported.",
        "assignment rule of `a`: `floor` is not supported.",
        "assignment rule of `b`: a value from the past (`delay`) is not supported.",
        "assignment rule of `c`: the rate of change of a quantity (`rateOf`) is not supported.",
        "assignment rule of `d`: `factorial` is not supported.",
        "an algebraic rule is not supported.",
        "reaction `lawless`: has no kinetic law.",
        "event `late`: a delay is not supported.",
        "event `ranked`: a priority that is no number is not supported.",
    ):
        assert part in text
    lines = [int(line.split()[1]) for line in text.splitlines()[1:]]
    assert lines == sorted(lines)
    assert lines[0] > 10


HEAD = '<sbml xmlns="http://www.sbml.org/sbml/level{0}/version{1}{2}" level="{0}" version="{1}"'
MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'


def core(body, level=3, version=1):
    space = "/core" if level > 2 else ""
    return f'{HEAD.format(level, version, space)}><model id="m">{body}</model></sbml>'


LEVEL_1 = (
    '<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"><model name="m">'
    '<listOfCompartments><compartment name="c"/></listOfCompartments></model></sbml>'
)


def parameters(**values):
    return "<listOfParameters>{}</listOfParameters>".format(
        "".join(
            f'<parameter id="{name}" constant="false" '
            + (f'value="{value}"' if value is not None else "")
            + "/>"
            for name, value in values.items()
        )
    )


def rule(name, text, kind="assignmentRule"):
    return f'<{kind} variable="{name}">{MATH.format(text)}</{kind}>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<sbml", "nothing was read"),
        ("<html/>", "nothing was read"),
        (LEVEL_1, "Level 1 is not supported"),
        (core(f"{parameters(a=None)}<listOfRules>{rule('a', '<ci>a</ci>', 'rateRule')}"
              "</listOfRules>"), "parameter `a`: has no value."),
        (core(f"{parameters(a=1)}<listOfRules>{rule('a', '<ci>b</ci>', 'rateRule')}"
              "</listOfRules>"), "'b'"),
        (core(f"{parameters(a=1)}<listOfRules>"
              + rule("a", "<apply><divide/><cn>1</cn><cn>0</cn></apply>", "rateRule")
              + "</listOfRules>"), "`a`: Expression.* is divided by the number 0."),
        (core(f"{parameters(a=1)}<listOfRules>{rule('a', '<infinity/>', 'rateRule')}"
              "</listOfRules>"), "inf in a formula is not supported."),
        (core(f"{parameters(a=1, b=2)}<listOfRules>{rule('a', '<ci>b</ci>')}"
              f"{rule('b', '<ci>a</ci>')}</listOfRules>"), "nothing was read"),
        (core("").replace('level="3"', 'xmlns:comp="http://www.sbml.org/sbml/level3/version1/'
              'comp/version1" comp:required="true" level="3"'), "package `comp` is not supported."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text, message):
    with pytest.raises(ReaderError, match=message):
        read_sbml(text)


def test_a_fast_reaction_is_refused():
    species = (
        '<listOfCompartments><compartment id="c" size="1" constant="true"/></listOfCompartments>'
        '<listOfSpecies><species id="s" compartment="c" initialAmount="1" constant="false" '
        'boundaryCondition="false" hasOnlySubstanceUnits="true"/></listOfSpecies>'
    )
    reaction = (
        '<listOfReactions><reaction id="r" reversible="false" fast="true"><listOfReactants>'
        '<speciesReference species="s" stoichiometry="1" constant="true"/></listOfReactants>'
        f"<kineticLaw>{MATH.format('<ci>s</ci>')}</kineticLaw></reaction></listOfReactions>"
    )
    with pytest.raises(ReaderError, match='reaction `r`: fast="true" is not supported'):
        read_sbml(core(species + reaction))
    assert read_sbml(core(species + reaction.replace('true"><listOfR', 'false"><listOfR')))


def test_a_function_without_end_and_a_missing_file(tmp_path):
    with pytest.raises(ReaderError, match=r"missing\.xml cannot be read"):
        read_sbml(tmp_path / "missing.xml")


def test_without_libsbml_one_clear_message(monkeypatch):
    monkeypatch.setitem(sys.modules, "libsbml", None)
    with pytest.raises(EngineError, match=r"pip install 'exocast\[sbml\]'"):
        read_sbml(FILES / "rules.xml")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda model: model.inputs({"signall": 1.0}), "Did you mean `signal`?"),
        (lambda model: model.inputs({"last": 1.0}), "`last` follows a rule"),
        (lambda model: model.inputs({"signal": [1.0, 2.0], "growth": [1.0, 2.0, 3.0]}), "2, 3"),
        (lambda model: model.inputs({"signal": [[1.0]]}), "one number, or one a member"),
        (lambda model: model.values("x", [[[0.0] * 4]], [[0.0] * 3], [0.0]), "no quantity `x`"),
        (lambda model: model.add_to(Network(), replace={"x": 1.0}), "no quantity `x`"),
    ],
)
def test_messages_about_quantities(call, message):
    with pytest.raises(EngineError, match=message):
        call(read_sbml(FILES / "rules.xml"))


def test_what_an_event_sets_cannot_be_replaced():
    with pytest.raises(EngineError, match="event `first` sets `drug`, which something else"):
        read_sbml(FILES / "events.xml").add_to(Network(), replace={"drug": 1.0})


def test_a_model_driven_by_another_network_with_another_unit_of_time():
    """The exchange of hours, fed in seconds by a clearance that something else decides."""
    model = read_sbml(FILES / "exchange.xml")
    network = Network()
    driver = network.state("driver", 1e-6)
    network.move(driver, None, 1.0 / 7200.0)
    symbols = model.add_to(
        network,
        replace={"clearance": 0.7 * driver},
        time_unit=model.seconds,
        prefix="drug model: ",
    )
    network.integral("exposure", symbols["drug"] / 3600.0, 1e-6)
    joined = network.compile()
    assert joined.state_names[:2] == ("driver", "drug model: drug")
    places = [joined.state_names.index(f"drug model: {name}") for name in model.network.state_names]
    start = np.zeros((1, len(joined.state_names)))
    start[0, 0] = 1.0
    start[0, places] = model.start
    known = dict(zip(model.network.parameter_names, model.parameters, strict=True))
    numbers = [[known[name.removeprefix("drug model: ")] for name in joined.parameter_names]]
    assert "drug model: clearance" not in joined.parameter_names
    seconds = np.array([0.0, 1800.0, 7200.0])
    solution = solve(joined, numbers, start, seconds, rtol=1e-9)

    alone = Network()
    drug, bound, gone, slow = (alone.state(name, 1e-6) for name in "abcd")
    alone.move(slow, None, 0.5)
    alone.flux(drug, bound, 5.0 * (drug / 4.0) / (3.0 + drug / 4.0))
    alone.flux(bound, drug, 0.4 * (bound / 10.0))
    alone.flux(drug, gone, 0.7 * slow * (drug / 4.0))
    twin = solve(alone.compile(), np.zeros((1, 0)), [[10.0, 1.0, 0.0, 1.0]], seconds / 3600.0)
    np.testing.assert_allclose(solution.amount[0][:, places], twin.amount[0][:, :3], rtol=1e-5)


def test_a_model_without_states_still_drives():
    model = read_sbml(
        core(f"{parameters(c=2.0, effect=None)}<listOfRules>"
             + rule("effect", "<apply><divide/><ci>c</ci><cn>4</cn></apply>")
             + "</listOfRules>")
    )  # fmt: skip
    network = Network()
    level = network.state("level", 1e-6)
    effect = model.add_to(network, replace={"c": level})["effect"]
    network.flux(None, level, 1.0 - effect * level)
    solution = solve(network.compile(), np.zeros((1, 0)), [[0.0]], [50.0])
    assert solution.amount[0, 0, 0] == pytest.approx(2.0)  # 1 = level**2 / 4
    with pytest.raises(EngineError, match="no states"):
        assert model.network


def test_a_model_can_be_sent_to_another_process():
    model = read_sbml(FILES / "events.xml")
    again = pickle.loads(pickle.dumps(model))
    assert again.network.digest == model.network.digest
