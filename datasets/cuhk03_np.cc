#include "datasets/base_folder.h"
#include "datasets/folder_names.h"
#include "datasets/market_layout.h"
#include "datasets/option.h"
#include "datasets/published.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;

constexpr MarketNames kNames = {ParseCuhk03NpName, "0001_c1_1.png", "identity, camera, image",
                                /*special_identities=*/false, /*cameras=*/2};

// The folder of the boxes that are wanted, in `root` or in a folder of it.
std::string FolderOf(const std::string& root, const std::string& boxes) {
  const std::string own = JoinPath(root, boxes);
  if (FolderExists(own)) return own;
  for (const std::string& name : SubFolders(root)) {
    if (FolderExists(JoinPath(JoinPath(root, name), boxes)))
      return JoinPath(JoinPath(root, name), boxes);
  }
  throw Error(
      ErrorCode::kMissing,
      {root, "no folder " + own,
       "detected/ and labeled/, each with bounding_box_train/, query/ and bounding_box_test/",
       "Unpack cuhk03-np again, or give the folder that holds detected/ and labeled/"});
}

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  const std::string boxes = ChoiceOf(ref, "boxes", {"detected", "labeled"});
  RequireFolder(ref.path, "detected/ and labeled/");
  const PublishedCounts published = LoadPublished("cuhk03-np-" + boxes);
  return OpenMarketLayout(ref, "cuhk03-np", kRevision, FolderOf(ref.path, boxes), &published,
                          kNames);
}

}  // namespace

const DatasetInfo& dataset_cuhk03_np() {
  static const DatasetInfo info = {
      .name = "cuhk03-np",
      .revision = kRevision,
      .about = "CUHK03 under the new protocol (767/700), as folders (Zhong et al., CVPR 2017)",
      .example = "cuhk03-np:/data/cuhk03-np,boxes=labeled",
      .options = {{"boxes", "detected (default) or labeled: who drew the boxes"}},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
