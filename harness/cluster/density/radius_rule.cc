#include "harness/cluster/density/radius_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/core/error.h"

namespace bcr {

namespace {

constexpr float kZero = 1e-6F;

}  // namespace

double RadiusIn(const SparseGraph& graph, double share, bool holds_all) {
  const auto rows = static_cast<double>(graph.rows());
  std::vector<float> distances;
  double zeros = 0;
  for (size_t i = 0; i < graph.rows(); ++i) {
    for (int64_t e = graph.begin[i]; e < graph.begin[i + 1]; ++e) {
      if (static_cast<size_t>(graph.cols[e]) <= i) continue;  // each pair once
      if (graph.distances[e] > kZero) {
        distances.push_back(graph.distances[e]);
      } else {
        ++zeros;
      }
    }
  }
  const double count = rows * (rows - 1) / 2 - zeros;
  if (count < 1) return 0;
  const auto wanted = static_cast<size_t>(std::max(1.0, std::nearbyint(share * count)));
  if (wanted > distances.size() && !holds_all) return -1;
  std::sort(distances.begin(), distances.end());
  double sum = 0;
  for (size_t i = 0; i < wanted; ++i) sum += i < distances.size() ? distances[i] : 1.0;
  return sum / static_cast<double>(wanted);
}

double RadiusByShare(MatrixView unit_rows, const NeighbourTable& table, JaccardOptions options,
                     double share) {
  if (!(share > 0 && share <= 1)) {
    throw Error(ErrorCode::kConfig, {"radius of DBSCAN by a share of all pairs",
                                     fmt::format("{}", share), "more than 0 and at most 1", ""});
  }
  const float widest = std::nextafter(1.0F, 0.0F);  // every pair that shares anything
  for (const float bound : {0.6F, 0.8F, 0.95F, widest}) {
    options.max_distance = bound;
    const double radius =
        RadiusIn(KReciprocalJaccard(unit_rows, table, options), share, bound == widest);
    if (radius >= 0) return radius;
  }
  return 0;
}

}  // namespace bcr
