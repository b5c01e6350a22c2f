#include "datasets/listing.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "datasets/audit.h"
#include "harness/core/error.h"
#include "harness/core/hash.h"

namespace bcr {
namespace {

// When a file last changed, as text; "" for one that is gone, which reading it will tell.
std::string TimeOf(const std::string& path) {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(path, error);
  return error ? "" : std::to_string(time.time_since_epoch().count());
}

class ListedDataset : public Dataset {
 public:
  ListedDataset(const DataRef& ref, const std::string& reader, int revision, Listing listing,
                ReadSource read)
      : read_(std::move(read)) {
    ref_ = ref;
    reader_ = reader;
    revision_ = revision;
    report_ = std::move(listing.report);
    archive_ = std::move(listing.archive);
    std::vector<uint64_t> bytes[3];
    for (int split = 0; split < 3; ++split) {
      std::vector<ListedImage>& found = listing.images[split];
      std::sort(found.begin(), found.end(), [](const ListedImage& a, const ListedImage& b) {
        return a.record.name < b.record.name;
      });
      images_[split].reserve(found.size());
      for (ListedImage& image : found) {
        images_[split].push_back(std::move(image.record));
        sources_[split].push_back(std::move(image.source));
        bytes[split].push_back(image.bytes);
      }
    }
    CountOddities(images_, report_);
    hash_ = HashImages(reader_, revision_, images_, bytes);
  }

  std::string ReadImage(Split split, size_t row) const override {
    const std::vector<std::string>& sources = sources_[static_cast<int>(split)];
    BCR_CHECK(row < sources.size(), "image row out of range");
    return read_(sources[row]);
  }

  std::string Stamp(Split split) const override {
    Hasher hasher;
    if (!archive_.empty()) return hasher.AddText(TimeOf(archive_)).Hex();
    for (const std::string& source : sources_[static_cast<int>(split)]) {
      hasher.AddText(TimeOf(source));
    }
    return hasher.Hex();
  }

 private:
  ReadSource read_;
  std::vector<std::string> sources_[3];
  std::string archive_;
};

}  // namespace

std::unique_ptr<Dataset> MakeListedDataset(const DataRef& ref, const std::string& reader,
                                           int revision, Listing listing, ReadSource read) {
  return std::make_unique<ListedDataset>(ref, reader, revision, std::move(listing),
                                         std::move(read));
}

uint64_t FileBytes(const std::string& path) {
  std::error_code error;
  const uintmax_t bytes = std::filesystem::file_size(path, error);
  if (!error) return bytes;
  const bool missing =
      error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
  throw Error(missing ? ErrorCode::kMissing : ErrorCode::kIo,
              {path, error.message(), "a readable file", "Check the path and its permissions"});
}

}  // namespace bcr
