// Advances eight members at a time, each with its own time, step and doses. A lane whose member is
// done takes the next one, so a slow member holds nobody up.
//
// Included by kernel.cpp only, inside the namespace of one instruction set.

constexpr double kSafety = 0.9;
constexpr double kShrinkMost = 0.2;
constexpr double kGrowMost = 6.0;
constexpr double kGrowFresh = 100.0;  // after a start or a dose, until the first refusal
constexpr double kFirstStep = 0.5;    // of what the rates and the tolerance suggest
constexpr double kShrinkSunk = 0.5;   // after a step that took an amount below 0
constexpr double kSunk = 10.0;        // absolute tolerances below 0 that an amount may be
constexpr double kShrinkFault = 0.1;  // after a number that is not finite, or a bad pivot
constexpr double kStepFloor = 1e-40;  // of the span: where refusals at time 0 end
constexpr double kRounding = 2.220446049250313e-16;
constexpr int kAskEvery = 32;  // steps between looks at the queue's stop flag
constexpr int kBisections = 60;       // of a step, to find when a trigger rises above 0
constexpr int kChain = 64;            // events at one moment, for each declared: more is a circle

EXOCAST_INLINE bool finite(double value) { return value - value == 0.0; }

struct Lane {
  std::int64_t member;  // -1: idle
  std::int64_t next_output, steps;
  const double *times, *dose_start, *dose_end, *dose_amount;
  double cut;  // the last reset: infusions that started before it are off
  std::int64_t cut_dose;
  // Time runs from the last stop (origin): tiny steps after a late dose would otherwise round away.
  double origin, time, begin, step, taken, stop, last, growth;
  double share;  // of the step taken, where an event ended it; 1 otherwise
  bool fresh, refused, landing, event;
};

class Stepper {
 public:
  Stepper(const Program& program, const Problem& problem, const Queue& queue, double* workspace)
      : p_(program), problem_(problem), queue_(queue) {
    const std::int64_t n = p_.states;
    Pack* next = reinterpret_cast<Pack*>(workspace);
    work_.registers = next;
    work_.point = next + p_.kept_count;
    work_.input = next + p_.kept_count + n;
    work_.input_slope = work_.input + p_.inputs;
    work_.source = next + p_.size;
    work_.sources = problem_.dosed_count;
    next += p_.size + problem_.dosed_count;
    work_.base = p_.inputs == 0 ? work_.source : next;
    if (p_.inputs != 0) next += problem_.dosed_count;
    work_.level = next, next += p_.inputs;
    work_.drift = next, next += p_.drifts;
    before_ = next, next += p_.events;
    work_.amount = next, next += n;
    work_.stage = next, next += n * kStages;
    work_.matrix = next, next += p_.entries;
    scale_ = next, next += n;
    floor_ = next, next += n;
    inside_ = next, next += problem_.used_count;
    setup_ = reinterpret_cast<double*>(next);
    value_ = setup_ + p_.setup_size;
    state_ = value_ + problem_.used_count;
    scalar_ = state_ + n;
    std::int32_t* rows = reinterpret_cast<std::int32_t*>(scalar_ + p_.size);
    for (std::int64_t i = 0; i < n; i++) rows[i] = p_.row_constant[i];
    for (std::int64_t u = 0; u < problem_.dosed_count; u++) {
      rows[problem_.dosed_pivot[u]] = static_cast<std::int32_t>(p_.size + u);
    }
    work_.row_constant = rows;
    std::int32_t* drift_source = rows + n;
    for (std::int32_t d = 0; d < p_.drifts; d++) {
      drift_source[d] = 0;
      while (problem_.dosed_pivot[drift_source[d]] != p_.drift_pivot[d]) drift_source[d]++;
    }
    work_.drift_source = drift_source;
    // Idle lanes compute too: give them numbers that cost nothing.
    const Pack zero = filled(0.0);
    for (Pack* pack = work_.registers; pack != next; pack++) *pack = zero;
    for (std::int64_t i = 0; i < n; i++) scale_[i] = filled(1.0);
    first_step_ = kFirstStep * power(problem_.rtol, 0.2);
  }

