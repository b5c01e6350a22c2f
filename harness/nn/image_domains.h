#pragma once

#include <cstdint>
#include <vector>

namespace bcr {

// Whose images a batch holds, as places in ModelSpec::domains, for layers that treat each domain
// apart; other networks ignore it. One entry an image; or a single entry, which stands for all of
// them; or none: all images are of the last domain, which is the one that a model is made for.
// It lies on the host: a batch is split by it without asking the device.
using ImageDomains = std::vector<int64_t>;

// Images of one domain that stand side by side in a batch.
struct DomainRun {
  int64_t domain = 0, begin = 0, count = 0;
};

}  // namespace bcr
