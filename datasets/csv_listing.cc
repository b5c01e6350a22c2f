#include "datasets/csv_listing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include "datasets/problems.h"
#include "harness/core/csv.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/suggest.h"

namespace bcr {
namespace {

constexpr const char* kRowExpected =
    "path, identity and camera filled in, split train, query or gallery, each path once per split";

struct Columns {
  size_t path, identity, camera, split;
};

Columns FindColumns(const CsvTable& table, const std::string& file) {
  std::vector<std::string> missing;
  for (const char* name : {"path", "identity", "camera", "split"}) {
    if (std::find(table.header.begin(), table.header.end(), name) == table.header.end())
      missing.push_back(name);
  }
  if (missing.empty()) {
    return {table.Column("path", file), table.Column("identity", file),
            table.Column("camera", file), table.Column("split", file)};
  }
  throw Error(
      ErrorCode::kData,
      {file + ":1",
       fmt::format("no column {} in `{}`", fmt::join(missing, ", "), fmt::join(table.header, ",")),
       "a first line such as path,identity,camera,split (any order; further columns are ignored)",
       "Add the header line, or rename the columns"});
}

std::optional<Split> ParseSplit(const std::string& text) {
  for (Split split : {Split::kTrain, Split::kQuery, Split::kGallery}) {
    if (text == SplitName(split)) return split;
  }
  return std::nullopt;
}

// Size of a regular file, or nothing.
std::optional<uint64_t> SizeOf(const std::string& path) {
  std::error_code error;
  const uintmax_t bytes = std::filesystem::file_size(path, error);
  if (error) return std::nullopt;
  return bytes;
}

}  // namespace

Listing ListCsv(const std::string& file) {
  const CsvTable table = ParseCsv(ReadFile(file), file);
  const Columns columns = FindColumns(table, file);
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  Listing listing;
  Problems wrong;
  Problems absent;
  std::unordered_map<std::string, size_t> seen[3];  // normalised path -> line
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const std::vector<std::string>& fields = table.rows[row];
    const size_t line = table.lines[row];
    const std::string& identity = fields[columns.identity];
    const std::string& camera = fields[columns.camera];
    const std::string name =
        std::filesystem::path(fields[columns.path]).lexically_normal().generic_string();
    const std::optional<Split> split = ParseSplit(fields[columns.split]);
    if (name.empty() || name.find('\0') != std::string::npos) wrong.Add(line, "no usable path");
    if (identity.empty()) wrong.Add(line, "empty identity");
    if (camera.empty()) wrong.Add(line, "empty camera");
    if (!split) {
      wrong.Add(line,
                fmt::format("split `{}`, {}", fields[columns.split],
                            SuggestionFor(fields[columns.split], {"train", "query", "gallery"})));
      continue;
    }
    const auto [first, added] = seen[static_cast<int>(*split)].try_emplace(name, line);
    if (!added) {
      wrong.Add(line, fmt::format("`{}` is in {} already (line {})", name, SplitName(*split),
                                  first->second));
    }
    std::string source = (folder / name).string();
    const std::optional<uint64_t> bytes = SizeOf(source);
    if (!bytes) absent.Add(line, fmt::format("no file {}", source));
    listing.of(*split).push_back({{name, identity, camera}, std::move(source), bytes.value_or(0)});
  }
  wrong.ThrowIfAny(ErrorCode::kData, file, kRowExpected, "Correct these lines");
  absent.ThrowIfAny(ErrorCode::kMissing, file,
                    "image files at these paths, relative to the CSV file's folder or absolute",
                    "Correct the paths, or move the CSV file into the folder they start from");
  return listing;
}

}  // namespace bcr
