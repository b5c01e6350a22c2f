#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bcr {

// Who an image shows and which camera took it: the columns of index.csv.
struct FeatureIndex {
  std::vector<std::string> images;      // unique join keys
  std::vector<std::string> identities;  // opaque; what -1 and 0 mean is a scoring policy's business
  std::vector<std::string> cameras;
  size_t size() const { return images.size(); }
};

}  // namespace bcr
