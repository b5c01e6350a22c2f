#include "harness/run/made_model.h"

#include "harness/core/files.h"
#include "harness/nn/weights.h"

namespace bcr {

MadeModel ReadMadeModel(const std::string& folder) {
  const SavedModel saved = LoadModel(folder);
  return {saved.model->feature_width(), saved.training, saved.weights_hash};
}

std::string ProjectionFile(const std::string& folder, size_t earlier) {
  const std::string number = earlier == 0 ? "" : "-" + std::to_string(earlier + 1);
  return JoinPath(folder, "projection" + number + ".npy");
}

}  // namespace bcr
