"""Nodes: sharing, folding, what is kept in front, and messages."""

import math

import numpy as np
import pytest

from exocast.engine.network import Network, exp, log, maximum, minimum, smooth_step, sqrt
from exocast.engine.operation import Operation, evaluate
from exocast.engine.reference import Formulas
from exocast.errors import EngineError


def value_of(build, amounts, numbers):
    """Evaluate ``build(states, parameters)`` as the rate of a state."""
    network = Network()
    states = [network.state(f"y{k}", 1.0) for k in range(len(amounts))]
    parameters = [network.parameter(f"p{k}") for k in range(len(numbers))]
    total = network.integral("total", build(states, parameters), 1.0)
    model = network.compile()
    formulas = Formulas(model)
    point = np.array([*amounts, 0.0])
    return formulas.rates(point, np.array(numbers))[total.position]


def test_the_same_formula_is_the_same_node():
    network = Network()
    a, b = network.parameter("a"), network.state("b", 1.0)
    assert network.parameter("a") is a
    assert a * b + 1.0 is 1.0 + b * a
    assert exp(a / b) is exp(a / b)


def test_numbers_fold():
    network = Network()
    a = network.parameter("a")
    assert (a * 0.0 + 3.0).value == 3.0
    assert a * 1.0 is a
    assert a + 0 is a
    assert a - a is network.parameter("a") * 0
    minus = -a
    assert -minus is a
    assert a**1 is a
    assert a**0.5 is sqrt(a)


def test_the_parameter_part_of_a_product_stays_together():
    network = Network()
    p, q = network.parameter("p"), network.parameter("q")
    x, y = network.state("x", 1.0), network.state("y", 1.0)
    product = (p * x) * (q * y)
    fixed, varying = product.arguments
    assert not fixed.varies
    assert fixed is p * q
    assert varying is x * y
    assert ((p * x) / q).arguments[0] is p / q or (p * x / q).arguments[0] is p * (1.0 / q)


def test_one_reciprocal_serves_every_rate_over_it():
    network = Network()
    x, k = network.state("x", 1.0), network.parameter("k")
    below = k + x
    first, second = 2.0 * x / below, 5.0 / below
    shared = {node for node in (*first.arguments, *second.arguments) for node in [node]}
    flat = {inner for node in shared for inner in (node, *node.arguments)}
    assert sum(node.operation is Operation.RECIPROCAL for node in flat) == 1


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda y, p: y[0] * p[0] - y[1] / p[1] + 4, 2.0 * 3.0 - 0.5 / 5.0 + 4),
        (lambda y, p: 1 / y[0] + np.float64(2.0) * y[1], 0.5 + 1.0),
        (lambda y, p: y[0] ** 3 / (p[0] ** 3 + y[0] ** 3), 8 / 35),
        (lambda y, p: y[0] ** p[1], 32.0),
        (lambda y, p: y[1] ** -2, 4.0),
        (lambda y, p: 2 ** y[0], 4.0),
        (lambda y, p: exp(-y[0]) * log(p[0]), math.exp(-2) * math.log(3)),
        (lambda y, p: sqrt(y[0]) - sqrt(-y[0]), math.sqrt(2)),
        (lambda y, p: (-y[0]) ** 1.5, 0.0),
        (lambda y, p: minimum(y[0], y[1]) + 10 * maximum(p[0], y[0]), 30.5),
        (lambda y, p: smooth_step(y[0], 0.0, 4.0), 0.5),
        (lambda y, p: smooth_step(y[0], 3, 4) + smooth_step(y[0], 0, 1), 1.0),
        (lambda y, p: p[1] - (p[0] - (y[0] - y[1])), 5.0 - (3.0 - 1.5)),
        (lambda y, p: -(y[0] - y[1]) / -p[0], 0.5),
    ],
)
def test_formulas_mean_what_they_say(build, expected):
    assert value_of(build, [2.0, 0.5], [3.0, 5.0]) == pytest.approx(expected, rel=1e-14)


def test_plain_evaluation_follows_ieee_where_python_raises():
    assert evaluate(Operation.DIVIDE, [1.0, 0.0]) == math.inf
    assert math.isnan(evaluate(Operation.DIVIDE, [0.0, 0.0]))
    assert evaluate(Operation.EXPONENTIAL, [1e4]) == math.inf
    assert evaluate(Operation.LOGARITHM, [0.0]) == -math.inf
    assert math.isnan(evaluate(Operation.LOGARITHM, [-1.0]))
    assert evaluate(Operation.POWER, [0.0, -1.5]) == math.inf
    assert math.isnan(evaluate(Operation.SQUARE_ROOT, [math.nan]))


def test_an_expression_has_no_truth_value():
    with pytest.raises(EngineError, match=r"no truth value.*smooth_step"):
        bool(Network().parameter("a"))


def test_networks_do_not_mix():
    with pytest.raises(EngineError, match="belongs to another network"):
        Network().parameter("a") + Network().parameter("b")


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_constants_are_finite(number):
    with pytest.raises(EngineError, match="finite"):
        Network().parameter("a") * number


def test_dividing_by_the_number_zero_is_refused():
    with pytest.raises(EngineError, match="divided by the number 0"):
        Network().parameter("a") / 0


def test_a_choice_needs_an_expression():
    with pytest.raises(EngineError, match="at least one expression"):
        minimum(1.0, 2.0)
