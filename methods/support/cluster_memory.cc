#include "methods/support/cluster_memory.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "harness/core/random.h"
#include "harness/train/upload.h"
#include "methods/support/label_rows.h"

namespace bcr {

namespace {

// Batch rows of each label, in batch order.
using Members = std::map<int64_t, std::vector<int64_t>>;

Members Group(const std::vector<int64_t>& labels) {
  Members members;
  for (size_t b = 0; b < labels.size(); ++b) {
    if (labels[b] >= 0) members[labels[b]].push_back(static_cast<int64_t>(b));
  }
  return members;
}

// The batch rows that the memory rows of L labels move with. Column r of `rows` holds the r-th of
// each label in the order of the batch; behind a label's count there is nothing to be read.
struct Movers {
  std::vector<int64_t> labels, counts;
  at::Tensor rows;  // L x at least the largest count, on the device
};

// All rows of each label; short lists are filled with their first row.
Movers AllRows(const Members& members, const std::string& device) {
  Movers all;
  size_t most = 0;
  for (const auto& [label, own] : members) most = std::max(most, own.size());
  std::vector<int64_t> table;
  for (const auto& [label, own] : members) {
    all.labels.push_back(label);
    all.counts.push_back(static_cast<int64_t>(own.size()));
    for (size_t i = 0; i < most; ++i) table.push_back(i < own.size() ? own[i] : own.front());
  }
  all.rows = Upload(table, device).view({static_cast<int64_t>(all.labels.size()), -1});
  return all;
}

// Inner products of rows, float64. Added up one coordinate after the other, as a loop on the host
// would: on the CPU the results are then the same to the last bit, for any width.
at::Tensor RowDots(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) * b.to(at::kDouble)).cumsum(1).select(1, a.size(1) - 1);
}

// L x width, in each row `inside` for as many places as the label has, then `outside`.
at::Tensor Filled(const std::vector<int64_t>& counts, int64_t width, float inside, float outside,
                  const std::string& device) {
  std::vector<float> values;
  for (const int64_t count : counts) {
    for (int64_t i = 0; i < width; ++i) values.push_back(i < count ? inside : outside);
  }
  return Upload(values, device).view({static_cast<int64_t>(counts.size()), width}).to(at::kDouble);
}

// Of all rows of each label those that the rule's band holds. What the numbers of rows decide is
// decided on the host; similarities never leave the device.
Movers InBand(const Movers& all, const at::Tensor& memory, const at::Tensor& batch,
              const MemoryRule& rule, const std::string& device) {
  constexpr double kRounding = 1e-9;  // shares of n that are whole numbers stay whole
  const auto labels = static_cast<int64_t>(all.labels.size());
  const int64_t width = all.rows.size(1);
  Movers chosen{.labels = all.labels, .counts = {}, .rows = {}};
  std::vector<int64_t> first;
  int64_t most = 0;
  for (const int64_t count : all.counts) {
    const auto n = static_cast<double>(count);
    const auto low = static_cast<int64_t>(std::floor(rule.low * n + kRounding));
    first.push_back(std::min(low, count - 1));
    const auto end = static_cast<int64_t>(std::ceil(rule.high * n - kRounding));
    chosen.counts.push_back(std::max(end - first.back(), int64_t{1}));
    most = std::max(most, chosen.counts.back());
  }
  const at::Tensor own = memory.index_select(0, Upload(all.labels, device));
  const at::Tensor similarity =
      RowDots(own.repeat_interleave(width, 0), batch.index_select(0, all.rows.flatten()))
          .view({labels, width});
  // Fillers rank behind every row.
  const at::Tensor behind =
      Filled(all.counts, width, 0, std::numeric_limits<float>::infinity(), device);
  const at::Tensor order = std::get<1>(at::sort(similarity + behind, /*stable=*/true, 1, false));
  std::vector<int64_t> ranks;
  for (int64_t l = 0; l < labels; ++l) {
    for (int64_t i = 0; i < most; ++i)
      ranks.push_back(std::min(first[static_cast<size_t>(l)] + i, width - 1));
  }
  const at::Tensor ranked = order.gather(1, Upload(ranks, device).view({labels, most}));
  // Places in the lists ascend as those in the batch; what the band leaves out goes to the end.
  const at::Tensor left_out =
      Filled(chosen.counts, most, 0, static_cast<float>(width), device).to(at::kLong);
  const at::Tensor places = std::get<0>((ranked + left_out).sort(1)).remainder(width);
  chosen.rows = all.rows.gather(1, places);
  return chosen;
}

// Memory rows `places` (distinct) blended with rows q.
void Blend(const at::Tensor& memory, const at::Tensor& places, const at::Tensor& q,
           double momentum) {
  const at::Tensor old = memory.index_select(0, places).to(at::kDouble);
  const at::Tensor mixed = (old * momentum + q.to(at::kDouble) * (1 - momentum)).to(at::kFloat);
  const at::Tensor norm = RowDots(mixed, mixed).sqrt().unsqueeze(1);
  const at::Tensor divisor = norm.masked_fill(norm < 1e-12, 1.0);
  memory.index_copy_(0, places, (mixed.to(at::kDouble) / divisor).to(at::kFloat));
}

}  // namespace

void UpdateMemory(const at::Tensor& memory, const at::Tensor& batch,
                  const std::vector<int64_t>& labels, const MemoryRule& rule) {
  const Members members = Group(labels);
  if (members.empty()) return;
  const std::string device = memory.device().str();
  Movers movers = AllRows(members, device);
  if (rule.low > 0 || rule.high < 1) movers = InBand(movers, memory, batch, rule, device);
  // Labels are independent of each other, so the first rows of all labels are blended together, then
  // the second ones, and so on: the order within each label is that of the batch.
  for (int64_t round = 0;; ++round) {
    std::vector<int64_t> places, lists;
    for (size_t l = 0; l < movers.labels.size(); ++l) {
      if (round >= movers.counts[l]) continue;
      places.push_back(movers.labels[l]);
      lists.push_back(static_cast<int64_t>(l));
    }
    if (places.empty()) return;
    const at::Tensor rows = movers.rows.select(1, round).index_select(0, Upload(lists, device));
    Blend(memory, Upload(places, device), batch.index_select(0, rows), rule.momentum);
  }
}

FloatMatrix OneRowOfEach(const FloatMatrix& rows, const LabelSet& labels, uint64_t seed) {
  const std::vector<std::vector<size_t>> members = RowsByLabel(labels);
  FloatMatrix drawn(members.size(), rows.cols());
  for (size_t k = 0; k < members.size(); ++k) {
    if (members[k].empty()) continue;
    const size_t row = members[k][Random(DeriveSeed(seed, k)).Below(members[k].size())];
    std::copy_n(rows.row(row), rows.cols(), drawn.row(k));
  }
  return drawn;
}

}  // namespace bcr
