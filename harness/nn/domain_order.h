#pragma once

#include <cstdint>
#include <vector>

#include "harness/nn/image_domains.h"

namespace at {
class Tensor;
}

namespace bcr {

// Brings a batch into the order of its domains, and what becomes of it back into its own. Layers then
// cut it into runs, which share its memory, where they would otherwise have to gather rows each. The
// order within a domain stays. Private to harness/nn.
class DomainOrder {
 public:
  // `count` domains; 0: of a network that knows none, for which nothing is done. A batch of one
  // domain is a single run over the whole of it. REQUIRES: domains below `count`, and as many entries
  // as `images` where there is more than one.
  DomainOrder(const ImageDomains& domains, int64_t images, int64_t count);

  const std::vector<DomainRun>& runs() const { return runs_; }
  at::Tensor Sorted(const at::Tensor& batch) const;
  at::Tensor Restored(const at::Tensor& batch) const;

 private:
  std::vector<DomainRun> runs_;
  std::vector<int64_t> forth_, back_;  // places; empty where the batch is in order already
};

}  // namespace bcr
