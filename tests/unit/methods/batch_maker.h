#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/train/objective.h"

namespace bcr::testing {

// A small training set with old features, and batches drawn from it, all in float64 and from fixed
// seeds.
struct Scene {
  int64_t rows = 24, classes = 6, width = 5, old_width = 5, old_classes = 4;
  FloatMatrix
      current;  // rows x width: what "the current new model" says of the training set, unit rows
  LabelSet labels;
  OldModel old_model;
  TrainingSet set;
  bool generated = false;  // images without a label are generated ones
};
std::unique_ptr<Scene> MakeScene();

// Leaves that gradients are checked on. Logits are a leaf of their own.
enum class Leaf { kBeforeNeck, kAfterNeck, kCompatible, kLogits, kHeadWeight };

// A batch of 4 identities x 3 images. `values` holds the leaves' numbers, flattened; MakeBatch
// reads them in order.
struct BatchValues {
  std::vector<double> numbers[5];
};
BatchValues RandomValues(const Scene& scene, uint64_t seed);
void FillBatch(const Scene& scene, const BatchValues& values, bool with_gradient, Batch& batch);

}  // namespace bcr::testing
