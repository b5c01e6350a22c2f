#include "harness/eval/product/kernels.h"

#include "harness/eval/product/kernels_levels.h"

namespace bcr {

std::vector<const Kernels*> UsableKernels() {
  std::vector<const Kernels*> usable;
#ifdef BCR_X86_KERNELS
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) usable.push_back(&kAvx512Kernels);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    usable.push_back(&kAvx2Kernels);
  }
#endif
  usable.push_back(&kPortableKernels);
  return usable;
}

const Kernels& BestKernels() {
  static const Kernels* const best = UsableKernels().front();
  return *best;
}

}  // namespace bcr
