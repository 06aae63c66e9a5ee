// Random tapes: sound ones, and damaged ones.
#pragma once

#include "random.hpp"
#include "tables.hpp"

namespace exocast::test {

// A tape that check() accepts. Its slopes need not be the derivatives of its rates: then the steps
// are small, and nothing else may be wrong. A tame tape has no operation that leaves the range.
Tables random_tables(Random& random, bool tame);

// dy/dt = -k y for each of `states`, with k a parameter.
Tables decay(std::int32_t states);

// Changes, drops, repeats or adds something in one array.
void damage(Tables& tables, Random& random);

}  // namespace exocast::test
