// The machine without Python: cases whose answer is known, and random tapes and members.
//
//   machine_test [--rounds N] [--seconds S] [--seed K] [--digest]
//
// It ends with 1 and says which seed failed, so that `--seed K --rounds 1` shows it again. With
// --digest it prints one number that is the same on every processor.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>

#include "batch.hpp"
#include "batches.hpp"
#include "selection.hpp"
#include "tapes.hpp"

namespace exocast::test {
namespace {

using Clock = std::chrono::steady_clock;

struct Counts {
  std::int64_t tapes = 0, members = 0, finished = 0, refused = 0, accepted = 0, inputs = 0, events = 0,
               differentiated = 0;
  std::int64_t by_status[6] = {};
};

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

// y = exp(-k t), to well within the tolerance, whatever the neighbours do.
void known_answer() {
  for (const std::int32_t states : {1, 3, 40}) {
    Tables tables = decay(states);
    tables.check();
    const Program program = tables.view();
    require(program.parameters == 1, "decay has one parameter");
    Batch batch;
    batch.members = 19;
    batch.times = 3;
    batch.kept = states;
    batch.time = {0.0, 0.5, 2.0};
    batch.scale.assign(static_cast<std::size_t>(states), 1e-3);
    batch.rtol = 1e-8;
    batch.max_steps = 5000;
    for (std::int64_t m = 0; m < batch.members; m++) {
      batch.parameter.push_back(0.25 * static_cast<double>(m));
      for (std::int32_t i = 0; i < states; i++) batch.start.push_back(1.0 + i);
    }
    batch.start[0] = NAN;  // fails alone
    batch.directions = 2;  // by k, and by the start of every state
    batch.by_parameter = {1.0, 0.0};
    for (std::int32_t i = 0; i < states; i++) batch.by_start.insert(batch.by_start.end(), {0.0, 1.0});
    batch.keep_start = {0};
    for (std::int32_t i = 0; i < states; i++) {
      batch.keep_state.push_back(i);
      batch.keep_weight.push_back(1.0);
      batch.keep_start.push_back(i + 1);
    }
    for (const InstructionSet& set : instruction_sets()) {
      const Outcome outcome = run(program, batch, set, 2);
      require(outcome.status[0] == kNotFinite, "a start that is not a number is a failure");
      std::size_t at = static_cast<std::size_t>(batch.times * batch.kept);
      for (std::size_t m = 1; m < static_cast<std::size_t>(batch.members); m++) {
        require(outcome.status[m] == kFinished, "decay finishes");
        for (const double time : batch.time) {
          for (std::int32_t i = 0; i < states; i++, at++) {
            const double exact = (1.0 + i) * std::exp(-batch.parameter[m] * time);
            const double by_start = exact / (1.0 + i);
            const auto near = [&](double found, double wanted) {
              require(std::fabs(found - wanted) <= 1e-6 * (exact + 1e-3), "decay is right");
            };
            near(outcome.amount[at], exact);
            near(outcome.slope[2 * at], -time * exact);
            near(outcome.slope[2 * at + 1], by_start);
          }
        }
      }
    }
  }
}

// A run that would take years ends soon after it is asked to.
void stops_when_asked() {
  Tables tables = decay(1);
  tables.check();
  const Program program = tables.view();
  const double time = 1e300, parameter = 0.0, scale = 1e-300, start = 1.0;
  double amount = 0.0;
  std::int32_t status = 0;
  std::int64_t steps = 0;
  const std::int32_t keep_start[] = {0, 1}, keep = 0;
  const double weight = 1.0;
  std::vector<double> dose_start, dose_amount;
  Whole dose_state, dose_kind;
  for (int q = 0; q < 20'000; q++) {  // every dose is a stop that looks at every dose
    dose_start.push_back(q);
    dose_amount.push_back(1e-3);
    dose_state.push_back(0);
    dose_kind.push_back(kAdd);
  }
  const Selection selection(program, {&keep, 1}, dose_state);
  Problem problem{};
  problem.members = 1;
  problem.times = 1;
  problem.doses = static_cast<std::int64_t>(dose_start.size());
  problem.kept = 1;
  problem.parameter = &parameter;
  problem.start = &start;
  problem.time = &time;
  problem.scale = &scale;
  problem.dose_state = dose_state.data();
  problem.dose_kind = dose_kind.data();
  problem.dose_start = problem.dose_end = dose_start.data();
  problem.dose_amount = dose_amount.data();
  problem.keep_start = keep_start;
  problem.keep_state = &keep;
  problem.keep_weight = &weight;
  problem.rtol = 1e-8;
  problem.max_steps = std::int64_t{1} << 60;
  selection.write(problem);
  problem.amount = &amount;
  problem.status = &status;
  problem.steps = &steps;
  const Clock::time_point begin = Clock::now();
  require(!run_batch(program, problem, instruction_sets().back().work, 1, [] { return true; }),
          "a run that is stopped says so");
  require(Clock::now() - begin < std::chrono::seconds(10), "a run stops soon after it is asked");
}

std::vector<std::int64_t> counted(std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> members;
  for (std::int64_t m = from; m < to; m++) members.push_back(m);
  return members;
}

// A member's bits depend on its own inputs only.
void same_bits(const Program& program, const Batch& batch, const Outcome& known, Random& random) {
  const auto compare = [&](const Outcome& found, const std::vector<std::int64_t>& members,
                           const std::string& where) {
    for (std::size_t j = 0; j < members.size(); j++) {
      const std::string what = difference(known, members[j], found, static_cast<std::int64_t>(j));
      require(what.empty(), what + " of a member depends on " + where);
    }
  };
  const std::vector<std::int64_t> every = counted(0, batch.members);
  for (const InstructionSet& set : instruction_sets()) {
    compare(run(program, batch, set, 1), every, "the instruction set " + set.name);
  }
  const InstructionSet best = instruction_sets().back();
  compare(run(program, batch, best, random.whole(2, 5)), every, "the number of threads");
  std::vector<std::int64_t> shuffled = every;
  for (std::size_t q = shuffled.size(); q > 1; q--) std::swap(shuffled[q - 1], shuffled[random.next() % q]);
  compare(run(program, taken(batch, program, shuffled), best, 1), shuffled, "the order");
  const std::int64_t cut = batch.members == 0 ? 0 : random.whole(0, static_cast<int>(batch.members));
  const std::vector<std::int64_t> head = counted(0, cut), tail = counted(cut, batch.members);
  compare(run(program, taken(batch, program, head), best, 1), head, "the split");
  compare(run(program, taken(batch, program, tail), best, 1), tail, "the split");
  if (program.events > 0) return;
  // The same steps, taken again without error control, give the same numbers.
  const Outcome again = run(program, batch, best, 1, &known);
  for (std::int64_t m = 0; m < batch.members; m++) {
    if (known.status[m] != kFinished) continue;
    const std::string what = difference(known, m, again, m);
    require(what.empty() || what == "steps", what + " of a member changes when its steps are repeated");
  }
}

void count(const Outcome& outcome, Counts& counts) {
  for (const std::int32_t status : outcome.status) {
    counts.members++;
    counts.by_status[status]++;
  }
}

// One random tape: sound, then damaged until it is refused or runs. Returns the digest of its runs.
std::uint64_t round_of(std::uint64_t seed, bool only_digest, Counts& counts) {
  Random random(seed);
  const bool tame = random.chance(60);
  Tables tables = random_tables(random, tame);
  tables.check();
  counts.tapes++;
  counts.inputs += !tables.inputs.empty();
  counts.events += !tables.trigger.empty();
  const Program program = tables.view();
  const Batch batch = random_batch(program, random, tame && random.chance(70));
  const Outcome known = run(program, batch, instruction_sets().front(), 1);
  counts.differentiated += batch.directions > 0;
  count(known, counts);
  if (only_digest) return digest(known);
  same_bits(program, batch, known, random);
  for (int q = 0; q < 60; q++) {
    Tables broken = tables;
    for (int more = random.whole(1, 3); more > 0; more--) damage(broken, random);
    try {
      broken.check();
    } catch (const std::invalid_argument&) {
      counts.refused++;
      continue;
    }
    counts.accepted++;
    const Program damaged = broken.view();
    if (damaged.parameters > 100 || damaged.size > 10'000) continue;
    run(damaged, random_batch(damaged, random, false), random.one(instruction_sets()), 1);
  }
  return digest(known);
}

// Every elementary operation on any two numbers, in packs and alone, with tiny numbers or without.
std::uint64_t elementary(std::uint64_t seed) {
  Random random(seed);
  std::vector<double> a, b;
  for (int q = 0; q < 20'003; q++) {
    const double x = random.wild(), y = random.wild();
    a.push_back(random.chance(60) ? 20.0 * random.unit() - 2.0 : x);
    b.push_back(random.chance(60) ? 20.0 * random.unit() - 10.0 : y);
  }
  Outcome all;
  for (const std::int32_t operation : {kPower, kExponential, kLogarithm, kSquareRoot}) {
    const auto on = [&](const InstructionSet& set, bool packs, bool flush) {
      std::vector<double> result(a.size());
      run_evaluate(set.evaluate, operation, operands(operation), packs, flush,
                   static_cast<std::int64_t>(a.size()), a.data(), b.data(), result.data());
      return result;
    };
    const std::vector<double> known = on(instruction_sets().front(), false, false);
    for (const InstructionSet& set : instruction_sets()) {
      for (const bool packs : {false, true}) {
        for (const bool flush : {false, true}) {
          const std::vector<double> found = on(set, packs, flush);
          require(std::memcmp(found.data(), known.data(), 8 * known.size()) == 0,
                  "an elementary function depends on " + set.name);
        }
      }
    }
    all.amount.insert(all.amount.end(), known.begin(), known.end());
  }
  return digest(all);
}

int main(int count_of, char** words) {
  std::int64_t rounds = 200;
  double seconds = 1e9;
  std::uint64_t seed = 1;
  bool only_digest = false;
  for (int q = 1; q < count_of; q++) {
    const std::string word = words[q];
    const char* value = q + 1 < count_of ? words[q + 1] : "";
    if (word == "--digest") {
      only_digest = true;
      continue;
    }
    if (word == "--rounds") rounds = std::atoll(value);
    else if (word == "--seconds") seconds = std::atof(value);
    else if (word == "--seed") seed = std::strtoull(value, nullptr, 10);
    else return std::fprintf(stderr, "unknown option %s\n", word.c_str()), 2;
    q++;
  }
  Counts counts;
  std::uint64_t total = 0;
  const Clock::time_point begin = Clock::now();
  std::uint64_t now = seed;
  try {
    if (!only_digest) {
      known_answer();
      stops_when_asked();
    }
    total = elementary(seed);
    for (; now < seed + static_cast<std::uint64_t>(rounds); now++) {
      total = total * 31 + round_of(now, only_digest, counts);
      if (std::chrono::duration<double>(Clock::now() - begin).count() > seconds) break;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "seed %llu: %s\n", static_cast<unsigned long long>(now), error.what());
    return 1;
  }
  std::printf("%lld tapes (%lld with inputs, %lld with events, %lld differentiated), %lld members",
              static_cast<long long>(counts.tapes), static_cast<long long>(counts.inputs),
              static_cast<long long>(counts.events), static_cast<long long>(counts.differentiated),
              static_cast<long long>(counts.members));
  for (int status = 0; status < 6; status++) {
    std::printf("%s%lld", status == 0 ? " by status " : "/", static_cast<long long>(counts.by_status[status]));
  }
  std::printf("; damaged tapes: %lld refused, %lld run\n", static_cast<long long>(counts.refused),
              static_cast<long long>(counts.accepted));
  std::printf("digest %016llx\n", static_cast<unsigned long long>(total));
  return 0;
}

}  // namespace
}  // namespace exocast::test

int main(int count, char** words) { return exocast::test::main(count, words); }
