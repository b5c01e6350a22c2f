#include "methods/objectives/ranking/image_agents.h"

#include <algorithm>

#include "methods/objectives/ranking/listed_agents.h"
#include "methods/support/old_space.h"

namespace bcr {

namespace {

// Of a table of neighbours, 8 bytes each: beyond this (256 MiB) they are found batch by batch.
constexpr int64_t kMostTableEntries = int64_t{1} << 25;

class ImageAgents : public ListedAgents {
 public:
  ImageAgents(const FloatMatrix& old_features, const LabelSet& labels, int64_t neighbours,
              bool by_identity)
      : group_(labels.labels), members_(static_cast<size_t>(labels.classes)) {
    unit_ = old_features;
    NormalizeRows(unit_);
    labels_ = labels.labels;
    images_ = true;
    for (size_t i = 0; i < labels_.size(); ++i) {
      if (labels_[i] < 0) continue;
      const auto row = static_cast<int64_t>(i);
      present_.push_back(row);
      if (by_identity) members_[static_cast<size_t>(labels_[i])].push_back(row);
      if (!by_identity) group_[i] = row;  // every image may be a neighbour of every other
    }
    const auto rows = static_cast<int64_t>(labels_.size());
    neighbours_ = neighbours < 0 ? rows : std::min(neighbours, rows);
    all_ = neighbours_ == rows;
    if (neighbours_ <= kMostTableEntries / std::max<int64_t>(rows, 1)) {
      near_ = NearestOthers(unit_, group_, neighbours_);
    }
  }

 private:
  void AddLists(const std::vector<int64_t>& batch_rows, const std::vector<int64_t>& batch_labels,
                const Add& add) const override {
    std::vector<int64_t> anchors;  // with a label: rows, and their places in the batch
    std::vector<size_t> places;
    for (size_t b = 0; b < batch_rows.size(); ++b) {
      if (batch_labels[b] < 0) continue;
      add(b, all_ ? present_ : members_[static_cast<size_t>(batch_labels[b])]);
      anchors.push_back(batch_rows[b]);
      places.push_back(b);
    }
    if (all_ || anchors.empty()) return;
    const Lists found =
        near_.empty() ? NearestOthersOf(anchors, unit_, group_, neighbours_) : Lists{};
    for (size_t a = 0; a < anchors.size(); ++a) {
      add(places[a], near_.empty() ? found[a] : near_[static_cast<size_t>(anchors[a])]);
    }
  }

  std::vector<int64_t> group_;  // images of one group are no neighbours of each other
  std::vector<int64_t> present_;
  int64_t neighbours_ = 0;
  bool all_ = false;      // every other row is a neighbour
  Lists members_, near_;  // no near_: neighbours are found per batch
};

}  // namespace

std::unique_ptr<Agents> NewImageAgents(const FloatMatrix& old_features, const LabelSet& labels,
                                       int64_t neighbours, bool by_identity) {
  return std::make_unique<ImageAgents>(old_features, labels, neighbours, by_identity);
}

}  // namespace bcr
