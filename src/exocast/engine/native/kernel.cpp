// The machine for one instruction set. This file is compiled once for each, with EXOCAST_SET and
// EXOCAST_WIDTH defined; everything below lies in that set's own namespace. Only C headers without
// templates are included: an inline function of the standard library that was compiled here could
// be the copy that the linker keeps for everybody, and fail on an older processor.
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "program.hpp"

namespace exocast {
namespace EXOCAST_SET {
namespace {

#include "pack.hpp"
#include "tape.hpp"
#include "rodas5p.hpp"
#include "linear.hpp"
#include "stepper.hpp"

}  // namespace

void work(const Program& program, const Problem& problem, const Queue& queue, double* workspace) {
  Stepper stepper(program, problem, queue, workspace);
  stepper.run();
}

}  // namespace EXOCAST_SET
}  // namespace exocast
