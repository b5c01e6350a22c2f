#include "methods/support/cluster_memory.h"

#include <cmath>
#include <map>

namespace bcr {

namespace {

double Dot(const float* a, const float* b, size_t d) {
  double sum = 0;
  for (size_t c = 0; c < d; ++c) sum += double{a[c]} * b[c];
  return sum;
}

void Blend(float* m, const float* q, size_t d, double momentum) {
  for (size_t c = 0; c < d; ++c) m[c] = static_cast<float>(momentum * m[c] + (1 - momentum) * q[c]);
  const double norm = std::sqrt(Dot(m, m, d));
  if (norm < 1e-12) return;
  for (size_t c = 0; c < d; ++c) m[c] = static_cast<float>(m[c] / norm);
}

}  // namespace

void UpdateMemory(FloatMatrix& memory, const FloatMatrix& batch, const std::vector<int64_t>& labels,
                  double momentum, bool hard) {
  const size_t d = memory.cols();
  std::map<int64_t, std::pair<double, size_t>>
      hardest;  // label -> (similarity, batch row), first row wins ties
  for (size_t b = 0; b < labels.size(); ++b) {
    if (labels[b] < 0) continue;
    float* m = memory.row(static_cast<size_t>(labels[b]));
    if (!hard) {
      Blend(m, batch.row(b), d, momentum);
      continue;
    }
    const double similarity = Dot(m, batch.row(b), d);
    const auto [it, fresh] = hardest.try_emplace(labels[b], similarity, b);
    if (!fresh && similarity < it->second.first) it->second = {similarity, b};
  }
  for (const auto& [label, entry] : hardest) {
    Blend(memory.row(static_cast<size_t>(label)), batch.row(entry.second), d, momentum);
  }
}

}  // namespace bcr
