// The machine for one instruction set. This file is compiled once for each, with EXOCAST_SET and
// EXOCAST_WIDTH defined; everything below lies in that set's own namespace. Only C headers without
// templates are included: an inline function of the standard library that was compiled here could
// be the copy that the linker keeps for everybody, and fail on an older processor.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "program.hpp"

namespace exocast {
namespace EXOCAST_SET {
namespace {

#include "pack.hpp"
#include "elementary.hpp"
#include "tape.hpp"
#include "rodas5p.hpp"
#include "linear.hpp"
#include "dots.hpp"
#include "stepper.hpp"
#include "arrivals.hpp"
#include "events.hpp"
#include "tangents.hpp"

}  // namespace

void work(const Program& program, const Problem& problem, const Queue& queue, double* workspace) {
  Stepper stepper(program, problem, queue, workspace);
  stepper.run();
}

// Runs one operation on many numbers, eight at a time or one at a time.
void evaluate(std::int32_t operation, std::int32_t operands, bool packs, std::int64_t count,
              const double* a, const double* b, double* result) {
  const std::int32_t code[] = {operation, 1, 2, 0, 1};
  const std::int32_t* const end = code + 3 + operands;
  if (!packs) {
    for (std::int64_t i = 0; i < count; i++) {
      double registers[] = {a[i], b[i], 0.0};
      execute(code, end, registers);
      result[i] = registers[2];
    }
    return;
  }
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int many = count - i < kLanes ? static_cast<int>(count - i) : kLanes;
    Pack registers[] = {filled(1.0), filled(1.0), filled(1.0)};
    for (int l = 0; l < many; l++) {
      lane(registers[0], l) = a[i + l];
      lane(registers[1], l) = b[i + l];
    }
    execute(code, end, registers);
    for (int l = 0; l < many; l++) result[i + l] = lane(registers[2], l);
  }
}

}  // namespace EXOCAST_SET
}  // namespace exocast
