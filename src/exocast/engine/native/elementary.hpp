// exp, log, power and square root, on one number and on a native vector, by the same operations
// in the same order: + - * / and whole-number work on the bits, no branch, no table, no call of a
// C library. So a result has the same bits in a pack and alone, on every instruction set and on
// every processor with IEEE 754 doubles, as long as nothing is contracted (see CMakeLists.txt).
//
// Promised, and tested against mpmath (tests/physics/test_engine_elementary.py): within 2 ulp; no
// numbers below the normal range (2.2e-308), which count as 0 when they come in and are 0 when they
// would go out, whether or not the processor flushes them; one NaN, always with the same bits.
//
// Methods: reduction by ln 2 in two pieces (Cody and Waite, Software Manual for the Elementary
// Functions, 1980), log through 2 atanh(f / (2 + f)), and for power the same log as an unevaluated
// sum of two doubles with 68 good bits, kept exact by cutting factors to 26 bits (Dekker 1971,
// doi:10.1007/BF01397083; Tang 1990, doi:10.1145/78928.78932; Muller, Elementary Functions, 3rd
// edition 2016, chapters 4 to 6). The polynomials interpolate at Chebyshev points; the test of
// the coefficients computes them again.
//
// Included by kernel.cpp only, inside the namespace of one instruction set.

typedef unsigned long long Word;

constexpr double kSmallest = 0x1p-1022;  // of the normal numbers
constexpr double kLargest = 0x1.fffffffffffffp+1023;

constexpr Word kMantissa = 0x000fffffffffffff;
constexpr Word kNotANumber = 0x7ff8000000000000;
constexpr Word kUpper = 0xfffffffff8000000;  // sign, exponent and 26 digits of a double

constexpr double kLog2e = 0x1.71547652b82fep+0;
constexpr double kLn2High = 0x1.62e42fefa3800p-1;  // 42 digits: exact times any exponent
constexpr double kLn2Low = 0x1.ef35793c76730p-45;
constexpr double kLog15High = 0x1.9f323ecbf9000p-2;  // log 1.5, on the same grid as kLn2High
constexpr double kLog15Low = 0x1.097e56d1aecdfp-43;
constexpr double kTwoThirds = 0x1.5555555555555p-1;
constexpr double kTwoThirdsHigh = 0x1.5555550000000p-1;  // 26 digits
constexpr double kTwoThirdsLow = 0x1.5555555555555p-27;

// (exp(r) - 1 - r) / r^2 on |r| <= 0.3467, error times r^2 below 2^-61.
constexpr double kExpSeries[] = {
    0x1.0000000000000p-1,  0x1.5555555555557p-3,  0x1.5555555555556p-5,  0x1.11111111100d3p-7,
    0x1.6c16c16c162cfp-10, 0x1.a01a01abeccc3p-13, 0x1.a01a01a6db488p-16, 0x1.71de02225a2f3p-19,
    0x1.27e4db5bb725ap-22, 0x1.af4e092e1705bp-26, 0x1.1f7315649f2d7p-29,
};
// (2 atanh(s) / s - 2) / z with z = s^2 on 0 <= z <= 0.02945, error times z / 2 below 2^-57.
constexpr double kLogSeries[] = {
    0x1.5555555555558p-1, 0x1.99999999952b2p-2, 0x1.2492492df6947p-2, 0x1.c71c62debf86bp-3,
    0x1.7462b69705382p-3, 0x1.39fe208c33457p-3, 0x1.2b5b5fb2eac92p-3,
};
// 3 (atanh(s) / s - 1 - z / 3) / z^2 on 0 <= z <= 0.01021, error times z^2 / 3 below 2^-70.
constexpr double kPowerSeries[] = {
    0x1.3333333333333p-1, 0x1.b6db6db6db6b4p-2, 0x1.55555555648efp-2, 0x1.1745d15172a68p-2,
    0x1.d89dd60d0b7b6p-3, 0x1.996ef84815ae8p-3, 0x1.7532a0b3f95f4p-3,
};

// The same bits as another type: a double as a word, a vector of doubles as a vector of words.
EXOCAST_INLINE Word bits(double value) {
  Word word;
  memcpy(&word, &value, sizeof word);
  return word;
}
EXOCAST_INLINE double number(Word word) {
  double value;
  memcpy(&value, &word, sizeof value);
  return value;
}

#if defined(__GNUC__) || defined(__clang__)
typedef Word NativeWord __attribute__((vector_size(8 * EXOCAST_WIDTH)));

