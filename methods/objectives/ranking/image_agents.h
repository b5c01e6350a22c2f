#pragma once

#include <cstdint>
#include <memory>

#include "methods/objectives/ranking/agents.h"

namespace bcr {

// Agents that are old features of training images (agents.h). `by_identity`: all of the anchor's
// identity and the nearest of others; otherwise the nearest of whatever identity.
std::unique_ptr<Agents> NewImageAgents(const FloatMatrix& old_features, const LabelSet& labels,
                                       int64_t neighbours, bool by_identity);

}  // namespace bcr
