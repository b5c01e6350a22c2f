#pragma once

#include <cstdint>
#include <vector>

#include "methods/objectives/ranking/agents.h"

namespace bcr {

// Agents as lists of table rows, one list an anchor; what they have in common is their union.
class ListedAgents : public Agents {
 public:
  const FloatMatrix& table() const override { return unit_; }
  AgentRows For(const std::vector<int64_t>& batch_rows, const std::vector<int64_t>& batch_labels,
                bool own_lists) const override;

 protected:
  using Lists = std::vector<std::vector<int64_t>>;
  // One list an anchor, in any order, repetitions allowed; empty for label -1.
  virtual Lists ListsOf(const std::vector<int64_t>& batch_rows,
                        const std::vector<int64_t>& batch_labels) const = 0;

  FloatMatrix unit_;
  std::vector<int64_t> labels_;  // of the table's rows
  bool images_ = false;          // the table's rows are those of the training set
};

}  // namespace bcr
