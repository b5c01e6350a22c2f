#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "datasets/csv_listing.h"
#include "datasets/label_option.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;

bool MirroredIsOther(const DataRef& ref) {
  const auto option = ref.options.find("mirrored");
  if (option == ref.options.end() || option->second == "same") return false;
  if (option->second == "other") return true;
  throw Error(ErrorCode::kUsage,
              {ref.Text(), fmt::format("mirrored={}", option->second), "same or other",
               "Say other where a mirrored image shows another identity, as with written text"});
}

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  if (FolderExists(ref.path)) {
    throw Error(ErrorCode::kUsage,
                {ref.path, "a folder", "a CSV file", "Name the file, e.g. csv:images/list.csv"});
  }
  Listing listing = ListCsv(ref.path);
  ApplyLabelOption(ref, ref.path, listing);
  listing.report.mirrored_is_other = MirroredIsOther(ref);
  for (Split split : {Split::kQuery, Split::kGallery}) {
    if (!listing.of(split).empty()) continue;
    throw Error(
        ErrorCode::kData,
        {ref.path, fmt::format("no row with split {}", SplitName(split)),
         "at least one query and one gallery image (train may be empty where nothing is trained)",
         "Add rows, or check the column split"});
  }
  return MakeListedDataset(ref, "csv", kRevision, std::move(listing), ReadFile);
}

}  // namespace

const DatasetInfo& dataset_csv() {
  static const DatasetInfo info = {
      .name = "csv",
      .revision = kRevision,
      .about =
          "your own images, listed in a CSV file with columns path, identity, camera, split "
          "(train, query, gallery)",
      .example = "csv:my_images/list.csv",
      .options = {{"labels",
                   "exact or numeric: whether labels that look like numbers are text or "
                   "numbers (default: text, and refused where that is unclear)"},
                  {"mirrored",
                   "same or other: whether a mirrored image shows the same identity (default), or "
                   "another one, as with written text; then nothing is mirrored"}},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
