#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/core/json.h"

namespace bcr {

struct GivenModel;

// A trained model as records describe it.
struct MadeModel {
  int width = 0;  // d
  Json
      training;  // the `training` block of model.json: history, label notes, steps, images, seconds
  std::string weights_hash;
};

// What the store keeps of a model that is given: where its weights or features lie, and their hash.
void WriteGivenModel(const std::string& folder, const GivenModel& model);

// Reads and checks a model's folder, trained or given. Throws kMissing or kData, naming the file.
MadeModel ReadMadeModel(const std::string& folder);

// Where a model's projection onto its earlier model number `earlier` is kept (d_o x d); there is one
// under the width policy `project` alone.
std::string ProjectionFile(const std::string& folder, size_t earlier);

}  // namespace bcr
