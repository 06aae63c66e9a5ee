"""Derivatives against SymPy and finite differences, and what the tape makes of them."""

import itertools

import numpy as np
import pytest
import sympy

from exocast.engine.calculus import Differentiator, spread
from exocast.engine.elimination import plan
from exocast.engine.network import Network, exp, log, maximum, minimum, smooth_step, sqrt
from exocast.engine.operation import Operation
from exocast.engine.reference import Formulas

SYMPY = {
    Operation.ADD: lambda a, b: a + b,
    Operation.SUBTRACT: lambda a, b: a - b,
    Operation.NEGATE: lambda a: -a,
    Operation.MULTIPLY: lambda a, b: a * b,
    Operation.DIVIDE: lambda a, b: a / b,
    Operation.RECIPROCAL: lambda a: 1 / a,
    Operation.POWER: lambda a, b: a**b,
    Operation.EXPONENTIAL: sympy.exp,
    Operation.LOGARITHM: sympy.log,
    Operation.SQUARE_ROOT: sympy.sqrt,
    Operation.MINIMUM: lambda a, b: sympy.Piecewise((a, a < b), (b, True)),
    Operation.MAXIMUM: lambda a, b: sympy.Piecewise((a, a > b), (b, True)),
    Operation.GREATER: lambda a, b: sympy.Piecewise((1, a > b), (0, True)),
    Operation.SELECT: lambda c, a, b: sympy.Piecewise((a, sympy.Ne(c, 0)), (b, True)),
}


def to_sympy(node):
    if node.operation is Operation.CONSTANT:
        return sympy.Float(node.value, 30) if node.value != int(node.value) else int(node.value)
    if not node.arguments:
        return sympy.Symbol(node.name, positive=True)
    return SYMPY[node.operation](*[to_sympy(argument) for argument in node.arguments])


FORMULAS = [
    lambda y, p: p[0] * y[0] / (p[1] + y[0] + y[1] + y[2]),
    lambda y, p: p[0] * y[0] ** 3 / (p[1] ** 3 + y[0] ** 3) * y[2],
    lambda y, p: (y[0] * y[1] - y[2]) / (y[0] + 2 * y[1]) / p[0],
    lambda y, p: exp(-p[0] * y[0]) * log(y[1] + p[1]) - sqrt(y[2] + y[0]),
    lambda y, p: y[0] ** p[1] + p[0] ** y[1] + y[2] ** y[0],
    lambda y, p: minimum(y[0], p[0] * y[1]) * maximum(y[2], 0.25) + maximum(y[0], y[1]) ** 2,
    lambda y, p: smooth_step(y[0], 0.5, 4.0) * y[1],
    lambda y, p: -(y[0] - (y[1] - (p[0] - y[2]))) * (y[0] + y[1]) - y[2] / (1 + y[2]) ** 2,
]


SMOOTH = 6  # SymPy takes seconds over its pieces; finite differences check it below


@pytest.mark.parametrize("build", FORMULAS[:SMOOTH] + FORMULAS[SMOOTH + 1 :])
def test_gradients_agree_with_sympy(build):
    network = Network()
    y = [network.state(f"y{k}", 1.0) for k in range(3)]
    p = [network.parameter(f"p{k}") for k in range(2)]
    rate = build(y, p)
    values = {"y0": 1.3, "y1": 0.7, "y2": 2.1, "p0": 1.7, "p1": 2.4}
    point = {sympy.Symbol(name, positive=True): value for name, value in values.items()}
    gradient = Differentiator().gradient(rate)
    expected = to_sympy(rate)
    for k, state in enumerate(y):
        wanted = float(expected.diff(sympy.Symbol(state.name, positive=True)).subs(point))
        slope = gradient.get(k)
        got = 0.0 if slope is None else float(sympy.sympify(to_sympy(slope)).subs(point))
        assert got == pytest.approx(wanted, rel=1e-12, abs=1e-14)


def busy_network():
    network = Network()
    y = [network.state(f"y{k}", 1.0) for k in range(3)]
    p = [network.parameter(f"p{k}") for k in range(2)]
    for k, build in enumerate(FORMULAS):
        network.flux(y[k % 3], y[(k + 1) % 3] if k % 2 else None, build(y, p))
    return network.compile()


def test_the_jacobian_agrees_with_finite_differences():
    model = busy_network()
    formulas = Formulas(model)
    point, numbers = np.array([1.3, 0.7, 2.1]), np.array([1.7, 2.4])
    jacobian = formulas.jacobian(point, numbers).toarray()
    for k in range(3):
        step = np.zeros(3)
        step[k] = 1e-5
        ahead, behind = (formulas.rates(point + sign * step, numbers) for sign in (1, -1))
        np.testing.assert_allclose(jacobian[:, k], (ahead - behind) / 2e-5, rtol=1e-8, atol=1e-8)


