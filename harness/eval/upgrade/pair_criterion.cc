#include "harness/eval/upgrade/pair_criterion.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/parallel.h"
#include "harness/eval/block_source.h"
#include "harness/eval/relevance.h"
#include "harness/eval/scorer.h"
#include "harness/eval/upgrade/pair_blocks.h"

namespace bcr {
namespace {

void Add(const PairCounts& part, PairCounts& whole) {
  whole.pairs += part.pairs;
  whole.satisfied += part.satisfied;
  whole.severe += part.severe;
  whole.worst = std::max(whole.worst, part.worst);
}

// One pair; `violation` > 0 is by how much it fails.
void CountOne(double violation, double margin, PairCounts& counts) {
  ++counts.pairs;
  counts.satisfied += violation <= 0 ? 1 : 0;
  counts.severe += violation > margin ? 1 : 0;
  counts.worst = std::max(counts.worst, violation);
}

// Counts one query's pairs. Overwrites the scores of the rows that are no pairs of different
// identities, so that the long loop needs no test.
void CountQuery(const Relevance& relevance, size_t query, float* cross, float* old_self,
                double margin, PairCriterion& counts) {
  std::vector<uint32_t> rows;
  relevance.Positives(query, rows);
  if (rows.empty()) return;
  size_t others = relevance.gallery() - rows.size() - relevance.junk().size();
  const auto silence = [&](const std::vector<uint32_t>& silenced) {
    for (const uint32_t row : silenced) cross[row] = old_self[row] = 0;
  };
  for (const uint32_t row : rows) {
    CountOne(double{old_self[row]} - double{cross[row]}, margin, counts.same);
  }
  silence(rows);
  relevance.Dropped(query, rows);
  others -= rows.size();
  silence(rows);
  silence(relevance.junk());

  uint64_t violated = 0, severe = 0;
  double worst = 0;
  for (size_t g = 0; g < relevance.gallery(); ++g) {
    const double violation = double{cross[g]} - double{old_self[g]};
    violated += violation > 0 ? 1 : 0;
    severe += violation > margin ? 1 : 0;
    worst = violation > worst ? violation : worst;
  }
  counts.different.pairs += others;
  counts.different.satisfied += others - violated;
  counts.different.severe += severe;
  counts.different.worst = std::max(counts.different.worst, worst);
}

}  // namespace

std::optional<double> PairCounts::share() const {
  if (pairs == 0) return {};
  return static_cast<double>(satisfied) / static_cast<double>(pairs);
}

PairCriterion CountPairs(BlockSource& cross, BlockSource& old_self, const FeatureIndex& query,
                         const FeatureIndex& gallery, const ScoringOptions& options,
                         double margin) {
  if (!(margin >= 0) || !std::isfinite(margin)) {
    throw Error(ErrorCode::kUsage, {.where = "pair criterion: margin",
                                    .found = fmt::format("{}", margin),
                                    .expected = "0 or more"});
  }
  const Relevance relevance(query, gallery, options.policy);
  if (cross.queries() != relevance.queries() || cross.gallery() != relevance.gallery()) {
    throw Error(ErrorCode::kData,
                {.where = "pair criterion: scores and index",
                 .found = fmt::format("{} x {} scores for {} queries and {} gallery images",
                                      cross.queries(), cross.gallery(), relevance.queries(),
                                      relevance.gallery()),
                 .expected = "one score row a query and one column a gallery image"});
  }
  PairBlocks blocks(cross, old_self, options.block_mb, options.threads);
  PairCriterion total;
  total.margin = margin;
  while (blocks.Next()) {
    std::vector<PairCriterion> parts(blocks.end() - blocks.begin());
    ParallelFor(parts.size(), options.threads, [&](size_t i) {
      const size_t q = blocks.begin() + i;
      CountQuery(relevance, q, blocks.first(q), blocks.second(q), margin, parts[i]);
    });
    for (const PairCriterion& part : parts) {
      Add(part.same, total.same);
      Add(part.different, total.different);
    }
  }
  return total;
}

}  // namespace bcr
