#pragma once

#include <string>
#include <vector>

#include "harness/nn/embedder.h"  // FeatureSide
#include "harness/nn/weights.h"   // PartialLoad

namespace bcr {

// What `bcreid export` was asked for.
struct ExportRequest {
  std::string model;                   // FOLDER or BACKBONE=FILE (foreign_model.h)
  std::string out;                     // the file; OUT.json beside it says what it wants to see
  std::string format = "torchscript";  // or safetensors: backbone, pooling and neck, no network
  FeatureSide side = FeatureSide::kAfterNeck;  // TorchScript
  bool pixels = false;  // TorchScript that takes pixels of 0 to 255 as they are
  PartialLoad partial = PartialLoad::kRefused;
};

struct ExportedModel {
  int feature_width = 0;
  int height = 0, width = 0;       // of the images, pixels
  double difference = 0;           // largest between features, by the largest value of a feature
  std::vector<std::string> notes;  // for people
};

// Writes a network of ours for other programs, reads the file again as OpenModel does and compares
// its features with the model's on other images and other numbers of them than those it was traced
// with; a file that fails is removed. Throws what opening throws; kUsage for a model that is none of
// ours and where the file would replace the model's own; kConfig where the format cannot hold it.
ExportedModel ExportModel(const ExportRequest& request);

}  // namespace bcr
