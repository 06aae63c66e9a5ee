#include "tables.hpp"

#include <stdexcept>
#include <string>

namespace exocast {
namespace {

void require(bool holds, const char* array) {
  if (!holds) {
    throw std::invalid_argument(std::string("The tape is damaged: ") + array +
                                " points outside its arrays. Compile the network again.");
  }
}

bool within(std::int64_t value, std::int64_t limit) { return value >= 0 && value < limit; }

// Refuses a list of starts that does not divide `total` items into runs.
void check_starts(const Whole& starts, std::size_t total, const char* name) {
  require(!starts.empty() && starts[0] == 0, name);
  for (std::size_t q = 1; q < starts.size(); q++) require(starts[q] >= starts[q - 1], name);
  require(static_cast<std::size_t>(starts.back()) == total, name);
}

}  // namespace

int operands(std::int32_t operation) {
  switch (operation) {
    case kReciprocal:
    case kExponential:
    case kLogarithm:
    case kSquareRoot:
      return 1;
    case kMultiply:
    case kDivide:
    case kPower:
    case kMinimum:
    case kMaximum:
    case kGreater:
      return 2;
    case kSelect:
      return 3;
    default:
      return 0;
  }
}

// Walks a program that may read registers below `seen` and its own results; returns the first
// register that it leaves unused.
std::int32_t Tables::check_code(const char* name, const Whole& code, std::int32_t seen,
                                std::int32_t first, std::int32_t limit) const {
  const std::int32_t start = first;
  const std::size_t end = code.size();
  std::size_t at = 0;
  while (at < end) {
    require(at + 3 <= end, name);
    const std::int32_t operation = code[at], count = code[at + 1];
    require(operation == kSum || operands(operation) > 0, name);
    require(code[at + 2] == first && count >= 0, name);
    at += 3;
    for (std::int32_t done = 0; done < count; done++, first++) {
      std::int64_t many = operands(operation);
      if (operation == kSum) {
        require(at + 2 <= end && code[at] >= 0 && code[at + 1] >= 0, name);
        many = static_cast<std::int64_t>(code[at]) + code[at + 1];
        at += 2;
      }
      require(many > 0 && at + static_cast<std::size_t>(many) <= end, name);
      for (std::int64_t q = 0; q < many; q++, at++) {
        require(within(code[at], first) && (code[at] < seen || code[at] >= start), name);
      }
      require(first < limit, name);
    }
  }
  return first;
}

void Tables::check_rows(std::int32_t results) const {
  const std::int32_t states = static_cast<std::int32_t>(order.size());
  const std::int64_t known = static_cast<std::int64_t>(kept.size());
  require(row_shape.size() == 3 * order.size(), "row_shape");
  require(row_constant.size() == order.size(), "row_constant");
  std::size_t at = 0;
  for (std::int32_t i = 0; i < states; i++) {
    const std::int32_t* shape = &row_shape[3 * static_cast<std::size_t>(i)];
    require(shape[0] >= 0 && shape[1] >= 0 && shape[2] >= 0, "row_shape");
    const std::int64_t linear = shape[0], others = std::int64_t{shape[1]} + shape[2];
    require(at + static_cast<std::size_t>(2 * linear + others) <= row_index.size(), "row_index");
    for (std::int64_t q = 0; q < linear; q++, at += 2) {
      require(within(row_index[at], known) && within(row_index[at + 1], states), "row_index");
    }
    for (std::int64_t q = 0; q < others; q++, at++) {
      require(within(row_index[at], results), "row_index");
    }
    require(within(row_constant[i], known), "row_constant");
  }
  require(at == row_index.size(), "row_index");
}

void Tables::check_entries(std::int32_t results) const {
  const std::int32_t states = static_cast<std::int32_t>(order.size());
  const std::int32_t many = static_cast<std::int32_t>(column.size());
  require(row_start.size() == order.size() + 1 && row_start[0] == 0, "row_start");
  require(row_start.back() == many, "row_start");
  require(diagonal.size() == order.size(), "diagonal");
  require(entry_shape.size() == 4 * column.size(), "entry_shape");
  std::size_t at = 0;
  for (std::int32_t i = 0; i < states; i++) {
    const std::int32_t first = row_start[i], end = row_start[i + 1], pivot = diagonal[i];
    require(first <= pivot && pivot < end && end <= many, "diagonal");
    for (std::int32_t e = first; e < end; e++) {
      const std::int32_t j = column[e];
      require(e < pivot ? within(j, i) : e == pivot ? j == i : j > i && j < states, "column");
      const std::int32_t* shape = &entry_shape[4 * static_cast<std::size_t>(e)];
      require(within(shape[0], static_cast<std::int64_t>(kept.size())), "entry_shape");
      require(shape[1] >= 0 && shape[2] >= 0 && shape[3] >= 0, "entry_shape");
      const std::int64_t slopes = std::int64_t{shape[1]} + shape[2], pairs = 2 * std::int64_t{shape[3]};
      require(at + static_cast<std::size_t>(slopes + pairs) <= entry_index.size(), "entry_index");
      for (std::int64_t q = 0; q < slopes; q++, at++) {
        require(within(entry_index[at], results), "entry_index");
      }
      // A product may use entries that were finished before this one only.
      for (std::int64_t q = 0; q < pairs; q++, at++) {
        require(within(entry_index[at], e), "entry_index");
      }
    }
  }
  require(at == entry_index.size(), "entry_index");
}

void Tables::check_inputs() const {
  check_starts(table_start, table_time.size(), "table_start");
  const std::int64_t tables = static_cast<std::int64_t>(table_start.size()) - 1;
  require(table_value.size() == table_time.size(), "table_value");
  require(static_cast<std::int64_t>(table_steps.size()) == tables, "table_steps");
  for (std::int64_t b = 0; b < tables; b++) {
    require(table_start[b] < table_start[b + 1], "table_start");
    for (std::int32_t k = table_start[b]; k < table_start[b + 1]; k++) {
      require(within(table_value[k], static_cast<std::int64_t>(kept.size())), "table_value");
      require(table_time[k] - table_time[k] == 0.0, "table_time");
      require(k == table_start[b] || table_time[k] > table_time[k - 1], "table_time");
    }
  }
  for (const std::int32_t table : inputs) require(table >= -1 && table < tables, "inputs");
}

void Tables::check_drifts(std::int32_t results) const {
  require(drift_shape.size() == 2 * drift_pivot.size(), "drift_shape");
  std::size_t at = 0;
  for (std::size_t d = 0; d < drift_pivot.size(); d++) {
    require(within(drift_pivot[d], static_cast<std::int64_t>(order.size())), "drift_pivot");
    require(drift_shape[2 * d] >= 0 && drift_shape[2 * d + 1] >= 0, "drift_shape");
    const std::size_t many = static_cast<std::size_t>(drift_shape[2 * d]) +
                             static_cast<std::size_t>(drift_shape[2 * d + 1]);
    require(at + many <= drift_index.size(), "drift_index");
    for (std::size_t q = 0; q < many; q++, at++) require(within(drift_index[at], results), "drift_index");
  }
  require(at == drift_index.size(), "drift_index");
}

void Tables::check_events(std::int32_t leaves, std::int32_t slopes) const {
  const auto readable = [&](std::int32_t slot) {
    return within(slot, size) && (slot < leaves || slot >= slopes);
  };
  require(set_start.size() == trigger.size() + 1, "set_start");
  check_starts(set_start, set_pivot.size(), "set_start");
  require(set_register.size() == set_pivot.size(), "set_register");
  for (const std::int32_t slot : trigger) require(readable(slot), "trigger");
  for (const std::int32_t slot : set_register) require(readable(slot), "set_register");
  for (const std::int32_t pivot : set_pivot) {
    require(within(pivot, static_cast<std::int64_t>(order.size())), "set_pivot");
  }
  require(is_signed.size() == order.size(), "signed");
}

void Tables::check() {
  const std::int32_t states = static_cast<std::int32_t>(order.size());
  rank.assign(order.size(), -1);
  for (std::int32_t i = 0; i < states; i++) {
    require(within(order[i], states) && rank[order[i]] < 0, "order");
    rank[order[i]] = i;
  }
  require(!kept.empty(), "kept");
  require(setup_size >= 0 && size >= 0, "size");
  // Parameters lie between the constants and the first result: their number is what is left.
  const std::int32_t results = setup_code.size() < 3 ? setup_size : setup_code[2];
  require(results >= static_cast<std::int32_t>(constant.size()), "setup_code");
  require(check_code("setup_code", setup_code, results, results, setup_size) == setup_size, "setup_code");
  for (const std::int32_t slot : kept) require(within(slot, setup_size), "kept");
  check_inputs();
  const std::int64_t first = static_cast<std::int64_t>(kept.size()) + states +
                             2 * static_cast<std::int64_t>(inputs.size());
  require(first <= size, "size");
  const std::int32_t leaves = static_cast<std::int32_t>(first);
  const std::int32_t rates = check_code("rate_code", rate_code, leaves, leaves, size);
  const std::int32_t slopes = check_code("slope_code", slope_code, rates, rates, size);
  // Events look when the results of the rates are of an earlier moment.
  require(check_code("event_code", event_code, leaves, slopes, size) == size, "event_code");
  check_drifts(slopes);
  check_events(leaves, slopes);
  check_rows(rates);
  check_entries(slopes);
}

Program Tables::view() const {
  Program p{};
  p.states = static_cast<std::int32_t>(order.size());
  p.constants = static_cast<std::int32_t>(constant.size());
  p.parameters = (setup_code.empty() ? setup_size : setup_code[2]) - p.constants;
  p.setup_size = setup_size;
  p.kept_count = static_cast<std::int32_t>(kept.size());
  p.size = size;
  p.entries = static_cast<std::int32_t>(column.size());
  p.constant = constant.data();
  p.setup_code = setup_code.data();
  p.setup_end = setup_code.data() + setup_code.size();
  p.kept = kept.data();
  p.rate_code = rate_code.data();
  p.rate_end = rate_code.data() + rate_code.size();
  p.slope_code = slope_code.data();
  p.slope_end = slope_code.data() + slope_code.size();
  p.order = order.data();
  p.rank = rank.data();
  p.row_shape = row_shape.data();
  p.row_index = row_index.data();
  p.row_constant = row_constant.data();
  p.row_start = row_start.data();
  p.diagonal = diagonal.data();
  p.column = column.data();
  p.entry_shape = entry_shape.data();
  p.entry_index = entry_index.data();
  p.inputs = static_cast<std::int32_t>(inputs.size());
  p.input = inputs.data();
  p.table_start = table_start.data();
  p.table_time = table_time.data();
  p.table_value = table_value.data();
  p.table_steps = table_steps.data();
  p.drifts = static_cast<std::int32_t>(drift_pivot.size());
  p.drift_pivot = drift_pivot.data();
  p.drift_shape = drift_shape.data();
  p.drift_index = drift_index.data();
  p.events = static_cast<std::int32_t>(trigger.size());
  p.event_code = event_code.data();
  p.event_end = event_code.data() + event_code.size();
  p.trigger = trigger.data();
  p.set_start = set_start.data();
  p.set_pivot = set_pivot.data();
  p.set_register = set_register.data();
  p.is_signed = is_signed.data();
  return p;
}

}  // namespace exocast
