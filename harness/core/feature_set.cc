#include "harness/core/feature_set.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "harness/core/csv.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/core/npy.h"

namespace bcr {
namespace {

constexpr char kFeaturesFile[] = "features.npy";
constexpr char kIndexFile[] = "index.csv";
constexpr char kProvenanceFile[] = "provenance.json";

void RequireDistinctImages(const FeatureIndex& index, const std::vector<size_t>& lines,
                           const std::string& path) {
  std::unordered_map<std::string, size_t> first_row;
  for (size_t i = 0; i < index.size(); ++i) {
    const std::string where = fmt::format("{}:{}", path, lines[i]);
    if (index.images[i].empty()) {
      throw Error(ErrorCode::kData, {where, "an empty image name", "a name unique in the set", ""});
    }
    const auto [seen, fresh] = first_row.emplace(index.images[i], i);
    if (!fresh) {
      throw Error(ErrorCode::kData, {where,
                                     fmt::format("image `{}` again (first on line {})",
                                                 index.images[i], lines[seen->second]),
                                     "each image once", ""});
    }
  }
}

FeatureIndex ReadIndex(const std::string& path) {
  CsvTable table = ParseCsv(ReadFile(path), path);
  const size_t image = table.Column("image", path);
  const size_t identity = table.Column("identity", path);
  const size_t camera = table.Column("camera", path);
  FeatureIndex index;
  for (std::vector<std::string>& row : table.rows) {
    index.images.push_back(std::move(row[image]));
    index.identities.push_back(std::move(row[identity]));
    index.cameras.push_back(std::move(row[camera]));
  }
  RequireDistinctImages(index, table.lines, path);
  return index;
}

void RequireFinite(const FeatureSet& set, const std::string& path) {
  const size_t bad = internal::FirstNonFiniteRow(set.features.view());
  if (bad == set.features.rows()) return;
  throw Error(
      ErrorCode::kData,
      {fmt::format("{}: row {} (image `{}`)", path, bad, set.index.images[bad]), "NaN or infinity",
       "finite float32 values", "check the model that made these features"});
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
