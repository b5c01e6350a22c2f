#include "harness/eval/upgrade/backfill_curve.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "harness/core/error.h"
#include "harness/core/find_named.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

constexpr double kNearlyAll = 0.95;  // of M(new, new)
constexpr std::array kOrders = {BackfillOrder::kRandom, BackfillOrder::kIdentity,
                                BackfillOrder::kCamera, BackfillOrder::kOracle,
                                BackfillOrder::kUncertainty};

[[noreturn]] void Refuse(std::string what, std::string found, std::string expected,
                         std::string hint = "") {
  throw Error(ErrorCode::kUsage, {.where = "backfill: " + std::move(what),
                                  .found = std::move(found),
                                  .expected = std::move(expected),
                                  .hint = std::move(hint)});
}

// Blocks of rows with equal keys, in shuffled order. The keys are sorted first, so that the draw
// does not depend on the order of the gallery's rows.
std::vector<uint32_t> BlocksInOrder(const std::vector<std::string>& keys, Random& random) {
  std::map<std::string, std::vector<uint32_t>> rows;
  for (size_t g = 0; g < keys.size(); ++g) rows[keys[g]].push_back(static_cast<uint32_t>(g));
  std::vector<const std::vector<uint32_t>*> blocks;
  for (const auto& [key, block] : rows) blocks.push_back(&block);
  random.Shuffle(blocks);
  std::vector<uint32_t> order;
  for (const auto* block : blocks) order.insert(order.end(), block->begin(), block->end());
  return order;
}

}  // namespace

const char* BackfillOrderName(BackfillOrder order) {
  switch (order) {
    case BackfillOrder::kRandom:
      return "random";
    case BackfillOrder::kIdentity:
      return "identity";
    case BackfillOrder::kCamera:
      return "camera";
    case BackfillOrder::kOracle:
      return "oracle";
    case BackfillOrder::kUncertainty:
      break;
  }
  return "uncertainty";
}

bool IsDrawn(BackfillOrder order) {
  return order != BackfillOrder::kOracle && order != BackfillOrder::kUncertainty;
}

BackfillOrder ParseBackfillOrder(const std::string& name) {
  return FindNamed(kOrders, name, BackfillOrderName,
                   {ErrorCode::kUsage, "backfill: order", fmt::format("`{}`", name),
                    "random, identity, camera, oracle or uncertainty"});
}

void CheckBackfillOptions(const BackfillOptions& options) {
  if (options.orders.empty()) Refuse("orders", "none", "at least one");
  if (options.shuffles < 1) Refuse("shuffles", fmt::format("{}", options.shuffles), "1 or more");
  if (options.percent.size() < 2 || options.percent.front() != 0 || options.percent.back() != 100) {
    Refuse("shares of the gallery", "a grid without 0 or 100", "percent from 0 to 100",
           "The ends tie the curve to the cross-test and the self-test.");
  }
  for (size_t i = 1; i < options.percent.size(); ++i) {
    if (options.percent[i] > options.percent[i - 1]) continue;
    Refuse("shares of the gallery",
           fmt::format("{} after {}", options.percent[i], options.percent[i - 1]),
           "ascending percent");
  }
  if (options.scoring.policy == Policy::kCuhk03SingleShot) {
    Refuse("policy", PolicyName(options.scoring.policy), "market, camera or none",
           "One image of every identity cannot be partly extracted again; use camera.");
  }
}

double TrapezoidArea(const std::vector<double>& places, const std::vector<double>& values) {
  BCR_CHECK(places.size() == values.size() && places.size() >= 2, "a curve of two points or more");
  double area = 0;
  for (size_t i = 1; i < places.size(); ++i) {
    area += (places[i] - places[i - 1]) * (values[i] + values[i - 1]) / 2;
  }
  return area;
}

void SummariseCurve(double full, BackfillCurve& curve) {
  const std::vector<BackfillPoint>& points = curve.points;
  curve.least = points.front().map_hits;
  curve.least_percent = points.front().percent;
  curve.falls = 0;
  curve.largest_fall = 0;
  curve.share_to_95 = 1;
  const double wanted = kNearlyAll * full;
  bool reached = points.front().map_hits >= wanted;
  if (reached) curve.share_to_95 = points.front().percent / 100.0;
  for (size_t i = 1; i < points.size(); ++i) {
    const double before = points[i - 1].map_hits;
    const double now = points[i].map_hits;
    if (now < curve.least) {
      curve.least = now;
      curve.least_percent = points[i].percent;
    }
    if (now < before) {
      ++curve.falls;
      curve.largest_fall = std::max(curve.largest_fall, before - now);
    }
    if (reached || now < wanted) continue;
    reached = true;
    const double step = (points[i].percent - points[i - 1].percent) / 100.0;
    curve.share_to_95 = points[i - 1].percent / 100.0 + step * (wanted - before) / (now - before);
  }
}

size_t ReplacedAt(int percent, size_t rows) { return static_cast<size_t>(percent) * rows / 100; }

std::vector<uint32_t> RowsInOrder(BackfillOrder order, const FeatureIndex& gallery, uint64_t seed,
                                  int shuffle, const std::vector<double>& worth) {
  Random random(DeriveSeed(DeriveSeed(seed, std::string("backfill/") + BackfillOrderName(order)),
                           static_cast<uint64_t>(shuffle)));
  std::vector<uint32_t> rows(gallery.size());
  std::iota(rows.begin(), rows.end(), 0U);
  switch (order) {
    case BackfillOrder::kRandom:
      random.Shuffle(rows);
      break;
    case BackfillOrder::kIdentity:
      return BlocksInOrder(gallery.identities, random);
    case BackfillOrder::kCamera:
      return BlocksInOrder(gallery.cameras, random);
    case BackfillOrder::kOracle:
    case BackfillOrder::kUncertainty:
      BCR_CHECK(worth.size() == rows.size(), "one number a gallery row");
      std::stable_sort(rows.begin(), rows.end(),
                       [&](uint32_t a, uint32_t b) { return worth[a] > worth[b]; });
      break;
  }
  return rows;
}

}  // namespace bcr
