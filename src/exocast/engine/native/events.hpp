// Events: triggers that rise above 0, when they do, and the amounts that they set.
//
// Included by kernel.cpp only, inside the namespace of one instruction set.

constexpr int kBisections = 60;  // of a step, to find when a trigger rises above 0
constexpr int kChain = 64;       // events at one moment, for each declared: more is a circle

// Copies a lane's amounts to the plain numbers that events work on, and back.
inline void Stepper::gather(int l) {
  for (std::int32_t i = 0; i < p_.states; i++) state_[i] = lane(work_.amount[i], l);
  for (std::int32_t q = 0; q < p_.kept_count; q++) scalar_[q] = lane(work_.registers[q], l);
  lane_ = l;
}
inline void Stepper::scatter(int l) {
  for (std::int32_t i = 0; i < p_.states; i++) lane(work_.amount[i], l) = state_[i];
}

// Computes triggers and what they set, from state_ and the lane's inputs some time after its stop.
inline void Stepper::evaluate(double since) {
  double* const to = scalar_ + p_.kept_count;
  for (std::int32_t i = 0; i < p_.states; i++) to[i] = state_[i];
  for (std::int32_t u = 0; u < p_.inputs; u++) {
    const double slope = lane(work_.level_slope[u], lane_);
    to[p_.states + u] = lane(work_.level[u], lane_) + slope * since;
    to[p_.states + p_.inputs + u] = slope;
  }
  execute(p_.event_code, p_.event_end, scalar_);
}

// Whether a trigger that was not above 0 is now; call evaluate() first.
inline bool Stepper::rises(int l) const {
  for (std::int32_t e = 0; e < p_.events; e++) {
    if (!(lane(before_[e], l) > 0.0) && scalar_[p_.trigger[e]] > 0.0) return true;
  }
  return false;
}

// Lets every trigger that rose act on state_, one after another, some time after the lane's stop;
// fails a member that circles.
inline bool Stepper::fire(int l, double since) {
  for (int count = 0; count <= kChain * p_.events; count++) {
    evaluate(since);
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

// Looks for triggers that rose within the accepted steps; such a step ends where it rose. True if
// a lane whose step was cut has outputs due.
inline bool Stepper::watch(const Pack& accepted) {
  Pack* const last = work_.at(kStages);  // where the amounts at the end of the step stand
  for (int l = 0; l < kLanes; l++) lane(work_.since, l) = lanes_[l].time;
  see(p_, work_, last, work_.since);
  execute(p_.event_code, p_.event_end, last);
  bool due_now = false;
  for (int l = 0; l < kLanes; l++) {
    lanes_[l].event = false;
    if (lane(accepted, l) == 0.0) continue;
    bool rose = false;
    for (std::int32_t e = 0; e < p_.events; e++) {
      const double now = lane(last[p_.trigger[e]], l);
      rose = rose || (!(lane(before_[e], l) > 0.0) && now > 0.0);
    }
    if (rose) {
      locate(l);
      due_now = due_now || due(lanes_[l], lanes_[l].next_output);
      continue;
    }
    for (std::int32_t e = 0; e < p_.events; e++) {
      lane(before_[e], l) = lane(last[p_.trigger[e]], l);
    }
  }
  return due_now;
}

// Finds the first moment of a lane's step at which a trigger is above 0.
inline void Stepper::locate(int l) {
  Lane& at = lanes_[l];
  gather(l);
  double low = 0.0, high = 1.0;
  // Time must tell an event from the one before it, or events without end would take no time.
  const double finest = kRounding * (at.origin + at.begin + at.taken) / at.taken;
  for (int count = 0; count < kBisections && high - low > finest; count++) {
    const double middle = 0.5 * (low + high);
    glimpse(l, middle);
    evaluate(at.begin + middle * at.taken);
    (rises(l) ? high : low) = middle;
  }
  const double moment = at.begin + high * at.taken;
  // At a stop, or too near to tell, it is seen on arrival, after the doses there.
  if (at.landing && (high == 1.0 || at.origin + moment >= at.stop)) return;
  at.event = true;
  at.landing = false;
  at.share = high;
  at.time = moment;
}

// Puts the amounts within a lane's step where events look for them.
inline void Stepper::glimpse(int l, double theta) {
  const std::int64_t n = p_.states;
  const Pack* const end = work_.point(kStages);
  const double rest = 1.0 - theta;
  double weight[kStages];
  for (int q = 0; q < kStages; q++) {
    weight[q] = kInside[0][q] + theta * (kInside[1][q] + theta * kInside[2][q]);
  }
  for (std::int64_t i = 0; i < n; i++) {
    const Pack* const k = work_.stage + stages_of(i);
    double curve = weight[0] * lane(k[0], l);
    for (int q = 1; q < kStages; q++) curve += weight[q] * lane(k[q], l);
    // In this order an amount that nothing moves stays as it is, to the last bit.
    const double begin = lane(work_.amount[i], l);
    state_[i] = begin + theta * ((lane(end[i], l) - begin) + rest * curve);
  }
}

// Ends the steps that an event cut with the amounts of that moment.
inline void Stepper::cut_short() {
  Pack* const end = work_.point(kStages);
  for (int l = 0; l < kLanes; l++) {
    if (!lanes_[l].event) continue;
    glimpse(l, lanes_[l].share);
    for (std::int32_t i = 0; i < p_.states; i++) lane(end[i], l) = state_[i];
  }
}

// Lets the events at the end of a lane's step act; false when the member is done.
inline bool Stepper::happen(int l) {
  Lane& at = lanes_[l];
  at.event = false;
  gather(l);
  if (!fire(l, at.time)) return false;
  scatter(l);
  return resume(l, at.origin + at.time);
}
