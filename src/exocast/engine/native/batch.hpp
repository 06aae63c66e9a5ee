// Shares one batch among threads.
#pragma once

#include <functional>

#include "dispatch.hpp"
#include "program.hpp"

namespace exocast {

// Runs every member. `ask` is called now and then on the calling thread and returns true to stop;
// then the outputs are incomplete and false is returned.
bool run_batch(const Program& program, const Problem& problem, Worker work, int threads,
               const std::function<bool()>& ask);

// One operation on many numbers, with numbers below the normal range flushed as in a run, or not.
void run_evaluate(Evaluator evaluate, std::int32_t operation, int operands, bool packs, bool flush,
                  std::int64_t count, const double* a, const double* b, double* result);

}  // namespace exocast
