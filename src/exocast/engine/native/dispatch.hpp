// Which builds of the machine there are, and which of them this processor runs.
#pragma once

#include <string>
#include <vector>

#include "program.hpp"

namespace exocast {

struct InstructionSet {
  std::string name;
  Worker work;
  Evaluator evaluate;
};

// Worst first, best last; the first always runs.
std::vector<InstructionSet> instruction_sets();

}  // namespace exocast
