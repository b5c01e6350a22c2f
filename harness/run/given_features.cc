#include "harness/run/given_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "harness/core/error.h"
#include "harness/features/feature_table.h"
#include "harness/features/row_source.h"
#include "harness/nn/embedder.h"
#include "harness/plan/given_model.h"
#include "harness/run/workshop.h"

namespace bcr {
namespace {

// The rows of the splits that a list draws on, by image.
class RowsByName {
 public:
  RowsByName(const GivenModel& given, const ImageList& list) {
    std::vector<std::string> splits;
    for (const ImageList::Part& part : list.parts) {
      const std::string split = SplitName(part.split);
      if (std::find(splits.begin(), splits.end(), split) != splits.end()) continue;
      splits.push_back(split);
      const std::string folder = GivenFeaturesOf(given, split);
      where_ += (where_.empty() ? "" : ", ") + folder;
      tables_.push_back(OpenFeatureTable({folder}, {.needs_cameras = false}));
    }
    for (size_t t = 0; t < tables_.size(); ++t)
      for (size_t row = 0; row < tables_[t].index.size(); ++row)
        places_.emplace(tables_[t].index.images[row], std::pair(t, row));
  }

  // Whether there is a row; it is copied to `to`.
  bool Copy(const std::string& image, size_t width, float* to) const {
    const auto found = places_.find(image);
    if (found == places_.end()) return false;
    std::vector<float> scratch(width);
    const auto [table, row] = found->second;
    std::copy_n(tables_[table].rows->Row(row, scratch.data()), width, to);
    return true;
  }
  const std::string& where() const { return where_; }

 private:
  std::vector<FeatureTable> tables_;
  std::unordered_map<std::string, std::pair<size_t, size_t>> places_;  // table, row
  std::string where_;
};

}  // namespace

FloatMatrix ExtractGiven(const GivenModel& given, const ImageStore& images,
                         const EmbedOptions& options, Workshop& workshop) {
  if (given.IsFeatures())
    throw Error(ErrorCode::kConfig,
                {given.reference.Text(), "no network, but images that need its features",
                 "a method that adds no images", "Leave this method out."});
  const OpenedModel opened =
      OpenModel(given.reference, GivenModelOptions(workshop.request, workshop.device));
  if (opened.hash != given.hash || opened.facts != given.facts)
    throw Error(ErrorCode::kData, {given.reference.Text(), "another model than when the run began",
                                   "the same file until its end", "Start the run again."});
  const ScopedTime timer(workshop.time, "extraction");
  return Embed(*opened.extractor, images, options);
}

FloatMatrix GivenRows(const GivenModel& given, const ImageList& list,
                      const std::vector<ImageRecord>& images) {
  const RowsByName rows(given, list);
  const auto width = static_cast<size_t>(given.feature_width);
  FloatMatrix features(images.size(), width);
  size_t missing = 0;
  std::string first;
  for (size_t i = 0; i < images.size(); ++i) {
    if (rows.Copy(images[i].name, width, features.row(i))) continue;
    if (missing++ == 0) first = images[i].name;
  }
  if (missing > 0)
    throw Error(
        ErrorCode::kData,
        {rows.where(),
         fmt::format("no row for {} of {} images, `{}` the first", missing, images.size(), first),
         "a row for every image, by the names that the data set gives them",
         "`bcreid extract` and `bcreid data check` show these names."});
  return features;
}

}  // namespace bcr
