#include "methods/objectives/ranking/agents.h"

#include "methods/objectives/ranking/centroid_agents.h"
#include "methods/objectives/ranking/image_agents.h"
#include "methods/objectives/ranking/listed_agents.h"

namespace bcr {

namespace {

class NoAgents : public Agents {
 public:
  const FloatMatrix& table() const override { return none_; }
  AgentRows For(const std::vector<int64_t>&, const std::vector<int64_t>&, bool) const override {
    return {};
  }

 private:
  FloatMatrix none_;
};

}  // namespace

AgentRows ListedAgents::For(const std::vector<int64_t>& batch_rows,
                            const std::vector<int64_t>& batch_labels, bool own_lists) const {
  const size_t n = unit_.rows(), anchors = batch_rows.size();
  std::vector<uint8_t> wanted(n), own(own_lists ? anchors * n : 0);
  AddLists(batch_rows, batch_labels, [&](size_t anchor, const std::vector<int64_t>& rows) {
    for (const int64_t row : rows) {
      wanted[static_cast<size_t>(row)] = 1;
      if (own_lists) own[anchor * n + static_cast<size_t>(row)] = 1;
    }
  });
  if (images_) {
    for (const int64_t row : batch_rows) wanted[static_cast<size_t>(row)] = 0;
  }
  AgentRows agents;
  for (size_t row = 0; row < n; ++row) {
    if (wanted[row] == 0) continue;
    agents.rows.push_back(static_cast<int64_t>(row));
    agents.labels.push_back(labels_[row]);
  }
  if (!own_lists) return agents;
  for (size_t b = 0; b < anchors; ++b) {
    for (const int64_t row : agents.rows)
      agents.own.push_back(own[b * n + static_cast<size_t>(row)]);
  }
  return agents;
}

std::unique_ptr<Agents> NewAgents(const AgentOptions& options, const FloatMatrix& old_features,
                                  const LabelSet& labels, const std::vector<int64_t>& cameras) {
  const int64_t k = options.neighbours;
  if (options.kind == "centroid") return NewCentroidAgents(old_features, labels, k);
  if (options.kind == "camera") return NewCameraAgents(old_features, labels, cameras, k);
  if (options.kind == "instance") return NewImageAgents(old_features, labels, k, true);
  if (options.kind == "context") return NewImageAgents(old_features, labels, k, false);
  return std::make_unique<NoAgents>();
}

}  // namespace bcr
