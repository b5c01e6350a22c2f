#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/dataset.h"
#include "harness/data/image_store.h"
#include "harness/run/artifact_store.h"
#include "harness/run/request.h"

namespace bcr {

class TemporaryFolder;

// The data sets bound to "target" and "source", opened on demand, their images packed on demand.
class DataRoles {
 public:
  // With `list_only` (a dry run) no image is decoded, nothing is left in the store (what must be
  // drawn to be listed goes to a temporary folder), and Images must not be called.
  DataRoles(const RunRequest& request, const PlugIns& plug_ins, const ArtifactStore& store,
            int height, int width, bool list_only);
  ~DataRoles();

  const Dataset& Data(const std::string& role);
  // Packed images of one split: what training and extraction read.
  const ImageStore& Images(const std::string& role, Split split);
  // The images of a split that are really there: without those skipped as unreadable.
  const std::vector<ImageRecord>& Kept(const std::string& role, Split split);
  // Images left out so far, by role.
  std::vector<std::string> Bad(const std::string& role) const;
  // Whether unreadable images are left out (otherwise the first one ends the run).
  bool may_skip() const { return request_.on_bad_image == OnBadImage::kSkip; }
  bool list_only() const { return list_only_; }

 private:
  const RunRequest& request_;
  const PlugIns& plug_ins_;
  const ArtifactStore& store_;
  int height_, width_;
  bool list_only_;
  std::unique_ptr<TemporaryFolder> scratch_;
  std::map<std::string, std::unique_ptr<Dataset>> data_;
  std::map<std::pair<std::string, Split>, std::unique_ptr<ImageStore>> images_;
};

}  // namespace bcr
