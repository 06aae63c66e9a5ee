"""The machine's own exp, log, power and square root, against mpmath and against each other."""

import re
from pathlib import Path

import mpmath
import numpy as np
import pytest

from exocast.engine import _native
from exocast.engine.operation import Operation

SETS = _native.instruction_sets()
HEADER = Path(__file__).parents[2] / "src/exocast/engine/native/elementary.hpp"
SMALLEST = 2.0**-1022
LARGEST = float(np.finfo(float).max)
NAN, INF = float("nan"), float("inf")
EDGES = np.array(
    [
        *(0.0, 5e-324, 1e-310, SMALLEST, 1e-200, 0.5, 1 - 2**-53, 1.0, 1 + 2**-52, 1.5, 2.0, 10.0),
        *(88.0, 708.0, 708.3964185322641, 709.0, 709.782712893384, 710.0, 745.2, 1e5, 2.0**53),
        *(1e200, LARGEST, INF, NAN),
    ]
)
EDGES = np.concatenate([EDGES, -EDGES])
MEANING = {
    Operation.EXPONENTIAL: mpmath.exp,
    Operation.LOGARITHM: mpmath.log,
    Operation.POWER: mpmath.power,
    Operation.SQUARE_ROOT: mpmath.sqrt,
}


def evaluate(operation, a, b=None, instruction_set="best", packs=True, flush=False):
    b = np.ones_like(a) if b is None else b
    return _native.evaluate(operation, a, b, instruction_set, packs, flush)


def worst_ulp(operation, *operands):
    """Return the largest error in units of the last place, over results in the normal range."""
    found = evaluate(operation, *operands)
    worst = 0.0
    with mpmath.workprec(140):
        for value, *arguments in zip(found.tolist(), *(x.tolist() for x in operands), strict=True):
            exact = MEANING[operation](*map(mpmath.mpf, arguments))
            mantissa, exponent = mpmath.frexp(exact)
            if exact and -1020 < exponent < 1024:
                error = mpmath.ldexp(mpmath.mpf(value), 53 - exponent) - mpmath.ldexp(mantissa, 53)
                worst = max(worst, abs(float(error)))
    return worst


def operands(operation, count, random):
    """Return random operands over the whole range of results, and near where digits are lost."""
    third = count // 3
    around_one = 1 + random.normal(size=third) * 10.0 ** random.uniform(-17, -1.5, third)
    wide = np.exp(random.uniform(-708, 709, third))
    if operation is Operation.EXPONENTIAL:
        tiny = random.normal(size=third) * 10.0 ** random.uniform(-17, 1, third)
        return (
            np.concatenate([random.uniform(-708, 709.7, third), tiny, random.normal(size=third)]),
        )
    base = np.concatenate([wide, np.abs(around_one), random.uniform(0.3, 30, third)])
    if operation is not Operation.POWER:
        return (base,)
    with np.errstate(divide="ignore"):
        reach = np.clip(np.abs(700 / np.log(base)), 0, 1e300)
    exponent = random.uniform(-1, 1, base.size) * reach
    exponent[2 * third :] = random.uniform(-6, 6, third)
    return base, exponent


def pairs():
    a, b = np.meshgrid(EDGES, EDGES)
    return a.ravel().copy(), b.ravel().copy()


@pytest.mark.parametrize("operation", MEANING)
@pytest.mark.parametrize("count", [1500, pytest.param(120_000, marks=pytest.mark.long)])
def test_two_units_in_the_last_place(operation, count):
    random = np.random.default_rng([count, operation])
    bound = 0.5 if operation is Operation.SQUARE_ROOT else 1.0 + 1e-2
    assert 0.4 < worst_ulp(operation, *operands(operation, count, random)) <= bound


@pytest.mark.parametrize("operation", MEANING)
def test_one_result_on_every_road(operation):
    random = np.random.default_rng([7, operation])
    a, *rest = operands(operation, 30_000, random)
    b = rest[0] if rest else np.ones_like(a)
    edge_a, edge_b = pairs()
    a, b = np.concatenate([edge_a, a, -a[::50]]), np.concatenate([edge_b, b, b[::50]])
    known = evaluate(operation, a, b, SETS[0]).view(np.int64)
    for name in SETS:
        for packs in (True, False):
            for flush in (True, False):
                found = evaluate(operation, a, b, name, packs, flush).view(np.int64)
                differ = np.flatnonzero(found != known)
                assert not differ.size, (name, packs, flush, a[differ[:3]], b[differ[:3]])


def counted(values):
    """What is below the normal range counts as 0."""
    return np.where(np.abs(values) < SMALLEST, 0.0, values)


def clipped(values):
    """A base or a root below 0 counts as 0; what is not finite there stays unknown."""
    kept = np.where(values > 0, counted(values), 0.0)
    return np.where(np.isnan(values) | (values == -INF), NAN, kept)


