#include "batches.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "batch.hpp"
#include "differential.hpp"
#include "selection.hpp"

namespace exocast::test {
namespace {

constexpr std::uint64_t kUnwritten = 0x7ff0dead0000beef;

std::uint64_t bits(double value) {
  std::uint64_t word;
  std::memcpy(&word, &value, sizeof word);
  return word;
}

template <class T>
std::vector<T> rows(const std::vector<T>& table, std::int64_t width,
                    const std::vector<std::int64_t>& members) {
  std::vector<T> result;
  for (const std::int64_t m : members) {
    result.insert(result.end(), table.begin() + m * width, table.begin() + (m + 1) * width);
  }
  return result;
}

}  // namespace

Batch random_batch(const Program& program, Random& random, bool tame) {
  Batch batch;
  batch.members = random.chance(5) ? 0 : random.whole(1, 29);
  batch.times = random.chance(5) ? 0 : random.whole(1, 6);
  batch.kept = random.chance(5) ? 0 : random.whole(1, 4);
  batch.doses = program.states > 0 ? random.whole(0, 3) : 0;
  batch.rtol = random.chance(50) ? 1e-3 : 1e-6;
  const auto number = [&](double modest) {
    return tame || random.chance(96) ? modest : random.wild();
  };
  const auto fill = [&](std::vector<double>& to, std::int64_t count, double low, double high) {
    for (std::int64_t q = 0; q < count; q++) to.push_back(number(low + (high - low) * random.unit()));
  };
  fill(batch.parameter, batch.members * program.parameters, -1.0, 1.0);
  fill(batch.start, batch.members * program.states, 0.0, 3.0);
  batch.time_stride = random.chance(50) ? 0 : batch.times;
  for (std::int64_t row = batch.time_stride == 0 ? 1 : batch.members; row > 0; row--) {
    double time = random.chance(40) ? 0.0 : random.unit();
    for (std::int64_t k = 0; k < batch.times; k++) {
      batch.time.push_back(time);
      if (random.chance(85)) time += random.unit();
    }
  }
  batch.scale_stride = random.chance(50) ? 0 : program.states;
  for (std::int64_t q = (batch.scale_stride == 0 ? 1 : batch.members) * program.states; q > 0; q--) {
    batch.scale.push_back(random.chance(90) ? 0.01 + random.unit() : 0x1p-300);
  }
  for (std::int64_t d = 0; d < batch.doses; d++) {
    batch.dose_state.push_back(random.whole(0, program.states - 1));
    batch.dose_kind.push_back(random.chance(70) ? kAdd : random.whole(kAdd, kReset));
  }
  for (std::int64_t q = 0; q < batch.members * batch.doses; q++) {
    const double begin = number(random.chance(30) ? 0.0 : 2.0 * random.unit());
    batch.dose_start.push_back(begin);
    batch.dose_end.push_back(random.chance(50) ? begin : begin + number(random.unit()));
    batch.dose_amount.push_back(number(random.unit()));
  }
  batch.keep_start = {0};
  for (std::int64_t j = 0; j < batch.kept; j++) {
    for (std::int32_t q = program.states > 0 ? random.whole(0, 2) : 0; q > 0; q--) {
      batch.keep_state.push_back(random.whole(0, program.states - 1));
      batch.keep_weight.push_back(random.unit() - 0.5);
    }
    batch.keep_start.push_back(static_cast<std::int32_t>(batch.keep_state.size()));
  }
  if (program.events > 0 || random.chance(60)) return batch;
  batch.directions = random.whole(1, 3);
  const std::int64_t q = batch.directions;
  const auto mix = [&](std::vector<double>& to, std::int64_t count) {
    for (; count > 0; count--) to.push_back(random.chance(40) ? 0.0 : number(random.unit() - 0.5));
  };
  mix(batch.by_parameter, program.parameters * q);
  batch.by_start_stride = random.chance(50) ? 0 : program.states * q;
  mix(batch.by_start, (batch.by_start_stride == 0 ? 1 : batch.members) * program.states * q);
  batch.by_dose_stride = random.chance(50) ? 0 : batch.doses * q;
  const std::int64_t rows_of = batch.by_dose_stride == 0 ? 1 : batch.members;
  if (random.chance(60)) mix(batch.by_amount, rows_of * batch.doses * q);
  if (random.chance(40)) {
    mix(batch.by_begin, rows_of * batch.doses * q);
    mix(batch.by_end, rows_of * batch.doses * q);
  }
  return batch;
}

Batch taken(const Batch& batch, const Program& program, const std::vector<std::int64_t>& members) {
  Batch part = batch;
  part.members = static_cast<std::int64_t>(members.size());
  part.parameter = rows(batch.parameter, program.parameters, members);
  part.start = rows(batch.start, program.states, members);
  if (batch.time_stride != 0) part.time = rows(batch.time, batch.times, members);
  if (batch.scale_stride != 0) part.scale = rows(batch.scale, program.states, members);
  part.dose_start = rows(batch.dose_start, batch.doses, members);
  part.dose_end = rows(batch.dose_end, batch.doses, members);
  part.dose_amount = rows(batch.dose_amount, batch.doses, members);
  if (batch.by_start_stride != 0) part.by_start = rows(batch.by_start, batch.by_start_stride, members);
  for (auto dose : {&Batch::by_amount, &Batch::by_begin, &Batch::by_end}) {
    if (batch.by_dose_stride == 0 || (batch.*dose).empty()) continue;
    part.*dose = rows(batch.*dose, batch.by_dose_stride, members);
  }
  return part;
}

Outcome run(const Program& program, const Batch& batch, const InstructionSet& set, int threads,
            const Outcome* replay) {
  Outcome outcome;
  double unwritten;
  std::memcpy(&unwritten, &kUnwritten, sizeof unwritten);
  const std::size_t members = static_cast<std::size_t>(batch.members);
  const std::size_t width = static_cast<std::size_t>(batch.times * batch.kept);
  outcome.amount.assign(members * width, unwritten);
  outcome.slope.assign(members * width * static_cast<std::size_t>(batch.directions), unwritten);
  outcome.taken.assign(members * static_cast<std::size_t>(batch.max_steps), 0.0);
  outcome.status.assign(members, -1);
  outcome.steps.assign(members, -1);
  const Selection selection(program, batch.keep_state, batch.dose_state);
  Problem problem{};
  problem.members = batch.members;
  problem.times = batch.times;
  problem.doses = batch.doses;
  problem.kept = batch.kept;
  problem.parameter = batch.parameter.data();
  problem.start = batch.start.data();
  problem.time = batch.time.data();
  problem.scale = batch.scale.data();
  problem.time_stride = batch.time_stride;
  problem.scale_stride = batch.scale_stride;
  problem.dose_state = batch.dose_state.data();
  problem.dose_kind = batch.dose_kind.data();
  problem.dose_start = batch.dose_start.data();
  problem.dose_end = batch.dose_end.data();
  problem.dose_amount = batch.dose_amount.data();
  problem.keep_start = batch.keep_start.data();
  problem.keep_state = batch.keep_state.data();
  problem.keep_weight = batch.keep_weight.data();
  problem.rtol = batch.rtol;
  problem.max_steps = batch.max_steps;
  selection.write(problem);
  const Differential differential(program, batch.by_parameter.data(), batch.directions,
                                  selection.dosed_pivot);
  if (batch.directions > 0) {
    const auto given = [](const std::vector<double>& array) {
      return array.empty() ? nullptr : array.data();
    };
    differential.view(problem.by);
    problem.by.start = batch.by_start.data();
    problem.by.start_stride = batch.by_start_stride;
    problem.by.dose_amount = given(batch.by_amount);
    problem.by.dose_start = given(batch.by_begin);
    problem.by.dose_end = given(batch.by_end);
    problem.by.dose_stride = batch.by_dose_stride;
    problem.by.result = outcome.slope.data();
  }
  problem.steps_room = batch.max_steps;
  problem.record = outcome.taken.data();
  problem.replay = replay == nullptr ? nullptr : replay->taken.data();
  problem.amount = outcome.amount.data();
  problem.status = outcome.status.data();
  problem.steps = outcome.steps.data();
  if (!run_batch(program, problem, set.work, threads, [] { return false; })) {
    throw std::runtime_error("a run stopped that nobody stopped");
  }
  for (std::size_t m = 0; m < members; m++) {
    if (outcome.status[m] < kFinished || outcome.status[m] > kEventCircle) {
      throw std::runtime_error("a member has no status");
    }
    if (outcome.steps[m] < 0 || outcome.steps[m] > batch.max_steps) {
      throw std::runtime_error("a member took more steps than it may");
    }
    for (const std::vector<double>* array : {&outcome.amount, &outcome.slope}) {
      const std::size_t many = array->size() / members;
      for (std::size_t q = m * many; q < (m + 1) * many; q++) {
        if (bits((*array)[q]) == kUnwritten) throw std::runtime_error("an output is missing");
        if (outcome.status[m] != kFinished && !std::isnan((*array)[q])) {
          throw std::runtime_error("a member that failed has an output that is a number");
        }
      }
    }
  }
  return outcome;
}

std::uint64_t digest(const Outcome& outcome) {
  std::uint64_t total = 0xcbf29ce484222325;  // FNV-1a, word by word
  const auto add = [&total](std::uint64_t word) { total = (total ^ word) * 0x100000001b3; };
  // One NaN is as good as another: processors differ in their sign.
  for (const std::vector<double>* array : {&outcome.amount, &outcome.slope}) {
    for (const double value : *array) add(std::isnan(value) ? 0 : bits(value));
  }
  for (const std::int32_t value : outcome.status) add(static_cast<std::uint64_t>(value));
  for (const std::int64_t value : outcome.steps) add(static_cast<std::uint64_t>(value));
  return total;
}

std::string difference(const Outcome& one, std::int64_t i, const Outcome& other, std::int64_t j) {
  const std::size_t a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(j);
  if (one.status[a] != other.status[b]) return "status";
  if (one.steps[a] != other.steps[b]) return "steps";
  const auto differ = [&](const std::vector<double>& of_one, const std::vector<double>& of_other) {
    const std::size_t width = of_one.size() / one.status.size();
    for (std::size_t q = 0; q < width; q++) {
      const double x = of_one[a * width + q], y = of_other[b * width + q];
      if (bits(x) != bits(y) && !(std::isnan(x) && std::isnan(y))) return true;
    }
    return false;
  };
  if (differ(one.amount, other.amount)) return "amount";
  return differ(one.slope, other.slope) ? "derivative" : "";
}

}  // namespace exocast::test
