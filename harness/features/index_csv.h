#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/features/feature_index.h"

// Reading index.csv; shared by feature sets in memory and mapped ones.
namespace bcr::internal {

struct IndexFile {
  FeatureIndex index;
  std::map<std::string, std::vector<std::string>> columns;  // the further ones
  std::vector<size_t> lines;                                // of each row, from 1
  bool has_identities = true, has_cameras = true;           // whether there is such a column
};

// kMayBeEmpty: identity and camera may be missing, as in training data without labels.
// kRequired: each is given, without spaces around it, which would make two identities of one.
// kCameraOptional: as kRequired, but the column camera may be missing altogether; every row then
// has the camera kUnknown. kImageAlone: likewise the column identity.
enum class IndexFields { kMayBeEmpty, kRequired, kCameraOptional, kImageAlone };
inline constexpr char kUnknown[] = "unknown";

// Reads the columns image, identity and camera, in any order, and the others. Throws kMissing, kIo
// or kData, naming the file and line: what CsvReader throws, missing columns (with the likely one),
// no header, empty names, names with a zero byte, fields against the rule. Duplicate images are
// RequireDistinctImages' business.
IndexFile ReadIndexFile(const std::string& path, IndexFields fields);

struct IndexPlace {
  std::string path;
  size_t line = 0;  // from 1
};

// Throws kData for an image that occurs twice, naming both lines.
void RequireDistinctImages(const std::vector<std::string>& images,
                           const std::function<IndexPlace(size_t row)>& place_of);

}  // namespace bcr::internal
