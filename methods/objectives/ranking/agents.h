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
};

// Neighbour context agents: a frozen sample of the old feature space around the batch's identities,
// so that a batch of 64 ranks against more than itself. Reconstruction (the paper's construction is
// not public).
//   none
//   centroid  the unit old centroid of each batch identity, and of its K most similar other
//             identities
//   instance  all old features of each batch identity, and for each anchor its K nearest of other
//             identities
class Agents {
 public:
  virtual ~Agents() = default;
  // What agents are rows of: n x d_o unit rows, the same for every batch.
  virtual const FloatMatrix& table() const = 0;
  // Deduplicated union for a batch, ascending (by class, or by training row); batch rows themselves
  // are left out of the instance form, where they are present as batch features already.
  virtual AgentRows For(const std::vector<int64_t>& batch_rows,
                        const std::vector<int64_t>& batch_labels) const = 0;
};

// `neighbours` K: at most that many; -1 means all. Tables of neighbours are computed here, once per
// labelling: of `instance` never more than 256 MiB (else neighbours are found for every batch), and
// none for "all".
std::unique_ptr<Agents> NewAgents(const std::string& kind, const FloatMatrix& old_features,
                                  const LabelSet& labels, int64_t neighbours);

}  // namespace bcr
