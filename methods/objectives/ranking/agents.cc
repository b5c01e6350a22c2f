#include "methods/objectives/ranking/agents.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "methods/support/old_space.h"

namespace bcr {

namespace {

// Of a table of neighbours, 8 bytes each: beyond this (256 MiB) they are found batch by batch.
constexpr int64_t kMostTableEntries = int64_t{1} << 25;

AgentRows Collect(const std::set<int64_t>& wanted, const std::vector<int64_t>& labels) {
  AgentRows agents;
  for (const int64_t i : wanted) {
    agents.rows.push_back(i);
    agents.labels.push_back(labels[static_cast<size_t>(i)]);
  }
  return agents;
}

class NoAgents : public Agents {
 public:
  const FloatMatrix& table() const override { return none_; }
  AgentRows For(const std::vector<int64_t>&, const std::vector<int64_t>&) const override {
    return {};
  }

 private:
  FloatMatrix none_;
};

class CentroidAgents : public Agents {
 public:
  CentroidAgents(const FloatMatrix& old_features, const LabelSet& labels, int64_t neighbours) {
    ClassCentroids centroids = OldCentroids(old_features, labels);
    empty_ = std::move(centroids.empty);
    unit_ = std::move(centroids.unit);
    classes_.resize(unit_.rows());
    std::iota(classes_.begin(), classes_.end(), int64_t{0});
    std::vector<int64_t> group =
        classes_;  // each class is its own group; an empty one is nobody's neighbour
    for (size_t k = 0; k < group.size(); ++k) {
      if (empty_[k] != 0) group[k] = -1;
    }
    all_ = neighbours < 0 || neighbours >= labels.classes;
    if (!all_) near_ = NearestOthers(unit_, group, neighbours);
  }

  const FloatMatrix& table() const override { return unit_; }

  AgentRows For(const std::vector<int64_t>&,
                const std::vector<int64_t>& batch_labels) const override {
    std::set<int64_t> wanted;
    for (const int64_t label : batch_labels) {
      if (label < 0 || empty_[static_cast<size_t>(label)] != 0) continue;
      if (all_) {
        for (const int64_t k : classes_) {
          if (empty_[static_cast<size_t>(k)] == 0) wanted.insert(k);
        }
        break;
      }
      wanted.insert(label);
      const auto& near = near_[static_cast<size_t>(label)];
      wanted.insert(near.begin(), near.end());
    }
    return Collect(wanted, classes_);
  }

 private:
  FloatMatrix unit_;
  std::vector<int64_t> empty_, classes_;
  bool all_ = false;                        // every other class is a neighbour: no table
  std::vector<std::vector<int64_t>> near_;  // of each class
};

class InstanceAgents : public Agents {
 public:
  InstanceAgents(const FloatMatrix& old_features, const LabelSet& labels, int64_t neighbours)
      : unit_(old_features), labels_(labels.labels), members_(static_cast<size_t>(labels.classes)) {
    NormalizeRows(unit_);
    for (size_t i = 0; i < labels_.size(); ++i) {
      if (labels_[i] >= 0)
        members_[static_cast<size_t>(labels_[i])].push_back(static_cast<int64_t>(i));
    }
    const auto rows = static_cast<int64_t>(labels_.size());
    neighbours_ = neighbours < 0 ? rows : std::min(neighbours, rows);
    all_ = neighbours_ == rows;
    if (neighbours_ <= kMostTableEntries / std::max<int64_t>(rows, 1)) {
      near_ = NearestOthers(unit_, labels_, neighbours_);
    }
  }

  const FloatMatrix& table() const override { return unit_; }

  AgentRows For(const std::vector<int64_t>& batch_rows,
                const std::vector<int64_t>& batch_labels) const override {
    std::set<int64_t> wanted;
    std::vector<int64_t> anchors;
    for (size_t b = 0; b < batch_rows.size(); ++b) {
      if (batch_labels[b] < 0) continue;
      anchors.push_back(batch_rows[b]);
      const auto& own = members_[static_cast<size_t>(batch_labels[b])];
      wanted.insert(own.begin(), own.end());
    }
    if (all_ && !anchors.empty()) {
      for (const std::vector<int64_t>& members : members_)
        wanted.insert(members.begin(), members.end());
    } else if (!near_.empty()) {
      for (const int64_t row : anchors) {
        const auto& near = near_[static_cast<size_t>(row)];
        wanted.insert(near.begin(), near.end());
      }
    } else {
      for (const auto& near : NearestOthersOf(anchors, unit_, labels_, neighbours_))
        wanted.insert(near.begin(), near.end());
    }
    for (const int64_t row : batch_rows) wanted.erase(row);
    return Collect(wanted, labels_);
  }

 private:
  FloatMatrix unit_;
  std::vector<int64_t> labels_;
  int64_t neighbours_ = 0;
  bool all_ = false;                                  // every other row is a neighbour
  std::vector<std::vector<int64_t>> members_, near_;  // no near_: neighbours are found per batch
};

}  // namespace

std::unique_ptr<Agents> NewAgents(const std::string& kind, const FloatMatrix& old_features,
                                  const LabelSet& labels, int64_t neighbours) {
  if (kind == "centroid") return std::make_unique<CentroidAgents>(old_features, labels, neighbours);
  if (kind == "instance") return std::make_unique<InstanceAgents>(old_features, labels, neighbours);
  return std::make_unique<NoAgents>();
}

}  // namespace bcr
