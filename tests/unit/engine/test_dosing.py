"""The door of dosing records: shapes, contradictions, and what has no steady state."""

import numpy as np
import pytest

from exocast.engine.dosing import Records, schedule
from exocast.engine.network import Network, exp
from exocast.engine.settling import Cycle, passive, settle
from exocast.engine.solve import DoseKind
from exocast.errors import EngineError


def absorbed():
    network = Network()
    depot, blood, urine = (network.state(name, 1e-3) for name in ("depot", "blood", "urine"))
    network.move(depot, blood, network.parameter("ka"))
    network.move(blood, urine, network.parameter("k"))
    area = network.integral("area", blood, 1e-3)
    network.integral("area of area", area, 1e-3)
    return network


@pytest.fixture(scope="module")
def model():
    return absorbed().compile()


def test_one_number_is_one_record(model):
    doses = schedule(model, Records("blood", 1.0, 2.0)).doses
    assert doses.time.tolist() == [1.0]
    assert doses.state.tolist() == [1]


def test_what_members_share_stays_shared(model):
    doses = schedule(model, Records("blood", [0.0, 24.0], [[1.0], [2.0]], addl=1, ii=12.0)).doses
    assert doses.time.tolist() == [0.0, 12.0, 24.0, 36.0]
    assert doses.amount.tolist() == [[1.0] * 4, [2.0] * 4]


def test_a_record_that_never_happens_leaves_no_dose(model):
    doses = schedule(model, Records("blood", [0.0, np.inf], [1.0, np.nan], evid=[1, 9])).doses
    assert doses.time.tolist() == [0.0]
    assert schedule(model, Records("blood", np.inf, 1.0)).doses.time.shape == (0,)


def test_a_missing_number_is_left_to_the_status(model):
    doses = schedule(model, Records("blood", [[0.0], [np.nan]], [[np.nan], [1.0]])).doses
    assert np.isnan(doses.amount[0, 0])
    assert np.isnan(doses.time[1, 0])


def test_members_may_dose_different_states(model):
    doses = schedule(model, Records([["blood"], ["depot"]], 1.0, 2.0)).doses
    assert doses.state.tolist() == [0, 1]
    assert doses.time.tolist() == [[np.inf, 1.0], [1.0, np.inf]]


def test_a_reset_comes_before_its_dose(model):
    doses = schedule(model, Records("blood", 5.0, 2.0, evid=4, lag=1.0)).doses
    assert doses.kind.tolist() == [DoseKind.RESET, DoseKind.ADD]
    assert doses.time.tolist() == [5.0, 6.0]


