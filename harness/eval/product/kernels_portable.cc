#include "harness/eval/product/kernels_impl.h"
#include "harness/eval/product/kernels_levels.h"

namespace bcr {
namespace {

// Four lanes in the compiler's own vector type, Quad: SSE2 on x86-64, NEON (fused) on 64-bit Arm.
struct Portable {
  using Vec = Quad;
  static constexpr size_t kWidth = 4;
  static constexpr size_t kRows = 6;
  static constexpr size_t kVecs = 2;
  static Vec Zero() { return Vec{}; }
  static Vec Load(const float* p) { return LoadQuad(p); }
  static void Store(float* p, Vec v) { StoreQuad(p, v); }
  static Vec Broadcast(const float* p) { return Vec{*p, *p, *p, *p}; }
  static Vec Sub(Vec a, Vec b) { return a - b; }
  static Vec MulAdd(Vec a, Vec b, Vec c) { return a * b + c; }
  static Vec MulSub(Vec a, Vec b, Vec c) { return c - a * b; }
};

}  // namespace

const Kernels kPortableKernels = MakeKernels<Portable>("portable");

}  // namespace bcr
