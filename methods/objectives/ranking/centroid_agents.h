#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "methods/objectives/ranking/agents.h"

namespace bcr {

// Agents that are old centroids: of identities, or of identities in one camera (agents.h).
std::unique_ptr<Agents> NewCentroidAgents(const FloatMatrix& old_features, const LabelSet& labels,
                                          int64_t neighbours);
std::unique_ptr<Agents> NewCameraAgents(const FloatMatrix& old_features, const LabelSet& labels,
                                        const std::vector<int64_t>& cameras, int64_t neighbours);

}  // namespace bcr
