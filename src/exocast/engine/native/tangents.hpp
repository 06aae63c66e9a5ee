// Derivatives of a member along the directions: at its start, at stops, in steps and at outputs.
//
// Included by kernel.cpp only, inside the namespace of one instruction set.

// Starts the derivatives of a lane's member; its setup tape has been run.
inline void Stepper::load_dots(int l) {
  const Directions& by = problem_.by;
  const std::int64_t n = p_.states;
  const double* const start = by.start + lanes_[l].member * by.start_stride;
  for (std::int64_t q = 0; q < by.count; q++) {
    for (std::int32_t i = 0; i < p_.setup_size; i++) dots_.setup[i] = 0.0;
    for (std::int32_t t = by.seed_start[q]; t < by.seed_start[q + 1]; t++) {
      dots_.setup[p_.constants + by.seed_parameter[t]] = by.seed_weight[t];
    }
    execute_tangent(p_.setup_code, p_.setup_end, setup_, dots_.setup);
    for (std::int32_t t = by.kept_start[q]; t < by.kept_start[q + 1]; t++) {
      lane(dots_.kept[t], l) = dots_.setup[p_.kept[by.kept_slot[t]]];
    }
    for (std::int64_t i = 0; i < n; i++) {
      lane(dots_.amount[q * n + i], l) = start[p_.order[i] * by.count + q];
    }
    for (std::int64_t u = 0; u < problem_.dosed_count; u++) {
      lane(dots_.base[q * problem_.dosed_count + u], l) = 0.0;
    }
  }
}

// The rates of a lane at its stop, from plain numbers.
inline void Stepper::rates_here(int l, double* to) {
  gather(l);
  double* const point = scalar_ + p_.kept_count;
  for (std::int32_t i = 0; i < p_.states; i++) point[i] = state_[i];
  for (std::int32_t u = 0; u < p_.inputs; u++) {
    point[p_.states + u] = lane(work_.level[u], l);
    point[p_.states + p_.inputs + u] = lane(work_.level_slope[u], l);
  }
  execute(p_.rate_code, p_.rate_end, scalar_);
  const std::int32_t* shape = p_.row_shape;
  const std::int32_t* index = p_.row_index;
  for (std::int32_t i = 0; i < p_.states; i++, shape += 3) {
    double rate = scalar_[p_.row_constant[i]];
    for (std::int32_t q = 0; q < shape[0]; q++, index += 2) {
      rate += scalar_[index[0]] * point[index[1]];
    }
    for (std::int32_t q = 0; q < shape[1]; q++) rate += scalar_[*index++];
    for (std::int32_t q = 0; q < shape[2]; q++) rate -= scalar_[*index++];
    to[i] = rate;
  }
}

// What a dose at this stop does to the derivatives; called before it acts on the amounts. A moment
// that moves with a direction shifts what flowed before it against what flows after it.
inline void Stepper::jump_dots(int l, std::int64_t dose, double now) {
  const Directions& by = problem_.by;
  const Lane& at = lanes_[l];
  const std::int64_t n = p_.states;
  const std::int32_t kind = problem_.dose_kind[dose];
  const std::int32_t pivot = p_.rank[problem_.dose_state[dose]];
  const double begin = at.dose_start[dose], end = at.dose_end[dose], size = at.dose_amount[dose];
  const std::int64_t first = at.member * by.dose_stride + dose * by.count;
  const bool bolus = end == begin;
  if (kind == kAdd && !bolus && by.dose_start != nullptr) {
    const bool off = begin < at.cut || (begin == at.cut && dose < at.cut_dose);
    const double rate = size / (end - begin);
    for (std::int64_t q = 0; q < by.count; q++) {
      double& dot = lane(dots_.amount[q * n + pivot], l);
      if (begin == now) dot -= rate * by.dose_start[first + q];
      if (end == now && !off) dot += rate * by.dose_end[first + q];
    }
  }
  if (begin != now || (kind == kAdd && !bolus)) return;
  if (kind == kReset) {
    for (std::int64_t i = 0; i < by.count * n; i++) lane(dots_.amount[i], l) = 0.0;
    return;
  }
  if (kind == kSet) {
    for (std::int64_t q = 0; q < by.count; q++) lane(dots_.amount[q * n + pivot], l) = 0.0;
  }
  if (by.dose_amount != nullptr) {
    for (std::int64_t q = 0; q < by.count; q++) {
      lane(dots_.amount[q * n + pivot], l) += by.dose_amount[first + q];
    }
  }
  if (kind != kAdd || by.dose_start == nullptr) return;
  double& amount = lane(work_.amount[pivot], l);
  const double present = amount;
  rates_here(l, dots_.before);
  amount = present + size;
  rates_here(l, dots_.after);
  amount = present;
  for (std::int64_t q = 0; q < by.count; q++) {
    const double later = by.dose_start[first + q];
    for (std::int64_t i = 0; i < n; i++) {
      lane(dots_.amount[q * n + i], l) += (dots_.before[i] - dots_.after[i]) * later;
    }
  }
}

