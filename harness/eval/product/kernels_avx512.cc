#include <immintrin.h>

#include "harness/eval/product/kernels_impl.h"
#include "harness/eval/product/kernels_levels.h"

namespace bcr {
namespace {

struct Avx512 {
  using Vec = __m512;
  static constexpr size_t kWidth = 16;
  static constexpr size_t kRows = 14;  // 28 sums, 2 gallery vectors and 1 query value: 31 of 32
  static constexpr size_t kVecs = 2;
  static Vec Zero() { return _mm512_setzero_ps(); }
  static Vec Load(const float* p) { return _mm512_loadu_ps(p); }
  static void Store(float* p, Vec v) { _mm512_storeu_ps(p, v); }
  static Vec Broadcast(const float* p) { return _mm512_set1_ps(*p); }
  static Vec Sub(Vec a, Vec b) { return _mm512_sub_ps(a, b); }
  static Vec MulAdd(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
  static Vec MulSub(Vec a, Vec b, Vec c) { return _mm512_fnmadd_ps(a, b, c); }
};

}  // namespace

const Kernels kAvx512Kernels = MakeKernels<Avx512>("avx512");

}  // namespace bcr
