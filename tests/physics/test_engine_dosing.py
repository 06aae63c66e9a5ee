"""Dosing records against closed forms, NONMEM's own numbers, and each other."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exocast.engine.dosing import Records, schedule
from exocast.engine.network import Network
from exocast.engine.solve import Doses, Status, solve

TIGHT = 1e-11
TIMES = np.array([0.7, 3.3, 5.1, 9.9, 13.7, 18.3, 23.9, 26.1, 30.7, 41.3, 55.5, 71.9])


def compartments(two):
    """A depot absorbed into blood that is cleared, with a second compartment or without."""
    network = Network()
    depot, blood = network.state("depot", 1e-9), network.state("blood", 1e-9)
    network.move(depot, blood, network.parameter("ka"))
    excreted = network.integral("excreted", network.parameter("k") * blood, 1e-9)
    network.move(blood, None, network.parameter("k"))
    assert excreted.name == "excreted"
    if two:
        tissue = network.state("tissue", 1e-9)
        network.move(blood, tissue, network.parameter("out"))
        network.move(tissue, blood, network.parameter("back"))
    return network.compile()


ONE, TWO = compartments(False), compartments(True)
PARAMETERS = np.array([[1.5, 0.055], [0.4, 0.2], [0.9, 0.01]])
BOTH = np.column_stack([PARAMETERS, [0.3, 0.02, 0.5], [0.1, 0.004, 0.25]])


def exponentials(parameters, state):
    """Return rates and weights of the amount in blood after one unit into a state."""
    ka, k, *pair = parameters
    if pair:
        out, back = pair
        total, product = k + out + back, k * back
        fast = 0.5 * (total + math.sqrt(total * total - 4.0 * product))
        rates = [fast, product / fast]
        weights = [(fast - back) / (fast - rates[1]), (back - rates[1]) / (fast - rates[1])]
    else:
        rates, weights = [k], [1.0]
    if state == "blood":
        return np.array(rates), np.array(weights)
    slow, share = np.array(rates), np.array(weights)
    weights = share * ka / (ka - slow)
    return np.append(slow, ka), np.append(weights, -weights.sum())


def after_one(age, rates, weights, amount, duration):
    """Return the amount in blood a time after one dose began."""
    if age < 0.0:
        return 0.0
    if duration == 0.0:
        return amount * np.sum(weights * np.exp(-rates * age))
    since = max(age - duration, 0.0)
    speed = amount / duration
    return speed * np.sum(weights / rates * (np.exp(-rates * since) - np.exp(-rates * age)))


def after_all(age, rates, weights, amount, duration, interval):
    """Return the same for doses at an interval, without beginning, the last one `age` ago."""
    first = max(0, math.ceil(-age / interval))
    later = max(first, math.ceil((duration - age) / interval))
    total = sum(
        after_one(age + k * interval, rates, weights, amount, duration) for k in range(first, later)
    )
    young = age + later * interval
    decay = weights / -np.expm1(-rates * interval)
    if duration == 0.0:
        return total + amount * np.sum(decay * np.exp(-rates * young))
    ends = np.exp(-rates * (young - duration)) - np.exp(-rates * young)
    return total + amount / duration * np.sum(decay / rates * ends)


def blood(parameters, records, time):
    """Return the amount in blood at a time, record by record, in closed form."""
    total = 0.0
    for record in records:
        held = {
            "rate": 0.0, "duration": 0.0, "addl": 0, "ii": 0.0, "ss": 0, "evid": 1, "lag": 0.0,
            "bioavailability": 1.0, "amount": 0.0, "state": "blood",
        } | record  # fmt: skip
        if held["time"] > time:
            break
        if held["evid"] in (3, 4) or held["ss"] == 1:
            total = 0.0
        if held["evid"] == 3:
            continue
        rates, weights = exponentials(parameters, held["state"])
        age = time - held["time"]
        if held["ss"] and held["amount"] == 0.0:
            total += held["rate"] * np.sum(weights / rates * np.exp(-rates * age))
            continue
        amount, duration = held["amount"] * held["bioavailability"], held["duration"]
        if held["rate"] > 0.0:
            duration = amount / held["rate"]
        age -= held["lag"]
        if held["ss"]:
            total += after_all(age, rates, weights, amount, duration, held["ii"])
        for number in range(1 if held["ss"] else 0, 1 + held["addl"]):
            total += after_one(age - number * held["ii"], rates, weights, amount, duration)
    return total


BOLUS = {"time": 0.0, "amount": 100.0}
CASES = {
    "bolus": [BOLUS],
    "absorbed": [{**BOLUS, "state": "depot"}],
    "infusion by rate": [{**BOLUS, "rate": 20.0}],
    "infusion by duration": [{**BOLUS, "duration": 6.0, "state": "depot"}],
    "share of a bolus": [{**BOLUS, "bioavailability": 0.4}],
    "share of a rate": [{**BOLUS, "rate": 20.0, "bioavailability": 0.4}],
    "share of a duration": [{**BOLUS, "duration": 6.0, "bioavailability": 0.4}],
    "lag": [{**BOLUS, "lag": 2.5, "state": "depot"}],
    "more doses": [{**BOLUS, "addl": 3, "ii": 12.0}],
    "overlapping infusions": [{**BOLUS, "rate": 4.0, "addl": 3, "ii": 12.0}],
    "lag longer than the interval": [{**BOLUS, "lag": 15.0, "addl": 2, "ii": 12.0}],
    "steady boluses": [{**BOLUS, "ss": 1, "ii": 12.0}],
    "steady and more": [{**BOLUS, "ss": 1, "ii": 12.0, "addl": 3, "state": "depot"}],
    "steady with a lag": [{**BOLUS, "ss": 1, "ii": 12.0, "addl": 2, "lag": 5.0}],
    "steady with a long lag": [{**BOLUS, "ss": 1, "ii": 12.0, "addl": 2, "lag": 17.0}],
    "lag of a whole interval": [{**BOLUS, "ss": 1, "ii": 12.0, "lag": 12.0}],
    "steady infusions": [{**BOLUS, "ss": 1, "ii": 12.0, "rate": 20.0, "addl": 1}],
    "steady overlapping": [{**BOLUS, "ss": 1, "ii": 12.0, "rate": 2.0, "addl": 2}],
    "steady without a gap": [{**BOLUS, "ss": 1, "ii": 12.0, "duration": 24.0}],
    "steady overlapping with a lag": [
        {**BOLUS, "ss": 1, "ii": 12.0, "duration": 30.0, "lag": 7.0, "bioavailability": 0.8}
    ],
    "steady constant infusion": [{"time": 0.0, "rate": 7.0, "ss": 1}],
    "steady into the depot": [{"time": 2.0, "rate": 7.0, "ss": 1, "state": "depot"}],
    "two steady states": [
        {**BOLUS, "ss": 1, "ii": 24.0, "addl": 2},
        {"time": 8.0, "amount": 40.0, "ss": 2, "ii": 24.0, "addl": 2, "state": "depot"},
    ],
    "steady on infusion": [
        {"time": 0.0, "rate": 3.0, "ss": 1},
        {"time": 0.0, "amount": 60.0, "rate": 3.0},
        {"time": 4.0, "amount": 50.0, "ss": 2, "ii": 8.0, "duration": 12.0},
    ],
    "reset": [
        {**BOLUS, "duration": 30.0, "addl": 5, "ii": 4.0},
        {"time": 20.0, "evid": 3},
        {"time": 21.0, "amount": 30.0, "state": "depot"},
    ],
    "reset of what is still to come": [
        {**BOLUS, "lag": 12.0, "addl": 2, "ii": 12.0, "state": "depot"},
        {"time": 10.0, "amount": 20.0, "evid": 4, "lag": 4.0},
    ],
    "steady state over what was": [
        {**BOLUS, "lag": 12.0, "addl": 9, "ii": 6.0, "duration": 9.0},
        {"time": 20.0, "amount": 80.0, "ss": 1, "ii": 10.0, "addl": 1, "state": "depot"},
    ],
    "reset, then steady": [
        {**BOLUS, "addl": 9, "ii": 6.0},
        {"time": 20.0, "amount": 80.0, "ss": 2, "ii": 10.0, "evid": 4},
    ],
}  # fmt: skip


def as_records(rows):
    names = {name for row in rows for name in row} | {"state"}
    blank = {"state": "blood", "evid": 1, "bioavailability": 1.0}
    return Records(**{n: np.array([row.get(n, blank.get(n, 0)) for row in rows]) for n in names})


def course(model, parameters, records, times=TIMES, **options):
    """Return the states (n, t, s) under records."""
    rtol = options.pop("rtol", TIGHT)
    planned = schedule(model, records, parameters, rtol=rtol)
    assert planned.settled.all(), planned.advice()
    start = np.zeros((len(parameters), len(model.state_names)))
    solution = solve(model, parameters, start, times, planned.doses, rtol=rtol, **options)
    assert solution.finished.all(), solution.advice()
    return solution.amount


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("model", [ONE, TWO], ids=["one", "two"])
def test_records_follow_the_closed_form(model, name):
    parameters = PARAMETERS if model is ONE else BOTH
    found = course(model, parameters, as_records(CASES[name]))[:, :, 1]
    wanted = [[blood(row, CASES[name], time) for time in TIMES] for row in parameters]
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", ["steady overlapping with a lag", "two steady states", "reset"])
def test_the_reference_agrees(name):
    records = as_records(CASES[name])
    native = course(TWO, BOTH, records, rtol=1e-8)
    slow = course(TWO, BOTH, records, rtol=1e-8, engine="reference")
    np.testing.assert_allclose(native, slow, rtol=1e-5, atol=1e-6)


# Concentrations that NONMEM 7.5.1 (ADVAN2, CL 1.1, V 20, KA 1.5) gave, single values of
# dosing/results/1001-nm.csv in github.com/mrgsolve/nmtests, by the scenarios' numbers there.
EVERY = {"time": 0.0, "amount": 100, "state": "blood"}
TWICE = {**EVERY, "time": [0, 50]}
NONMEM = {
    2: ({**EVERY, "addl": 3, "ii": 24, "lag": 12.13, "bioavailability": 2.23},
        {21: 6845.5, 36: 2999.9, 62: 13466.0}),
    9: ({**EVERY, "addl": 3, "ii": 24, "rate": 10, "lag": 3.16, "bioavailability": 0.412, "ss": 1},
        {0: 1002.7, 3: 850.22, 5: 1636.6, 24: 1002.7, 40: 1557.0, 90: 1394.8}),
    10: ({**EVERY, "addl": 4, "ii": 12, "rate": 2, "bioavailability": 0.812, "ss": 1},
         {0: 6014.5, 5: 6277.4, 40: 6263.0, 62: 5956.2, 90: 3110.8}),
    12: ({**EVERY, "addl": 12, "ii": 6, "rate": 8.3333, "ss": 1},
         {0: 15152.0, 40: 15152.0, 90: 9361.9}),
    13: ({**EVERY, "addl": 8, "ii": 10, "rate": 4.12, "bioavailability": 0.412, "ss": 1},
         {0: 3745.5, 12: 3745.5, 90: 3745.5}),
    15: ({**EVERY, "addl": 3, "ii": 24, "lag": 4, "bioavailability": 0.412, "ss": 1},
         {0: 935.66, 4: 2810.9, 28: 2810.9, 62: 1621.7}),
    19: ({**EVERY, "addl": 3, "ii": 24, "duration": 9, "bioavailability": 0.61, "ss": 1},
         {0: 1438.5, 5: 2574.1, 40: 2233.6, 90: 2001.0}),
    20: ({**TWICE, "amount": [100, 120], "ii": 12, "addl": [2, 3], "rate": [50, 0],
          "evid": [1, 4], "state": "depot"},
         {4: 4321.2, 36: 5058.9, 50: 0.0, 62: 3219.1}),
    21: ({**EVERY, "ii": 12, "evid": 4, "ss": 1, "state": "depot"},
         {0: 5552.4, 4: 8608.3, 12: 5552.4, 62: 354.95}),
    23: ({**EVERY, "ii": 12, "evid": 4, "ss": 1, "lag": 10},
         {0: 9270.8, 9: 5651.2, 10: 10349.0, 22: 5348.8}),
    24: ({**EVERY, "ii": 12, "addl": 2, "evid": 4, "ss": 1, "lag": 10},
         {9: 5651.2, 22: 10349.0, 36: 9270.8, 62: 2218.6}),
    25: ({**EVERY, "time": [0, 12, 24], "amount": [100, 200, 300], "ii": 12, "evid": 4, "ss": 1,
          "lag": 5},
         {4: 5651.2, 12: 14084.0, 23: 14880.0, 24: 21126.0, 29: 31046.0}),
    28: ({**EVERY, "time": [0, 12], "amount": [100, 50], "ii": 24, "addl": 3, "ss": [1, 2],
          "state": "depot"},
         {0: 1891.9, 12: 4606.4, 28: 7139.5, 50: 7725.7}),
    29: ({**EVERY, "amount": 0, "rate": 100, "ss": 1, "state": "depot"},
         {0: 90909.0, 5: 71678.0, 90: 668.46}),
}  # fmt: skip


@pytest.mark.parametrize("scenario", NONMEM)
def test_nonmem_gives_the_same(scenario):
    items, seen = NONMEM[scenario]
    found = course(ONE, np.array([[1.5, 1.1 / 20]]), Records(**items), list(seen), rtol=1e-9)
    concentration = 1000 / 20 * found[0, :, 1]
    # Five digits are printed.
    np.testing.assert_allclose(concentration, list(seen.values()), rtol=6e-5, atol=1e-6)


amounts = st.floats(1.0, 100.0)
spans = st.floats(0.5, 30.0)
shares = st.floats(0.05, 1.0)


# A bolus, or what lasts: a rate beyond every number is refused (unit/engine/test_dosing.py).
lengths = st.just(0.0) | st.floats(1e-300, 40.0)


@given(amounts, spans, st.integers(0, 6), st.floats(0.0, 20.0), lengths, st.booleans())
@settings(max_examples=30, deadline=None)
def test_additional_doses_are_doses_bit_for_bit(amount, ii, addl, lag, span, by_rate):
    how = {"rate": amount / span} if by_rate and span else {"duration": span}
    short = Records("depot", 1.0, amount, ii=ii, addl=addl, lag=lag, **how)
    times = [1.0 + number * ii if number else 1.0 for number in range(addl + 1)]
    long = Records("depot", np.array(times), amount, lag=lag, **how)
    np.testing.assert_array_equal(
        course(ONE, PARAMETERS, short, rtol=1e-6), course(ONE, PARAMETERS, long, rtol=1e-6)
    )


@given(amounts, shares, spans, st.floats(0.0, 9.0))
@settings(max_examples=20, deadline=None)
def test_what_bioavailability_and_lag_mean(amount, share, span, lag):
    def doses(**items):
        return schedule(ONE, Records("blood", 2.0, amount, **items)).doses

    bolus = doses(bioavailability=share, lag=lag)
    assert (bolus.amount, bolus.duration, bolus.time) == (amount * share, 0.0, 2.0 + lag)
    rate = doses(rate=amount / span, bioavailability=share, lag=lag)
    assert rate.amount == amount * share
    assert rate.duration == pytest.approx(share * span, rel=1e-14)
    length = doses(duration=span, bioavailability=share)
    assert (length.amount, length.duration) == (amount * share, span)


@given(st.floats(2.0, 24.0), st.floats(0.0, 1.0), st.floats(0.1, 3.0), st.sampled_from([0.0, 1.0]))
@settings(max_examples=15, deadline=None)
def test_a_steady_state_is_many_doses(ii, late, lasting, infused):
    parameters = np.array([[1.5, 0.3, 0.4, 0.2]])
    given_ = {"state": "depot", "amount": 10.0, "duration": infused * lasting * ii, "ii": ii}
    lag, many = late * ii, 150
    settled = Records(time=0.0, ss=1, lag=lag, **given_)
    dosed = Records(time=0.0, addl=many, lag=lag, **given_)
    times = np.linspace(0.0, 2.0 * ii, 9) + 1e-6
    one = course(TWO, parameters, settled, times, rtol=1e-9)
    other = course(TWO, parameters, dosed, many * ii + times, rtol=1e-9)
    living = [0, 1, 3]
    np.testing.assert_allclose(one[..., living], other[..., living], rtol=1e-6, atol=1e-7)
    # What is excreted has no steady state and starts at 0.
    assert np.all(one[0, 0, 2] < 10.0 * (1.0 + lasting))


@given(st.floats(0.2, 3.0), st.floats(0.2, 3.0))
@settings(max_examples=10, deadline=None)
def test_doses_superpose(first, second):
    each = [Records("depot", [0.0, 9.0], [x, y], ss=[1, 2], ii=[6.0, 8.0], rate=[0.0, 1.0])
            for x, y in ((first, 1e-12), (1e-12, second), (first, second))]  # fmt: skip
    one, other, both = (course(ONE, PARAMETERS, records, rtol=1e-9) for records in each)
    np.testing.assert_allclose((one + other)[..., :2], both[..., :2], rtol=1e-6, atol=1e-8)


def test_each_member_has_records_of_its_own():
    """Members with different numbers and kinds of records are as each alone, to the bit."""
    names = ["steady with a lag", "reset of what is still to come", "steady constant infusion"]
    alone = [as_records(CASES[name]) for name in names]
    count = 2
    fields = ("time", "amount", "rate", "duration", "addl", "ii", "ss", "evid", "lag",
              "bioavailability")  # fmt: skip
    grid = {}
    for name in fields:
        blank = {"time": np.inf, "evid": 1.0, "bioavailability": 1.0}.get(name, 0.0)
        rows = [np.broadcast_to(getattr(r, name), np.shape(r.time)) for r in alone]
        grid[name] = np.array([[*row, *[blank] * (count - len(row))] for row in rows])
    states = [[*np.broadcast_to(r.state, np.shape(r.time))] for r in alone]
    state = np.array([[*row, *["blood"] * (count - len(row))] for row in states])
    together = course(ONE, PARAMETERS, Records(state=state, **grid), rtol=1e-6)
    for member, records in enumerate(alone):
        one = course(ONE, PARAMETERS[[member]], records, rtol=1e-6)
        np.testing.assert_array_equal(together[member], one[0])


def saturable():
    network = Network()
    blood = network.state("blood", 1e-6)
    held = network.parameter("half") + blood
    network.flux(blood, None, network.parameter("most") * blood / held)
    return network.compile()


def test_saturable_removal_settles_near_its_limit_and_not_beyond():
    """Michaelis-Menten trough x: most * ii = dose + half * ln((x + dose) / x)."""
    model, dose, ii, half = saturable(), 100.0, 12.0, 50.0
    most = np.array([8.4, 9.0, 12.0, 30.0])
    trough = dose / np.expm1((most * ii - dose) / half)
    records = Records("blood", 0.0, dose, ss=1, ii=ii)
    parameters = np.column_stack([np.full(4, half), most])
    found = schedule(model, records, parameters, rtol=1e-9)
    assert found.settled.all()
    assert found.intervals.max() < 30  # by doses alone it would be hundreds
    before = found.doses.amount[:, 1]
    np.testing.assert_allclose(before, trough, rtol=1e-7)

    parameters[:2, 1] = [8.3, 1.0]  # more is given than can be removed
    found = schedule(model, records, parameters)
    assert found.settled.tolist() == [False, False, True, True]
    assert "2 of 4 members came to no steady state" in found.advice()
    solution = solve(model, parameters, np.zeros((4, 1)), [0.0, 1.0], found.doses)
    assert solution.status.tolist() == [Status.NOT_FINITE] * 2 + [Status.FINISHED] * 2


def test_a_target_that_removes_the_drug_settles_as_after_many_doses():
    network = Network()
    drug, target, bound = (network.state(name, 1e-6) for name in ("drug", "target", "bound"))
    association = network.parameter("on") * drug * target
    network.flux(drug, bound, association)
    network.flux(target, None, association)
    network.flux(bound, drug, network.parameter("off") * bound)
    network.flux(None, target, network.parameter("off") * bound)
    network.flux(None, target, network.parameter("made"))
    network.move(target, None, network.parameter("lost"))
    network.move(bound, None, network.parameter("internalised"))
    network.move(drug, None, network.parameter("k"))
    model = network.compile()
    parameters = np.array([[50.0, 0.5, 2.0, 0.1, 0.3, 0.02], [5.0, 0.1, 20.0, 0.05, 0.2, 0.01]])
    given_ = {"state": "drug", "amount": 100.0, "ii": 24.0}
    times = np.array([1e-3, 6.0, 23.9])
    settled = course(model, parameters, Records(time=0.0, ss=1, **given_), times, rtol=1e-8)
    dosed = course(
        model, parameters, Records(time=0.0, addl=300, **given_), 7200.0 + times, rtol=1e-8
    )
    np.testing.assert_allclose(settled, dosed, rtol=1e-5, atol=1e-6)


def test_slow_turnover_is_not_taken_for_a_steady_state():
    """A half-life of 300 intervals: after one, 0.2 % is left to go each time."""
    k = np.log(2) / 2400.0
    records = Records("blood", 0.0, 1.0, ss=1, ii=8.0)
    found = schedule(ONE, records, [[1.0, k]])
    assert found.settled.all()
    assert found.intervals[0] < 10
    np.testing.assert_allclose(found.doses.amount[1], 1.0 / np.expm1(8.0 * k), rtol=1e-6)


def test_a_baseline_is_what_resets_return_to_and_what_nothing_given_settles_at():
    network = Network()
    protein = network.state("protein", 1e-6)
    network.flux(None, protein, network.parameter("made"))
    network.move(protein, None, network.parameter("lost"))
    model, parameters = network.compile(), np.array([[6.0, 0.5], [1.0, 0.1]])
    doses = schedule(model, Records("protein", 3.0, evid=3), parameters, baseline=[2.0]).doses
    times = [2.9, 3.0, 4.0]
    found = solve(model, parameters, [[12.0], [10.0]], times, doses, rtol=1e-10).amount[..., 0]
    np.testing.assert_allclose(found[:, :2], [[12.0, 2.0], [10.0, 2.0]], rtol=1e-9)
    np.testing.assert_allclose(found[0, 2], 12.0 - 10.0 * np.exp(-0.5), rtol=1e-9)
    itself = schedule(model, Records("protein", 0.0, ss=1), parameters).doses
    np.testing.assert_allclose(itself.amount[:, 1], [12.0, 10.0], rtol=1e-6)


def test_parameters_of_the_dosed_state_are_filled_in():
    records = Records(["blood", "depot", "blood"], 0.0, 100.0, rate=[-1, -2, 50.0])
    filled = records.with_parameters(
        rate={"blood": [10.0, 20.0]},
        duration={"depot": 4.0},
        lag={"depot": [1.0, 2.0]},
        bioavailability={"blood": 0.5},
    )
    doses = schedule(ONE, filled).doses
    np.testing.assert_array_equal(doses.state, [1, 0, 1])
    np.testing.assert_array_equal(doses.duration, [[5.0, 4.0, 1.0], [2.5, 4.0, 1.0]])
    np.testing.assert_array_equal(doses.time, [[0.0, 1.0, 0.0], [0.0, 2.0, 0.0]])
    np.testing.assert_array_equal(doses.amount, [50.0, 100.0, 50.0])


def test_plain_records_are_the_doses_that_the_design_layer_writes():
    """One bolus a record: the same arrays, so that a regimen may be written either way."""
    amount = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    plain = Doses(state=[0, 1, 0], time=[0.0, 0.0, 24.0], amount=amount, duration=np.zeros(3))
    written = schedule(ONE, Records([0, 1, 0], plain.time, amount)).doses
    for name in ("state", "time", "amount", "duration"):
        np.testing.assert_array_equal(getattr(written, name), getattr(plain, name))
    assert not np.any(written.kind)
    assert replace(written, kind=0).kind == 0
