#include "batch.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace exocast {

std::size_t workspace_size(const Program& p, const Problem& problem) {
  const std::size_t states = static_cast<std::size_t>(p.states);
  const std::size_t used = static_cast<std::size_t>(problem.used_count);
  const std::size_t size = static_cast<std::size_t>(p.size);
  const std::size_t inputs = static_cast<std::size_t>(p.inputs);
  const std::size_t drifts = static_cast<std::size_t>(p.drifts);
  // As laid out by Stepper: registers, free terms (twice where time drives them), levels, drifts,
  // triggers, amounts, stages (8), matrix, scales, floors, dense output; then plain numbers.
  const std::size_t packs = size + 2 * static_cast<std::size_t>(problem.dosed_count) + 2 * inputs +
                            drifts + static_cast<std::size_t>(p.events) + states * 11 +
                            static_cast<std::size_t>(p.entries) + used;
  const std::size_t plain = static_cast<std::size_t>(p.setup_size) + used + states + size +
                            (states + drifts) / 2 + 1;
  if (problem.by.count == 0) return packs * kLanes + plain;
  // Derivatives (see Dots): a file of registers a stage, a block a direction, scratch of one.
  const std::size_t count = static_cast<std::size_t>(problem.by.count);
  const std::size_t dosed = static_cast<std::size_t>(problem.dosed_count);
  const std::size_t dots = kStages * (size + dosed) + count * (states + dosed + 2 * inputs) +
                           static_cast<std::size_t>(problem.by.kept_total) + size +
                           states * (kStages + 1) + static_cast<std::size_t>(problem.by.varying) +
                           drifts;
  return (packs + dots) * kLanes + plain + static_cast<std::size_t>(p.setup_size) + 2 * states;
}

namespace {

// Numbers below the normal range cost a hundred times more and mean nothing here.
class FlushTinyNumbers {
 public:
#if defined(__x86_64__) || defined(_M_X64)
  FlushTinyNumbers() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040u); }
  ~FlushTinyNumbers() { _mm_setcsr(before_); }

 private:
  unsigned before_;
#elif defined(__aarch64__) && (defined(__GNUC__) || defined(__clang__))
  FlushTinyNumbers() {
    asm volatile("mrs %0, fpcr" : "=r"(before_));
    const std::uint64_t flushing = before_ | (std::uint64_t{1} << 24);
    asm volatile("msr fpcr, %0" : : "r"(flushing));
  }
  ~FlushTinyNumbers() { asm volatile("msr fpcr, %0" : : "r"(before_)); }

 private:
  std::uint64_t before_ = 0;
#endif
};

struct Batch {
  std::int64_t members;
  const std::function<bool()>* ask;
  std::atomic<std::int64_t> taken{0};
  std::atomic<bool> stop{false};
  std::chrono::steady_clock::time_point asked = std::chrono::steady_clock::now();
};

std::int64_t next_member(void* data) {
  Batch& batch = *static_cast<Batch*>(data);
  const std::int64_t member = batch.taken.fetch_add(1, std::memory_order_relaxed);
  return member < batch.members ? member : -1;
}

bool stopped(void* data, bool may_ask) {
  Batch& batch = *static_cast<Batch*>(data);
  if (may_ask) {
    const auto now = std::chrono::steady_clock::now();
    if (now - batch.asked > std::chrono::milliseconds(50)) {
      batch.asked = now;
      if ((*batch.ask)()) batch.stop.store(true);
    }
  }
  return batch.stop.load(std::memory_order_relaxed);
}

struct Release {
  void operator()(double* memory) const { ::operator delete[](memory, std::align_val_t{64}); }
};
using Workspace = std::unique_ptr<double[], Release>;

}  // namespace

bool run_batch(const Program& program, const Problem& problem, Worker work, int threads,
               const std::function<bool()>& ask) {
  Batch batch{problem.members, &ask};
  const std::int64_t useful = std::max<std::int64_t>(1, (problem.members + kLanes - 1) / kLanes);
  const int count = static_cast<int>(std::min<std::int64_t>(threads, useful));
  const std::size_t size = workspace_size(program, problem);
  // Allocated before any thread starts, so that running out of memory is an ordinary exception.
  std::vector<Workspace> spaces;
  for (int t = 0; t < count; t++) {
    spaces.emplace_back(new (std::align_val_t{64}) double[size]);
  }
  const auto run = [&](int t) {
    const FlushTinyNumbers flush;
    work(program, problem, Queue{&batch, &next_member, &stopped, t == 0}, spaces[t].get());
  };
  std::vector<std::thread> others;
  try {
    for (int t = 1; t < count; t++) others.emplace_back(run, t);
  } catch (...) {
    batch.stop.store(true);
    for (std::thread& other : others) other.join();
    throw;
  }
  run(0);
  for (std::thread& other : others) other.join();
  return !batch.stop.load();
}

void run_evaluate(Evaluator evaluate, std::int32_t operation, int operands, bool packs, bool flush,
                  std::int64_t count, const double* a, const double* b, double* result) {
  if (flush) {
    const FlushTinyNumbers flushing;
    evaluate(operation, operands, packs, count, a, b, result);
  } else {
    evaluate(operation, operands, packs, count, a, b, result);
  }
}

}  // namespace exocast
