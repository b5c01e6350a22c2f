#pragma once

#include <string>

namespace bcr::internal {

// The two files behind a path that names features.
struct FeatureFiles {
  enum class Format { kNpy, kSafetensors };
  Format format = Format::kNpy;
  std::string features;
  std::string index;
};

// Finds them by the rules of OpenFeatureTable (feature_table.h); opens neither. Throws kMissing or
// kData where the path is no feature set, saying what lies there instead and how to convert it.
FeatureFiles LocateFeatures(const std::string& path);

}  // namespace bcr::internal