def test_every_contradiction_is_named_at_once(model):
    records = Records(
        state="blood",
        time=[0.0, -1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
        amount=[1.0, 1.0, 0.0, 0.0, 1.0, -1.0, 1.0, 1.0],
        rate=[-1.0, -2.0, 1.0, 1.0, 2.0, -3.0, 0.0, 0.0],
        duration=[0.0, 0.0, 0.0, 0.0, 3.0, 0.0, -1.0, 0.0],
        addl=[0, 0, 0, 2, 1.5, 0, 0, 0],
        ii=[0.0, 0.0, 0.0, 4.0, 2.0, 0.0, -1.0, 0.0],
        ss=[0, 0, 0, 1, 0, 4, 0, 1],
        evid=[1, 1, 1, 1, 1, 1, 1, 2],
        lag=[-1.0, 0, 0, 0, 0, 0, 0, 0],
        bioavailability=[-1.0, 1, 1, 1, 1, 1, 1, 1],
    )
    with pytest.raises(EngineError, match="Dose records cannot be read") as caught:
        schedule(model, records)
    said = str(caught.value)
    for part in (
        "record 0: rate -1 needs its rate",
        "record 0: lag is below 0",
        "record 0: bioavailability is below 0",
        "record 1: time is before 0",
        "record 1: rate -2 needs its duration",
        "record 2: an infusion without an amount never ends",
        "record 3: a constant infusion to steady state has no interval",
        "record 3: a constant infusion to steady state has no addl",
        "record 4: both rate and duration are given",
        "record 4: addl is not a whole number",
        "record 5: amount is below 0",
        "record 5: rate is below 0",
        "record 5: ss is 0, 1, 2 or 3",
        "record 6: duration is below 0",
        "record 6: ii is below 0",
        "record 7: evid is 1 (dose), 3 (reset) or 4 (both)",
        "record 7: ss needs an interval",
    ):
        assert part in said


def test_contradictions_name_the_first_member(model):
    records = Records("blood", 0.0, [[1.0], [-1.0], [-2.0]])
    with pytest.raises(EngineError, match="record 0, member 1 and 1 more: amount is below 0"):
        schedule(model, records)


@pytest.mark.parametrize(
    ("records", "message"),
    [
        (Records("blood", [0.0, 1.0], [1.0, 2.0, 3.0]), "with one d and one n; got time"),
        (Records("blood", np.zeros((2, 1)), np.ones((3, 1))), "with one d and one n"),
        (Records("blood", np.zeros((1, 1, 1)), 1.0), "with one d and one n"),
        (Records("blod", 0.0, 1.0), "Did you mean `blood`"),
        (Records(7, 0.0, 1.0), "outside 0 to 4"),
        (Records(1.5, 0.0, 1.0), "names or whole numbers"),
        (Records("blood", 0.0, 1.0, ii=1.0, ss=1), "need `parameters`"),
        (Records("blood", 0.0, 1.0, ii=1e-6, addl=10**6), "at most 100000"),
        (Records("blood", 0.0, 1.0, duration=2e-313), "a bolus has duration 0"),
    ],
)
def test_what_cannot_be_read_is_said(model, records, message):
    with pytest.raises(EngineError, match=message):
        schedule(model, records)


def test_shapes_of_parameters_and_baselines_are_checked(model):
    records = Records("blood", 0.0, [[1.0], [2.0]], ss=1, ii=6.0)
    with pytest.raises(EngineError, match=r"parameters has shape \(3, 2\), expected \(2, 2\)"):
        schedule(model, records, np.ones((3, 2)))
    with pytest.raises(EngineError, match=r"baseline has shape \(2, 3\), expected \(2, 5\)"):
        schedule(model, records, np.ones((2, 2)), baseline=np.ones((2, 3)))


def test_a_parameter_of_a_state_that_is_not_dosed_is_refused():
    with pytest.raises(EngineError, match="`lag` is given for `depot`, where nothing is dosed"):
        Records("blood", 0.0, 1.0).with_parameters(lag={"depot": 1.0})


def test_states_that_only_collect_are_found(model):
    assert passive(model).tolist() == [False, False, True, True, True]


def test_a_state_that_an_event_reads_does_not_only_collect():
    network = absorbed()
    urine = network.state("bladder", 1e-3)
    network.flux(None, urine, 1.0)
    assert passive(network.compile())[5]
    network.event(2.0 * urine - 1.0, {urine: 0.0})
    assert not passive(network.compile())[5]


def test_a_network_that_depends_on_time_has_no_steady_state():
    network = Network()
    blood = network.state("blood", 1e-3)
    network.move(blood, None, exp(-network.time()))
    with pytest.raises(EngineError, match="depend on time or a table has no steady state"):
        schedule(network.compile(), Records("blood", 0.0, 1.0, ss=1, ii=6.0), np.ones((1, 0)))


def test_blocks_change_no_number(model, monkeypatch):
    members = 7
    parameters = np.random.default_rng(3).uniform(0.1, 1.0, (members, 2))
    none = np.zeros(members)
    cycle = Cycle(none.astype(np.int64), none + 5.0, none, none + 6.0, none, none)
    whole = settle(model, parameters, cycle, model.scale[None])
    monkeypatch.setattr("exocast.engine.settling.LARGEST_BLOCK", 1)
    parts = settle(model, parameters, cycle, model.scale[None])
    np.testing.assert_array_equal(whole.amount, parts.amount)
    np.testing.assert_array_equal(whole.intervals, parts.intervals)


def test_a_member_that_fails_is_not_found(model):
    parameters = np.array([[1.0, 0.5], [1.0, np.nan], [1.0, 0.0]])
    records = Records("depot", 0.0, 5.0, ss=1, ii=6.0)
    for given in (records, Records("depot", 0.0, rate=5.0, ss=1)):
        found = schedule(model, given, parameters)
        assert found.settled.tolist() == [True, False, False]
    with pytest.raises(EngineError, match="at least 2 intervals"):
        schedule(model, records, parameters, most_intervals=1)
