// Owns a tape and refuses one that would read or write outside its arrays.
#pragma once

#include <cstdint>
#include <vector>

#include "program.hpp"

namespace exocast {

using Whole = std::vector<std::int32_t>;

// Operands of one instruction; 0 for a sum, and for what the machine does not know.
int operands(std::int32_t operation);

struct Tables {
  std::vector<double> constant;
  Whole setup_code, kept, rate_code, slope_code, order, rank, row_shape, row_index, row_constant;
  Whole row_start, diagonal, column, entry_shape, entry_index;
  Whole inputs, table_start, table_value, table_steps, event_code;
  Whole drift_pivot, drift_shape, drift_index, trigger, set_start, set_pivot, set_register, is_signed;
  std::vector<double> table_time;
  std::int32_t setup_size = 0, size = 0;

  // Throws std::invalid_argument, naming the array at fault; fills rank.
  void check();

  Program view() const;

 private:
  std::int32_t check_code(const char* name, const Whole& code, std::int32_t seen,
                          std::int32_t first, std::int32_t limit) const;
  void check_rows(std::int32_t results) const;
  void check_entries(std::int32_t results) const;
  void check_inputs() const;
  void check_drifts(std::int32_t results) const;
  void check_events(std::int32_t leaves, std::int32_t slopes) const;
};

}  // namespace exocast
