#include "harness/features/index_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

#include "harness/core/csv.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/features/index_header.h"

namespace bcr::internal {
namespace {

constexpr size_t kMostRows = std::numeric_limits<uint32_t>::max() - 1;

// Rows by name: open addressing over row numbers, a tenth of the memory of a map of texts.
class NameSet {
 public:
  explicit NameSet(const std::vector<std::string>& names)
      : names_(names), slots_(std::bit_ceil(2 * names.size() + 1), kFree) {}

  // The earlier row of the same name; the row itself where there is none.
  size_t Insert(size_t row) {
    size_t slot = std::hash<std::string>()(names_[row]) & (slots_.size() - 1);
    while (slots_[slot] != kFree) {
      if (names_[slots_[slot]] == names_[row]) return slots_[slot];
      slot = (slot + 1) & (slots_.size() - 1);
    }
    slots_[slot] = static_cast<uint32_t>(row);
    return row;
  }

 private:
  static constexpr uint32_t kFree = std::numeric_limits<uint32_t>::max();
  const std::vector<std::string>& names_;
  std::vector<uint32_t> slots_;
};

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Every line break is counted, also those inside quotes: an upper bound, so that vectors grow once.
size_t RowsAtMost(std::string_view text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

class IndexBuilder {
 public:
  IndexBuilder(const std::vector<std::string>& header, size_t rows, IndexFields fields,
               const std::string& path)
      : fields_(fields), path_(path) {
    const bool image_alone = fields == IndexFields::kImageAlone;
    const IndexColumns columns =
        FindIndexColumns(header, path,
                         {.identity = !image_alone,
                          .camera = !image_alone && fields != IndexFields::kCameraOptional});
    file_.has_identities = columns.identity.has_value();
    file_.has_cameras = columns.camera.has_value();
    targets_.resize(header.size());
    for (size_t i = 0; i < header.size(); ++i) {
      targets_[i] = i == columns.image      ? &file_.index.images
                    : i == columns.identity ? &file_.index.identities
                    : i == columns.camera   ? &file_.index.cameras
                                            : &file_.columns[header[i]];
      targets_[i]->reserve(rows);
    }
    file_.lines.reserve(rows);
  }

  void Add(std::vector<std::string>& row, size_t line) {
    for (size_t i = 0; i < row.size(); ++i) targets_[i]->push_back(std::move(row[i]));
    if (!file_.has_identities) file_.index.identities.emplace_back(kUnknown);
    if (!file_.has_cameras) file_.index.cameras.emplace_back(kUnknown);
    file_.lines.push_back(line);
    const FeatureIndex& index = file_.index;
    if (index.images.back().empty()) {
      throw Error(ErrorCode::kData,
                  {Place(line), "an empty image name", "a name unique in the set", ""});
    }
    for (const std::string* field :
         {&index.images.back(), &index.identities.back(), &index.cameras.back()}) {
      if (field->find('\0') == std::string::npos) continue;
      throw Error(ErrorCode::kData, {Place(line), "a zero byte", "text without zero bytes",
                                     "Was the file saved as UTF-16, or cut off?"});
    }
    if (fields_ != IndexFields::kMayBeEmpty) {
      RequireField(index.identities.back(), "identity", line);
      RequireField(index.cameras.back(), "camera", line);
    }
    if (index.size() > kMostRows) {
      throw Error(ErrorCode::kData, {path_, "more rows than can be counted",
                                     fmt::format("at most {} rows", kMostRows), ""});
    }
  }

  IndexFile Take() { return std::move(file_); }

 private:
  void RequireField(const std::string& field, const char* column, size_t line) const {
    if (std::all_of(field.begin(), field.end(), IsSpace)) {
      throw Error(
          ErrorCode::kData,
          {Place(line), fmt::format("an empty {}", column),
           fmt::format("{} {} in every row", column[0] == 'i' ? "an" : "a", column),
           column == std::string_view("camera")
               ? "Where cameras are unknown, leave the column out and score with --policy none."
               : "Under policy market, write 0 for images of nobody in particular and -1 for those "
                 "to leave out."});
    }
    if (IsSpace(field.front()) || IsSpace(field.back())) {
      throw Error(ErrorCode::kData,
                  {Place(line), fmt::format("the {} `{}`", column, field), "no spaces around it",
                   "Spaces are part of a name: write the fields without them."});
    }
  }

  std::string Place(size_t line) const { return fmt::format("{}:{}", path_, line); }

  const IndexFields fields_;
  const std::string& path_;
  IndexFile file_;
  std::vector<std::vector<std::string>*> targets_;
};

}  // namespace

IndexFile ReadIndexFile(const std::string& path, IndexFields fields) {
  const MappedFile file(path);
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  CsvReader reader(text, path);
  IndexBuilder builder(reader.header(), RowsAtMost(text), fields, path);
  for (std::vector<std::string> row; reader.Next(row);) builder.Add(row, reader.line());
  return builder.Take();
}

void RequireDistinctImages(const std::vector<std::string>& images,
                           const std::function<IndexPlace(size_t row)>& place_of) {
  NameSet seen(images);
  for (size_t row = 0; row < images.size(); ++row) {
    const size_t first_row = seen.Insert(row);
    if (first_row == row) continue;
    const IndexPlace place = place_of(row), first = place_of(first_row);
    const std::string before = first.path == place.path
                                   ? fmt::format("on line {}", first.line)
                                   : fmt::format("in {}:{}", first.path, first.line);
    throw Error(ErrorCode::kData, {fmt::format("{}:{}", place.path, place.line),
                                   fmt::format("image `{}` again (first {})", images[row], before),
                                   "each image once", ""});
  }
}

}  // namespace bcr::internal
