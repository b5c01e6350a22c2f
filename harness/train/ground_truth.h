#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/train/label_source.h"

namespace bcr {

// Labels as the data gives them, handed out once.
std::unique_ptr<LabelSource> NewGroundTruth(const LabelSet& truth);

// A registered label source by name, its parameters checked against its defaults.
std::unique_ptr<LabelSource> MakeLabelSource(const std::vector<const LabelSourceInfo*>& table,
                                             const std::string& name, const std::string& parameters,
                                             const std::vector<int64_t>& truth,
                                             const std::vector<int64_t>& cameras);

}  // namespace bcr
