#include <fmt/format.h>

#include <unordered_map>
#include <utility>

#include "datasets/base_folder.h"
#include "datasets/list_file.h"
#include "datasets/list_line.h"
#include "datasets/option.h"
#include "datasets/problems.h"
#include "datasets/published.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;
constexpr const char* kInfo = "train_test_split/vehicle_info.txt";

// "vehicle/image" -> camera.
using Cameras = std::unordered_map<std::string, std::string>;

Cameras ReadCameras(const std::string& file) {
  const std::string text = ReadFile(file);
  Cameras cameras;
  Problems wrong;
  bool header = true;
  for (const ListLine& line : LinesOf(text)) {
    std::optional<VehicleImage> parsed = ParseVehicleInfo(line.text);
    // The first line names the columns.
    if (!std::exchange(header, false) && !parsed)
      wrong.Add(line.number, WrongLine(line.text).problem);
    if (!parsed) continue;
    if (!cameras.emplace(parsed->vehicle + "/" + parsed->image, std::move(parsed->camera)).second)
      wrong.Add(line.number, fmt::format("{}/{} again", parsed->vehicle, parsed->image));
  }
  wrong.ThrowIfAny(ErrorCode::kData, file,
                   "a first line with the columns, then lines such as 00001/000001;62;...",
                   "Take the list from the data set's archive again");
  return cameras;
}

ListRow ParseLine(std::string_view line, const std::string& folder, const Cameras& cameras) {
  const std::optional<VehicleImage> parsed = ParseVehiclePath(line);
  if (!parsed) return WrongLine(line);
  const std::string key = parsed->vehicle + "/" + parsed->image;
  const auto camera = cameras.find(key);
  if (camera == cameras.end())
    return {.problem = fmt::format("{} has no camera in vehicle_info.txt", key)};
  return {.image = {{"images/" + key + ".jpg", parsed->vehicle, camera->second},
                    JoinPath(folder, key + ".jpg")}};
}

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  const std::string test = ChoiceOf(ref, "test", {"3000", "5000", "10000"});
  const std::string query = fmt::format("train_test_split/test_{}_query.txt", test);
  const std::string gallery = fmt::format("train_test_split/test_{}.txt", test);
  const std::string base = FindBase(
      ref.path,
      {{"images/", "train_test_split/train_list.txt", query, gallery, kInfo},
       fmt::format("images/ and train_test_split/ with train_list.txt, test_{0}_query.txt, "
                   "test_{0}.txt and vehicle_info.txt",
                   test)});
  const Cameras cameras = ReadCameras(JoinPath(base, kInfo));
  const std::string folder = JoinPath(base, "images");
  Listing listing;
  const auto read = [&](const std::string& name, Split split) {
    ReadList({JoinPath(base, name), "00001/000001",
              [&](std::string_view line) { return ParseLine(line, folder, cameras); }},
             split, listing);
  };
  read("train_test_split/train_list.txt", Split::kTrain);
  read(query, Split::kQuery);
  read(gallery, Split::kGallery);
  const PublishedCounts published = LoadPublished("veriwild-" + test);
  CompareCounts(published, listing);
  CompareCameras(published, listing);
  return MakeListedDataset(ref, "veriwild", kRevision, std::move(listing), ReadFile);
}

}  // namespace

const DatasetInfo& dataset_veriwild() {
  static const DatasetInfo info = {
      .name = "veriwild",
      .revision = kRevision,
      .about = "VERI-Wild, vehicles (Lou et al., CVPR 2019)",
      .example = "veriwild:/data/VERI-Wild,test=5000",
      .options = {{"test", "vehicles of the test: 3000 (default), 5000 or 10000"}},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
