#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/train/objective.h"

namespace bcr::testing {

// A training set of a few images: their old features, and whom they show.
struct SmallSet {
  // `old`: one list an image; `labels` -1: nobody.
  SmallSet(const std::vector<std::vector<float>>& old, const std::vector<int64_t>& labels);
  // An objective that was told about it.
  std::unique_ptr<Objective> Make(const std::string& name, const Json& parameters) const;
  // A batch of these rows with new features (a leaf, float64) in the old width.
  void Fill(const std::vector<int64_t>& rows, const std::vector<double>& fresh, Batch& batch) const;

  OldModel old;
  LabelSet labels;
  TrainingSet set;
};

}  // namespace bcr::testing
