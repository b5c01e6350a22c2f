#include <fmt/format.h>

#include <utility>
#include <vector>

#include "datasets/base_folder.h"
#include "datasets/list_file.h"
#include "datasets/list_line.h"
#include "datasets/msmt_name.h"
#include "datasets/option.h"
#include "datasets/published.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;
constexpr const char* kExample = "0000/0000_000_01_0303morning_0015_0.jpg 0";

struct Version {
  const char* name;
  const char* train;
  const char* test;
};
// Version 2 has the faces blurred; lists and names are the same.
constexpr Version kVersions[] = {{"v1", "train", "test"}, {"v2", "mask_train_v2", "mask_test_v2"}};

FolderParts PartsOf(const Version& version) {
  return {{std::string(version.train) + "/", std::string(version.test) + "/", "list_train.txt",
           "list_val.txt", "list_query.txt", "list_gallery.txt"},
          fmt::format("{}/, {}/ and the lists list_train.txt, list_val.txt, list_query.txt and "
                      "list_gallery.txt beside them",
                      version.train, version.test),
          "dataset"};
}

bool IsThere(const std::string& root, const Version& version) {
  const auto has = [&version](const std::string& folder) {
    return FolderExists(JoinPath(folder, version.train)) &&
           FolderExists(JoinPath(folder, version.test));
  };
  if (has(root)) return true;
  for (const std::string& name : SubFolders(root)) {
    if (has(JoinPath(root, name))) return true;
  }
  return false;
}

const Version& ChooseVersion(const DataRef& ref) {
  const std::string wanted = ChoiceOf(ref, "version", {"any", "v1", "v2"});
  RequireFolder(ref.path, PartsOf(kVersions[0]).text);
  std::vector<const Version*> there;
  for (const Version& version : kVersions) {
    if (wanted == version.name) return version;
    if (IsThere(ref.path, version)) there.push_back(&version);
  }
  if (there.size() < 2) return there.empty() ? kVersions[0] : *there.front();
  throw Error(ErrorCode::kUsage,
              {ref.path, "version 1 (train/, test/) and version 2 (mask_train_v2/, mask_test_v2/)",
               "one version, since a result depends on which faces a model saw",
               "Add ,version=v1 or ,version=v2 (blurred faces) to the reference"});
}

// An image's name and identity begin with "train" or "test" in both versions, since the identities
// of the test begin at 0 again: 0 of the training and 0 of the test are two people.
ListRow ParseLine(std::string_view line, const std::string& part, const std::string& folder) {
  std::optional<LabelledPath> parsed = ParseLabelledPath(line);
  if (!parsed) return WrongLine(line);
  const std::string base_name = parsed->path.substr(parsed->path.rfind('/') + 1);
  std::optional<std::string> camera = ParseMsmtCamera(base_name);
  if (!camera) return WrongLine(line);
  if (*camera == "00") return {.problem = fmt::format("camera 00 in `{}`", base_name)};
  const std::string source = JoinPath(folder, parsed->path);
  return {.image = {{part + "/" + parsed->path, part + "/" + parsed->label, std::move(*camera)},
                    source}};
}

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  const bool with_val = ChoiceOf(ref, "train", {"train", "trainval"}) == "trainval";
  const Version& version = ChooseVersion(ref);
  const std::string base = FindBase(ref.path, PartsOf(version));
  Listing listing;
  const auto read = [&](const char* list, Split split) {
    const std::string part = split == Split::kTrain ? "train" : "test";
    const std::string folder =
        JoinPath(base, split == Split::kTrain ? version.train : version.test);
    ReadList({JoinPath(base, list), kExample,
              [&](std::string_view line) { return ParseLine(line, part, folder); }},
             split, listing);
  };
  read("list_train.txt", Split::kTrain);
  if (with_val) read("list_val.txt", Split::kTrain);
  read("list_query.txt", Split::kQuery);
  read("list_gallery.txt", Split::kGallery);
  const PublishedCounts published = LoadPublished(with_val ? "msmt17-trainval" : "msmt17");
  CompareCounts(published, listing);
  CompareCameras(published, listing);
  return MakeListedDataset(ref, "msmt17", kRevision, std::move(listing), ReadFile);
}

}  // namespace

const DatasetInfo& dataset_msmt17() {
  static const DatasetInfo info = {
      .name = "msmt17",
      .revision = kRevision,
      .about = "MSMT17, versions 1 and 2 (Wei et al., CVPR 2018)",
      .example = "msmt17:/data/MSMT17_V1",
      .options =
          {{"train",
            "train or trainval: list_train.txt alone (default), or list_val.txt too, as some "
            "papers train"},
           {"version",
            "v1 or v2 (blurred faces), where the folder holds both (default: the one that "
            "is there)"}},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
