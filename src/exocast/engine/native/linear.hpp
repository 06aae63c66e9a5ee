// Rates by rows, the sparse factorisation, and the stages that use both.
//
// Included by kernel.cpp only, inside the namespace of one instruction set.

// Pivots that lose this many digits, or grow by as many, make the solution worthless.
constexpr double kPivotGrowth = 1e-13;

// Registers of a step and the arrays that a step fills. With derivatives every stage has a file of
// registers of its own, because its values are read again; otherwise all share one.
struct Work {
  Pack* registers;         // kept numbers, stage point, inputs, their slopes, results, free terms
  std::ptrdiff_t file;     // from one stage's registers to the next's: 0 when shared
  std::ptrdiff_t point_at, input_at, source_at;
  Pack* amount;            // committed amounts
  Pack* stage;             // kStages packs a state (stages_of)
  Pack* matrix;            // L below, inverse pivots on, U above the diagonal
  const std::int32_t* row_constant;
  // What time drives: values and slopes of the inputs at the last stop; rows' free terms without
  // the share of the derivative by time, and which term each drift adds to.
  Pack *level, *level_slope, *base, *drift;
  const std::int32_t* drift_source;
  std::int64_t sources;
  Pack since, step;  // from the last stop to the start of this step, and its length

  Pack* at(int s) const { return registers + s * file; }
  Pack* point(int s) const { return at(s) + point_at; }
};

// Brings the inputs of a stage's registers to a time after the last stop.
EXOCAST_INLINE void see(const Program& p, const Work& work, Pack* r, const Pack& since) {
  Pack* const input = r + work.input_at;
  for (std::int32_t u = 0; u < p.inputs; u++) {
    input[u] = work.level[u] + work.level_slope[u] * since;
    input[p.inputs + u] = work.level_slope[u];
  }
}

// Puts the free terms of the rows before the first stage, without a share of any drift.
EXOCAST_INLINE void rest(const Program& p, const Work& work) {
  if (p.inputs == 0 && work.file == 0) return;  // they stand still
  Pack* const source = work.registers + work.source_at;
  for (std::int64_t u = 0; u < work.sources; u++) source[u] = work.base[u];
}

// What a stage needs besides its point: inputs at its time, and its share of the drift.
template <int s>
EXOCAST_INLINE void drive(const Program& p, const Work& work) {
  if (p.inputs == 0 && work.file == 0) return;  // the free terms stand still
  Pack* const r = work.at(s);
  if constexpr (s > 0) see(p, work, r, work.since + kWhen[s] * work.step);
  for (std::int64_t u = 0; u < work.sources; u++) r[work.source_at + u] = work.base[u];
  if constexpr (s < kDrifting) {
    const Pack share = kDrift[s] * work.step;
    for (std::int32_t d = 0; d < p.drifts; d++) {
      Pack& source = r[work.source_at + work.drift_source[d]];
      source = source + share * work.drift[d];
    }
  }
}

// The rate of one row; moves the two streams on.
EXOCAST_INLINE Pack row_rate(const Pack* r, const Pack* point, std::int32_t constant,
                             const std::int32_t*& shape, const std::int32_t*& index) {
  Pack rate = r[constant];
  const std::int32_t linear = shape[0], added = shape[1], taken = shape[2];
  shape += 3;
  for (std::int32_t q = 0; q < linear; q++, index += 2) rate = rate + r[index[0]] * point[index[1]];
  for (std::int32_t q = 0; q < added; q++) rate = rate + r[*index++];
  for (std::int32_t q = 0; q < taken; q++) rate = rate - r[*index++];
  return rate;
}

