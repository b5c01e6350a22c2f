#include <fmt/format.h>

#include <memory>
#include <utility>
#include <vector>

#include "datasets/audit.h"
#include "datasets/list_line.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;
constexpr size_t kUnparsedShown = 100;  // of DatasetReport
constexpr Split kSplits[] = {Split::kTrain, Split::kQuery, Split::kGallery};

// Several data sets as one: names, identities and cameras of each begin with its own name, so that
// two people of two data sets are never one.
class SeveralDatasets : public Dataset {
 public:
  SeveralDatasets(const DataRef& ref, std::vector<std::unique_ptr<Dataset>> parts)
      : parts_(std::move(parts)) {
    ref_ = ref;
    reader_ = "several";
    revision_ = kRevision;
    Hasher hasher;
    hasher.AddText(reader_).AddText(std::to_string(revision_));
    for (size_t k = 0; k < parts_.size(); ++k) {
      const Dataset& part = *parts_[k];
      const std::string prefix = PrefixOf(k);
      hasher.AddText(prefix).AddText(part.hash());
      for (const Split split : kSplits) {
        const int s = static_cast<int>(split);
        const auto& images = part.images(split);
        for (size_t row = 0; row < images.size(); ++row) {
          images_[s].push_back({prefix + images[row].name, prefix + images[row].identity,
                                prefix + images[row].camera});
          places_[s].push_back({k, row});
        }
      }
      AddReport(part.report(), prefix);
    }
    hash_ = hasher.Hex();
    CountOddities(images_, report_);
  }

  std::string ReadImage(Split split, size_t row) const override {
    const Place& place = places_[static_cast<int>(split)].at(row);
    return parts_[place.part]->ReadImage(split, place.row);
  }

  std::string Stamp(Split split) const override {
    Hasher hasher;
    for (const auto& part : parts_) hasher.AddText(part->Stamp(split));
    return hasher.Hex();
  }

 private:
  struct Place {
    size_t part, row;
  };

  // "1-market1501/": the parts' order is the order of the images, too.
  std::string PrefixOf(size_t k) const {
    const size_t digits = std::to_string(parts_.size()).size();
    return fmt::format("{:0{}}-{}/", k + 1, digits, parts_[k]->reader());
  }

  void AddReport(const DatasetReport& report, const std::string& prefix) {
    report_.mirrored_is_other |= report.mirrored_is_other;
    report_.junk_dropped += report.junk_dropped;
    report_.distractors += report.distractors;
    report_.unparsed_count += report.unparsed_count;
    for (const std::string& name : report.unparsed) {
      if (report_.unparsed.size() < kUnparsedShown) report_.unparsed.push_back(prefix + name);
    }
    for (const std::string& difference : report.differences)
      report_.differences.push_back(prefix + " " + difference);
  }

  std::vector<std::unique_ptr<Dataset>> parts_;
  std::vector<Place> places_[3];
};

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext& context) {
  if (FolderExists(ref.path)) {
    throw Error(ErrorCode::kUsage,
                {ref.path, "a folder", "a text file with one data reference a line",
                 "Name the file, e.g. several:sources.txt"});
  }
  const std::string text = ReadFile(ref.path);
  std::vector<std::unique_ptr<Dataset>> parts;
  for (const ListLine& line : LinesOf(text)) {
    if (line.text.front() == '#') continue;
    const DataRef part = ParseDataRef(line.text);
    if (part.name == ref.name) {
      throw Error(ErrorCode::kUsage,
                  {fmt::format("{}:{}", ref.path, line.number), "a list in a list",
                   "a data reference of another kind", "Put all references into one file"});
    }
    parts.push_back(OpenDataset(dataset_table(), part, context));
  }
  if (parts.size() < 2) {
    throw Error(ErrorCode::kData,
                {ref.path, fmt::format("{} data references", parts.size()),
                 "two or more, one a line", "A single data set is named without a list"});
  }
  return std::make_unique<SeveralDatasets>(ref, std::move(parts));
}

}  // namespace

const DatasetInfo& dataset_several() {
  static const DatasetInfo info = {
      .name = "several",
      .revision = kRevision,
      .about = "several data sets as one: a text file with a data reference on each line",
      .example = "several:sources.txt",
      .options = {},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
