// What one call of the machine reads and writes. Plain data only: these types are shared by
// translation units that are compiled for different instruction sets, so they hold no inline code.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exocast {

constexpr int kStages = 8;  // of a step
constexpr int kLanes = 8;  // members that advance together

// The numbers of exocast.engine.operation.Operation.
enum Operation : std::int32_t {
  kSum = 3,  // on tape every sum has any number of signed addends
  kMultiply = 6,
  kDivide = 7,
  kReciprocal = 8,
  kPower = 9,
  kExponential = 10,
  kLogarithm = 11,
  kSquareRoot = 12,
  kMinimum = 13,
  kMaximum = 14,
  kGreater = 15,
  kSelect = 16,
};

// The numbers of exocast.engine.solve.Status.
enum Status : std::int32_t {
  kFinished = 0,
  kStepUnderflow = 1,
  kTooManySteps = 2,
  kNotFinite = 3,
  kSingularMatrix = 4,
  kEventCircle = 5,
};

// The numbers of exocast.engine.solve.DoseKind.
enum DoseKind : std::int32_t { kAdd = 0, kSet = 1, kReset = 2 };

// One tape; every array is described in exocast/engine/tape.py.
struct Program {
  std::int32_t states, parameters, constants, setup_size, kept_count, size, entries;
  const double* constant;
  const std::int32_t *setup_code, *setup_end;
  const std::int32_t* kept;
  const std::int32_t *rate_code, *rate_end;
  const std::int32_t *slope_code, *slope_end;
  const std::int32_t *order, *rank;  // state at a pivot, pivot of a state
  const std::int32_t *row_shape, *row_index, *row_constant;
  const std::int32_t *row_start, *diagonal, *column;
  const std::int32_t *entry_shape, *entry_index;
  std::int32_t inputs, drifts, events;
  const std::int32_t *input;  // table of each input, -1 for time
  const std::int32_t *table_start, *table_value, *table_steps;
  const double* table_time;
  const std::int32_t *drift_pivot, *drift_shape, *drift_index;
  const std::int32_t *event_code, *event_end, *trigger, *set_start, *set_pivot, *set_register;
  const std::int32_t* is_signed;  // per pivot
};

// What a run is differentiated by: directions, each a mix of parameters, starts and doses. All but
// the numbers are derived once a call (differential.cpp); "kept" indexes the flat list of kept
// numbers that a direction moves.
struct Directions {
  std::int64_t count;  // 0: no derivatives
  const std::int32_t *seed_start, *seed_parameter;
  const double* seed_weight;
  std::int64_t kept_total;
  const std::int32_t *kept_start, *kept_slot, *place;  // place: (direction, slot), -1 if unmoved
  const std::int32_t *line_start, *line_row, *line_kept, *line_column;      // linear rate terms
  const std::int32_t *free_start, *free_row, *free_kept;                    // constant rate terms
  const std::int32_t *entry_start, *entry_row, *entry_kept, *entry_column;  // of the Jacobian
  std::int64_t varying;  // entries of the Jacobian with slopes that vary, whatever the direction
  const std::int32_t *varying_row, *varying_column, *varying_shape, *varying_index;
  // Derivatives of starts (states) and of doses: amount, start, end; null where there are none.
  const double *start, *dose_amount, *dose_start, *dose_end;
  std::int64_t start_stride, dose_stride;  // a member's, 0 if shared
  double* result;  // (members, times, kept, count)
};

// One batch. A stride of 0 shares one row among all members.
struct Problem {
  std::int64_t members, times, doses, kept;
  const double *parameter, *start, *time, *scale;
  std::int64_t time_stride, scale_stride;
  const std::int32_t *dose_state, *dose_kind;
  const double *dose_start, *dose_end, *dose_amount;
  const std::int32_t *keep_start, *keep_state;
  const double* keep_weight;
  double rtol;
  std::int64_t max_steps;
  // Derived once a call: states that keep reads, with each keep column as a place among them, and
  // pivots that doses or time itself drive.
  std::int64_t used_count, dosed_count;
  const std::int32_t *used_pivot, *keep_used, *dosed_pivot;
  Directions by;
  // Steps accepted, to be written or to be repeated; null where neither. Negative: onto a stop.
  std::int64_t steps_room;  // a member
  double* record;
  const double* replay;
  double *amount;
  std::int32_t *status;
  std::int64_t *steps;
};

// What workers ask of the batch: the next member, and whether to stop early.
struct Queue {
  void* batch;
  std::int64_t (*next)(void* batch);  // -1 when none is left
  bool (*stopped)(void* batch, bool may_ask);  // may_ask: on the thread that may look for signals
  bool may_ask;
};

// Workspace of one worker, in doubles, aligned to 64 bytes.
std::size_t workspace_size(const Program& program, const Problem& problem);

// One operation of one or two operands on `count` numbers, in packs or one at a time: for tests.
using Evaluator = void (*)(std::int32_t operation, std::int32_t operands, bool packs,
                           std::int64_t count, const double* a, const double* b, double* result);

using Worker = void (*)(const Program&, const Problem&, const Queue&, double* workspace);

}  // namespace exocast