def run_tape(model, amounts, numbers):
    """Evaluate a tape in Python: rates, Jacobian entries and the entries' products."""
    tape = model.tape
    binary = {6: np.multiply, 7: np.divide, 13: min, 14: max, 15: lambda a, b: float(a > b)}
    unary = {8: lambda a: 1 / a, 10: np.exp, 11: np.log, 12: np.sqrt}

    def execute(code, registers):
        at = 0
        while at < len(code):
            operation, count, to = code[at : at + 3]
            at += 3
            for register in range(to, to + count):
                if operation == 3:
                    added, taken = code[at : at + 2]
                    places = code[at + 2 : at + 2 + added + taken]
                    at += 2 + added + taken
                    signs = [1] * added + [-1] * taken
                    result = sum(
                        sign * registers[place] for sign, place in zip(signs, places, strict=True)
                    )
                elif operation in unary:
                    result = unary[operation](registers[code[at]])
                    at += 1
                elif operation == 9:
                    result = max(registers[code[at]], 0.0) ** registers[code[at + 1]]
                    at += 2
                elif operation == 16:
                    chosen, a, b = (registers[place] for place in code[at : at + 3])
                    result = a if chosen else b
                    at += 3
                else:
                    result = binary[operation](*(registers[place] for place in code[at : at + 2]))
                    at += 2
                registers[register] = result

    setup = np.zeros(tape.setup_size)
    setup[: len(tape.constants)] = tape.constants
    setup[len(tape.constants) : len(tape.constants) + len(numbers)] = numbers
    execute(tape.setup_code.tolist(), setup)
    registers = np.zeros(tape.size)
    registers[: len(tape.kept)] = setup[tape.kept]
    first = len(tape.kept)
    registers[first : first + len(amounts)] = np.asarray(amounts)[tape.order]
    execute(tape.rate_code.tolist(), registers)
    execute(tape.slope_code.tolist(), registers)

    rates = np.zeros(len(amounts))
    at = 0
    for row, (linear, added, taken) in enumerate(tape.row_shape):
        total = registers[tape.row_constant[row]]
        for _ in range(linear):
            slot, column = tape.row_index[at : at + 2]
            total += registers[slot] * registers[first + column]
            at += 2
        total += registers[tape.row_index[at : at + added]].sum()
        total -= registers[tape.row_index[at + added : at + added + taken]].sum()
        at += added + taken
        rates[tape.order[row]] = total

    jacobian = np.zeros((len(amounts), len(amounts)))
    at = 0
    for row in range(len(amounts)):
        for entry in range(tape.row_start[row], tape.row_start[row + 1]):
            slot, added, taken, pairs = tape.entry_shape[entry]
            value = registers[slot] + registers[tape.entry_index[at : at + added]].sum()
            value -= registers[tape.entry_index[at + added : at + added + taken]].sum()
            at += added + taken + 2 * pairs
            jacobian[tape.order[row], tape.order[tape.column[entry]]] = value
    return rates, jacobian


def test_the_tape_computes_the_declared_rates_and_jacobian():
    model = busy_network()
    formulas = Formulas(model)
    point, numbers = np.array([1.3, 0.7, 2.1]), np.array([1.7, 2.4])
    rates, jacobian = run_tape(model, point, numbers)
    np.testing.assert_allclose(rates, formulas.rates(point, numbers), rtol=1e-13)
    np.testing.assert_allclose(
        jacobian, formulas.jacobian(point, numbers).toarray(), rtol=1e-12, atol=1e-13
    )


def test_linear_rates_leave_no_work_for_the_steps():
    network = Network()
    y = [network.state(f"y{k}", 1.0) for k in range(4)]
    k = network.parameter("k")
    for a, b in itertools.pairwise(y):
        network.move(a, b, k / network.parameter("volume"))
        network.flux(b, a, k * (b - a / 3) / 2)
    tape = network.compile().tape
    assert len(tape.rate_code) == 0
    assert len(tape.slope_code) == 0


def test_a_rate_is_split_into_constant_linear_and_rest():
    network = Network()
    a, b = network.state("a", 1.0), network.state("b", 1.0)
    p = network.parameter("p")
    split = spread(p * (2 * a - b * p + 3) - a * b)
    assert split.linear[0] is p * 2
    assert split.linear[1] is -(p * p)
    assert split.constant is p * 3
    assert split.rest == [(-1, a * b)]


@pytest.mark.parametrize("seed", range(4))
def test_the_elimination_plan_solves(seed):
    random = np.random.default_rng(seed)
    size = 40
    matrix = np.where(random.random((size, size)) < 0.06, random.standard_normal((size, size)), 0)
    matrix += np.diag(5.0 + np.abs(matrix).sum(axis=0))
    made = plan(size, zip(*np.nonzero(matrix), strict=True))
    permuted = matrix[np.ix_(made.order, made.order)]
    entries = [(row, column) for row, columns in enumerate(made.rows) for column in columns]
    values = np.zeros(len(entries))
    place = {pair: number for number, pair in enumerate(entries)}
    for number, (row, column) in enumerate(entries):
        value = permuted[row, column] - sum(values[a] * values[b] for a, b in made.products[number])
        values[number] = value / values[place[column, column]] if column < row else value
    lower, upper = np.eye(size), np.zeros((size, size))
    for (row, column), value in zip(entries, values, strict=True):
        (lower if column < row else upper)[row, column] = value
    np.testing.assert_allclose(lower @ upper, permuted, atol=1e-12)
    assert sorted(made.order) == list(range(size))


def test_size_classes_that_share_an_uptake_stay_in_their_organ():
    """Eight classes, twelve organs: joining the organs would need 144,000 products."""
    classes, organs = 8, 12
    entries = []
    for organ in range(organs):
        for k in range(classes):
            here = classes * (1 + organ) + k
            entries += [(k, here), (here, k)]
            entries += [(here, classes * (1 + organ) + other) for other in range(classes)]
    made = plan(classes * (1 + organs), entries)
    assert sum(map(len, made.products)) < 12 * 512 + 512


def test_a_chain_of_sums_is_differentiated_in_linear_time():
    network = Network()
    states = [network.state(f"y{k}", 1.0) for k in range(3000)]
    total = sum(states[1:], states[0])
    gradient = Differentiator().gradient(total * total)
    assert len(gradient) == 3000
