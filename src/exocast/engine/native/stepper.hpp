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
constexpr int kAskEvery = 8;   // steps between looks at the queue's stop flag

EXOCAST_INLINE bool finite(double value) { return value - value == 0.0; }

struct Lane {
  std::int64_t member;  // -1: idle
  std::int64_t next_output, steps, done;  // steps tried and accepted
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
    const std::int64_t file = p_.size + problem_.dosed_count;
    work_.registers = next;
    work_.file = problem_.by.count > 0 ? file : 0;
    work_.point_at = p_.kept_count;
    work_.input_at = p_.kept_count + n;
    work_.source_at = p_.size;
    work_.sources = problem_.dosed_count;
    next += problem_.by.count > 0 ? (kStages + 1) * file : file;
    work_.base = p_.inputs == 0 && work_.file == 0 ? work_.registers + p_.size : next;
    next += problem_.dosed_count;
    work_.level = next, next += p_.inputs;
    work_.level_slope = next, next += p_.inputs;
    work_.drift = next, next += p_.drifts;
    before_ = next, next += p_.events;
    work_.amount = next, next += n;
    work_.stage = next, next += n * kStages;
    work_.matrix = next, next += p_.entries;
    scale_ = next, next += n;
    floor_ = next, next += n;
    inside_ = next, next += problem_.used_count;
    next = dots_.lay(p_, problem_, work_, next);
    setup_ = reinterpret_cast<double*>(next);
    value_ = setup_ + p_.setup_size;
    state_ = value_ + problem_.used_count;
    scalar_ = state_ + n;
    double* plain = scalar_ + p_.size;
    if (problem_.by.count > 0) {
      dots_.setup = plain, plain += p_.setup_size;
      dots_.before = plain, plain += n;
      dots_.after = plain, plain += n;
    }
    std::int32_t* rows = reinterpret_cast<std::int32_t*>(plain);
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
  // arrivals.hpp: members, stops and outputs.
  bool busy() const;
  void take(int l);
  bool load(int l);
  bool arrive(int l);
  bool resume(int l, double now);
  template <class Value>
  double on_table(std::int32_t table, double now, const Value& value, double& level,
                  double& slope) const;
  void follow(int l, double now);
  void combine(double* to, std::int64_t stride) const;
  void report(Lane& at);
  void fail(const Lane& at, Status status);

  // events.hpp: triggers, and what they set.
  void gather(int l);
  void scatter(int l);
  void evaluate(double since);
  bool rises(int l) const;
  bool fire(int l, double since);
  bool watch(const Pack& accepted);
  void locate(int l);
  void glimpse(int l, double theta);
  void cut_short();
  bool happen(int l);

  // tangents.hpp: derivatives along the directions.
  void load_dots(int l);
  void jump_dots(int l, std::int64_t dose, double now);
  void rates_here(int l, double* to);
  void resume_dots(int l, double now);
  void report_dots(int l);
  double* slopes_of(std::int64_t member, std::int64_t output) const {
    const std::int64_t row = (member * problem_.times + output) * problem_.kept;
    return problem_.by.result + row * problem_.by.count;
  }
  void differentiate(const Pack& accepted, const Pack& inverse_step);

