#include "datasets/two_cameras.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "datasets/audit.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {

std::vector<ListedImage> ListOneEach(
    const std::string& folder, const std::string& prefix, const std::string& camera,
    const std::function<std::optional<std::string>(std::string_view base_name)>& number,
    const std::string& example, DatasetReport& report) {
  std::vector<ListedImage> images;
  std::set<std::string> seen;
  for (const std::string& file : ListFiles(folder)) {
    if (IsClutter(file)) continue;
    const std::string name = prefix + file;
    std::optional<std::string> identity = number(file);
    if (!identity) {
      AddUnparsed(name, report);
      continue;
    }
    std::string source = JoinPath(folder, file);
    if (!seen.insert(*identity).second) {
      throw Error(ErrorCode::kData,
                  {source, fmt::format("a second image of {}", *identity),
                   fmt::format("one image of each in {}", folder), "Unpack the archive again"});
    }
    const uint64_t bytes = FileBytes(source);
    images.push_back({{name, std::move(*identity), camera}, std::move(source), bytes});
  }
  if (!images.empty()) return images;
  throw Error(ErrorCode::kData, {folder, "no usable image", "images named like " + example,
                                 "Unpack the archive again"});
}

}  // namespace bcr
