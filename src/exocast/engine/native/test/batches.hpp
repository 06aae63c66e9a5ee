// Batches of random members, and what came of running them.
#pragma once

#include <string>
#include <vector>

#include "dispatch.hpp"
#include "random.hpp"
#include "tables.hpp"

namespace exocast::test {

struct Batch {
  std::int64_t members = 0, times = 0, doses = 0, kept = 0;
  std::vector<double> parameter, start, time, scale, dose_start, dose_end, dose_amount, keep_weight;
  std::int64_t time_stride = 0, scale_stride = 0;
  Whole dose_state, dose_kind, keep_start, keep_state;
  double rtol = 1e-4;
  std::int64_t max_steps = 200;
  // What it is differentiated by; directions are 0 for most batches. Stride 0 is shared.
  std::int64_t directions = 0, by_start_stride = 0, by_dose_stride = 0;
  std::vector<double> by_parameter, by_start, by_amount, by_begin, by_end;
};

struct Outcome {
  std::vector<double> amount, slope;
  std::vector<double> taken;  // steps accepted, max_steps a member
  std::vector<std::int32_t> status;
  std::vector<std::int64_t> steps;
};

// A tame batch has modest numbers only; any other has strange ones among them.
Batch random_batch(const Program& program, Random& random, bool tame);

// These members only, in this order.
Batch taken(const Batch& batch, const Program& program, const std::vector<std::int64_t>& members);

// Throws std::runtime_error if an output or a status was left unwritten, or a member that failed
// has an output that is a number.
// With `replay` the steps of an earlier run are taken again.
Outcome run(const Program& program, const Batch& batch, const InstructionSet& set, int threads,
            const Outcome* replay = nullptr);

// The bits of an outcome, as one number.
std::uint64_t digest(const Outcome& outcome);

// What differs between member `i` of one outcome and member `j` of another, or nothing.
std::string difference(const Outcome& one, std::int64_t i, const Outcome& other, std::int64_t j);

}  // namespace exocast::test
