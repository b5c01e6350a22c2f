#include "harness/eval/postprocess/rerank.h"

#include <fmt/core.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/parallel.h"
#include "harness/eval/postprocess/nearest_items.h"
#include "harness/eval/postprocess/reciprocal_weights.h"

namespace bcr {
namespace {

std::shared_ptr<const RowSource> Borrowed(const RowSource& rows) {
  return {std::shared_ptr<const RowSource>(), &rows};
}

class RerankedSource : public BlockSource {
 public:
  RerankedSource(const RowSource& query, const RowSource& gallery, Distance distance,
                 const RerankOptions& options)
      : lambda_(static_cast<float>(options.lambda)),
        mixed_(distance == Distance::kCosine && options.flavour == RerankFlavour::kFastReid ? 0.5F
                                                                                            : 1.0F),
        inner_(NewCpuBlockSource(query, gallery, distance)) {
    const auto items = NewConcatenatedRows({Borrowed(query), Borrowed(gallery)});
    const auto all = NewCpuBlockSource(*items, *items, distance);
    const bool cosine = distance == Distance::kCosine;
    const bool short_lists = options.flavour == RerankFlavour::kFastReid;
    const auto width =
        static_cast<size_t>(short_lists ? options.k1 : std::max(options.k1 + 1, options.k2));
    const NearestItems nearest =
        FindNearest(*all, width, cosine ? 1.0F : 0.0F, options.block_mb, options.threads);
    scaled_ = std::make_unique<ScaledDistance>(cosine ? 2.0F : 0.0F, cosine ? 2.0F : 1.0F,
                                               options.flavour, nearest);
    weights_ = ReciprocalWeights(nearest, *scaled_, *all, options.k1, options.k2, options.threads);
    by_item_.resize(items->rows());
    for (size_t g = 0; g < gallery.rows(); ++g) {
      for (const auto& [item, weight] : weights_[query.rows() + g]) {
        by_item_[item].emplace_back(static_cast<uint32_t>(g), weight);
      }
    }
    weights_.resize(query.rows());
  }

  size_t queries() const override { return inner_->queries(); }
  size_t gallery() const override { return inner_->gallery(); }
  size_t query_band() const override { return inner_->query_band(); }
  bool finite() const override { return inner_->finite(); }

  void Fill(size_t q_begin, size_t q_end, size_t g_begin, size_t g_end, int threads,
            float* out) override {
    inner_->Fill(q_begin, q_end, g_begin, g_end, threads, out);
    ParallelFor(q_end - q_begin, threads, [&](size_t r) {
      float* const row = out + r * (g_end - g_begin);
      const std::vector<float> shared = Shared(q_begin + r, g_begin, g_end);
      for (size_t g = 0; g < g_end - g_begin; ++g) {
        const float jaccard = 1 - shared[g] / (2 - shared[g]);
        row[g] = -((1 - lambda_) * jaccard + lambda_ * mixed_ * (*scaled_)(q_begin + r, row[g]));
      }
    });
  }

 private:
  // The sum of the smaller weights of a query and each of the gallery rows, items ascending.
  std::vector<float> Shared(size_t query, size_t g_begin, size_t g_end) const {
    std::vector<float> shared(g_end - g_begin, 0.0F);
    for (const auto& [item, weight] : weights_[query]) {
      const SparseWeights& column = by_item_[item];
      auto entry = std::lower_bound(column.begin(), column.end(),
                                    std::pair(static_cast<uint32_t>(g_begin), -1.0F));
      for (; entry != column.end() && entry->first < g_end; ++entry) {
        shared[entry->first - g_begin] += std::min(weight, entry->second);
      }
    }
    return shared;
  }

  const float lambda_;
  const float mixed_;  // of the scaled distance in the final one: FastReID mixes 1 - cos
  const std::unique_ptr<BlockSource> inner_;
  std::unique_ptr<ScaledDistance> scaled_;
  std::vector<SparseWeights> weights_;  // of the queries
  std::vector<SparseWeights> by_item_;  // of the gallery: by item, (gallery row, weight)
};

}  // namespace

void CheckRerankOptions(const RerankOptions& options) {
  const auto require = [](bool holds, const char* name, std::string found, const char* expected) {
    if (holds) return;
    throw Error(ErrorCode::kUsage, {.where = fmt::format("re-ranking option {}", name),
                                    .found = std::move(found),
                                    .expected = expected});
  };
  require(options.k1 >= 1, "k1", fmt::format("{}", options.k1), "1 or more");
  require(options.k2 >= 1, "k2", fmt::format("{}", options.k2), "1 or more");
  require(options.lambda >= 0 && options.lambda <= 1, "lambda", fmt::format("{}", options.lambda),
          "0 to 1");
  require(options.block_mb >= 1, "block_mb", fmt::format("{}", options.block_mb), "1 or more");
}

std::string RerankText(const RerankOptions& options) {
  return fmt::format("k-reciprocal, k1 {}, k2 {}, lambda {}, {}", options.k1, options.k2,
                     options.lambda, RerankFlavourName(options.flavour));
}

std::unique_ptr<BlockSource> NewRerankedSource(const RowSource& query, const RowSource& gallery,
                                               Distance distance, const RerankOptions& options) {
  CheckRerankOptions(options);
  return std::make_unique<RerankedSource>(query, gallery, distance, options);
}

}  // namespace bcr
