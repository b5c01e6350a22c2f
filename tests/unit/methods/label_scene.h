#pragma once

#include <memory>
#include <string>

#include "harness/core/matrix.h"
#include "harness/train/label_source.h"

namespace bcr::testing {

// A registered label source on 300 images of fifteen people, in two cameras, whose features overlap.
struct LabelScene {
  LabelScene(const std::string& source, const std::string& parameters);
  // Its labels before an epoch.
  LabelSet At(int epoch);

  FloatMatrix features;
  std::unique_ptr<LabelSource> made;
};

}  // namespace bcr::testing
