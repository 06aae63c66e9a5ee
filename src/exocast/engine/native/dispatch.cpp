#include "dispatch.hpp"

namespace exocast {

namespace baseline {
void work(const Program&, const Problem&, const Queue&, double*);
}
#ifdef EXOCAST_X86
namespace avx2 {
void work(const Program&, const Problem&, const Queue&, double*);
}
namespace avx512 {
void work(const Program&, const Problem&, const Queue&, double*);
}
#endif

std::vector<InstructionSet> instruction_sets() {
  std::vector<InstructionSet> sets{{"baseline", &baseline::work}};
#ifdef EXOCAST_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) sets.push_back({"avx2", &avx2::work});
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
    sets.push_back({"avx512", &avx512::work});
  }
#endif
  return sets;
}

}  // namespace exocast
