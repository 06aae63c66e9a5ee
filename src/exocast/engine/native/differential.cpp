#include "differential.hpp"

#include <algorithm>

namespace exocast {

Differential::Differential(const Program& p, const double* weight, std::int64_t count,
                           const Whole& dosed_pivot)
    : count_(count) {
  seed(p, weight);
  spread(p);
  lines(p, dosed_pivot);
  entries(p);
}

void Differential::seed(const Program& p, const double* weight) {
  seed_start_.push_back(0);
  for (std::int64_t q = 0; q < count_; q++) {
    for (std::int32_t k = 0; k < p.parameters; k++) {
      const double share = weight[k * count_ + q];
      if (share == 0.0) continue;
      seed_parameter_.push_back(k);
      seed_weight_.push_back(share);
    }
    seed_start_.push_back(static_cast<std::int32_t>(seed_parameter_.size()));
  }
}

// Which kept numbers each direction reaches through the setup tape.
void Differential::spread(const Program& p) {
  kept_start_.push_back(0);
  place_.assign(static_cast<std::size_t>(count_ * p.kept_count), -1);
  for (std::int64_t q = 0; q < count_; q++) {
    std::vector<char> moved(static_cast<std::size_t>(p.setup_size), 0);
    for (std::int32_t t = seed_start_[q]; t < seed_start_[q + 1]; t++) {
      moved[p.constants + seed_parameter_[t]] = 1;
    }
    const std::int32_t* code = p.setup_code;
    while (code != p.setup_end) {
      const std::int32_t operation = code[0], many = code[1];
      std::int32_t to = code[2];
      code += 3;
      for (std::int32_t done = 0; done < many; done++, to++) {
        std::int32_t inputs = exocast::operands(operation);
        if (operation == kSum) {
          inputs = code[0] + code[1];
          code += 2;
        }
        for (std::int32_t k = 0; k < inputs; k++) moved[to] |= moved[*code++];
      }
    }
    for (std::int32_t slot = 0; slot < p.kept_count; slot++) {
      if (!moved[p.kept[slot]]) continue;
      place_[q * p.kept_count + slot] = static_cast<std::int32_t>(kept_slot_.size());
      kept_slot_.push_back(slot);
    }
    kept_start_.push_back(static_cast<std::int32_t>(kept_slot_.size()));
  }
}

// The constant and linear terms of the rates that each direction moves. Rows with a free term of
// their own (doses, time) are left out: the stepper follows those.
void Differential::lines(const Program& p, const Whole& dosed_pivot) {
  line_start_.push_back(0);
  free_start_.push_back(0);
  for (std::int64_t q = 0; q < count_; q++) {
    const std::int32_t* const place = place_.data() + q * p.kept_count;
    const std::int32_t* index = p.row_index;
    for (std::int32_t i = 0; i < p.states; i++) {
      const std::int32_t* const shape = p.row_shape + 3 * i;
      const std::int32_t constant = place[p.row_constant[i]];
      const bool own = std::find(dosed_pivot.begin(), dosed_pivot.end(), i) != dosed_pivot.end();
      if (constant >= 0 && !own) {
        free_row_.push_back(i);
        free_kept_.push_back(constant);
      }
      for (std::int32_t t = 0; t < shape[0]; t++, index += 2) {
        if (place[index[0]] < 0) continue;
        line_row_.push_back(i);
        line_kept_.push_back(place[index[0]]);
        line_column_.push_back(index[1]);
      }
      index += shape[1] + shape[2];
    }
    line_start_.push_back(static_cast<std::int32_t>(line_row_.size()));
    free_start_.push_back(static_cast<std::int32_t>(free_row_.size()));
  }
}

// The entries of the Jacobian that each direction moves, and those that vary for all.
void Differential::entries(const Program& p) {
  entry_start_.push_back(0);
  for (std::int64_t q = 0; q < count_; q++) {
    const std::int32_t* const place = place_.data() + q * p.kept_count;
    for (std::int32_t i = 0; i < p.states; i++) {
      for (std::int32_t e = p.row_start[i]; e < p.row_start[i + 1]; e++) {
        const std::int32_t found = place[p.entry_shape[4 * e]];
        if (found < 0) continue;
        entry_row_.push_back(i);
        entry_kept_.push_back(found);
        entry_column_.push_back(p.column[e]);
      }
    }
    entry_start_.push_back(static_cast<std::int32_t>(entry_row_.size()));
  }
  const std::int32_t* index = p.entry_index;
  for (std::int32_t i = 0; i < p.states; i++) {
    for (std::int32_t e = p.row_start[i]; e < p.row_start[i + 1]; e++) {
      const std::int32_t* const shape = p.entry_shape + 4 * e;
      const std::int32_t slopes = shape[1] + shape[2];
      if (slopes > 0) {
        varying_row_.push_back(i);
        varying_column_.push_back(p.column[e]);
        varying_shape_.push_back(shape[1]);
        varying_shape_.push_back(shape[2]);
        varying_index_.insert(varying_index_.end(), index, index + slopes);
      }
      index += slopes + 2 * shape[3];
    }
  }
}

void Differential::view(Directions& by) const {
  by.count = count_;
  by.seed_start = seed_start_.data();
  by.seed_parameter = seed_parameter_.data();
  by.seed_weight = seed_weight_.data();
  by.kept_total = static_cast<std::int64_t>(kept_slot_.size());
  by.kept_start = kept_start_.data();
  by.kept_slot = kept_slot_.data();
  by.place = place_.data();
  by.line_start = line_start_.data();
  by.line_row = line_row_.data();
  by.line_kept = line_kept_.data();
  by.line_column = line_column_.data();
  by.free_start = free_start_.data();
  by.free_row = free_row_.data();
  by.free_kept = free_kept_.data();
  by.entry_start = entry_start_.data();
  by.entry_row = entry_row_.data();
  by.entry_kept = entry_kept_.data();
  by.entry_column = entry_column_.data();
  by.varying = static_cast<std::int64_t>(varying_row_.size());
  by.varying_row = varying_row_.data();
  by.varying_column = varying_column_.data();
  by.varying_shape = varying_shape_.data();
  by.varying_index = varying_index_.data();
}

}  // namespace exocast
