#pragma once

#include <cstdint>
#include <functional>
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
  // Takes some rows of an anchor's list.
  using Add = std::function<void(size_t anchor, const std::vector<int64_t>& rows)>;
  // Adds the list of each anchor of the batch, in any order, repetitions allowed; nothing for label
  // -1.
  virtual void AddLists(const std::vector<int64_t>& batch_rows,
                        const std::vector<int64_t>& batch_labels, const Add& add) const = 0;

  FloatMatrix unit_;
  std::vector<int64_t> labels_;  // of the table's rows
  bool images_ = false;          // the table's rows are those of the training set
};

}  // namespace bcr