  // Chooses the first step of lanes that start or were dosed, from the rates there.
  void begin() {
    Pack fastest = filled(0.0), sound = filled(0.0);
    const std::int32_t* shape = p_.row_shape;
    const std::int32_t* index = p_.row_index;
    for (std::int32_t i = 0; i < p_.states; i++) {
      const Pack rate = row_rate(work_.registers, work_.point(0), work_.row_constant[i], shape, index);
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
  void fit(Lane& at) const {
    at.taken = at.step;
    at.begin = at.time;
    at.landing = false;
    if (at.member < 0) return;
    if (problem_.replay != nullptr && at.done < problem_.steps_room) {
      const double step = problem_.replay[at.member * problem_.steps_room + at.done];
      at.taken = step < 0.0 ? -step : step;
      at.landing = step < 0.0;
      return;
    }
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
    Pack* const point = work_.point(0);
    for (std::int32_t i = 0; i < n; i++) point[i] = work_.amount[i];
    if (p_.inputs > 0) {
      for (int l = 0; l < kLanes; l++) lane(work_.since, l) = lanes_[l].time;
      see(p_, work_, work_.registers, work_.since);
    }
    rest(p_, work_);
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

    const Pack* const error = work_.stage + kStages - 1;
    Pack worst = filled(0.0), sum = filled(0.0), sunk = filled(0.0);
    const Pack one = filled(1.0);
    const Pack* const reached = work_.point(kStages);
    for (std::int32_t i = 0; i < n; i++) {
      const Pack size = larger(magnitude(work_.amount[i]), magnitude(reached[i]));
      const Pack share = magnitude(error[stages_of(i)]) / (scale_[i] + size);
      worst = larger(worst, share);
      sum = sum + share;  // a comparison would lose a NaN, a sum does not
      sunk = select(above(smaller(floor_[i], work_.amount[i]), reached[i]), one, sunk);
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
        report_inside = report_inside || due(at, at.next_output);
      }
    }
    if (p_.events > 0) report_inside = watch(accepted) || report_inside;
    if (problem_.by.count > 0) differentiate(accepted, inverse_step);
    if (report_inside) interpolate(accepted);
    if (p_.events > 0) cut_short();
    const Mask keep = above(accepted, filled(0.5));
    for (std::int32_t i = 0; i < n; i++) {
      work_.amount[i] = select(keep, reached[i], work_.amount[i]);
    }
    for (int l = 0; l < kLanes; l++) settle(l, lane(accepted, l) != 0.0);
  }

  // Smallest step worth trying: below it time would not advance.
  static double smallest(const Lane& at) {
    const double rounding = 4.0 * kRounding * at.time, floor = kStepFloor * at.last;
    return rounding > floor ? rounding : floor;
  }

  // Decides on the step just tried and proposes the next, `fitting` times as long if that suits;
  // true if it is accepted.
  bool judge(Lane& at, bool sound, bool sunk, double error, double fitting) const {
    at.steps++;
    if (problem_.replay != nullptr) {
      error = 0.0;
      sunk = false;
    }
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
      if (problem_.record != nullptr && at.done < problem_.steps_room) {
        problem_.record[at.member * problem_.steps_room + at.done] = at.landing ? -at.taken : at.taken;
      }
      at.done++;
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

  // True if an output time of the lane lies inside the step just taken. One that falls on a stop is
  // reported on arrival, after the doses there.
  bool due(const Lane& at, std::int64_t output) const {
    if (output >= problem_.times) return false;
    const double when = at.times[output];
    return at.landing ? when < at.stop : when - at.origin <= at.time;
  }

  // Where in the accepted steps each lane's given output lies; false when none is due.
  bool seek(const Pack& accepted, const std::int64_t* output, Pack& theta, bool* wanted) const {
    bool any = false;
    theta = filled(0.0);
    for (int l = 0; l < kLanes; l++) {
      const Lane& at = lanes_[l];
      wanted[l] = lane(accepted, l) != 0.0 && due(at, output[l]);
      if (!wanted[l]) continue;
      any = true;
      const double share = (at.times[output[l]] - at.origin - at.begin) / at.taken;
      lane(theta, l) = share > 1.0 ? 1.0 : share;
    }
    return any;
  }

  // The dense output of the states that are kept: amounts, or derivatives.
  void look_inside(const Pack& theta, const Pack* begin, const Pack* end, const Pack* stages) {
    const Pack rest = 1.0 - theta;
    Pack weight[kStages];  // one weight a stage costs a third of three polynomials a state
    for (int q = 0; q < kStages; q++) {
      weight[q] = kInside[0][q] + theta * (kInside[1][q] + theta * filled(kInside[2][q]));
    }
    for (std::int64_t u = 0; u < problem_.used_count; u++) {
      const std::int32_t pivot = problem_.used_pivot[u];
      const Pack* const k = stages + stages_of(pivot);
      Pack curve = weight[0] * k[0];
#pragma GCC unroll 8
      for (int q = 1; q < kStages; q++) curve = curve + weight[q] * k[q];
      inside_[u] = rest * begin[pivot] + theta * (end[pivot] + rest * curve);
    }
  }

  // Reports the output times inside the accepted steps from the dense output, one a lane and round.
  void interpolate(const Pack& accepted) {
    Pack theta;
    bool wanted[kLanes];
    std::int64_t output[kLanes];
    for (;;) {
      for (int l = 0; l < kLanes; l++) output[l] = lanes_[l].next_output;
      if (!seek(accepted, output, theta, wanted)) return;
      look_inside(theta, work_.amount, work_.point(kStages), work_.stage);
      double* to[kLanes];
      for (int l = 0; l < kLanes; l++) {
        if (wanted[l]) to[l] = amounts_of(lanes_[l].member, lanes_[l].next_output++);
      }
      spread(to, wanted, 1);
    }
  }

  double* amounts_of(std::int64_t member, std::int64_t output) const {
    return problem_.amount + (member * problem_.times + output) * problem_.kept;
  }

  // Writes the kept combinations of inside_ for the wanted lanes, each `stride` after the one
  // before. The lanes are combined together: the arithmetic is that of `combine`.
  void spread(double* const* to, const bool* wanted, std::int64_t stride) const {
    double* place[kLanes];
    int which[kLanes], many = 0;
    for (int l = 0; l < kLanes; l++) {
      if (wanted[l]) place[many] = to[l], which[many++] = l;
    }
    const std::int32_t* const keep_start = problem_.keep_start;
    const std::int32_t* const keep_used = problem_.keep_used;
    const double* const weight = problem_.keep_weight;
    const std::int64_t kept = problem_.kept;
    for (std::int64_t j = 0; j < kept; j++) {
      Pack total = filled(0.0);
      for (std::int32_t q = keep_start[j]; q < keep_start[j + 1]; q++) {
        total = total + weight[q] * inside_[keep_used[q]];
      }
      for (int w = 0; w < many; w++) place[w][j * stride] = lane(total, which[w]);
    }
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
  Dots dots_;
  Pack *scale_, *floor_, *inside_, *before_;
  double *setup_, *value_, *state_, *scalar_;
  int lane_ = 0;
  double first_step_;
  bool drained_ = false;
  Lane lanes_[kLanes] = {};
};
