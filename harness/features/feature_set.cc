#include "harness/features/feature_set.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "harness/core/csv.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/features/index_csv.h"
#include "harness/features/npy.h"

namespace bcr {
namespace {

constexpr char kFeaturesFile[] = "features.npy";
constexpr char kIndexFile[] = "index.csv";
constexpr char kProvenanceFile[] = "provenance.json";

FeatureIndex ReadIndex(const std::string& path) {
  internal::IndexFile file = internal::ReadIndexFile(path, internal::IndexFields::kMayBeEmpty);
  internal::RequireDistinctImages(file.index.images, [&](size_t row) {
    return internal::IndexPlace{path, file.lines[row]};
  });
  return std::move(file.index);
}

void RequireFinite(const FeatureSet& set, const std::string& path) {
  const size_t bad = internal::FirstNonFiniteRow(set.features.view());
  if (bad == set.features.rows()) return;
  throw Error(
      ErrorCode::kData,
      {fmt::format("{}: row {} (image `{}`)", path, bad, set.index.images[bad]), "NaN or infinity",
       "finite float32 values", "Check the model that made these features."});
}

std::string HashOfSet(const FeatureSet& set) {
  Hasher hasher;
  hasher.AddText(fmt::format("features.r1 {} {}", set.features.rows(), set.features.cols()));
  hasher.Add(set.features.data(), set.features.rows() * set.features.cols() * sizeof(float));
  for (size_t i = 0; i < set.index.size(); ++i) {
    hasher.AddText(set.index.images[i]);
    hasher.AddText(set.index.identities[i]);
    hasher.AddText(set.index.cameras[i]);
  }
  return hasher.Hex();
}

}  // namespace

FeatureSet ReadFeatureSet(const std::string& folder) {
  if (!FolderExists(folder)) {
    throw Error(ErrorCode::kMissing,
                {folder, "no such folder", "a folder with features.npy and index.csv", ""});
  }
  FeatureSet set;
  const std::string features_path = JoinPath(folder, kFeaturesFile);
  const std::string index_path = JoinPath(folder, kIndexFile);
  set.features = internal::ReadNpyUnchecked(features_path);
  set.index = ReadIndex(index_path);
  if (set.index.size() != set.features.rows()) {
    throw Error(ErrorCode::kData, {folder,
                                   fmt::format("{} rows in {} and {} in {}", set.features.rows(),
                                               kFeaturesFile, set.index.size(), kIndexFile),
                                   "one row of both for each image", ""});
  }
  RequireFinite(set, features_path);
  set.hash = HashOfSet(set);
  return set;
}

void WriteFeatureSet(const std::string& folder, FeatureSet& set, const Json& provenance) {
  const FeatureIndex& index = set.index;
  BCR_CHECK(index.size() == set.features.rows() && index.identities.size() == index.size() &&
                index.cameras.size() == index.size(),
            "features and index differ in length");
  RequireFinite(set, JoinPath(folder, kFeaturesFile));
  set.hash = HashOfSet(set);
  std::string text = CsvLine({"image", "identity", "camera"});
  for (size_t i = 0; i < index.size(); ++i) {
    text += CsvLine({index.images[i], index.identities[i], index.cameras[i]});
  }
  WriteNpy(JoinPath(folder, kFeaturesFile), set.features.view());
  WriteFileAtomic(JoinPath(folder, kIndexFile), std::string_view(text));
  WriteJsonAtomic(JoinPath(folder, kProvenanceFile), provenance);
}

}  // namespace bcr