// Factorises shift - Jacobian; returns 1 in the lanes where a pivot cannot be trusted.
static Pack factorise(const Program& p, const Work& work, const Pack& shift) {
  const Pack* r = work.registers;
  Pack* m = work.matrix;
  const std::int32_t* shape = p.entry_shape;
  const std::int32_t* index = p.entry_index;
  Pack suspect = filled(0.0);
  const Pack one = filled(1.0), lift = shift;
  const std::int32_t* const column = p.column;
  const std::int32_t* const row_start = p.row_start;
  const std::int32_t* const diagonals = p.diagonal;
  const std::int32_t n = p.states;
  std::int32_t e = 0;
  for (std::int32_t i = 0; i < n; i++) {
    const std::int32_t diagonal = diagonals[i], end = row_start[i + 1];
    for (; e < end; e++, shape += 4) {
      Pack a = 0.0 - r[shape[0]];
      for (std::int32_t q = 0; q < shape[1]; q++) a = a - r[*index++];
      for (std::int32_t q = 0; q < shape[2]; q++) a = a + r[*index++];
      if (e == diagonal) {
        a = a + lift;
        const Pack before = magnitude(a);
        for (std::int32_t q = 0; q < shape[3]; q++, index += 2) a = a - m[index[0]] * m[index[1]];
        const Pack after = magnitude(a);
        suspect = select(above(after, kPivotGrowth * before), suspect, one);
        suspect = select(above(kPivotGrowth * after, before), one, suspect);
        m[e] = 1.0 / a;
      } else {
        for (std::int32_t q = 0; q < shape[3]; q++, index += 2) a = a - m[index[0]] * m[index[1]];
        m[e] = e < diagonal ? a * m[diagonals[column[e]]] : a;
      }
    }
  }
  return suspect;
}

// The explicit derivative of the rates by time, where there is one.
static void drifts(const Program& p, const Work& work) {
  const std::int32_t* shape = p.drift_shape;
  const std::int32_t* index = p.drift_index;
  for (std::int32_t d = 0; d < p.drifts; d++, shape += 2) {
    Pack total = filled(0.0);
    for (std::int32_t q = 0; q < shape[0]; q++) total = total + work.registers[*index++];
    for (std::int32_t q = 0; q < shape[1]; q++) total = total - work.registers[*index++];
    work.drift[d] = total;
  }
}

// One stage: rates at the stage point, forward and backward substitution, and the next point.
template <int s>
static void stage(const Program& p, const Work& work, const Pack& inverse_step) {
  const std::int32_t n = p.states;
  const Pack* const r = work.at(s);
  const Pack* m = work.matrix;
  Pack* const point = work.point(s);
  Pack* const after = work.point(s + 1);
  Pack* k = work.stage;
  Pack* const now = k + s;
  const std::int32_t* shape = p.row_shape;
  const std::int32_t* index = p.row_index;
  // Copied to locals: a store of a pack may alias anything that is reached through a pointer.
  const std::int32_t* const column = p.column;
  const std::int32_t* const row_start = p.row_start;
  const std::int32_t* const diagonals = p.diagonal;
  const std::int32_t* const row_constant = work.row_constant;
  const Pack* const amount = work.amount;
  const Pack inverse = inverse_step;

  for (std::int32_t i = 0; i < n; i++) {
    Pack a = row_rate(r, point, row_constant[i], shape, index);
    if constexpr (s > 0) {
      const Pack* const mine = k + stages_of(i);
      Pack coupled = kCouple[s][0] * mine[0];
#pragma GCC unroll 8
      for (int q = 1; q < s; q++) {
        coupled = coupled + kCouple[s][q] * mine[q];
      }
      a = a + coupled * inverse;
    }
    const std::int32_t diagonal = diagonals[i];
    for (std::int32_t e = row_start[i]; e < diagonal; e++) {
      a = a - m[e] * now[stages_of(column[e])];
    }
    now[stages_of(i)] = a;
  }
  for (std::int32_t i = n - 1; i >= 0; i--) {
    Pack a = now[stages_of(i)];
    const std::int32_t diagonal = diagonals[i], end = row_start[i + 1];
    for (std::int32_t e = diagonal + 1; e < end; e++) {
      a = a - m[e] * now[stages_of(column[e])];
    }
    a = a * m[diagonal];
    now[stages_of(i)] = a;
    if constexpr (s + 1 < kStages - 2) {
      const Pack* const mine = k + stages_of(i);
      Pack next = amount[i];
#pragma GCC unroll 8
      for (int q = 0; q < s; q++) {
        next = next + kPoint[s + 1][q] * mine[q];
      }
      after[i] = next + kPoint[s + 1][s] * a;
    } else {
      after[i] = point[i] + a;  // after the last stage this is the new amount
    }
  }
  if constexpr (s + 1 < kStages) {
    drive<s + 1>(p, work);
    execute(p.rate_code, p.rate_end, work.at(s + 1));
    stage<s + 1>(p, work, inverse_step);
  }
}
