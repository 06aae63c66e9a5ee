// What each direction of a differentiated run moves, worked out once a call.
#pragma once

#include <cstdint>
#include <vector>

#include "program.hpp"
#include "tables.hpp"

namespace exocast {

class Differential {
 public:
  // weight: (parameters, count), row by row.
  Differential(const Program& p, const double* weight, std::int64_t count, const Whole& dosed_pivot);

  // Points a batch at these tables; starts, doses and the result are the caller's.
  void view(Directions& by) const;

 private:
  void seed(const Program& p, const double* weight);
  void spread(const Program& p);
  void lines(const Program& p, const Whole& dosed_pivot);
  void entries(const Program& p);

  std::int64_t count_;
  std::vector<double> seed_weight_;
  Whole seed_start_, seed_parameter_, kept_start_, kept_slot_, place_;
  Whole line_start_, line_row_, line_kept_, line_column_, free_start_, free_row_, free_kept_;
  Whole entry_start_, entry_row_, entry_kept_, entry_column_;
  Whole varying_row_, varying_column_, varying_shape_, varying_index_;
};

}  // namespace exocast