def same(found, expected):
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    with np.errstate(invalid="ignore"):
        near = np.abs(found - expected) <= 3e-16 * np.abs(expected)
    assert np.all(near | (found == expected) | np.isnan(expected))


def test_exponential_at_the_edges():
    with np.errstate(over="ignore", under="ignore"):
        same(evaluate(Operation.EXPONENTIAL, EDGES), counted(np.exp(counted(EDGES))))


def test_logarithm_at_the_edges():
    with np.errstate(divide="ignore", invalid="ignore"):
        same(evaluate(Operation.LOGARITHM, EDGES), np.log(counted(EDGES)))


def test_square_root_at_the_edges():
    same(evaluate(Operation.SQUARE_ROOT, EDGES), np.sqrt(clipped(EDGES)))


def test_power_at_the_edges_is_that_of_c_with_a_clipped_base():
    a, b = pairs()
    with np.errstate(all="ignore"):
        same(evaluate(Operation.POWER, a, b), counted(np.power(clipped(a), counted(b))))


def test_results_leave_the_range_where_they_should():
    """The last results before overflow and before the smallest normal number."""
    top = 709.782712893384
    x = np.array([top, np.nextafter(top, 800), -708.3964185322641, -708.3964185322642])
    last, over, least, under = evaluate(Operation.EXPONENTIAL, x)
    assert last == pytest.approx(LARGEST, rel=1e-12)
    assert over == INF
    assert least == pytest.approx(SMALLEST, rel=1e-12)
    assert under == 0.0
    two = np.full(4, 2.0)
    exponent = np.array([np.nextafter(1024, 0), 1024.0, -1022.0, np.nextafter(-1022, -1023)])
    found = evaluate(Operation.POWER, two, exponent)
    assert found[0] == pytest.approx(LARGEST, rel=1e-12)
    assert found[1:].tolist() == [INF, SMALLEST, 0.0]


def test_whole_powers_that_fit_are_exact():
    base, exponent = np.meshgrid(np.arange(1.0, 60), np.arange(0.0, 9))
    exact = base**exponent
    fits = exact <= 2**53
    found = evaluate(Operation.POWER, base[fits], exponent[fits])
    np.testing.assert_array_equal(found, exact[fits])


def interpolant(function, low, high, degree):
    """Return the polynomial through Chebyshev points, lowest coefficient first, as doubles."""
    size = degree + 1
    middle, reach = (low + high) / 2, (high - low) / 2
    points = [
        middle + reach * mpmath.cos(mpmath.pi * (2 * i + 1) / (2 * size)) for i in range(size)
    ]
    powers = mpmath.matrix([[x**j for j in range(size)] for x in points])
    return [float(c) for c in mpmath.lu_solve(powers, mpmath.matrix([function(x) for x in points]))]


def arc(z):
    """atanh(sqrt z) / sqrt z."""
    return mpmath.atanh(mpmath.sqrt(z)) / mpmath.sqrt(z)


@pytest.mark.parametrize(
    ("name", "function", "low", "high"),
    [
        (
            "kExpSeries",
            lambda r: (mpmath.expm1(r) - r) / r**2 if abs(r) > 1e-40 else mpmath.mpf(0.5),
            "-0.3467",
            "0.3467",
        ),
        ("kLogSeries", lambda z: 2 * (arc(z) - 1) / z, "0", "0.02945"),
        ("kPowerSeries", lambda z: 3 * (arc(z) - 1 - z / 3) / z**2, "0", "0.01021"),
    ],
)
def test_coefficients_are_what_the_source_says(name, function, low, high):
    if not HEADER.exists():
        pytest.skip("needs the sources")
    text = HEADER.read_text(encoding="utf-8")
    body = re.search(rf"{name}\[\] = {{(.*?)}};", text, re.DOTALL)
    assert body
    written = [float.fromhex(number) for number in re.findall(r"0x[0-9a-f.]+p[+-]\d+", body[1])]
    with mpmath.workprec(300):
        fresh = interpolant(function, mpmath.mpf(low), mpmath.mpf(high), len(written) - 1)
    assert written == fresh


def test_constants_are_cut_where_the_source_says():
    if not HEADER.exists():
        pytest.skip("needs the sources")
    text = HEADER.read_text(encoding="utf-8")

    def constant(name):
        found = re.search(rf"{name} = (0x[0-9a-f.]+p[+-]\d+)", text)
        assert found
        return float.fromhex(found[1])

    with mpmath.workprec(200):
        for exact, high, low, digits in [
            (mpmath.log(2), "kLn2High", "kLn2Low", 42),
            (mpmath.log(1.5), "kLog15High", "kLog15Low", 42),
            (mpmath.mpf(2) / 3, "kTwoThirdsHigh", "kTwoThirdsLow", 26),
        ]:
            upper = mpmath.ldexp(mpmath.floor(mpmath.ldexp(exact, digits)), -digits)
            assert constant(high) == upper
            assert constant(low) == float(exact - upper)
        assert constant("kLog2e") == float(1 / mpmath.log(2))
