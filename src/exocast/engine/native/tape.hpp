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
