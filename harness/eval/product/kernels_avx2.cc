#include <immintrin.h>

#include "harness/eval/product/kernels_impl.h"
#include "harness/eval/product/kernels_levels.h"

namespace bcr {
namespace {

struct Avx2 {
  using Vec = __m256;
  static constexpr size_t kWidth = 8;
  static constexpr size_t kRows = 6;  // 12 sums, 2 gallery vectors and 1 query value: 15 of 16
  static constexpr size_t kVecs = 2;
  static Vec Zero() { return _mm256_setzero_ps(); }
  static Vec Load(const float* p) { return _mm256_loadu_ps(p); }
  static void Store(float* p, Vec v) { _mm256_storeu_ps(p, v); }
  static Vec Broadcast(const float* p) { return _mm256_broadcast_ss(p); }
  static Vec Sub(Vec a, Vec b) { return _mm256_sub_ps(a, b); }
  static Vec MulAdd(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
  static Vec MulSub(Vec a, Vec b, Vec c) { return _mm256_fnmadd_ps(a, b, c); }
};

}  // namespace

const Kernels kAvx2Kernels = MakeKernels<Avx2>("avx2");

}  // namespace bcr
