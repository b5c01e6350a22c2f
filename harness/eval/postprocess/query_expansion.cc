#include "harness/eval/postprocess/query_expansion.h"

#include <fmt/core.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/core/parallel.h"
#include "harness/eval/block_source.h"
#include "harness/eval/postprocess/nearest_items.h"

namespace bcr {
namespace {

void CheckOptions(const ExpansionOptions& options) {
  const auto require = [](bool holds, const char* name, std::string found, const char* expected) {
    if (holds) return;
    throw Error(ErrorCode::kUsage, {.where = fmt::format("query expansion option {}", name),
                                    .found = std::move(found),
                                    .expected = expected});
  };
  require(options.k >= 1, "k", fmt::format("{}", options.k), "1 or more");
  require(options.alpha >= 0 && std::isfinite(options.alpha), "alpha",
          fmt::format("{}", options.alpha), "0 or more");
  require(options.block_mb >= 1, "block_mb", fmt::format("{}", options.block_mb), "1 or more");
}

double Weight(double cosine, double alpha) {
  if (cosine < 0 && alpha != std::floor(alpha)) return 0;
  return std::pow(cosine, alpha);
}

}  // namespace

FloatMatrix ExpandRows(const RowSource& rows, const ExpansionOptions& options) {
  CheckOptions(options);
  const auto source = NewCpuBlockSource(rows, rows, Distance::kCosine);
  const NearestItems nearest =
      FindNearest(*source, static_cast<size_t>(options.k), 1.0F, options.block_mb, options.threads);
  FloatMatrix expanded(rows.rows(), rows.cols());
  ParallelFor(rows.rows(), options.threads, [&](size_t i) {
    std::vector<float> scratch(rows.cols());
    std::vector<double> sum(rows.cols(), 0.0);
    for (size_t t = i * nearest.k; t < (i + 1) * nearest.k; ++t) {
      const double weight = Weight(nearest.scores[t], options.alpha);
      const float* row = rows.Row(nearest.items[t], scratch.data());
      for (size_t c = 0; c < rows.cols(); ++c) sum[c] += weight * row[c];
    }
    for (size_t c = 0; c < rows.cols(); ++c) {
      expanded.row(i)[c] = static_cast<float>(sum[c] / static_cast<double>(nearest.k));
    }
  });
  return expanded;
}

}  // namespace bcr
