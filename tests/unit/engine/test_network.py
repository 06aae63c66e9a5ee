"""Declaring networks: names, wiring of passengers, and messages."""

import copy
import pickle

import numpy as np
import pytest

from exocast.engine.network import Network, State
from exocast.errors import EngineError, WiringError


@pytest.fixture
def two():
    network = Network()
    return network, network.state("blood", 1.0), network.state("liver", 1.0)


def test_parameters_keep_the_order_of_first_use(two):
    network, blood, liver = two
    network.move(blood, liver, network.parameter("b") + network.parameter("a"))
    network.parameter("b")
    assert network.compile().parameter_names == ("b", "a")


def test_a_passenger_without_loss_makes_no_states(two):
    network, blood, liver = two
    before = len(network.compile().state_names)
    label = network.passenger("dye", [blood, liver])
    assert len(network.compile().state_names) == before
    assert label.copies is network.parameter("dye.copies")
    assert label.at(liver) is label.copies * liver


def test_a_passenger_with_loss_has_a_state_in_every_place(two):
    network, blood, liver = two
    gone = network.state("gone", 1.0)
    network.move(blood, liver, network.parameter("k"))
    cargo = network.passenger("rna", [blood, liver], loss={liver: (0.5, gone)}, scale=3.0)
    model = network.compile()
    assert model.state_names == ("blood", "liver", "gone", "rna@blood", "rna@liver")
    assert isinstance(cargo.at(blood), State)
    assert cargo.copies is None
    np.testing.assert_array_equal(model.scale, [1, 1, 1, 3, 3])
    text = {equation.state: equation.infix for equation in model.equations()}
    assert text["rna@liver"] == "d[rna@liver]/dt = -0.5*rna@liver + k*rna@blood"
    assert text["gone"] == "d[gone]/dt = 0.5*rna@liver"


def test_moves_declared_after_a_passenger_are_ridden_too(two):
    network, blood, liver = two
    gone = network.state("gone", 1.0)
    network.passenger("rna", [blood, liver], loss={liver: (0.5, gone)})
    network.move(liver, blood, 2.0)
    text = {equation.state: equation.infix for equation in network.compile().equations()}
    assert text["rna@blood"] == "d[rna@blood]/dt = 2*rna@liver"


def test_leaving_the_places_of_a_passenger_needs_a_pool(two):
    network, blood, liver = two
    gone = network.state("gone", 1.0)
    network.move(blood, gone, 1.0)
    network.move(liver, gone, 1.0)
    network.passenger("rna", [blood, liver], loss={liver: (0.5, gone)})
    with pytest.raises(WiringError, match=r"`rna` from `blood` to `gone`; .*`leaves`"):
        network.compile()


@pytest.mark.parametrize("mapping", [False, True])
def test_a_pool_takes_what_leaves(two, mapping):
    network, blood, liver = two
    gone, pool = network.state("gone", 1.0), network.state("pool", 1.0)
    network.move(blood, gone, 1.0)
    network.passenger(
        "rna", [blood, liver], loss={liver: (0.5, gone)}, leaves={gone: pool} if mapping else pool
    )
    text = {equation.state: equation.infix for equation in network.compile().equations()}
    assert text["pool"] == "d[pool]/dt = rna@blood"


def test_messages_name_what_is_wrong(two):
    network, blood, liver = two
    cargo = network.passenger("rna", [blood], loss={blood: (1.0, None)})
    other = Network().state("elsewhere", 1.0)
    with pytest.raises(EngineError, match="already"):
        network.state("blood", 1.0)
    with pytest.raises(EngineError, match="positive, finite scale"):
        network.state("kidney", 0.0)
    with pytest.raises(EngineError, match="needs a name"):
        network.parameter("")
    with pytest.raises(EngineError, match="to itself"):
        network.move(blood, blood, 1.0)
    with pytest.raises(EngineError, match="to itself"):
        network.flux(None, None, 1.0)
    with pytest.raises(EngineError, match="another network"):
        network.move(blood, other, 1.0)
    with pytest.raises(EngineError, match="another network"):
        network.flux(blood, liver, other * 1.0)
    with pytest.raises(EngineError, match="not a state"):
        network.flux(blood, 2.0 * liver, 1.0)
    with pytest.raises(EngineError, match="`rna` is already"):
        network.passenger("rna", [blood])
    with pytest.raises(WiringError, match="not carried at `liver`"):
        cargo.at(liver)
    with pytest.raises(WiringError, match="cannot ride the passenger"):
        network.passenger("dye", [cargo.at(blood)])
    with pytest.raises(WiringError, match="declare a flux"):
        network.move(cargo.at(blood), liver, 1.0)
    with pytest.raises(WiringError, match="not one of its"):
        network.passenger("dye", [blood], loss={liver: (1.0, None)})
    with pytest.raises(WiringError, match="at least one place"):
        network.passenger("dye", [])
    with pytest.raises(EngineError, match="no states"):
        Network().compile()
    model = network.compile()
    with pytest.raises(EngineError, match="Did you mean `blood`"):
        model.state("blod")
    with pytest.raises(EngineError, match="no parameter"):
        model.parameter("k")
    assert model.state("liver") == 1


def test_a_compiled_network_travels(two):
    network, blood, liver = two
    network.move(blood, liver, network.parameter("k") / (1 + blood))
    model = network.compile()
    again = pickle.loads(pickle.dumps(model))
    assert again.digest == model.digest
    assert copy.deepcopy(model).state_names == model.state_names
    network.move(liver, blood, network.parameter("k"))
    assert network.compile().digest != model.digest


def test_two_builds_have_one_digest():
    def build(k):
        network = Network()
        a, b = network.state("a", 1.0), network.state("b", 1.0)
        network.move(a, b, network.parameter("k") * k)
        return network.compile().digest

    assert build(2.0) == build(2.0)
    assert build(2.0) != build(3.0)


def filling(k=2.0, scale=1.0, signed=False, name="a", parameter="k", knots=(0.0, 1.0), trigger=5.0):
    """Build a network in which everything that a declaration holds has a place."""
    network = Network()
    a, b = network.state(name, scale, signed=signed), network.state("b", 1.0)
    network.move(a, b, network.parameter(parameter) * k / (1 + a))
    network.flux(None, b, network.table([0.0, 2.0], knots))
    network.event(trigger - b, {a: 1.0})
    return network


def test_equal_networks_compile_once():
    first = filling().compile()
    assert filling().compile() is first
    others = [
        filling(k=3.0),
        filling(scale=2.0),
        filling(signed=True),
        filling(name="c"),
        filling(parameter="m"),
        filling(knots=(0.0, 2.0)),
        filling(trigger=4.0),
    ]
    found = {id(network.compile()) for network in others}
    assert len(found | {id(first)}) == len(others) + 1


def test_what_is_shared_cannot_be_written():
    model = filling().compile()
    for part in (model.tape, model.listing, model):
        for array in vars(part).values():
            assert not isinstance(array, np.ndarray) or not array.flags.writeable


def test_few_compiled_networks_are_kept():
    from exocast.engine import remembering

    first = filling().compile()
    for k in range(remembering.KEPT):
        filling(k=10.0 + k).compile()
    assert len(remembering._known) == remembering.KEPT
    again = filling().compile()
    assert again is not first
    assert again.digest == first.digest
