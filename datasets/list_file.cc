#include "datasets/list_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "datasets/list_line.h"
#include "datasets/problems.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {

ListRow WrongLine(std::string_view line) {
  constexpr size_t kShown = 80;
  return {.problem =
              fmt::format("`{}{}`", line.substr(0, kShown), line.size() > kShown ? "..." : "")};
}

void ReadList(const ListFile& file, Split split, Listing& listing) {
  const std::string text = ReadFile(file.path);
  std::vector<ListedImage>& images = listing.of(split);
  std::unordered_set<std::string> seen;
  for (const ListedImage& image : images) seen.insert(image.record.name);
  Problems wrong, absent;
  for (const ListLine& line : LinesOf(text)) {
    ListRow row = file.parse(line.text);
    if (!row.problem.empty()) {
      wrong.Add(line.number, row.problem);
      continue;
    }
    ListedImage& image = row.image;
    if (!seen.insert(image.record.name).second) {
      wrong.Add(line.number,
                fmt::format("`{}` is in {} already", image.record.name, SplitName(split)));
      continue;
    }
    std::error_code error;
    image.bytes = std::filesystem::file_size(image.source, error);
    if (error) absent.Add(line.number, "no file " + image.source);
    images.push_back(std::move(image));
  }
  wrong.ThrowIfAny(ErrorCode::kData, file.path, "lines such as `" + file.example + "`", file.hint);
  absent.ThrowIfAny(ErrorCode::kMissing, file.path, "the images that the list names",
                    "Unpack the images again, or take the list that belongs to them");
  if (!images.empty()) return;
  throw Error(ErrorCode::kData,
              {file.path, "an empty list", "lines such as `" + file.example + "`", file.hint});
}

}  // namespace bcr
