#include "harness/features/index_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/suggest.h"

namespace bcr::internal {
namespace {

using Names = std::vector<std::string>;

// A column and what other tools call it.
struct Wanted {
  const char* name;
  Names aliases;
};

const std::array<Wanted, 3>& WantedColumns() {
  static const std::array<Wanted, 3> wanted = {
      {{"image",
        {"images", "imagename", "imageid", "imagepath", "img", "imgname", "imgpath", "imgid",
         "filename", "file", "path", "name", "key"}},
       {"identity",
        {"identities", "id", "ids", "pid", "pids", "person", "personid", "identityid", "label",
         "labels", "target", "class", "vehicleid"}},
       {"camera", {"cameras", "cam", "cams", "camid", "camids", "cameraid", "view"}}}};
  return wanted;
}

// Small letters and digits only: `Image`, ` image` and `image_` are slips for `image`.
std::string Fold(const std::string& name) {
  std::string folded;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) folded += static_cast<char>(std::tolower(byte));
  }
  return folded;
}

// The header's name for a column that it does not call by its own; "" where there is none.
std::string LikelyName(const Names& header, const Wanted& wanted) {
  for (const std::string& name : header) {
    if (Fold(name) == wanted.name) return name;
  }
  for (const std::string& name : header) {
    if (std::count(wanted.aliases.begin(), wanted.aliases.end(), Fold(name)) > 0) return name;
  }
  return Nearest(wanted.name, header);
}

std::string Shown(const Names& header) {
  std::string line = fmt::format("{}", fmt::join(header, ","));
  size_t end = 120;
  if (line.size() <= end) return line;
  while ((line[end] & 0xC0) == 0x80) --end;  // not inside a character
  return line.substr(0, end) + "...";
}

// A file whose rows begin on its first line.
void RequireHeader(const Names& header, const std::string& path) {
  bool digits = false;
  for (const std::string& field : header) {
    for (const Wanted& wanted : WantedColumns()) {
      if (!LikelyName({field}, wanted).empty()) return;
    }
    digits = digits || std::any_of(field.begin(), field.end(),
                                   [](unsigned char c) { return std::isdigit(c) != 0; });
  }
  if (!digits) return;
  throw Error(ErrorCode::kData,
              {path + ":1", fmt::format("`{}`, which looks like a row", Shown(header)),
               "a header with the columns image, identity and camera",
               "Put the line image,identity,camera above the rows."});
}

void RequireCommas(const Names& header, const std::string& path) {
  if (header.size() > 1) return;
  const size_t at = header.front().find_first_of(";\t|");
  if (at == std::string::npos) return;
  throw Error(
      ErrorCode::kData,
      {path + ":1", fmt::format("one column `{}`", Shown(header)),
       "the columns image, identity and camera, with commas between them",
       fmt::format("Replace {} by commas.",
                   header.front()[at] == '\t' ? "tabs" : fmt::format("`{}`", header.front()[at]))});
}

size_t Find(const Names& header, const Wanted& wanted, const std::string& path) {
  const auto found = std::find(header.begin(), header.end(), wanted.name);
  if (found != header.end()) return static_cast<size_t>(found - header.begin());
  const std::string likely = LikelyName(header, wanted);
  std::string hint;
  if (!likely.empty()) {
    hint = fmt::format("Rename the column `{}` to `{}`.", likely, wanted.name);
  } else if (wanted.name == std::string_view("camera")) {
    hint = "Where cameras are unknown, score with --policy none, which needs no such column.";
  }
  throw Error(ErrorCode::kData,
              {path, "columns " + Shown(header), fmt::format("a column `{}`", wanted.name), hint});
}

}  // namespace

IndexColumns FindIndexColumns(const std::vector<std::string>& header, const std::string& path,
                              const NeededColumns& needed) {
  RequireCommas(header, path);
  RequireHeader(header, path);
  const auto& [image, identity, camera] = WantedColumns();
  const auto find = [&](const Wanted& wanted, bool is_needed) -> std::optional<size_t> {
    if (!is_needed && std::count(header.begin(), header.end(), wanted.name) == 0) return {};
    return Find(header, wanted, path);
  };
  return {Find(header, image, path), find(identity, needed.identity), find(camera, needed.camera)};
}

}  // namespace bcr::internal
