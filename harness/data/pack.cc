#include "harness/data/pack.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/core/interrupt.h"
#include "harness/core/new_file.h"
#include "harness/core/parallel.h"
#include "harness/core/progress.h"
#include "harness/data/decode.h"
#include "harness/data/resize.h"

namespace bcr {
namespace {

constexpr size_t kChunk = 256;     // images decoded before they are written
constexpr size_t kMostNamed = 10;  // bad images named in one message

// A stretch of the split, decoded: pixels of image i at i * image_bytes, or the reason why there
// are none.
struct Chunk {
  size_t first = 0, count = 0;
  std::vector<uint8_t> pixels;
  std::vector<std::string> why;
};

class Packer {
 public:
  Packer(const Dataset& dataset, Split split, const PackOptions& options)
      : dataset_(dataset),
        split_(split),
        options_(options),
        image_bytes_(static_cast<size_t>(options.height) * options.width * 3) {}

  // `path` is where the file at `temporary` will lie.
  PackedIndex WriteTo(const std::string& temporary, const std::string& path);

 private:
  void DecodeRow(size_t row, uint8_t* out, std::string& why) const;
  void DecodeChunk(Chunk& chunk) const;
  void AppendChunk(const Chunk& chunk, NewFile& file);

  const Dataset& dataset_;
  const Split split_;
  const PackOptions options_;
  const size_t image_bytes_;
  PackedIndex index_;
  Hasher hasher_;
};

void Packer::DecodeRow(size_t row, uint8_t* out, std::string& why) const {
  try {
    const std::string& name = dataset_.images(split_)[row].name;
    const DecodedImage image = DecodeImage(dataset_.ReadImage(split_, row), name);
    ResizeImage(image, options_.height, options_.width, out, options_.resize);
  } catch (const Error& error) {
    const ErrorCode code = error.code();
    if (code != ErrorCode::kData && code != ErrorCode::kMissing && code != ErrorCode::kIo) throw;
    why = error.text().found.empty() ? error.what() : error.text().found;
  }
}

void Packer::DecodeChunk(Chunk& chunk) const {
  ParallelFor(chunk.count, options_.threads, [&](size_t i) {
    DecodeRow(chunk.first + i, chunk.pixels.data() + i * image_bytes_, chunk.why[i]);
  });
}

void Packer::AppendChunk(const Chunk& chunk, NewFile& file) {
  for (size_t i = 0; i < chunk.count; ++i) {
    const ImageRecord& record = dataset_.images(split_)[chunk.first + i];
    if (!chunk.why[i].empty()) {
      index_.bad.push_back({record.name, chunk.why[i]});
      continue;
    }
    const uint8_t* pixels = chunk.pixels.data() + i * image_bytes_;
    file.Append(pixels, image_bytes_);
    hasher_.Add(pixels, image_bytes_);
    index_.images.push_back(record);
  }
}

PackedIndex Packer::WriteTo(const std::string& temporary, const std::string& path) {
  const size_t total = dataset_.images(split_).size();
  NewFile file(temporary, path);
  Progress progress(fmt::format("packing {} images", SplitName(split_)),
                    static_cast<int64_t>(total), "images", options_.quiet);
  Chunk chunk;
  chunk.pixels.resize(std::min(kChunk, total) * image_bytes_);
  for (chunk.first = 0; chunk.first < total; chunk.first += kChunk) {
    ThrowIfInterrupted();
    chunk.count = std::min(kChunk, total - chunk.first);
    chunk.why.assign(chunk.count, "");
    DecodeChunk(chunk);
    AppendChunk(chunk, file);
    if (options_.on_bad_image == OnBadImage::kFail && index_.bad.size() >= kMostNamed) break;
    progress.Update(static_cast<int64_t>(chunk.first + chunk.count));
  }
  const bool fail = options_.on_bad_image == OnBadImage::kFail && !index_.bad.empty();
  if (fail || index_.images.empty()) ThrowBadImages(dataset_, split_, index_.bad);
  index_.content = hasher_.Hex();
  return index_;
}

}  // namespace

void ThrowBadImages(const Dataset& dataset, Split split, const std::vector<BadImage>& bad) {
  std::string found = fmt::format("{} bad image{}", bad.size(), bad.size() == 1 ? "" : "s");
  for (size_t i = 0; i < std::min(bad.size(), kMostNamed); ++i) {
    found += fmt::format("{} {} ({})", i == 0 ? ":" : ";", bad[i].name, bad[i].why);
  }
  if (bad.size() > kMostNamed) found += "; ...";
  throw Error(
      ErrorCode::kData,
      {fmt::format("{}, {} images", dataset.ref().Text(), SplitName(split)), found,
       "images that decode whole",
       "Replace the files from their source, or leave them out with --on-bad-image skip (the "
       "run is then unofficial)"});
}

PackedIndex PackImages(const Dataset& dataset, Split split, const PackOptions& options,
                       const std::string& path) {
  if (dataset.images(split).empty()) {
    throw Error(
        ErrorCode::kData,
        {fmt::format("{}, {} images", dataset.ref().Text(), SplitName(split)), "an empty list",
         "at least one image",
         fmt::format("Check the folder and its layout, or add rows with split {} to the CSV "
                     "file",
                     SplitName(split))});
  }
  PackedIndex index;
  WriteFileAtomic(path, [&](const std::string& temporary) {
    index = Packer(dataset, split, options).WriteTo(temporary, path);
  });
  return index;
}

}  // namespace bcr
