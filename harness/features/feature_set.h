#pragma once

#include <string>

#include "harness/core/json.h"
#include "harness/core/matrix.h"
#include "harness/features/feature_index.h"

namespace bcr {

// A folder with features.npy (float32 n x d, C order), index.csv (header image,identity,camera) and
// provenance.json (optional): the same form whether we or a user wrote it. Rows are stored as
// extracted, not normalised. Held in memory, for training and extraction; scoring opens the same
// folders, and more forms, as a FeatureTable.
struct FeatureSet {
  FloatMatrix features;
  FeatureIndex index;
  std::string hash;  // of features and index, set by both functions below
};

// Throws kMissing or kData, naming file and row: malformed header, a shape larger than the file,
// Fortran order, row counts that differ, duplicate images, NaN or infinite values.
FeatureSet ReadFeatureSet(const std::string& folder);
// Writes the three files, each atomically. `provenance` is stored as given.
void WriteFeatureSet(const std::string& folder, FeatureSet& set, const Json& provenance);

// features.npy alone. Reads float16, float32 and float64 little-endian, converted to float32.
FloatMatrix ReadNpy(const std::string& path);
void WriteNpy(const std::string& path, MatrixView matrix);

}  // namespace bcr