  void run() {
    for (int l = 0; l < kLanes; l++) take(l);
    for (int count = 0; busy(); count++) {
      if (count % kAskEvery == 0 && queue_.stopped(queue_.batch, queue_.may_ask)) return;
      advance();
    }
  }

 private:
  bool busy() const {
    for (int l = 0; l < kLanes; l++) {
      if (lanes_[l].member >= 0) return true;
    }
    return false;
  }

  // Puts the next member that needs stepping into a lane, or leaves the lane idle.
  void take(int l) {
    Lane& at = lanes_[l];
    do {
      at.member = queue_.next(queue_.batch);
      at.step = 1.0;
      at.fresh = at.event = false;
      if (at.member < 0) return;
    } while (!load(l));
  }

  // Starts a member; false if there is nothing to step.
  bool load(int l) {
    Lane& at = lanes_[l];
    const std::int64_t m = at.member, n = p_.states, d = problem_.doses;
    const double* parameter = problem_.parameter + m * p_.parameters;
    const double* start = problem_.start + m * n;
    at.times = problem_.time + m * problem_.time_stride;
    at.dose_start = problem_.dose_start + m * d;
    at.dose_end = problem_.dose_end + m * d;
    at.dose_amount = problem_.dose_amount + m * d;
    at.next_output = 0;
    at.steps = 0;
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
    }
    const double* scale = problem_.scale + m * problem_.scale_stride;
    for (std::int64_t i = 0; i < n; i++) {
      lane(work_.amount[i], l) = start[p_.order[i]];
      lane(scale_[i], l) = scale[p_.order[i]];
      lane(floor_[i], l) =
          p_.is_signed[i] ? -HUGE_VAL : -kSunk * problem_.rtol * scale[p_.order[i]];
    }
    if (p_.events > 0) {
      gather(l);
      follow(l, 0.0, 0.0);
      evaluate();
      for (std::int32_t e = 0; e < p_.events; e++) lane(before_[e], l) = scalar_[p_.trigger[e]];
    }
    return arrive(l);
  }

  // Applies what happens at a stop time, in the order it is listed; false when the member is done.
  bool arrive(int l) {
    Lane& at = lanes_[l];
    const double now = at.stop;
    for (std::int64_t q = 0; q < problem_.doses; q++) {
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
      follow(l, now, 0.0);
      if (!fire(l)) return false;
      scatter(l);
    }
    return resume(l, now);
  }

  // Starts again from a stop or an event: infusions that run, the next stop, outputs due now.
  bool resume(int l, double now) {
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
    follow(l, now, 0.0);
    while (at.next_output < problem_.times && at.times[at.next_output] <= now) {
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

  // Sets a lane's inputs for the time between a stop and the next knot; knots become stops.
  void follow(int l, double now, double since) {
    Lane& at = lanes_[l];
    for (std::int32_t u = 0; u < p_.inputs; u++) {
      double level = now, slope = 1.0;
      if (p_.input[u] >= 0) {
        const std::int32_t first = p_.table_start[p_.input[u]];
        const std::int32_t last = p_.table_start[p_.input[u] + 1] - 1;
        std::int32_t k = first;
        while (k <= last && p_.table_time[k] <= now) k++;
        // Knots before k lie at or before now.
        const double next = lane(work_.registers[p_.table_value[k <= last ? k : last]], l);
        level = k > first ? lane(work_.registers[p_.table_value[k - 1]], l) : next;
        slope = 0.0;
        if (k > first && k <= last && !p_.table_steps[p_.input[u]]) {
          slope = (next - level) / (p_.table_time[k] - p_.table_time[k - 1]);
          level += slope * (now - p_.table_time[k - 1]);
        }
        if (k <= last && p_.table_time[k] < at.stop) at.stop = p_.table_time[k];
      }
      lane(work_.level[u], l) = level;
      lane(work_.input_slope[u], l) = slope;
      lane(work_.input[u], l) = level + slope * since;
    }
  }

  // Copies a lane's amounts to the plain numbers that events work on, and back.
  void gather(int l) {
    for (std::int32_t i = 0; i < p_.states; i++) state_[i] = lane(work_.amount[i], l);
    for (std::int32_t q = 0; q < p_.kept_count; q++) scalar_[q] = lane(work_.registers[q], l);
    lane_ = l;
  }
  void scatter(int l) {
    for (std::int32_t i = 0; i < p_.states; i++) lane(work_.amount[i], l) = state_[i];
  }

  // Computes triggers and what they set, from state_ and the lane's inputs.
  void evaluate() {
    double* to = scalar_ + p_.kept_count;
    for (std::int32_t i = 0; i < p_.states; i++) *to++ = state_[i];
    for (std::int32_t u = 0; u < 2 * p_.inputs; u++) *to++ = lane(work_.input[u], lane_);
    execute(p_.event_code, p_.event_end, scalar_);
  }

  // Whether a trigger that was not above 0 is now; call evaluate() first.
  bool rises(int l) const {
    for (std::int32_t e = 0; e < p_.events; e++) {
      if (!(lane(before_[e], l) > 0.0) && scalar_[p_.trigger[e]] > 0.0) return true;
    }
    return false;
  }

  // Lets every trigger that rose act on state_, one after another; fails a member that circles.
  bool fire(int l) {
    for (int count = 0; count <= kChain * p_.events; count++) {
      evaluate();
      std::int32_t found = -1;
      for (std::int32_t e = 0; e < p_.events; e++) {
        const double now = scalar_[p_.trigger[e]];
        if (found < 0 && !(lane(before_[e], l) > 0.0) && now > 0.0) found = e;
        if (found == e || !(now > 0.0)) lane(before_[e], l) = now;
      }
      if (found < 0) return true;
      const std::int32_t end = p_.set_start[found + 1];
      for (std::int32_t q = p_.set_start[found]; q < end; q++) {
        state_[p_.set_pivot[q]] = scalar_[p_.set_register[q]];
      }
    }
    fail(lanes_[l], kEventCircle);
    return false;
  }

  // Writes the kept combinations of value_ at the lane's next output time.
  void report(Lane& at) {
    double* to = problem_.amount + (at.member * problem_.times + at.next_output) * problem_.kept;
    for (std::int64_t j = 0; j < problem_.kept; j++) {
      double total = 0.0;
      for (std::int32_t q = problem_.keep_start[j]; q < problem_.keep_start[j + 1]; q++) {
        total += problem_.keep_weight[q] * value_[problem_.keep_used[q]];
      }
      to[j] = total;
    }
    at.next_output++;
  }

  void fail(const Lane& at, Status status) {
    const std::int64_t size = problem_.times * problem_.kept;
    double* to = problem_.amount + at.member * size;
    for (std::int64_t q = 0; q < size; q++) to[q] = NAN;
    problem_.status[at.member] = status;
    problem_.steps[at.member] = at.steps;
  }

  // Chooses the first step of lanes that start or were dosed, from the rates there.
  void begin() {
    Pack fastest = filled(0.0), sound = filled(0.0);
    const std::int32_t* shape = p_.row_shape;
    const std::int32_t* index = p_.row_index;
    for (std::int32_t i = 0; i < p_.states; i++) {
      const Pack rate = row_rate(work_.registers, work_.point, work_.row_constant[i], shape, index);
      sound = sound + (rate - rate);
      fastest = larger(fastest, magnitude(rate) / (scale_[i] + magnitude(work_.amount[i])));
    }
    for (int l = 0; l < kLanes; l++) {
      Lane& at = lanes_[l];
      if (at.member < 0 || !at.fresh) continue;
      at.fresh = false;
      const double speed = lane(fastest, l), span = at.stop - at.origin;
      if (lane(sound, l) != 0.0) {
        fail(at, kNotFinite);
        at.member = -1;  // replaced after this step
        at.step = 1.0;
      } else {
        at.step = speed * span > first_step_ ? first_step_ / speed : span;
      }
    }
  }

  // Fits the proposed step to the next stop: land on it, or leave room for an equal step.
  static void fit(Lane& at) {
    at.taken = at.step;
    at.begin = at.time;
    at.landing = false;
    if (at.member < 0) return;
    const double left = (at.stop - at.origin) - at.time;
    if (at.step * 1.01 >= left) {
      at.taken = left;
      at.landing = true;
    } else if (at.step * 2.0 > left) {
      at.taken = 0.5 * left;
    }
  }

  void advance() {
    const std::int32_t n = p_.states;
    for (std::int32_t i = 0; i < n; i++) work_.point[i] = work_.amount[i];
    if (p_.inputs > 0) {
      for (int l = 0; l < kLanes; l++) lane(work_.since, l) = lanes_[l].time;
      see(p_, work_, work_.since);
      for (std::int64_t u = 0; u < work_.sources; u++) work_.source[u] = work_.base[u];
    }
    execute(p_.rate_code, p_.rate_end, work_.registers);
    bool fresh = false;
    for (int l = 0; l < kLanes; l++) fresh = fresh || (lanes_[l].member >= 0 && lanes_[l].fresh);
    if (fresh) begin();
    Pack inverse_step;
    for (int l = 0; l < kLanes; l++) {
      fit(lanes_[l]);
      lane(inverse_step, l) = 1.0 / lanes_[l].taken;
      lane(work_.step, l) = lanes_[l].taken;
    }
    execute(p_.slope_code, p_.slope_end, work_.registers);
    drifts(p_, work_);
    const Pack suspect = factorise(p_, work_, inverse_step * filled(1.0 / kGamma));
    drive<0>(p_, work_);
    stage<0>(p_, work_, inverse_step);

    const Pack* error = work_.stage + static_cast<std::ptrdiff_t>(kStages - 1) * n;
    Pack worst = filled(0.0), sum = filled(0.0), sunk = filled(0.0);
    const Pack one = filled(1.0);
    for (std::int32_t i = 0; i < n; i++) {
      const Pack size = larger(magnitude(work_.amount[i]), magnitude(work_.point[i]));
      const Pack share = magnitude(error[i]) / (scale_[i] + size);
      worst = larger(worst, share);
      sum = sum + share;  // a comparison would lose a NaN, a sum does not
      sunk = select(above(smaller(floor_[i], work_.amount[i]), work_.point[i]), one, sunk);
    }

    const Pack missed = worst / filled(problem_.rtol), fitting = power(missed, filled(-0.2));
    Pack accepted = filled(0.0);
    bool report_inside = false;
    for (int l = 0; l < kLanes; l++) {
      Lane& at = lanes_[l];
      if (at.member < 0) continue;
      const bool sound = finite(lane(sum, l)) && lane(suspect, l) == 0.0;
      const bool low = lane(sunk, l) != 0.0;
      const bool good = judge(at, sound, low, lane(missed, l), lane(fitting, l));
      if ((good ? at.taken : at.step) < smallest(at) && !(good && at.landing)) {
        fail(at, sound ? kStepUnderflow : lane(suspect, l) != 0.0 ? kSingularMatrix : kNotFinite);
        at.member = -1;
      } else if (good) {
        lane(accepted, l) = 1.0;
        report_inside = report_inside || due(at);
      }
    }
    if (p_.events > 0) report_inside = watch(accepted) || report_inside;
    if (report_inside) interpolate(accepted);
    if (p_.events > 0) cut_short();
    const Mask keep = above(accepted, filled(0.5));
    for (std::int32_t i = 0; i < n; i++) {
      work_.amount[i] = select(keep, work_.point[i], work_.amount[i]);
    }
    for (int l = 0; l < kLanes; l++) settle(l, lane(accepted, l) != 0.0);
  }

  // Looks for triggers that rose within the accepted steps; such a step ends where it rose. True if
  // a lane whose step was cut has outputs due.
  bool watch(const Pack& accepted) {
    for (int l = 0; l < kLanes; l++) lane(work_.since, l) = lanes_[l].time;
    see(p_, work_, work_.since);
    execute(p_.event_code, p_.event_end, work_.registers);
    bool due_now = false;
    for (int l = 0; l < kLanes; l++) {
      lanes_[l].event = false;
      if (lane(accepted, l) == 0.0) continue;
      bool rose = false;
      for (std::int32_t e = 0; e < p_.events; e++) {
        const double now = lane(work_.registers[p_.trigger[e]], l);
        rose = rose || (!(lane(before_[e], l) > 0.0) && now > 0.0);
      }
      if (rose) {
        locate(l);
        due_now = due_now || due(lanes_[l]);
        continue;
      }
      for (std::int32_t e = 0; e < p_.events; e++) {
        lane(before_[e], l) = lane(work_.registers[p_.trigger[e]], l);
      }
    }
    return due_now;
  }

  // Finds the first moment of a lane's step at which a trigger is above 0.
  void locate(int l) {
    Lane& at = lanes_[l];
    gather(l);
    double low = 0.0, high = 1.0;
    for (int count = 0; count < kBisections; count++) {
      const double middle = 0.5 * (low + high);
      glimpse(l, middle);
      evaluate();
      (rises(l) ? high : low) = middle;
    }
    if (high == 1.0 && at.landing) return;  // seen on arrival, after the doses there
    at.event = true;
    at.landing = false;
    at.share = high;
    at.time = at.begin + high * at.taken;
  }

  // Puts the amounts and inputs within a lane's step where events look for them.
  void glimpse(int l, double theta) {
    const std::int64_t n = p_.states;
    const Lane& at = lanes_[l];
    const double rest = 1.0 - theta;
    double weight[kStages];
    for (int q = 0; q < kStages; q++) {
      weight[q] = kInside[0][q] + theta * (kInside[1][q] + theta * kInside[2][q]);
    }
    for (std::int64_t i = 0; i < n; i++) {
      double curve = weight[0] * lane(work_.stage[i], l);
      for (int q = 1; q < kStages; q++) curve += weight[q] * lane(work_.stage[q * n + i], l);
      state_[i] = rest * lane(work_.amount[i], l) +
                  theta * (lane(work_.point[i], l) + rest * curve);
    }
    const double since = at.begin + theta * at.taken;
    for (std::int32_t u = 0; u < p_.inputs; u++) {
      lane(work_.input[u], l) = lane(work_.level[u], l) + lane(work_.input_slope[u], l) * since;
    }
  }

  // Ends the steps that an event cut with the amounts of that moment.
  void cut_short() {
    for (int l = 0; l < kLanes; l++) {
      if (!lanes_[l].event) continue;
      glimpse(l, lanes_[l].share);
      for (std::int32_t i = 0; i < p_.states; i++) lane(work_.point[i], l) = state_[i];
    }
  }

  // Smallest step worth trying: below it time would not advance.
  static double smallest(const Lane& at) {
    const double rounding = 4.0 * kRounding * at.time, floor = kStepFloor * at.last;
    return rounding > floor ? rounding : floor;
  }

  // Decides on the step just tried and proposes the next, `fitting` times as long if that suits;
  // true if it is accepted.
  static bool judge(Lane& at, bool sound, bool sunk, double error, double fitting) {
    at.steps++;
    if (!sound) {
      at.step = at.taken * kShrinkFault;
      at.refused = true;
      at.growth = kGrowMost;
      return false;
    }
    double factor = kSafety * fitting;
    factor = factor < at.growth ? factor : at.growth;
    factor = factor > kShrinkMost ? factor : kShrinkMost;
    if (error <= 1.0 && !sunk) {
      if (at.refused && factor > 1.0) factor = 1.0;
      at.refused = false;
      at.time = at.time + at.taken;
      at.step = at.taken * factor;
      return true;
    }
    const double most = error <= 1.0 ? kShrinkSunk : kSafety;
    at.step = at.taken * (factor < most ? factor : most);
    at.refused = true;
    at.growth = kGrowMost;
    return false;
  }

  // True if the lane's next output time lies inside the step just taken. One that falls on a stop
  // is reported on arrival, after the doses there.
  bool due(const Lane& at) const {
    if (at.next_output >= problem_.times) return false;
    const double when = at.times[at.next_output];
    return at.landing ? when < at.stop : when - at.origin <= at.time;
  }

  // Reports the output times inside the accepted steps from the dense output, one a lane and round.
  void interpolate(const Pack& accepted) {
    const std::int64_t n = p_.states, used = problem_.used_count;
    for (;;) {
      Pack theta = filled(0.0);
      bool any = false, wanted[kLanes];
      for (int l = 0; l < kLanes; l++) {
        const Lane& at = lanes_[l];
        wanted[l] = lane(accepted, l) != 0.0 && due(at);
        if (!wanted[l]) continue;
        any = true;
        const double since = at.times[at.next_output] - at.origin;
        const double share = (since - at.begin) / at.taken;
        lane(theta, l) = share > 1.0 ? 1.0 : share;
      }
      if (!any) return;
      const Pack rest = 1.0 - theta;
      Pack weight[kStages];  // one weight a stage costs a third of three polynomials a state
      for (int q = 0; q < kStages; q++) {
        weight[q] = kInside[0][q] + theta * (kInside[1][q] + theta * filled(kInside[2][q]));
      }
      for (std::int64_t u = 0; u < used; u++) {
        const std::int32_t pivot = problem_.used_pivot[u];
        const Pack* k = work_.stage + pivot;
        Pack curve = weight[0] * k[0];
#pragma GCC unroll 8
        for (int q = 1; q < kStages; q++) curve = curve + weight[q] * k[q * n];
        inside_[u] = rest * work_.amount[pivot] + theta * (work_.point[pivot] + rest * curve);
      }
      for (int l = 0; l < kLanes; l++) {
        if (!wanted[l]) continue;
        for (std::int64_t u = 0; u < used; u++) value_[u] = lane(inside_[u], l);
        report(lanes_[l]);
      }
    }
  }

  // Lets the events at the end of a lane's step act; false when the member is done.
  bool happen(int l) {
    Lane& at = lanes_[l];
    at.event = false;
    gather(l);
    if (!fire(l)) return false;
    scatter(l);
    return resume(l, at.origin + at.time);
  }

  // After a step: stop times, the step limit, and the next member for a lane that is free.
  void settle(int l, bool accepted) {
    Lane& at = lanes_[l];
    if (at.member >= 0) {
      const bool goes_on = accepted && at.event      ? happen(l)
                           : accepted && at.landing ? arrive(l)
                                                    : true;
      if (goes_on) {
        if (at.steps < problem_.max_steps) return;
        fail(at, kTooManySteps);
      }
    }
    if (!drained_) {
      take(l);
      drained_ = at.member < 0;
    } else {
      at.member = -1;
      at.step = 1.0;
    }
  }

  const Program& p_;
  const Problem& problem_;
  const Queue& queue_;
  Work work_;
  Pack *scale_, *floor_, *inside_, *before_;
  double *setup_, *value_, *state_, *scalar_;
  int lane_ = 0;
  double first_step_;
  bool drained_ = false;
  Lane lanes_[kLanes] = {};
};
