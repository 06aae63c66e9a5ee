// The life of a member in its lane: start, stops with their doses, outputs, end.
//
// Included by kernel.cpp only, inside the namespace of one instruction set.

inline bool Stepper::busy() const {
  for (int l = 0; l < kLanes; l++) {
    if (lanes_[l].member >= 0) return true;
  }
  return false;
}

// Puts the next member that needs stepping into a lane, or leaves the lane idle.
inline void Stepper::take(int l) {
  Lane& at = lanes_[l];
  do {
    at.member = queue_.next(queue_.batch);
    at.step = 1.0;
    at.fresh = at.event = false;
    if (at.member < 0) return;
  } while (!load(l));
}

// Starts a member; false if there is nothing to step.
inline bool Stepper::load(int l) {
  Lane& at = lanes_[l];
  const std::int64_t m = at.member, n = p_.states, d = problem_.doses;
  const double* parameter = problem_.parameter + m * p_.parameters;
  const double* start = problem_.start + m * n;
  at.times = problem_.time + m * problem_.time_stride;
  at.dose_start = problem_.dose_start + m * d;
  at.dose_end = problem_.dose_end + m * d;
  at.dose_amount = problem_.dose_amount + m * d;
  at.next_output = 0;
  at.steps = at.done = 0;
  at.origin = at.time = 0.0;
  at.stop = 0.0;
  at.cut = -1.0;
  at.cut_dose = -1;
  at.last = problem_.times > 0 ? at.times[problem_.times - 1] : 0.0;
  double sound = 0.0;  // stays 0 unless an input is not finite
  for (std::int32_t q = 0; q < p_.parameters; q++) sound += parameter[q] - parameter[q];
  for (std::int64_t q = 0; q < n; q++) sound += start[q] - start[q];
  for (std::int64_t q = 0; q < d; q++) {
    if (at.dose_start[q] == HUGE_VAL) continue;  // a dose that never comes
    sound += at.dose_start[q] - at.dose_start[q];
    sound += at.dose_end[q] - at.dose_end[q];
    sound += at.dose_amount[q] - at.dose_amount[q];
  }
  if (sound != 0.0) {
    fail(at, kNotFinite);
    return false;
  }
  for (std::int32_t q = 0; q < p_.constants; q++) setup_[q] = p_.constant[q];
  for (std::int32_t q = 0; q < p_.parameters; q++) setup_[p_.constants + q] = parameter[q];
  execute(p_.setup_code, p_.setup_end, setup_);
  for (std::int32_t q = 0; q < p_.kept_count; q++) {
    lane(work_.registers[q], l) = setup_[p_.kept[q]];
    if (work_.file == 0) continue;
    for (int s = 1; s < kStages; s++) lane(work_.at(s)[q], l) = setup_[p_.kept[q]];
  }
  const double* scale = problem_.scale + m * problem_.scale_stride;
  for (std::int64_t i = 0; i < n; i++) {
    lane(work_.amount[i], l) = start[p_.order[i]];
    lane(scale_[i], l) = scale[p_.order[i]];
    lane(floor_[i], l) =
        p_.is_signed[i] ? -HUGE_VAL : -kSunk * problem_.rtol * scale[p_.order[i]];
  }
  if (problem_.by.count > 0) load_dots(l);
  if (p_.events > 0) {
    gather(l);
    follow(l, 0.0);
    evaluate(0.0);
    for (std::int32_t e = 0; e < p_.events; e++) lane(before_[e], l) = scalar_[p_.trigger[e]];
  }
  return arrive(l);
}

// Applies what happens at a stop time, in the order it is listed; false when the member is done.
inline bool Stepper::arrive(int l) {
  Lane& at = lanes_[l];
  const double now = at.stop;
  if (problem_.by.count > 0) follow(l, now);  // jumps compare rates at this moment
  for (std::int64_t q = 0; q < problem_.doses; q++) {
    if (problem_.by.count > 0) jump_dots(l, q, now);
    if (at.dose_start[q] != now) continue;
    const std::int32_t kind = problem_.dose_kind[q];
    if (kind == kReset) {
      for (std::int32_t i = 0; i < p_.states; i++) lane(work_.amount[i], l) = 0.0;
      at.cut = now;
      at.cut_dose = q;
    } else {
      double& amount = lane(work_.amount[p_.rank[problem_.dose_state[q]]], l);
      if (kind == kSet) {
        amount = at.dose_amount[q];
      } else if (at.dose_end[q] == now) {
        amount += at.dose_amount[q];
      }
    }
  }
  if (p_.events > 0) {
    gather(l);
    follow(l, now);
    if (!fire(l, 0.0)) return false;
    scatter(l);
  }
  return resume(l, now);
}

