#include "harness/features/feature_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/hash.h"
#include "harness/features/feature_files.h"
#include "harness/features/index_csv.h"
#include "harness/features/mapped_rows.h"
#include "harness/features/row_check.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

// A table under construction; the lines of the index serve messages only.
struct Draft {
  FeatureTable table;
  std::vector<std::shared_ptr<const RowSource>> shards;
  std::vector<size_t> lines;
};

[[noreturn]] void Refuse(const std::string& where, const std::string& found,
                         const std::string& expected, const std::string& hint = "") {
  throw Error(ErrorCode::kData, {where, found, expected, hint});
}

void RequireSameCount(const FeaturePart& part, size_t index_rows) {
  if (part.rows == index_rows) {
    if (part.rows > 0) return;
    Refuse(part.path, "no rows", "at least one image",
           "An empty set cannot be scored; check the step that wrote it.");
  }
  Refuse(part.index_path, fmt::format("{} rows, but {} in {}", index_rows, part.rows, part.path),
         "one row of both for each image",
         part.rows == index_rows + 1 ? "The index lacks one: is its last line missing?" : "");
}

void RequireSameForm(const Draft& draft, const FeaturePart& part,
                     const internal::IndexFile& index) {
  if (draft.table.parts.empty()) return;
  const FeaturePart& first = draft.table.parts.front();
  if (part.width != first.width) {
    Refuse(part.path, fmt::format("{} columns", part.width),
           fmt::format("{} as in {}", first.width, first.path),
           "Shards of one set come from one model.");
  }
  const auto names = [](const auto& columns) {
    std::vector<std::string> list;
    for (const auto& [name, values] : columns) list.push_back(name);
    return list.empty() ? "no further columns" : fmt::format("{}", fmt::join(list, ", "));
  };
  if (names(index.columns) != names(draft.table.columns)) {
    Refuse(part.index_path, names(index.columns),
           fmt::format("{} as in {}", names(draft.table.columns), first.index_path),
           "Give all shards the same further columns.");
  }
}

template <typename T>
void MoveBehind(std::vector<T>& all, std::vector<T>&& more) {
  if (all.empty()) {
    all = std::move(more);
  } else {
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
  }
}

// Otherwise every image of it would be reported as a duplicate of itself.
void RequireNewShard(const Draft& draft, const std::string& path,
                     const internal::FeatureFiles& files) {
  const auto same = [](const std::string& a, const std::string& b) {
    std::error_code error;
    return std::filesystem::equivalent(a, b, error);
  };
  for (const FeaturePart& part : draft.table.parts) {
    if (!same(part.path, files.features) || !same(part.index_path, files.index)) continue;
    throw Error(ErrorCode::kData,
                {path, fmt::format("the shard {} again", part.path), "each shard once",
                 "Two paths may lead to one folder; leave one of them out."});
  }
}

internal::IndexFields FieldsOf(const FeatureTableOptions& options) {
  if (!options.needs_identities) return internal::IndexFields::kImageAlone;
  return options.needs_cameras ? internal::IndexFields::kRequired
                               : internal::IndexFields::kCameraOptional;
}

void AddShard(Draft& draft, const std::string& path, const FeatureTableOptions& options) {
  const internal::FeatureFiles files = internal::LocateFeatures(path);
  RequireNewShard(draft, path, files);
  internal::MappedRows mapped = files.format == internal::FeatureFiles::Format::kNpy
                                    ? internal::MapNpy(files.features)
                                    : internal::MapSafetensors(files.features);
  internal::IndexFile file = internal::ReadIndexFile(files.index, FieldsOf(options));
  FeatureTable& table = draft.table;
  const FeaturePart part = {files.features,      files.index,         table.index.size(),
                            mapped.rows->rows(), mapped.rows->cols(), NameOf(mapped.type)};
  RequireSameCount(part, file.index.size());
  RequireSameForm(draft, part, file);
  table.parts.push_back(part);
  table.has_identities = table.has_identities && file.has_identities;
  table.has_cameras = table.has_cameras && file.has_cameras;
  draft.shards.push_back(std::move(mapped.rows));
  MoveBehind(table.index.images, std::move(file.index.images));
  MoveBehind(table.index.identities, std::move(file.index.identities));
  MoveBehind(table.index.cameras, std::move(file.index.cameras));
  for (auto& [name, values] : file.columns) MoveBehind(table.columns[name], std::move(values));
  MoveBehind(draft.lines, std::move(file.lines));
}

const FeaturePart& PartOf(const FeatureTable& table, size_t row) {
  const auto behind = std::upper_bound(
      table.parts.begin(), table.parts.end(), row,
      [](size_t wanted, const FeaturePart& part) { return wanted < part.first_row; });
  return *std::prev(behind);
}

std::string HashOfTable(const std::string& rows_hash, const FeatureIndex& index) {
  Hasher hasher;
  hasher.AddText("feature-table.r1").AddText(rows_hash);
  for (size_t i = 0; i < index.size(); ++i) {
    hasher.AddText(index.images[i]).AddText(index.identities[i]).AddText(index.cameras[i]);
  }
  return hasher.Hex();
}

}  // namespace

FeatureTable OpenFeatureTable(const std::vector<std::string>& paths,
                              const FeatureTableOptions& options) {
  if (paths.empty()) {
    throw Error(ErrorCode::kUsage, {"feature set", "no path", "at least one folder or file", ""});
  }
  Draft draft;
  for (const std::string& path : paths) AddShard(draft, path, options);
  FeatureTable table = std::move(draft.table);
  internal::RequireDistinctImages(table.index.images, [&](size_t row) {
    return internal::IndexPlace{PartOf(table, row).index_path, draft.lines[row]};
  });
  table.rows = draft.shards.size() == 1 ? draft.shards.front()
                                        : NewConcatenatedRows(std::move(draft.shards));
  const internal::RowFindings findings =
      internal::CheckRows(*table.rows, {options.refuse_zero_rows, options.threads},
                          [&](size_t row) { return NameOfRow(table, row); });
  table.largest_value = findings.largest_value;
  table.hash = HashOfTable(findings.hash, table.index);
  return table;
}

std::string NameOfRow(const FeatureTable& table, size_t row) {
  const FeaturePart& part = PartOf(table, row);
  return fmt::format("{}: row {} counted from 0 (image `{}`)", part.path, row - part.first_row,
                     table.index.images[row]);
}

}  // namespace bcr
