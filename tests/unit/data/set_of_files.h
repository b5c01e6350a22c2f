#pragma once

#include <string>
#include <vector>

#include "harness/core/dataset.h"

namespace bcr {

// A data set in memory with all three splits.
class SetOfFiles : public Dataset {
 public:
  explicit SetOfFiles(bool market_identities = false) {
    reader_ = "files";
    report_.market_identities = market_identities;
  }
  void Add(Split split, const std::string& name, const std::string& identity,
           const std::string& camera, const std::string& bytes) {
    images_[static_cast<int>(split)].push_back({name, identity, camera});
    files_[static_cast<int>(split)].push_back(bytes);
  }
  std::string ReadImage(Split split, size_t row) const override {
    return files_[static_cast<int>(split)].at(row);
  }

 private:
  std::vector<std::string> files_[3];
};

}  // namespace bcr
