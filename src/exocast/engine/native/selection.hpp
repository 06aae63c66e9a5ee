// What a batch derives once from the places that are kept and dosed.
#pragma once

#include <span>

#include "tables.hpp"

namespace exocast {

// Pivots that keep reads, with each keep column as a place among them, and pivots that doses or time
// itself drive; each once.
struct Selection {
  Whole used_pivot, keep_used, dosed_pivot;

  // Throws std::invalid_argument for a state that is not there.
  Selection(const Program& program, std::span<const std::int32_t> keep,
            std::span<const std::int32_t> dosed);

  void write(Problem& problem) const;
};

}  // namespace exocast
