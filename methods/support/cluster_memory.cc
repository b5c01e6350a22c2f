#include "methods/support/cluster_memory.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <string>

#include "harness/core/random.h"
#include "harness/train/upload.h"

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

// Inner products of rows, float64. Added up one coordinate after the other, as a loop on the host
// would: on the CPU the results are then the same to the last bit, for any width.
at::Tensor RowDots(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) * b.to(at::kDouble)).cumsum(1).select(1, a.size(1) - 1);
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

// Labels are independent of each other, so the first rows of all labels are blended together, then
// the second ones, and so on: the order within each label is that of the batch.
void UpdateInOrder(const at::Tensor& memory, const at::Tensor& batch, const Members& members,
                   double momentum, const std::string& device) {
  for (size_t round = 0;; ++round) {
    std::vector<int64_t> places, rows;
    for (const auto& [label, own] : members) {
      if (round >= own.size()) continue;
      places.push_back(label);
      rows.push_back(own[round]);
    }
    if (places.empty()) return;
    Blend(memory, Upload(places, device), batch.index_select(0, Upload(rows, device)), momentum);
  }
}

// `rows` of the result: for each label the batch row that is least similar to its memory row.
void UpdateByHardest(const at::Tensor& memory, const at::Tensor& batch, const Members& members,
                     double momentum, const std::string& device) {
  size_t most = 0;
  for (const auto& [label, own] : members) most = std::max(most, own.size());
  std::vector<int64_t> places, rows, label_of;  // rows: a table of L x most
  for (const auto& [label, own] : members) {
    places.push_back(label);
    for (size_t i = 0; i < most; ++i) {
      // Short lists are filled with their first row, which cannot win against itself.
      rows.push_back(i < own.size() ? own[i] : own.front());
      label_of.push_back(label);
    }
  }
  const auto count = static_cast<int64_t>(places.size());
  const at::Tensor table = Upload(rows, device);
  const at::Tensor similarity =
      RowDots(memory.index_select(0, Upload(label_of, device)), batch.index_select(0, table));
  const at::Tensor hardest = similarity.view({count, -1}).argmin(1, true);
  const at::Tensor chosen = table.view({count, -1}).gather(1, hardest).squeeze(1);
  Blend(memory, Upload(places, device), batch.index_select(0, chosen), momentum);
}

}  // namespace

void UpdateMemory(const at::Tensor& memory, const at::Tensor& batch,
                  const std::vector<int64_t>& labels, double momentum, bool hard) {
  const Members members = Group(labels);
  if (members.empty()) return;
  const std::string device = memory.device().str();
  if (hard) {
    UpdateByHardest(memory, batch, members, momentum, device);
  } else {
    UpdateInOrder(memory, batch, members, momentum, device);
  }
}

FloatMatrix OneRowOfEach(const FloatMatrix& rows, const LabelSet& labels, uint64_t seed) {
  std::vector<std::vector<size_t>> members(static_cast<size_t>(labels.classes));
  for (size_t i = 0; i < labels.labels.size(); ++i) {
    if (labels.labels[i] >= 0) members[static_cast<size_t>(labels.labels[i])].push_back(i);
  }
  FloatMatrix drawn(members.size(), rows.cols());
  for (size_t k = 0; k < members.size(); ++k) {
    if (members[k].empty()) continue;
    const size_t row = members[k][Random(DeriveSeed(seed, k)).Below(members[k].size())];
    std::copy_n(rows.row(row), rows.cols(), drawn.row(k));
  }
  return drawn;
}

}  // namespace bcr
