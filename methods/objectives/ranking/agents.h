#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/train/objective.h"

namespace bcr {

// Old-space rows that a batch's retrieval set is extended by.
struct AgentRows {
  std::vector<int64_t> rows;    // Na: rows of Agents::table()
  std::vector<int64_t> labels;  // Na
  // B x Na, row by row: whether the agent is on the anchor's own list. Empty unless asked for.
  std::vector<uint8_t> own;
};

// Neighbour context agents: a frozen sample of the old feature space around the batch's identities,
// so that a batch of 64 ranks against more than itself. Reconstruction (the paper's construction is
// not public). The list of one anchor:
//   none
//   centroid  the unit old centroid of its identity, and of its K most similar other identities
//   camera    unit old centroids of one identity in one camera: all of its identity's, and the K
//             most similar ones of other identities to that of its identity and camera
//   instance  all old features of its identity, and the K nearest to its own of other identities
//   context   the K old features nearest to its own, of whatever identity
class Agents {
 public:
  virtual ~Agents() = default;
  // What agents are rows of: n x d_o unit rows, the same for every batch.
  virtual const FloatMatrix& table() const = 0;
  // Deduplicated union of the anchors' lists, ascending (by class, or by training row); batch rows
  // themselves are left out where agents are images: they are present as batch features already.
  // Anchors without a label have no list.
  virtual AgentRows For(const std::vector<int64_t>& batch_rows,
                        const std::vector<int64_t>& batch_labels, bool own_lists) const = 0;
};

struct AgentOptions {
  std::string kind = "centroid";
  int64_t neighbours = 50;  // K: at most that many; -1 means all
};

// `cameras`: of the training rows. Tables of neighbours are computed here, once per labelling: of
// images never more than 256 MiB (else neighbours are found for every batch), and none for "all".
std::unique_ptr<Agents> NewAgents(const AgentOptions& options, const FloatMatrix& old_features,
                                  const LabelSet& labels, const std::vector<int64_t>& cameras);

}  // namespace bcr
