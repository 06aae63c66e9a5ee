// Random numbers that are the same on every machine and with every standard library.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace exocast::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195).
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // From low up to and including high.
  std::int32_t whole(std::int32_t low, std::int32_t high) {
    const auto many = static_cast<std::uint64_t>(std::int64_t{high} - low + 1);
    return static_cast<std::int32_t>(low + static_cast<std::int64_t>(next() % many));
  }
  bool chance(int percent) { return whole(0, 99) < percent; }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  template <class T>
  const T& one(const std::vector<T>& of) {
    return of[next() % of.size()];
  }

  // Any number at all: huge, below the normal range, not a number.
  double wild() {
    if (chance(50)) return from_bits(next());
    static const std::vector<double> strange{
        0.0,     -0.0,     1.0,     -1.0,     5e-324,  -5e-324,
        1e-310,  0x1p-1022, 1e-200, 1e200,    -1e200,  std::numeric_limits<double>::max(),
        infinity(), -infinity(), std::numeric_limits<double>::quiet_NaN()};
    return one(strange);
  }

 private:
  static double infinity() { return std::numeric_limits<double>::infinity(); }
  static double from_bits(std::uint64_t word) {
    double value;
    std::memcpy(&value, &word, sizeof value);
    return value;
  }
  std::uint64_t state_;
};

}  // namespace exocast::test
