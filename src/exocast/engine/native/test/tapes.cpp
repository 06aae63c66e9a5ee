#include "tapes.hpp"

#include <algorithm>
#include <limits>

namespace exocast::test {
namespace {

// A register below `seen`, or from `start` up to `end`.
std::int32_t readable(std::int32_t seen, std::int32_t start, std::int32_t end, Random& random) {
  const std::int32_t slot = random.whole(0, seen + end - start - 1);
  return slot < seen ? slot : slot - seen + start;
}

// Appends a program that reads registers below `seen` and has `results` results from register
// `first` on; returns the next register.
std::int32_t write_code(Whole& code, std::int32_t seen, std::int32_t first, std::int32_t results,
                        bool tame, Random& random) {
  const std::int32_t start = first;
  static const std::vector<std::int32_t> calm{kSum, kMultiply, kMinimum, kMaximum, kGreater, kSelect};
  static const std::vector<std::int32_t> every{
      kSum,         kSum,       kMultiply,   kMultiply, kDivide,  kReciprocal, kPower,
      kExponential, kLogarithm, kSquareRoot, kMinimum,  kMaximum, kGreater,    kSelect};
  while (results > 0) {
    const std::int32_t operation = random.one(tame ? calm : every);
    const std::int32_t count = random.whole(1, std::min(results, 3));
    code.insert(code.end(), {operation, count, first});
    for (std::int32_t done = 0; done < count; done++, first++) {
      std::int32_t many = operands(operation);
      if (operation == kSum) {
        const std::int32_t added = random.whole(0, 3), taken = random.whole(added == 0 ? 1 : 0, 3);
        code.insert(code.end(), {added, taken});
        many = added + taken;
      }
      for (std::int32_t q = 0; q < many; q++) code.push_back(readable(seen, start, first, random));
    }
    results -= count;
  }
  return first;
}

void write_tables(Tables& tables, Random& random) {
  const std::int32_t known = static_cast<std::int32_t>(tables.kept.size());
  const std::int32_t count = random.chance(40) ? random.whole(1, 2) : 0;
  tables.table_start = {0};
  for (std::int32_t b = 0; b < count; b++) {
    double time = random.unit() - 0.5;
    const std::int32_t knots = random.whole(1, 4);
    for (std::int32_t k = 0; k < knots; k++) {
      tables.table_time.push_back(time);
      time += 0.01 + random.unit();
      tables.table_value.push_back(random.whole(0, known - 1));
    }
    tables.table_start.push_back(static_cast<std::int32_t>(tables.table_time.size()));
    tables.table_steps.push_back(random.whole(0, 1));
    tables.inputs.push_back(b);
  }
  if (random.chance(30)) tables.inputs.push_back(-1);
}

void write_rows(Tables& tables, std::int32_t results, Random& random) {
  const std::int32_t known = static_cast<std::int32_t>(tables.kept.size());
  const std::int32_t states = static_cast<std::int32_t>(tables.order.size());
  const std::int32_t first = known + states;
  for (std::int32_t i = 0; i < states; i++) {
    const std::int32_t linear = random.whole(0, 3);
    const std::int32_t added = results > first ? random.whole(0, 1) : 0;
    const std::int32_t taken = results > first ? random.whole(0, 1) : 0;
    tables.row_shape.insert(tables.row_shape.end(), {linear, added, taken});
    for (std::int32_t q = 0; q < linear; q++) {
      tables.row_index.push_back(random.whole(0, known - 1));
      tables.row_index.push_back(random.whole(0, states - 1));
    }
    for (std::int32_t q = 0; q < added + taken; q++) {
      tables.row_index.push_back(random.whole(first, results - 1));
    }
    tables.row_constant.push_back(random.chance(80) ? 0 : random.whole(0, known - 1));
  }
}

void write_entries(Tables& tables, std::int32_t results, Random& random) {
  const std::int32_t known = static_cast<std::int32_t>(tables.kept.size());
  const std::int32_t states = static_cast<std::int32_t>(tables.order.size());
  tables.row_start = {0};
  for (std::int32_t i = 0; i < states; i++) {
    for (std::int32_t j = 0; j < states; j++) {
      if (j != i && !random.chance(25)) continue;
      const std::int32_t e = static_cast<std::int32_t>(tables.column.size());
      if (j == i) tables.diagonal.push_back(e);
      tables.column.push_back(j);
      const std::int32_t added = random.chance(15) ? 1 : 0, taken = random.chance(15) ? 1 : 0;
      const std::int32_t pairs = e > 0 && random.chance(20) ? random.whole(1, 2) : 0;
      const std::int32_t fixed = random.chance(50) ? 0 : random.whole(0, known - 1);
      tables.entry_shape.insert(tables.entry_shape.end(), {fixed, added, taken, pairs});
      for (std::int32_t q = 0; q < added + taken; q++) {
        tables.entry_index.push_back(random.whole(0, results - 1));
      }
      for (std::int32_t q = 0; q < 2 * pairs; q++) {
        tables.entry_index.push_back(random.whole(0, e - 1));
      }
    }
    tables.row_start.push_back(static_cast<std::int32_t>(tables.column.size()));
  }
}

void write_drifts(Tables& tables, std::int32_t results, Random& random) {
  if (tables.inputs.empty() || tables.order.empty()) return;
  const std::int32_t states = static_cast<std::int32_t>(tables.order.size());
  const std::int32_t count = random.whole(0, 2);
  for (std::int32_t d = 0; d < count; d++) {
    const std::int32_t added = random.whole(0, 2), taken = random.whole(0, 2);
    tables.drift_pivot.push_back(random.whole(0, states - 1));
    tables.drift_shape.insert(tables.drift_shape.end(), {added, taken});
    for (std::int32_t q = 0; q < added + taken; q++) {
      tables.drift_index.push_back(random.whole(0, results - 1));
    }
  }
}

void write_events(Tables& tables, std::int32_t leaves, std::int32_t slopes, Random& random) {
  const std::int32_t states = static_cast<std::int32_t>(tables.order.size());
  const std::int32_t count = random.chance(30) ? random.whole(1, 3) : 0;
  tables.set_start = {0};
  for (std::int32_t e = 0; e < count; e++) {
    tables.trigger.push_back(readable(leaves, slopes, tables.size, random));
    for (std::int32_t q = states > 0 ? random.whole(0, 2) : 0; q > 0; q--) {
      tables.set_pivot.push_back(random.whole(0, states - 1));
      tables.set_register.push_back(readable(leaves, slopes, tables.size, random));
    }
    tables.set_start.push_back(static_cast<std::int32_t>(tables.set_pivot.size()));
  }
}

std::int32_t damaged(std::int32_t value, Random& random) {
  constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();
  switch (random.whole(0, 5)) {
    case 0: return value == most ? 0 : value + 1;
    case 1: return value == -most - 1 ? 0 : value - 1;
    case 2: return random.whole(-3, 20);
    case 3: return random.one(std::vector<std::int32_t>{most, -most - 1, -1, 0, most / 2});
    case 4: return value / 2;
    default: return random.whole(-most - 1, most);
  }
}

}  // namespace

Tables random_tables(Random& random, bool tame) {
  Tables tables;
  const std::int32_t states = random.chance(3) ? 0 : random.whole(1, 12);
  tables.constant = {0.0};
  for (std::int32_t q = random.whole(0, 4); q > 0; q--) {
    tables.constant.push_back(tame || random.chance(90) ? 2.0 * random.unit() - 1.2 : random.wild());
  }
  const std::int32_t given =
      static_cast<std::int32_t>(tables.constant.size()) + random.whole(0, 4);
  tables.setup_size = write_code(tables.setup_code, given, given, random.whole(0, 6), tame, random);
  tables.kept = {0};
  for (std::int32_t q = random.whole(0, 8); q > 0; q--) {
    tables.kept.push_back(random.whole(0, tables.setup_size - 1));
  }
  for (std::int32_t i = 0; i < states; i++) {
    tables.order.insert(tables.order.begin() + random.whole(0, i), i);
    tables.is_signed.push_back(random.chance(60) ? 1 : 0);
  }
  write_tables(tables, random);
  const std::int32_t first = static_cast<std::int32_t>(tables.kept.size() + 2 * tables.inputs.size()) +
                             states;
  const std::int32_t rates =
      write_code(tables.rate_code, first, first, random.whole(0, 8), tame, random);
  const std::int32_t slopes =
      write_code(tables.slope_code, rates, rates, random.whole(0, 5), tame, random);
  tables.size = write_code(tables.event_code, first, slopes, random.whole(0, 3), tame, random);
  write_rows(tables, rates, random);
  write_entries(tables, slopes, random);
  write_drifts(tables, slopes, random);
  write_events(tables, first, slopes, random);
  return tables;
}

Tables decay(std::int32_t states) {
  Tables tables;
  tables.constant = {0.0};
  tables.setup_code = {kSum, 1, 2, 0, 1, 1};  // register 2 = -k
  tables.setup_size = 3;
  tables.kept = {0, 2};
  tables.size = 2 + states;
  tables.table_start = tables.set_start = {0};
  tables.row_start = {0};
  for (std::int32_t i = 0; i < states; i++) {
    tables.order.push_back(i);
    tables.is_signed.push_back(0);
    tables.row_shape.insert(tables.row_shape.end(), {1, 0, 0});
    tables.row_index.insert(tables.row_index.end(), {1, i});
    tables.row_constant.push_back(0);
    tables.diagonal.push_back(i);
    tables.column.push_back(i);
    tables.row_start.push_back(i + 1);
    tables.entry_shape.insert(tables.entry_shape.end(), {1, 0, 0, 0});
  }
  return tables;
}

void damage(Tables& tables, Random& random) {
  const std::vector<Whole*> arrays{
      &tables.setup_code,  &tables.kept,        &tables.rate_code,   &tables.slope_code,
      &tables.order,       &tables.row_shape,   &tables.row_index,   &tables.row_constant,
      &tables.row_start,   &tables.diagonal,    &tables.column,      &tables.entry_shape,
      &tables.entry_index, &tables.inputs,      &tables.table_start, &tables.table_value,
      &tables.table_steps, &tables.event_code,  &tables.drift_pivot, &tables.drift_shape,
      &tables.drift_index, &tables.trigger,     &tables.set_start,   &tables.set_pivot,
      &tables.set_register, &tables.is_signed};
  if (random.chance(4)) {
    std::int32_t& size = random.chance(50) ? tables.setup_size : tables.size;
    size = damaged(size, random);
    return;
  }
  if (random.chance(4)) {
    std::vector<double>& numbers = random.chance(50) ? tables.constant : tables.table_time;
    if (!numbers.empty()) numbers[random.next() % numbers.size()] = random.wild();
    return;
  }
  Whole& array = *random.one(arrays);
  const std::size_t at = array.empty() ? 0 : random.next() % array.size();
  const auto place = array.begin() + static_cast<std::ptrdiff_t>(at);
  switch (array.empty() ? 0 : random.whole(0, 7)) {
    case 0: array.insert(place, damaged(0, random)); break;
    case 1: array.erase(place); break;
    case 2: array.resize(at); break;
    case 3: array.push_back(array[at]); break;
    default: array[at] = damaged(array[at], random);
  }
}

}  // namespace exocast::test
