#pragma once

#include <string>
#include <vector>

#include "harness/data/image_store.h"
#include "harness/plan/request.h"

namespace bcr {

// What `bcreid extract` was asked for.
struct ExtractRequest {
  std::string model;  // ParseModelReference
  std::string data;   // a data reference
  std::string out_folder, store_folder;
  std::string splits = "test";  // test (query and gallery) | train | all
  bool trust = false, partial = false, flip = false, quiet = false;
  std::string side = "after-neck";  // or before-neck; of our own networks
  std::string device = "auto", precision = "fp32";
  OnBadImage on_bad_image = OnBadImage::kFail;
  int batch_size = 128, threads = 0;
  std::string command_line;
};

// Writes <out>/query, <out>/gallery and <out>/train, as far as they are asked for: feature sets in
// the order of the data set's lists, with what they were made by in provenance.json. Returns the
// folders. Throws what opening models and data and extracting throw; a set is whole or not there.
std::vector<std::string> ExtractSets(const ExtractRequest& request, const PlugIns& plug_ins);

}  // namespace bcr