EXOCAST_INLINE NativeWord bits(Native value) { return (NativeWord)value; }
EXOCAST_INLINE Native number(NativeWord word) { return (Native)word; }
EXOCAST_INLINE double choose(bool mask, double a, double b) { return mask ? a : b; }
EXOCAST_INLINE Native root(Native a) {
  Native result;
  for (int l = 0; l < EXOCAST_WIDTH; l++) result[l] = ::sqrt(a[l]);
  return result;
}
#endif
EXOCAST_INLINE double root(double a) { return ::sqrt(a); }

template <class Value>
EXOCAST_INLINE Value all(double value) {
  return Value{} + value;
}

// NaN where x is, with the same bits everywhere.
template <class Value>
EXOCAST_INLINE Value known(Value x, Value result) {
  return choose(x == x, result, all<Value>(number(kNotANumber)));
}

template <class Value>
EXOCAST_INLINE Value within(Value x, double limit) {
  const Value below = choose(x > limit, all<Value>(limit), x);
  return choose(below < -limit, all<Value>(-limit), below);
}

// The upper 26 digits: the product of two such numbers is exact.
template <class Value>
EXOCAST_INLINE Value cut(Value a) {
  return number(bits(a) & kUpper);
}

template <int n, class Value>
EXOCAST_INLINE Value raised(Value x) {
  if constexpr (n == 1) {
    return x;
  } else {
    const Value half = raised<n / 2>(x);
    return half * half;
  }
}

// A polynomial by halves (Estrin), so that its parts are computed side by side.
template <int n, class Value>
EXOCAST_INLINE Value polynomial(const double* coefficient, Value x) {
  if constexpr (n == 1) {
    return all<Value>(coefficient[0]);
  } else {
    constexpr int half = n > 8 ? 8 : n > 4 ? 4 : n > 2 ? 2 : 1;
    return polynomial<half>(coefficient, x) +
           raised<half>(x) * polynomial<n - half>(coefficient + half, x);
  }
}

template <int n, class Value>
EXOCAST_INLINE Value polynomial(const double (&coefficient)[n], Value x) {
  return polynomial<n>(static_cast<const double*>(coefficient), x);
}

// exp(high + low), low being a correction; |high| <= 709.9. NaN gives any bits.
template <class Value>
EXOCAST_INLINE Value exponential_of_sum(Value high, Value low) {
  constexpr double kWhole = 0x1.8p52;  // adding this rounds to a whole number, seen in the low bits
  const Value shifted = (high + low) * kLog2e + kWhole;
  const Value k = shifted - kWhole;
  const Value r = (high - k * kLn2High) + (low - k * kLn2Low);
  const Value near = 1.0 + (r + (r * r) * polynomial(kExpSeries, r));
  const Value result = number(bits(near) + (bits(shifted) << 52));
  // Beyond the normal range the exponent has run over into other patterns of bits.
  const Value beyond = choose(high > 0.0, all<Value>(HUGE_VAL), all<Value>(0.0));
  return choose(result >= kSmallest, choose(result <= kLargest, result, beyond), beyond);
}

template <class Value>
EXOCAST_INLINE Value exponential_of(Value x) {
  return known(x, exponential_of_sum(within(x, 709.9), all<Value>(0.0)));
}

template <class Value>
EXOCAST_INLINE Value logarithm_of(Value x) {
  constexpr Word kRootHalf = 0x3fe6a09e667f3bcd;  // the bits of sqrt(1/2); those of 1 lie above
  constexpr Word kToOne = 0x3ff0000000000000 - kRootHalf;
  const auto moved = bits(x) + kToOne;
  // The exponent k as the last digits of 2^52 + 1023 + k.
  const Value k = number((moved >> 52) | 0x4330000000000000) - (0x1p52 + 1023.0);
  const Value f = number((moved & kMantissa) + kRootHalf) - 1.0;
  const Value s = f / (2.0 + f), z = s * s, half = 0.5 * f * f;
  const Value rest = s * (half + z * polynomial(kLogSeries, z)) + k * kLn2Low;
  const Value result = k * kLn2High - ((half - rest) - f);
  const Value finite_one = choose(x >= kSmallest, result, all<Value>(-HUGE_VAL));
  const Value ordered = choose(x <= kLargest, finite_one, all<Value>(HUGE_VAL));
  return choose(x > -kSmallest, ordered, all<Value>(number(kNotANumber)));
}

// An unevaluated sum; high has 26 digits.
template <class Value>
struct Sum {
  Value high, low;
};

