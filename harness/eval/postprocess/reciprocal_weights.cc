#include "harness/eval/postprocess/reciprocal_weights.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>

#include "harness/core/interrupt.h"
#include "harness/core/parallel.h"
#include "harness/eval/block_source.h"
#include "harness/eval/postprocess/rerank.h"

namespace bcr {
namespace {

constexpr size_t kItemsAtOnce = 1024;

// The first `width` of an item's list.
std::span<const uint32_t> List(const NearestItems& nearest, size_t item, size_t width) {
  return {nearest.items.data() + item * nearest.k, std::min(width, nearest.k)};
}

bool Contains(std::span<const uint32_t> list, uint32_t item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// { j in N(i, k) : i in N(j, k) } with N of k + 1 items, the item itself among them; ascending.
std::vector<uint32_t> Reciprocal(const NearestItems& nearest, size_t item, size_t k) {
  std::vector<uint32_t> set;
  for (const uint32_t other : List(nearest, item, k + 1)) {
    if (Contains(List(nearest, other, k + 1), static_cast<uint32_t>(item))) set.push_back(other);
  }
  std::sort(set.begin(), set.end());
  return set;
}

// The set, plus the half sets of its members of which more than two thirds lie in it.
std::vector<uint32_t> Expanded(const NearestItems& nearest, size_t item, size_t k1, size_t half) {
  const std::vector<uint32_t> own = Reciprocal(nearest, item, k1);
  std::vector<uint32_t> all = own;
  for (const uint32_t member : own) {
    const std::vector<uint32_t> theirs = Reciprocal(nearest, member, half);
    std::vector<uint32_t> common, merged;
    std::set_intersection(theirs.begin(), theirs.end(), own.begin(), own.end(),
                          std::back_inserter(common));
    if (3 * common.size() <= 2 * theirs.size()) continue;
    std::set_union(all.begin(), all.end(), theirs.begin(), theirs.end(),
                   std::back_inserter(merged));
    all.swap(merged);
  }
  return all;
}

// k / 2, halves to the even neighbour.
size_t HalfToEven(size_t k) { return k / 2 + (k % 4 == 3 ? 1 : 0); }

void Normalise(SparseWeights& weights) {
  float sum = 0;
  for (const auto& [item, weight] : weights) sum += weight;
  for (auto& [item, weight] : weights) weight /= sum;
}

// The mean of several items' weights, summed in their order.
SparseWeights Mean(const std::vector<SparseWeights>& all, std::span<const uint32_t> items) {
  SparseWeights sum;
  for (const uint32_t item : items) {
    SparseWeights merged;
    auto a = sum.begin();
    for (const auto& [column, weight] : all[item]) {
      while (a != sum.end() && a->first < column) merged.push_back(*a++);
      if (a != sum.end() && a->first == column) {
        merged.emplace_back(column, a++->second + weight);
      } else {
        merged.emplace_back(column, weight);
      }
    }
    merged.insert(merged.end(), a, sum.end());
    sum.swap(merged);
  }
  for (auto& [column, weight] : sum) weight /= static_cast<float>(items.size());
  return sum;
}

}  // namespace

ScaledDistance::ScaledDistance(float offset, float factor, RerankFlavour flavour,
                               const NearestItems& nearest)
    : offset_(offset), factor_(factor), flavour_(flavour) {
  for (const float least : nearest.least) {
    // Where all items are one and the same, every distance is 0.
    const float largest = std::max(offset_ - factor_ * least, 0.0F);
    largest_.push_back(largest > 0 ? largest : 1);
  }
}

float ScaledDistance::operator()(size_t item, float similarity) const {
  const float distance = std::max(offset_ - factor_ * similarity, 0.0F);
  if (flavour_ == RerankFlavour::kFastReid) return distance;
  const float scaled = distance / largest_[item];
  return flavour_ == RerankFlavour::kFourth ? scaled * scaled : scaled;
}

std::vector<SparseWeights> ReciprocalWeights(const NearestItems& nearest,
                                             const ScaledDistance& distance, BlockSource& source,
                                             int k1, int k2, int threads) {
  const size_t n = nearest.size(), width = static_cast<size_t>(k1);
  std::vector<SparseWeights> weights(n);
  for (size_t begin = 0; begin < n; begin += kItemsAtOnce) {
    ThrowIfInterrupted();
    const size_t count = std::min(n - begin, kItemsAtOnce);
    std::vector<RowGroup> groups(count);
    std::vector<std::vector<float>> scores(count);
    ParallelFor(count, threads, [&](size_t r) {
      groups[r].query_rows = {static_cast<uint32_t>(begin + r)};
      groups[r].gallery_rows = Expanded(nearest, begin + r, width, HalfToEven(width));
      scores[r].resize(groups[r].gallery_rows.size());
      groups[r].out = scores[r].data();
    });
    // An expanded set reaches beyond the item's own list: its scores are asked for again.
    source.FillGroups(groups, threads);
    ParallelFor(count, threads, [&](size_t r) {
      const size_t item = begin + r;
      for (size_t j = 0; j < scores[r].size(); ++j) {
        const uint32_t other = groups[r].gallery_rows[j];
        const float far = other == item ? 0 : distance(item, scores[r][j]);
        weights[item].emplace_back(other, std::exp(-far));
      }
      Normalise(weights[item]);
    });
  }
  if (k2 == 1) return weights;
  std::vector<SparseWeights> means(n);
  ParallelFor(n, threads, [&](size_t item) {
    means[item] = Mean(weights, List(nearest, item, static_cast<size_t>(k2)));
  });
  return means;
}

}  // namespace bcr
