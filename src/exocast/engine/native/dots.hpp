// Derivatives of one step along one direction: the exact tangent of the stepper's own arithmetic at
// a fixed step. Differentiating (shift - J) k = F + coupling gives the same matrix with
// dF + dJ k + coupling of the dk on the right, so one factorisation serves every direction; dJ, the
// second derivatives, comes from running the slope tape forward over forward.
//
// Included by kernel.cpp only, inside the namespace of one instruction set.

struct Dots {
  Pack* amount;                  // a block of states a direction
  Pack* kept;                    // of the kept numbers that each direction moves
  Pack* base;                    // of the free terms, a block a direction
  Pack *level, *level_slope;     // of the inputs, a block a direction
  Pack *registers, *point;       // of the registers of one stage; scratch, as all below
  Pack *stage, *extra, *slope, *drift;
  double *setup, *before, *after;

  // Takes its packs of the workspace; returns what follows them.
  Pack* lay(const Program& p, const Problem& problem, const Work& work, Pack* next) {
    const Directions& by = problem.by;
    if (by.count == 0) return next;
    const std::int64_t n = p.states;
    amount = next, next += by.count * n;
    kept = next, next += by.kept_total;
    base = next, next += by.count * problem.dosed_count;
    level = next, next += by.count * p.inputs;
    level_slope = next, next += by.count * p.inputs;
    registers = next, next += p.size;
    point = registers + work.point_at;
    stage = next, next += kStages * n;
    extra = next, next += n;
    slope = next, next += by.varying;
    drift = next, next += p.drifts;
    return next;
  }
};

// Brings the derivatives of a stage's inputs to a time after the last stop.
EXOCAST_INLINE void see_dots(const Program& p, const Work& work, const Dots& dots,
                             std::int64_t direction, const Pack& since) {
  Pack* const input = dots.registers + work.input_at;
  const Pack* const level = dots.level + direction * p.inputs;
  const Pack* const slope = dots.level_slope + direction * p.inputs;
  for (std::int32_t u = 0; u < p.inputs; u++) {
    input[u] = level[u] + slope[u] * since;
    input[p.inputs + u] = slope[u];
  }
}

// What the direction adds to a stage's right-hand side besides what its own point brings.
template <int s>
static void extra_terms(const Program& p, const Problem& problem, const Work& work,
                        const Dots& dots, std::int64_t direction) {
  const Directions& by = problem.by;
  const std::int32_t n = p.states;
  const Pack* const point = work.point(s);
  const Pack* const k = work.stage + s;
  const Pack* const base = dots.base + direction * problem.dosed_count;
  Pack* const extra = dots.extra;
  for (std::int32_t i = 0; i < n; i++) extra[i] = filled(0.0);
  for (std::int32_t t = by.line_start[direction]; t < by.line_start[direction + 1]; t++) {
    Pack& to = extra[by.line_row[t]];
    to = to + dots.kept[by.line_kept[t]] * point[by.line_column[t]];
  }
  for (std::int32_t t = by.free_start[direction]; t < by.free_start[direction + 1]; t++) {
    Pack& to = extra[by.free_row[t]];
    to = to + dots.kept[by.free_kept[t]];
  }
  for (std::int64_t u = 0; u < problem.dosed_count; u++) {
    Pack& to = extra[problem.dosed_pivot[u]];
    to = to + base[u];
  }
  if constexpr (s < kDrifting) {
    const Pack share = kDrift[s] * work.step;
    for (std::int32_t d = 0; d < p.drifts; d++) {
      Pack& to = extra[p.drift_pivot[d]];
      to = to + share * dots.drift[d];
    }
  }
  for (std::int32_t t = by.entry_start[direction]; t < by.entry_start[direction + 1]; t++) {
    Pack& to = extra[by.entry_row[t]];
    to = to + dots.kept[by.entry_kept[t]] * k[stages_of(by.entry_column[t])];
  }
  for (std::int64_t v = 0; v < by.varying; v++) {
    Pack& to = extra[by.varying_row[v]];
    to = to + dots.slope[v] * k[stages_of(by.varying_column[v])];
  }
}

// The derivatives of the Jacobian and of the derivative by time, at the start of the step.
static void slope_dots(const Program& p, const Problem& problem, const Work& work,
                       const Dots& dots) {
  const Directions& by = problem.by;
  const Pack* const d = dots.registers;
  execute_tangent(p.slope_code, p.slope_end, work.registers, dots.registers);
  const std::int32_t* index = by.varying_index;
  for (std::int64_t v = 0; v < by.varying; v++) {
    const std::int32_t added = by.varying_shape[2 * v], taken = by.varying_shape[2 * v + 1];
    Pack total = filled(0.0);
    for (std::int32_t q = 0; q < added; q++) total = total + d[*index++];
    for (std::int32_t q = 0; q < taken; q++) total = total - d[*index++];
    dots.slope[v] = total;
  }
  const std::int32_t* shape = p.drift_shape;
  index = p.drift_index;
  for (std::int32_t v = 0; v < p.drifts; v++, shape += 2) {
    Pack total = filled(0.0);
    for (std::int32_t q = 0; q < shape[0]; q++) total = total + d[*index++];
    for (std::int32_t q = 0; q < shape[1]; q++) total = total - d[*index++];
    dots.drift[v] = total;
  }
}

// One stage: leaves its dk in dots.stage and the next point's derivative in dots.point.
template <int s>
static void stage_dots(const Program& p, const Problem& problem, const Work& work,
                       const Dots& dots, std::int64_t direction, const Pack& inverse_step) {
  const std::int32_t n = p.states;
  const Pack* const r = work.at(s);
  const Pack* const m = work.matrix;
  const Pack* const d = dots.registers;
  Pack* const point = dots.point;
  const Pack* const amount = dots.amount + direction * n;
  Pack* const k = dots.stage;
  Pack* const now = k + s;
  const Pack* const extra = dots.extra;
  const std::int32_t* const column = p.column;
  const std::int32_t* const row_start = p.row_start;
  const std::int32_t* const diagonals = p.diagonal;
  const std::int32_t* shape = p.row_shape;
  const std::int32_t* index = p.row_index;
  const Pack inverse = inverse_step;

  see_dots(p, work, dots, direction, s > 0 ? work.since + kWhen[s] * work.step : work.since);
  execute_tangent(p.rate_code, p.rate_end, r, dots.registers);
  if constexpr (s == 0) slope_dots(p, problem, work, dots);
  extra_terms<s>(p, problem, work, dots, direction);

  for (std::int32_t i = 0; i < n; i++) {
    Pack a = extra[i];
    const std::int32_t linear = shape[0], added = shape[1], taken = shape[2];
    shape += 3;
    for (std::int32_t q = 0; q < linear; q++, index += 2) a = a + r[index[0]] * point[index[1]];
    for (std::int32_t q = 0; q < added; q++) a = a + d[*index++];
    for (std::int32_t q = 0; q < taken; q++) a = a - d[*index++];
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
      point[i] = next + kPoint[s + 1][s] * a;
    } else {
      point[i] = point[i] + a;
    }
  }
  if constexpr (s + 1 < kStages) {
    stage_dots<s + 1>(p, problem, work, dots, direction, inverse_step);
  }
}