// Sets the derivatives of free terms and inputs for the time from a stop to the next.
inline void Stepper::resume_dots(int l, double now) {
  const Directions& by = problem_.by;
  const Lane& at = lanes_[l];
  const auto kept = [&](std::int64_t q, std::int32_t slot) {
    const std::int32_t found = by.place[q * p_.kept_count + slot];
    return found < 0 ? 0.0 : lane(dots_.kept[found], l);
  };
  for (std::int64_t q = 0; q < by.count; q++) {
    Pack* const base = dots_.base + q * problem_.dosed_count;
    for (std::int64_t u = 0; u < problem_.dosed_count; u++) {
      lane(base[u], l) = kept(q, p_.row_constant[problem_.dosed_pivot[u]]);
    }
    for (std::int64_t d = 0; d < problem_.doses; d++) {
      const double begin = at.dose_start[d], end = at.dose_end[d];
      const bool off = begin < at.cut || (begin == at.cut && d < at.cut_dose);
      if (problem_.dose_kind[d] != kAdd || off || !(begin <= now && now < end)) continue;
      const std::int64_t which = at.member * by.dose_stride + d * by.count + q;
      double rate = by.dose_amount == nullptr ? 0.0 : by.dose_amount[which] / (end - begin);
      if (by.dose_start != nullptr) {
        const double longer = by.dose_end[which] - by.dose_start[which];
        rate -= at.dose_amount[d] * longer / ((end - begin) * (end - begin));
      }
      std::int64_t u = 0;
      while (problem_.dosed_pivot[u] != p_.rank[problem_.dose_state[d]]) u++;
      lane(base[u], l) += rate;
    }
    for (std::int32_t u = 0; u < p_.inputs; u++) {
      double level = 0.0, slope = 0.0;
      const auto value = [&](std::int32_t slot) { return kept(q, slot); };
      if (p_.input[u] >= 0) on_table(p_.input[u], now, value, level, slope);
      lane(dots_.level[q * p_.inputs + u], l) = level;
      lane(dots_.level_slope[q * p_.inputs + u], l) = slope;
    }
  }
}

// Reports the derivatives at a stop, for the lane's next output time.
inline void Stepper::report_dots(int l) {
  const Directions& by = problem_.by;
  const Lane& at = lanes_[l];
  for (std::int64_t q = 0; q < by.count; q++) {
    for (std::int64_t u = 0; u < problem_.used_count; u++) {
      value_[u] = lane(dots_.amount[q * p_.states + problem_.used_pivot[u]], l);
    }
    combine(slopes_of(at.member, at.next_output) + q, by.count);
  }
}

// Takes the derivatives over the accepted steps and reports those at the outputs inside.
inline void Stepper::differentiate(const Pack& accepted, const Pack& inverse_step) {
  const Directions& by = problem_.by;
  const std::int64_t n = p_.states;
  const Mask keep = above(accepted, filled(0.5));
  for (std::int64_t q = 0; q < by.count; q++) {
    Pack* const amount = dots_.amount + q * n;
    for (std::int32_t t = by.kept_start[q]; t < by.kept_start[q + 1]; t++) {
      dots_.registers[by.kept_slot[t]] = dots_.kept[t];
    }
    for (std::int64_t i = 0; i < n; i++) dots_.point[i] = amount[i];
    stage_dots<0>(p_, problem_, work_, dots_, q, inverse_step);
    Pack theta;
    bool wanted[kLanes];
    std::int64_t output[kLanes];
    for (int l = 0; l < kLanes; l++) output[l] = lanes_[l].next_output;
    while (seek(accepted, output, theta, wanted)) {
      look_inside(theta, amount, dots_.point, dots_.stage);
      double* to[kLanes];
      for (int l = 0; l < kLanes; l++) {
        if (wanted[l]) to[l] = slopes_of(lanes_[l].member, output[l]++) + q;
      }
      spread(to, wanted, by.count);
    }
    for (std::int64_t i = 0; i < n; i++) amount[i] = select(keep, dots_.point[i], amount[i]);
    for (std::int32_t t = by.kept_start[q]; t < by.kept_start[q + 1]; t++) {
      dots_.registers[by.kept_slot[t]] = filled(0.0);
    }
  }
}
