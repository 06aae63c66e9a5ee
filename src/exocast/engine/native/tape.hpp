// Runs a tape on registers of plain numbers (setup) or packs (rates and slopes).
//
// Included by kernel.cpp only, inside the namespace of one instruction set.

template <class Value>
static void execute(const std::int32_t* code, const std::int32_t* end, Value* r) {
  while (code != end) {
    const std::int32_t operation = code[0];
    const std::int32_t count = code[1];
    Value* to = r + code[2];
    Value* const last = to + count;
    code += 3;
    switch (operation) {
      case kSum:
        for (; to != last; to++) {
          const std::int32_t added = code[0];
          const std::int32_t taken = code[1];
          code += 2;
          Value total;
          if (added > 0) {
            total = r[*code++];
            for (std::int32_t q = 1; q < added; q++) total = total + r[*code++];
            for (std::int32_t q = 0; q < taken; q++) total = total - r[*code++];
          } else {
            total = -1.0 * r[*code++];
            for (std::int32_t q = 1; q < taken; q++) total = total - r[*code++];
          }
          *to = total;
        }
        break;
      case kMultiply:
        for (; to != last; to++, code += 2) *to = r[code[0]] * r[code[1]];
        break;
      case kDivide:
        for (; to != last; to++, code += 2) *to = r[code[0]] / r[code[1]];
        break;
      case kReciprocal:
        for (; to != last; to++, code += 1) *to = 1.0 / r[code[0]];
        break;
      case kPower:
        for (; to != last; to++, code += 2) *to = power(r[code[0]], r[code[1]]);
        break;
      case kExponential:
        for (; to != last; to++, code += 1) *to = exponential(r[code[0]]);
        break;
      case kLogarithm:
        for (; to != last; to++, code += 1) *to = logarithm(r[code[0]]);
        break;
      case kSquareRoot:
        for (; to != last; to++, code += 1) *to = square_root(r[code[0]]);
        break;
      case kMinimum:
        for (; to != last; to++, code += 2) *to = smaller(r[code[0]], r[code[1]]);
        break;
      case kMaximum:
        for (; to != last; to++, code += 2) *to = larger(r[code[0]], r[code[1]]);
        break;
      case kGreater:
        for (; to != last; to++, code += 2) *to = greater(r[code[0]], r[code[1]]);
        break;
      case kSelect:
        for (; to != last; to++, code += 3) *to = chosen(r[code[0]], r[code[1]], r[code[2]]);
        break;
      default:
        return;  // the binding refuses any other operation
    }
  }
}

// Runs the same tape on the derivatives d of registers r, along one direction: r is read only.
template <class Value>
static void execute_tangent(const std::int32_t* code, const std::int32_t* end, const Value* r,
                            Value* d) {
  const Value none = like(r[0], 0.0), one = like(r[0], 1.0);
  while (code != end) {
    const std::int32_t operation = code[0];
    const std::int32_t count = code[1];
    std::int32_t to = code[2];
    const std::int32_t last = to + count;
    code += 3;
    switch (operation) {
      case kSum:
        for (; to != last; to++) {
          const std::int32_t added = code[0];
          const std::int32_t taken = code[1];
          code += 2;
          Value total = none;
          for (std::int32_t q = 0; q < added; q++) total = total + d[*code++];
          for (std::int32_t q = 0; q < taken; q++) total = total - d[*code++];
          d[to] = total;
        }
        break;
      case kMultiply:
        for (; to != last; to++, code += 2) {
          d[to] = d[code[0]] * r[code[1]] + r[code[0]] * d[code[1]];
        }
        break;
      case kDivide:
        for (; to != last; to++, code += 2) {
          d[to] = (d[code[0]] - r[to] * d[code[1]]) / r[code[1]];
        }
        break;
      case kReciprocal:
        for (; to != last; to++, code += 1) d[to] = -1.0 * (r[to] * r[to] * d[code[0]]);
        break;
      case kPower:
        for (; to != last; to++, code += 2) {
          const Value base = r[code[0]], exponent = r[code[1]];
          const Value slope = exponent * power(base, exponent - one) * d[code[0]] +
                              r[to] * logarithm(base) * d[code[1]];
          d[to] = chosen(greater(base, none), slope, none);
        }
        break;
      case kExponential:
        for (; to != last; to++, code += 1) d[to] = r[to] * d[code[0]];
        break;
      case kLogarithm:
        for (; to != last; to++, code += 1) d[to] = d[code[0]] / r[code[0]];
        break;
      case kSquareRoot:
        for (; to != last; to++, code += 1) {
          d[to] = chosen(greater(r[code[0]], none), 0.5 * d[code[0]] / r[to], none);
        }
        break;
      case kMinimum:
        for (; to != last; to++, code += 2) {
          d[to] = chosen(greater(r[code[1]], r[code[0]]), d[code[0]], d[code[1]]);
        }
        break;
      case kMaximum:
        for (; to != last; to++, code += 2) {
          d[to] = chosen(greater(r[code[0]], r[code[1]]), d[code[0]], d[code[1]]);
        }
        break;
      case kGreater:
        for (; to != last; to++, code += 2) d[to] = none;
        break;
      case kSelect:
        for (; to != last; to++, code += 3) {
          d[to] = chosen(r[code[0]], d[code[1]], d[code[2]]);
        }
        break;
      default:
        return;  // the binding refuses any other operation
    }
  }
}
