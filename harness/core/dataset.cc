#include "harness/core/dataset.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/find_named.h"
#include "harness/core/suggest.h"

namespace bcr {
namespace {

const DatasetInfo& FindReader(const std::vector<const DatasetInfo*>& table, const DataRef& ref) {
  return *FindNamed(table, ref.name, [](const DatasetInfo* info) { return info->name; },
                    {ErrorCode::kUsage, "data reference `" + ref.Text() + "`",
                     "unknown dataset `" + ref.name + "`", "a dataset's name"});
}

void CheckOptions(const DatasetInfo& info, const DataRef& ref) {
  std::vector<std::string> known;
  for (const auto& option : info.options) known.push_back(option.first);
  for (const auto& option : ref.options) {
    if (info.options.contains(option.first)) continue;
    throw Error(
        ErrorCode::kUsage,
        {"data reference `" + ref.Text() + "`", "unknown option `" + option.first + "`",
         "an option of " + info.name,
         known.empty() ? info.name + " has no options" : SuggestionFor(option.first, known)});
  }
}

void CheckPath(const DatasetInfo& info, const DataRef& ref) {
  const std::string where = "data reference `" + ref.Text() + "`";
  if (!info.needs_path) return;  // a path is optional: where generated images go
  if (ref.path.empty()) {
    throw Error(ErrorCode::kUsage,
                {where, "no path", info.name + ":PATH", "For example " + info.example});
  }
}

}  // namespace

const char* SplitName(Split split) {
  switch (split) {
    case Split::kTrain:
      return "train";
    case Split::kQuery:
      return "query";
    case Split::kGallery:
      return "gallery";
  }
  return "?";
}

SplitSize SizeOf(const std::vector<ImageRecord>& images) {
  std::set<std::string_view> identities, cameras;
  for (const ImageRecord& image : images) {
    identities.insert(image.identity);
    cameras.insert(image.camera);
  }
  return {images.size(), identities.size(), cameras.size()};
}

std::unique_ptr<Dataset> OpenDataset(const std::vector<const DatasetInfo*>& table,
                                     const DataRef& ref, const OpenContext& context) {
  const DatasetInfo& info = FindReader(table, ref);
  CheckOptions(info, ref);
  CheckPath(info, ref);
  BCR_CHECK(info.open != nullptr, "dataset " + info.name + " has no open function");
  return info.open(ref, context);
}

}  // namespace bcr
