#include "dispatch.hpp"

namespace exocast {

#define EXOCAST_DECLARE(set)                                                              \
  namespace set {                                                                         \
  void work(const Program&, const Problem&, const Queue&, double*);                       \
  void evaluate(std::int32_t, std::int32_t, bool, std::int64_t, const double*,            \
                const double*, double*);                                                  \
  }

EXOCAST_DECLARE(baseline)
#ifdef EXOCAST_X86
EXOCAST_DECLARE(avx2)
EXOCAST_DECLARE(avx512)
#endif

std::vector<InstructionSet> instruction_sets() {
  std::vector<InstructionSet> sets{{"baseline", &baseline::work, &baseline::evaluate}};
#ifdef EXOCAST_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) sets.push_back({"avx2", &avx2::work, &avx2::evaluate});
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
    sets.push_back({"avx512", &avx512::work, &avx512::evaluate});
  }
#endif
  return sets;
}

}  // namespace exocast
