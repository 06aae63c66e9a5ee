"""Problems that break solvers: stiff chemistry, tight binding, growth, scales far apart.

References
----------
Mazzia and Magherini 2008, Test Set for Initial Value Problem Solvers, release 2.4, problem HIRES.
Mager and Jusko 2001, J. Pharmacokinet. Pharmacodyn. 28:507, doi 10.1023/A:1014414520282.
"""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from exocast.engine.network import Network
from exocast.engine.solve import Doses, solve


def error(solution, truth, scale):
    """Return the worst error in the norm that the tolerance is asked in."""
    return float(np.max(np.abs(solution - truth) / (np.abs(truth) + scale)))


@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-8])
def test_hires(rtol):
    """Growth and differentiation of plant tissue under light: eight states."""
    network = Network()
    y = [network.state(f"y{k + 1}", 1e-4) for k in range(8)]
    rates = [
        -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007,
        1.71 * y[0] - 8.75 * y[1],
        -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4],
        8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3],
        -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6],
        -280.0 * y[5] * y[7] + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6],
        280.0 * y[5] * y[7] - 1.81 * y[6],
        -280.0 * y[5] * y[7] + 1.81 * y[6],
    ]
    for state, rate in zip(y, rates, strict=True):
        network.flux(None, state, rate)
    start = [[1.0, 0, 0, 0, 0, 0, 0, 0.0057]]
    solution = solve(network.compile(), np.zeros((1, 0)), start, [321.8122], rtol=rtol)
    printed = [
        0.7371312573325668e-3, 0.1442485726316185e-3, 0.5888729740967575e-4,
        0.1175651343283149e-2, 0.2386356198831331e-2, 0.6238968252742796e-2,
        0.2849998395185769e-2, 0.2850001604814231e-2,
    ]  # fmt: skip
    assert error(solution.amount[0, 0], np.array(printed), 1e-4) < 10.0 * rtol


def binding(kon):
    """Target-mediated disposition: drug, target and complex, with turnover of the target."""
    network = Network()
    drug, target, complexed = (network.state(name, 1e-3) for name in ("drug", "target", "complex"))
    lost, spent = network.state("lost", 1e-3), network.state("spent", 1e-3)
    network.flux(drug, None, kon * drug * target)
    network.flux(target, None, kon * drug * target)
    network.flux(None, complexed, kon * drug * target)
    network.flux(complexed, None, 1e-3 * kon * complexed)
    network.flux(None, drug, 1e-3 * kon * complexed)
    network.flux(None, target, 1e-3 * kon * complexed + network.parameter("made"))
    network.move(target, spent, 0.5)
    network.move(complexed, lost, 0.2)
    network.flux(None, spent, 0.2 * complexed)  # a complex is one drug and one target
    network.move(drug, lost, network.parameter("clearance"))
    return network.compile()


@pytest.mark.parametrize("kon", [1e2, 1e4, 1e6])
def test_target_mediated_disposition(kon):
    """Binding of up to a million a unit of time, in quasi-equilibrium with slow turnover."""
    model = binding(kon)
    random = np.random.default_rng(4)
    parameters = np.exp(0.3 * random.standard_normal((9, 2))) * [0.5, 0.1]
    order = [model.parameter(name) for name in ("made", "clearance")]
    parameters = parameters[:, np.argsort(order)]
    start = np.tile([0.0, 1.0, 0.0, 0.0, 0.0], (9, 1))
    times = np.array([0.5, 2.0, 10.0, 40.0])
    dose = Doses([0, 0], [0.0, 10.0], [10.0, 5.0])
    loose = solve(model, parameters, start, times, dose, rtol=1e-6)
    tight = solve(model, parameters, start, times, dose, rtol=1e-11)
    assert loose.finished.all()
    assert tight.finished.all()
    assert error(loose.amount, tight.amount, 1e-3) < 1e-5
    twin = solve(model, parameters[:2], start[:2], times, dose, rtol=1e-9, engine="reference")
    assert error(twin.amount, tight.amount[:2], 1e-3) < 1e-5
    drug, target, complexed, lost, spent = np.moveaxis(loose.amount, -1, 0)
    given = np.broadcast_to(np.where(times >= 10.0, 15.0, 10.0), drug.shape)
    np.testing.assert_allclose(drug + complexed + lost, given, rtol=1e-12)
    made = 1.0 + parameters[:, [model.parameter("made")]] * times
    np.testing.assert_allclose(target + complexed + spent, made, rtol=1e-11)


def test_growth_and_states_of_very_different_size():
    """Vesicles by the 1e12, copies by the thousandth, and a tumour that grows."""
    network = Network()
    vesicles = network.state("vesicles", 1e3)
    inside = network.state("inside", 1e3)
    free = network.state("free", 1e-9)
    tumour = network.state("tumour", 1e-3)
    network.move(vesicles, inside, 1e-9 * tumour)
    network.move(vesicles, None, 3.0)
    network.flux(None, free, 1e-15 * inside)
    network.move(free, None, 0.2)
    network.flux(None, tumour, network.parameter("growth") * tumour * (1.0 - tumour / 2e9))
    model = network.compile()
    growth = np.array([[0.1], [0.4]])
    start = np.tile([1e12, 0.0, 0.0, 1e6], (2, 1))
    times = np.linspace(0.0, 30.0, 7)
    solution = solve(model, growth, start, times, rtol=1e-7)
    assert solution.finished.all()
    logistic = 2e9 / (1.0 + (2e9 / 1e6 - 1.0) * np.exp(-growth * times))
    np.testing.assert_allclose(solution.amount[:, :, 3], logistic, rtol=1e-6)
    for member in range(2):

        def rates(_, y, rate=growth[member, 0]):
            taken = 1e-9 * y[3] * y[0]
            return [
                -taken - 3.0 * y[0],
                taken,
                1e-15 * y[1] - 0.2 * y[2],
                rate * y[3] * (1 - y[3] / 2e9),
            ]

        truth = solve_ivp(
            rates,
            (0, 30),
            start[member],
            "Radau",
            times,
            rtol=1e-11,
            atol=[1e-8, 1e-8, 1e-20, 1e-14],
        ).y.T
        scale = np.array([1e3, 1e3, 1e-9, 1e-3])
        assert error(solution.amount[member], truth, scale) < 1e-6


def test_what_moves_in_a_stiff_network_is_conserved_to_rounding():
    network = Network()
    places = [network.state(f"p{k}", 1e-6) for k in range(6)]
    for k, (source, target) in enumerate(zip(places, places[1:] + places[:1], strict=True)):
        network.move(source, target, network.parameter(f"r{k}") / (1.0 + 0.1 * places[0]))
    parameters = 10.0 ** np.random.default_rng(2).uniform(-4, 6, (40, 6))
    start = np.tile([1e6, 0, 0, 0, 0, 0.0], (40, 1))
    solution = solve(network.compile(), parameters, start, np.geomspace(1e-6, 1e4, 12), rtol=1e-5)
    assert solution.finished.all()
    np.testing.assert_allclose(solution.amount.sum(axis=2), 1e6, rtol=1e-12)