// Starts again from a stop or an event: infusions that run, the next stop, outputs due now.
inline bool Stepper::resume(int l, double now) {
  Lane& at = lanes_[l];
  at.origin = now;
  at.time = 0.0;
  at.stop = at.last;
  for (std::int64_t u = 0; u < problem_.dosed_count; u++) {
    const std::int32_t base = p_.row_constant[problem_.dosed_pivot[u]];
    lane(work_.base[u], l) = lane(work_.registers[base], l);
  }
  for (std::int64_t q = 0; q < problem_.doses; q++) {
    const double begin = at.dose_start[q], end = at.dose_end[q];
    const bool off = begin < at.cut || (begin == at.cut && q < at.cut_dose);
    if (problem_.dose_kind[q] == kAdd && begin <= now && now < end && !off) {
      const std::int32_t pivot = p_.rank[problem_.dose_state[q]];
      std::int64_t u = 0;
      while (problem_.dosed_pivot[u] != pivot) u++;
      lane(work_.base[u], l) += at.dose_amount[q] / (end - begin);
    }
    if (begin > now && begin < at.stop) at.stop = begin;
    if (end > now && end < at.stop) at.stop = end;
  }
  follow(l, now);
  if (problem_.by.count > 0) resume_dots(l, now);
  while (at.next_output < problem_.times && at.times[at.next_output] <= now) {
    if (problem_.by.count > 0) report_dots(l);
    for (std::int64_t u = 0; u < problem_.used_count; u++) {
      value_[u] = lane(work_.amount[problem_.used_pivot[u]], l);
    }
    report(at);
  }
  if (at.next_output >= problem_.times) {
    problem_.status[at.member] = kFinished;
    problem_.steps[at.member] = at.steps;
    return false;
  }
  at.fresh = true;
  at.refused = false;
  at.growth = kGrowFresh;
  return true;
}

// Level and slope of a table from a stop to the next knot; value(slot) is that of a kept number.
// Returns the next knot, or infinity.
template <class Value>
double Stepper::on_table(std::int32_t table, double now, const Value& value, double& level,
                         double& slope) const {
  const std::int32_t first = p_.table_start[table], last = p_.table_start[table + 1] - 1;
  std::int32_t k = first;
  while (k <= last && p_.table_time[k] <= now) k++;
  level = value(p_.table_value[k > first ? k - 1 : first]);
  slope = 0.0;
  if (k > last) return HUGE_VAL;
  if (k > first && !p_.table_steps[table]) {
    slope = (value(p_.table_value[k]) - level) / (p_.table_time[k] - p_.table_time[k - 1]);
    level += slope * (now - p_.table_time[k - 1]);
  }
  return p_.table_time[k];
}

// Sets a lane's inputs for the time between a stop and the next knot; knots become stops.
inline void Stepper::follow(int l, double now) {
  Lane& at = lanes_[l];
  const auto value = [&](std::int32_t slot) { return lane(work_.registers[slot], l); };
  for (std::int32_t u = 0; u < p_.inputs; u++) {
    double level = now, slope = 1.0;
    if (p_.input[u] >= 0) {
      const double next = on_table(p_.input[u], now, value, level, slope);
      if (next < at.stop) at.stop = next;
    }
    lane(work_.level[u], l) = level;
    lane(work_.level_slope[u], l) = slope;
  }
}

// Writes the kept combinations of value_, each `stride` numbers after the one before.
inline void Stepper::combine(double* to, std::int64_t stride) const {
  for (std::int64_t j = 0; j < problem_.kept; j++) {
    double total = 0.0;
    for (std::int32_t q = problem_.keep_start[j]; q < problem_.keep_start[j + 1]; q++) {
      total += problem_.keep_weight[q] * value_[problem_.keep_used[q]];
    }
    to[j * stride] = total;
  }
}

// Reports value_ at the lane's next output time.
inline void Stepper::report(Lane& at) {
  combine(problem_.amount + (at.member * problem_.times + at.next_output) * problem_.kept, 1);
  at.next_output++;
}

inline void Stepper::fail(const Lane& at, Status status) {
  const std::int64_t size = problem_.times * problem_.kept;
  double* to = problem_.amount + at.member * size;
  for (std::int64_t q = 0; q < size; q++) to[q] = NAN;
  double* const slopes = problem_.by.result + at.member * size * problem_.by.count;
  for (std::int64_t q = 0; q < size * problem_.by.count; q++) slopes[q] = NAN;
  problem_.status[at.member] = status;
  problem_.steps[at.member] = at.steps;
}
