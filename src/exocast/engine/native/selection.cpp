#include "selection.hpp"

#include <algorithm>
#include <stdexcept>

namespace exocast {
namespace {

void add_once(Whole& pivots, std::int32_t pivot) {
  if (std::find(pivots.begin(), pivots.end(), pivot) == pivots.end()) pivots.push_back(pivot);
}

}  // namespace

Selection::Selection(const Program& program, std::span<const std::int32_t> keep,
                     std::span<const std::int32_t> dosed) {
  const auto pivot_of = [&program](std::int32_t state, const char* problem) {
    if (state < 0 || state >= program.states) throw std::invalid_argument(problem);
    return program.rank[state];
  };
  Whole place(static_cast<std::size_t>(program.states), -1);
  for (const std::int32_t state : keep) {
    const std::int32_t pivot = pivot_of(state, "keep names a state that is not there");
    if (place[pivot] < 0) {
      place[pivot] = static_cast<std::int32_t>(used_pivot.size());
      used_pivot.push_back(pivot);
    }
    keep_used.push_back(place[pivot]);
  }
  for (const std::int32_t state : dosed) {
    add_once(dosed_pivot, pivot_of(state, "a dose enters a state that is not there"));
  }
  for (std::int32_t d = 0; d < program.drifts; d++) add_once(dosed_pivot, program.drift_pivot[d]);
}

void Selection::write(Problem& problem) const {
  problem.used_count = static_cast<std::int64_t>(used_pivot.size());
  problem.dosed_count = static_cast<std::int64_t>(dosed_pivot.size());
  problem.used_pivot = used_pivot.data();
  problem.keep_used = keep_used.data();
  problem.dosed_pivot = dosed_pivot.data();
}

}  // namespace exocast
