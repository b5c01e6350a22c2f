#include "methods/objectives/ranking/centroid_agents.h"

#include <map>
#include <numeric>
#include <utility>

#include "methods/objectives/ranking/listed_agents.h"
#include "methods/support/old_space.h"

namespace bcr {

namespace {

// Centroids of groups of training rows, each group within one identity.
class GroupAgents : public ListedAgents {
 public:
  // `groups.labels` is the group of each training row, -1 for none; `identities` that of each group.
  GroupAgents(const FloatMatrix& old_features, const LabelSet& groups,
              std::vector<int64_t> identities, int64_t neighbours)
      : group_of_(groups.labels), own_(IdentityCount(identities)) {
    ClassCentroids centroids = OldCentroids(old_features, groups);
    unit_ = std::move(centroids.unit);
    labels_ = identities;
    for (size_t g = 0; g < identities.size(); ++g) {
      if (centroids.empty[g] != 0) {
        identities[g] = -1;  // an empty group is nobody's neighbour
      } else {
        own_[static_cast<size_t>(identities[g])].push_back(static_cast<int64_t>(g));
        present_.push_back(static_cast<int64_t>(g));
      }
    }
    all_ = neighbours < 0 || neighbours >= static_cast<int64_t>(identities.size());
    if (!all_) near_ = NearestOthers(unit_, identities, neighbours);
  }

 private:
  static size_t IdentityCount(const std::vector<int64_t>& identities) {
    int64_t most = -1;
    for (const int64_t identity : identities) most = std::max(most, identity);
    return static_cast<size_t>(most + 1);
  }

  void AddLists(const std::vector<int64_t>& batch_rows, const std::vector<int64_t>& batch_labels,
                const Add& add) const override {
    for (size_t b = 0; b < batch_rows.size(); ++b) {
      const int64_t group = group_of_[static_cast<size_t>(batch_rows[b])];
      if (batch_labels[b] < 0 || group < 0) continue;
      const auto& own = own_[static_cast<size_t>(labels_[static_cast<size_t>(group)])];
      if (own.empty()) continue;
      add(b, all_ ? present_ : own);
      if (!all_) add(b, near_[static_cast<size_t>(group)]);
    }
  }

  std::vector<int64_t> group_of_, present_;  // of the rows; groups that are not empty
  Lists own_, near_;                         // groups of an identity; near a group
  bool all_ = false;                         // every other group is a neighbour: no table
};

}  // namespace

std::unique_ptr<Agents> NewCentroidAgents(const FloatMatrix& old_features, const LabelSet& labels,
                                          int64_t neighbours) {
  std::vector<int64_t> identities(static_cast<size_t>(labels.classes));
  std::iota(identities.begin(), identities.end(), int64_t{0});
  return std::make_unique<GroupAgents>(old_features, labels, std::move(identities), neighbours);
}

std::unique_ptr<Agents> NewCameraAgents(const FloatMatrix& old_features, const LabelSet& labels,
                                        const std::vector<int64_t>& cameras, int64_t neighbours) {
  std::map<std::pair<int64_t, int64_t>, int64_t> group_of;  // identity and camera, in their order
  for (size_t i = 0; i < labels.labels.size(); ++i) {
    if (labels.labels[i] >= 0) group_of[{labels.labels[i], cameras[i]}] = 0;
  }
  std::vector<int64_t> identities;
  for (auto& [key, group] : group_of) {
    group = static_cast<int64_t>(identities.size());
    identities.push_back(key.first);
  }
  LabelSet groups;
  groups.classes = static_cast<int64_t>(identities.size());
  for (size_t i = 0; i < labels.labels.size(); ++i) {
    groups.labels.push_back(labels.labels[i] < 0 ? -1
                                                 : group_of.at({labels.labels[i], cameras[i]}));
  }
  return std::make_unique<GroupAgents>(old_features, groups, std::move(identities), neighbours);
}

}  // namespace bcr
