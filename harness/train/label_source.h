#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/train/objective.h"

namespace bcr {

// Where a batch's labels come from: ground truth, or clustering of the current features.
class LabelSource {
 public:
  virtual ~LabelSource() = default;
  // Called before every epoch. Returns true and fills `labels` where they changed. Throws kTraining
  // with the word "collapsed" where a clustering leaves fewer than two clusters; the runner reports
  // it as a failed model.
  virtual bool Refresh(const EpochStart& start, LabelSet& labels) = 0;
  // One object per refresh for the record: {"epoch", "clusters", "outliers", ...}.
  virtual Json Notes() const;
};

struct LabelSourceInfo {
  std::string name;
  int revision = 0;
  std::string about;
  std::string source;
  std::string parameters;  // JSON object of all parameters with their defaults
  // `truth`: class per training row, -1 unknown. A source without labels must use it for reporting
  // at most.
  std::unique_ptr<LabelSource> (*make)(JsonReader& parameters, const std::vector<int64_t>& truth,
                                       const std::vector<int64_t>& cameras) = nullptr;
};

// Generated from methods/CMakeLists.txt.
std::vector<const LabelSourceInfo*> label_source_table();

}  // namespace bcr
