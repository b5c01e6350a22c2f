#include "harness/cluster/row_dot.h"

namespace bcr {
namespace {
constexpr size_t kLanes = 16;
}

float RowDot(const float* a, const float* b, size_t size) {
  float lanes[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
  }
  for (size_t lane = 0; i < size; ++i, ++lane) lanes[lane] += a[i] * b[i];
  float sum = 0.0F;
  for (const float lane : lanes) sum += lane;
  return sum;
}

}  // namespace bcr