// log(x) of a normal number to 68 digits.
template <class Value>
EXOCAST_INLINE Sum<Value> long_logarithm(Value x) {
  constexpr Word kRootThreeQuarters = 0x3febb67ae8584caa;
  constexpr Word kToOne = 0x3ff0000000000000 - kRootThreeQuarters;
  constexpr double kRootOneHalf = 0x1.3988e1409212ep+0;  // sqrt(1.5)
  const auto moved = bits(x) + kToOne;
  const Value k = number((moved >> 52) | 0x4330000000000000) - (0x1p52 + 1023.0);
  // x = 2^k m and sqrt(3)/2 <= m < sqrt(3), seen from c = 1 or 1.5: |m - c| / (m + c) <= 0.102.
  const Value m = number((moved & kMantissa) + kRootThreeQuarters);
  const Value c = choose(m < kRootOneHalf, all<Value>(1.0), all<Value>(1.5));
  const Value zero = all<Value>(0.0);
  const Value base_high = k * kLn2High + choose(m < kRootOneHalf, zero, all<Value>(kLog15High));
  const Value base_low = k * kLn2Low + choose(m < kRootOneHalf, zero, all<Value>(kLog15Low));

  // s = (m - c) / (m + c) in two pieces; the pieces of m + c are exact.
  const Value f = m - c, inverse = 1.0 / (m + c);
  const Value s = f * inverse, s_high = cut(s);
  const Value g_high = cut(m + c), g_low = m - (g_high - c);
  const Value s_low = ((f - s_high * g_high) - s_high * g_low) * inverse;

  // log(m / c) = 2/3 s (3 + z + rest), z = s^2.
  const Value square = s * s, z_high = s_high * s_high;
  const Value rest = square * square * polynomial(kPowerSeries, square) + s_low * (s_high + s);
  const Value t_high = cut(3.0 + z_high + rest);
  const Value t_low = rest - ((t_high - 3.0) - z_high);
  const Value p = s_high * t_high, q = s_low * t_high + t_low * s;
  const Value p_high = cut(p + q), p_low = q - (p_high - p);
  const Value log_high = kTwoThirdsHigh * p_high;
  const Value log_low = kTwoThirdsLow * p_high + p_low * kTwoThirds;

  // base_high is 0 or larger than log_high, so the sum's rounding error is exact.
  const Value high = base_high + log_high;
  const Value low = (log_high - (high - base_high)) + (log_low + base_low);
  const Value upper = cut(high + low);
  return {upper, low - (upper - high)};
}

// a to the power b, where a base that is not positive counts as 0 (see expression.sqrt). As in C,
// anything to the power 0 is 1, and so is 1 to any power, NaN included.
template <class Value>
EXOCAST_INLINE Value power_of(Value a, Value b) {
  constexpr double kHuge = 0x1p66;  // overflows or vanishes for every base but 1
  const Value nothing = all<Value>(0.0), one = all<Value>(1.0), infinite = all<Value>(HUGE_VAL);
  const Value base = choose(a > 0.0, a, a * 0.0);
  const Value exponent = within(b, kHuge);

  const Sum<Value> log = long_logarithm(base);
  const Value exponent_high = cut(exponent);
  const Value high = exponent_high * log.high;
  const Value low = (exponent - exponent_high) * log.high + exponent * log.low;
  const Value bounded = within(high, 709.9);
  Value result = exponential_of_sum(bounded, choose(bounded == high, low, nothing));

  result = choose(base < kSmallest, choose(b > 0.0, nothing, infinite), result);
  result = choose(base > kLargest, choose(b > 0.0, infinite, nothing), result);
  result = choose(base == 1.0, one, known(b, known(base, result)));
  const Value size = choose(b > 0.0, b, 0.0 - b);
  return choose(size < kSmallest, one, result);
}

// A negative root counts as 0, NaN stays.
template <class Value>
EXOCAST_INLINE Value square_root_of(Value a) {
  const Value base = choose(a >= kSmallest, a, a * 0.0 + 0.0);
  return known(base, root(base));
}

EXOCAST_APART double exponential(double a) { return exponential_of(a); }
EXOCAST_APART double logarithm(double a) { return logarithm_of(a); }
EXOCAST_APART double power(double a, double b) { return power_of(a, b); }
EXOCAST_INLINE double square_root(double a) { return square_root_of(a); }

EXOCAST_APART Pack exponential(const Pack& a) {
  Pack result;
  for (int q = 0; q < kParts; q++) result.part[q] = exponential_of(a.part[q]);
  return result;
}
EXOCAST_APART Pack logarithm(const Pack& a) {
  Pack result;
  for (int q = 0; q < kParts; q++) result.part[q] = logarithm_of(a.part[q]);
  return result;
}
EXOCAST_APART Pack power(const Pack& a, const Pack& b) {
  Pack result;
  for (int q = 0; q < kParts; q++) result.part[q] = power_of(a.part[q], b.part[q]);
  return result;
}
EXOCAST_INLINE Pack square_root(const Pack& a) {
  Pack result;
  for (int q = 0; q < kParts; q++) result.part[q] = square_root_of(a.part[q]);
  return result;
}
