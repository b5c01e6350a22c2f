#include "harness/eval/upgrade/flips.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/eval/scorer.h"

namespace bcr {
namespace {

constexpr const char* kProbabilities =
    "hits are probabilities under this policy or tie rule, not right or wrong";

void CheckCells(const CellScores& old_cell, const CellScores& new_cell, size_t identities) {
  if (old_cell.queries.size() == identities && new_cell.queries.size() == identities) return;
  throw Error(ErrorCode::kData,
              {.where = "flips between two cells",
               .found = fmt::format("{} and {} queries, {} identities", old_cell.queries.size(),
                                    new_cell.queries.size(), identities),
               .expected = "the same queries in both"});
}

// Two APs that differ by less are the same: a fall of exactly the tolerance is no drop, to whichever
// side its doubles are rounded.
constexpr double kSameAp = 1e-9;

bool IsCertain(double hit) { return hit == 0 || hit == 1; }

// Right before, right now, broken, repaired: one column each.
struct RightColumns {
  std::vector<ValueColumn> columns;
  bool certain = true;
};

RightColumns ColumnsOf(const CellScores& old_cell, const CellScores& new_cell, int rank) {
  const size_t n = old_cell.queries.size();
  RightColumns right;
  right.columns.assign(4, {std::vector<double>(n), std::vector<bool>(n)});
  for (size_t i = 0; i < n; ++i) {
    if (!old_cell.queries[i].valid || !new_cell.queries[i].valid) continue;
    const double before = HitWithin(old_cell.queries[i], rank);
    const double now = HitWithin(new_cell.queries[i], rank);
    if (!IsCertain(before) || !IsCertain(now)) right.certain = false;
    const double values[] = {before, now, before > now ? 1.0 : 0.0, now > before ? 1.0 : 0.0};
    for (size_t c = 0; c < 4; ++c) {
      right.columns[c].values[i] = values[c];
      right.columns[c].valid[i] = true;
    }
  }
  return right;
}

uint64_t CountOf(const ValueColumn& column) {
  return static_cast<uint64_t>(std::count(column.values.begin(), column.values.end(), 1.0));
}

enum Column : size_t { kOldRight, kNewRight, kNegative, kPositive };

// Shares of only some queries: of those right before the ones right now, of those wrong now the
// ones wrong before.
enum Part : size_t { kTrust = 4, kOverlap };

// Appends the columns of the parts; what no query is in is left without values.
void AddParts(std::vector<ValueColumn>& columns) {
  const ValueColumn& old_right = columns[kOldRight];
  const ValueColumn& new_right = columns[kNewRight];
  const size_t n = old_right.values.size();
  ValueColumn trust{std::vector<double>(n), std::vector<bool>(n)}, overlap = trust;
  for (size_t i = 0; i < n; ++i) {
    if (!old_right.valid[i]) continue;
    trust.valid[i] = old_right.values[i] == 1;
    trust.values[i] = new_right.values[i];
    overlap.valid[i] = new_right.values[i] == 0;
    overlap.values[i] = 1 - old_right.values[i];
  }
  // Without any query in it a part is undefined, and its column only has to be there.
  for (ValueColumn* part : {&trust, &overlap}) {
    if (std::count(part->valid.begin(), part->valid.end(), true) == 0) *part = old_right;
  }
  columns.push_back(std::move(trust));
  columns.push_back(std::move(overlap));
}

// negative / denominator, where there is one.
Statistic RatioOf(double (*denominator)(double old_right, double new_right), bool complement,
                  const char* undefined, std::optional<size_t> share_of = std::nullopt) {
  return {[=](std::span<const double> means) -> std::optional<double> {
            const double below = denominator(means[kOldRight], means[kNewRight]);
            if (!(below > 0)) return {};
            const double ratio = means[kNegative] / below;
            return complement ? 1 - ratio : ratio;
          },
          undefined,
          {},
          share_of,
          {}};
}

}  // namespace

Flips CountFlips(const CellScores& old_cell, const CellScores& new_cell,
                 const std::vector<std::string>& identities, int rank,
                 const EstimateOptions& options) {
  CheckCells(old_cell, new_cell, identities.size());
  if (rank < 1) {
    throw Error(
        ErrorCode::kUsage,
        {.where = "flips: rank", .found = fmt::format("{}", rank), .expected = "1 or more"});
  }
  RightColumns right = ColumnsOf(old_cell, new_cell, rank);
  Flips flips;
  flips.rank = rank;
  flips.queries = static_cast<uint64_t>(
      std::count(right.columns[0].valid.begin(), right.columns[0].valid.end(), true));
  if (!right.certain) {
    flips.reason = kProbabilities;
    for (Estimate* estimate :
         {&flips.old_accuracy, &flips.new_accuracy, &flips.negative_rate, &flips.positive_rate,
          &flips.relative_negative, &flips.trust, &flips.error_overlap}) {
      estimate->reason = kProbabilities;
    }
    return flips;
  }
  flips.old_right = CountOf(right.columns[kOldRight]);
  flips.new_right = CountOf(right.columns[kNewRight]);
  flips.negative = CountOf(right.columns[kNegative]);
  flips.positive = CountOf(right.columns[kPositive]);
  BCR_CHECK(flips.new_right + flips.negative == flips.old_right + flips.positive,
            "accuracy changes by positive less negative flips");

  AddParts(right.columns);
  const std::vector<Estimate> estimates = EstimateAll(
      right.columns, identities,
      {ShareOf(kOldRight), ShareOf(kNewRight), ShareOf(kNegative), ShareOf(kPositive),
       RatioOf([](double o, double n) { return o * (1 - n); }, false,
               "the old model is never right or the new one never wrong"),
       RatioOf([](double o, double) { return o; }, true, "the old model is never right", kTrust),
       RatioOf([](double, double n) { return 1 - n; }, true, "the new model is never wrong",
               kOverlap)},
      options);
  flips.old_accuracy = estimates[0];
  flips.new_accuracy = estimates[1];
  flips.negative_rate = estimates[2];
  flips.positive_rate = estimates[3];
  flips.relative_negative = estimates[4];
  flips.trust = estimates[5];
  flips.error_overlap = estimates[6];
  return flips;
}

ApDrops CountApDrops(const CellScores& old_cell, const CellScores& new_cell,
                     const std::vector<std::string>& identities, double tolerance,
                     const EstimateOptions& options) {
  CheckCells(old_cell, new_cell, identities.size());
  if (!(tolerance >= 0) || !std::isfinite(tolerance)) {
    throw Error(ErrorCode::kUsage, {.where = "AP drops: tolerance",
                                    .found = fmt::format("{}", tolerance),
                                    .expected = "0 or more"});
  }
  const size_t n = identities.size();
  std::vector<ValueColumn> columns(2, {std::vector<double>(n), std::vector<bool>(n)});
  ApDrops drops;
  drops.tolerance = tolerance;
  for (size_t i = 0; i < n; ++i) {
    if (!old_cell.queries[i].valid || !new_cell.queries[i].valid) continue;
    const double change = new_cell.queries[i].ap_hits - old_cell.queries[i].ap_hits;
    const bool dropped = -change > tolerance + kSameAp;
    columns[0].values[i] = dropped ? 1 : 0;
    columns[1].values[i] = std::min(0.0, change);
    columns[0].valid[i] = columns[1].valid[i] = true;
    ++drops.queries;
    drops.drops += dropped ? 1 : 0;
  }
  const std::vector<Estimate> estimates =
      EstimateAll(columns, identities, {ShareOf(0), LevelOf(1, -1, 0)}, options);
  drops.rate = estimates[0];
  drops.mean_negative_change = estimates[1];
  return drops;
}

}  // namespace bcr
