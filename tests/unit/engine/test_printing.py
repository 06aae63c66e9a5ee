"""Equations as text: what is printed computes what was declared."""

import math

import numpy as np
import pytest

from exocast.engine.network import Network, exp, log, maximum, minimum, sqrt
from exocast.engine.printing import definitions, terms
from exocast.engine.reference import Formulas

CASES = [
    lambda x, y, k: k * x / (1 + x + y),
    lambda x, y, k: -(x - y) * (x + y) - (k - (x - 2)),
    lambda x, y, k: x / (y * (k + 1)) / (x + 3),
    lambda x, y, k: (x + y) ** k / (k**x + y ** (x * y)),
    lambda x, y, k: exp(-k * x) * log(y + k) + sqrt(x) - minimum(x, y) * maximum(k, x),
    lambda x, y, k: -2.5e-7 * x + 1e300 * y * -3 / (x * x),
    lambda x, y, k: 1 / (1 / x + 1 / y),
]


@pytest.mark.parametrize("build", CASES)
def test_infix_round_trip(build):
    network = Network()
    x, y, k = network.state("x", 1.0), network.state("y", 1.0), network.parameter("k")
    network.flux(x, y, build(x, y, k))
    model = network.compile()
    scope = {
        "x": 1.25, "y": 0.75, "k": 2.5, "exp": math.exp, "log": math.log, "sqrt": math.sqrt,
        "minimum": min, "maximum": max,
    }  # fmt: skip
    rates = Formulas(model).rates(np.array([1.25, 0.75]), np.array([2.5]))
    for equation, rate in zip(model.equations(), rates, strict=True):
        right = equation.infix.split(" = ")[1]
        assert eval(right, {"__builtins__": {}}, scope) == pytest.approx(rate, rel=1e-13)


def test_equations_are_readable():
    network = Network()
    blood = network.state("blood.small_ev.0", 1.0)
    liver = network.state("liver", 1.0)
    most, half = network.parameter("most"), network.parameter("half")
    network.move(blood, liver, most / (half + blood))
    network.flux(None, blood, 3)
    first, second = network.compile().equations()
    name = "blood.small_ev.0"
    assert first.infix == f"d[{name}]/dt = -most*{name}/({name} + half) + 3" or (
        first.infix == f"d[{name}]/dt = -most*{name}/(half + {name}) + 3"
    )
    assert second.latex.startswith(r"\frac{d\,\mathrm{liver}}{dt} = \frac{")
    assert r"blood.small\_ev.0" in second.latex
    assert second.latex.count("{") == second.latex.count("}")


def test_a_state_nobody_moves_stands_still():
    network = Network()
    network.state("idle", 1.0)
    assert network.compile().equations()[0].infix == "d[idle]/dt = 0"


def test_what_rates_share_is_written_once():
    network = Network()
    x, y, k = network.state("x", 1.0), network.state("y", 1.0), network.parameter("k")
    shared = exp(-k * (x + y)) / (1 + k * x)
    for _ in range(60):  # written out, the last would be 2**60 long
        shared = shared * (k + shared) / (2 + shared + k * y)
    network.flux(x, y, shared * shared)
    network.flux(y, None, 3 * shared**5 - shared)
    model = network.compile()
    scope = {"x": 0.4, "y": 0.7, "k": 0.3, "exp": math.exp}
    for place, one in enumerate(definitions(model)):
        assert one.latex.count("{") == one.latex.count("}")
        name, right = one.infix.split(" = ")
        assert name == one.name == f"shared.{place + 1}"
        scope[name.replace(".", "_")] = eval(right.replace("shared.", "shared_"), {}, scope)
    rates = Formulas(model).rates(np.array([0.4, 0.7]), np.array([0.3]))
    for equation, rate in zip(model.equations(), rates, strict=True):
        assert len(equation.infix) < 200
        right = equation.infix.split(" = ")[1].replace("shared.", "shared_")
        assert eval(right, {}, scope) == pytest.approx(rate, rel=1e-12)


def test_terms_add_up_to_what_is_printed():
    network = Network()
    a, b, k = network.state("a", 1.0), network.state("b", 1.0), network.parameter("k")
    network.move(a, b, k)
    network.flux(None, b, (a + 2) * b - 3 * k)
    rates, _ = terms(network.compile(), lambda name: f"<{name}>")
    assert rates == {"a": ["-<k>*<a>"], "b": ["+<k>*<a>", "+<b>*(2 + <a>)", "-3*<k>"]}
