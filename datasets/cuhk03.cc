#include <fmt/format.h>

#include <utility>

#include "datasets/base_folder.h"
#include "datasets/csv_listing.h"
#include "datasets/option.h"
#include "datasets/published.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;
constexpr uint64_t kSplitCount = 20;

// The list that scripts/convert_mat wrote for a protocol.
std::string ListOf(const DataRef& ref, const std::string& protocol, const std::string& boxes) {
  if (protocol == "new") return fmt::format("new_{}.csv", boxes);
  return fmt::format("classic_{}_{:02}.csv", boxes, NumberOf(ref, "split", 0, 0, kSplitCount - 1));
}

void RequireList(const std::string& root, const std::string& list) {
  RequireFolder(root, "the images and lists that scripts/convert_mat writes");
  if (FileExists(JoinPath(root, list))) return;
  throw Error(
      ErrorCode::kMissing,
      {root, "no file " + JoinPath(root, list),
       "the images and lists that scripts/convert_mat makes of cuhk-03.mat",
       fmt::format("Run ./scripts/convert_mat cuhk03 {} FOLDER and name that FOLDER; the new "
                   "protocol needs cuhk03_new_protocol_config_*.mat beside cuhk-03.mat",
                   root)});
}

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  const std::string protocol = ChoiceOf(ref, "protocol", {"new", "classic"});
  const std::string boxes = ChoiceOf(ref, "boxes", {"detected", "labeled"});
  if (protocol == "new" && ref.options.contains("split")) {
    throw Error(ErrorCode::kUsage,
                {ref.Text() + ": split", "a split of the new protocol",
                 "protocol=classic, which has twenty", "Leave split out, or add protocol=classic"});
  }
  const std::string list = ListOf(ref, protocol, boxes);
  RequireList(ref.path, list);
  Listing listing = ListCsv(JoinPath(ref.path, list));
  const PublishedCounts published =
      LoadPublished(protocol == "new" ? "cuhk03-np-" + boxes : "cuhk03-classic");
  CompareCounts(published, listing);
  CompareCameras(published, listing);
  return MakeListedDataset(ref, "cuhk03", kRevision, std::move(listing), ReadFile);
}

}  // namespace

const DatasetInfo& dataset_cuhk03() {
  static const DatasetInfo info = {
      .name = "cuhk03",
      .revision = kRevision,
      .about =
          "CUHK03 (Li et al., CVPR 2014) from cuhk-03.mat, unpacked by scripts/convert_mat: "
          "classic and new protocol",
      .example = "cuhk03:/data/cuhk03,protocol=classic,split=3,boxes=labeled",
      .options = {{"boxes", "detected (default) or labeled: who drew the boxes"},
                  {"protocol",
                   "new (767/700 people, default) or classic (1367/100, twenty splits)"},
                  {"split",
                   "0 to 19 (default 0): of the classic protocol; results are the mean over "
                   "twenty"}},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
