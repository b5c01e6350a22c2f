#include "harness/data/image_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/json.h"
#include "harness/core/manifest.h"
#include "harness/core/progress.h"
#include "harness/data/decode.h"
#include "harness/data/pack.h"
#include "harness/data/pack_list.h"
#include "harness/data/resize.h"

namespace bcr {
namespace {

constexpr const char* kPixelsFile = "images.bin";
constexpr const char* kListFile = "images.json";
constexpr int kFormat = 3;  // of images.json; 2 had no stamp, 1 took JPEGs whose data end early

// Everything a packed file must agree with before it is used again.
std::string ExpectedKey(const Dataset& dataset, Split split, const PackOptions& options) {
  Json key = {{"format", kFormat},         {"dataset", dataset.hash()},
              {"split", SplitName(split)}, {"height", options.height},
              {"width", options.width},    {"decoder", DecoderRevision()}};
  // Images were packed before there was a choice.
  if (options.resize != kUsualResize) key["resize"] = options.resize;
  return DumpJsonCompact(key);
}

// The mapped file, whose blocks are compared with their hashes when they are first touched. A large
// pack is not read from end to end before the first image is used.
class CheckedFile {
 public:
  CheckedFile(const std::string& path, const Manifest::File& written)
      : path_(path), file_(path), blocks_(written.blocks), seen_(written.blocks.size()) {}

  size_t size() const { return file_.size(); }
  const uint8_t* Bytes(size_t begin, size_t count) const {
    for (size_t block = begin / kManifestBlock; block * kManifestBlock < begin + count; ++block) {
      if (!seen_[block].load(std::memory_order_relaxed)) Compare(block);
    }
    return file_.data() + begin;
  }

 private:
  // Two threads may compare one block at once: to the same end.
  void Compare(size_t block) const {
    const size_t begin = block * kManifestBlock;
    const size_t count = std::min(kManifestBlock, file_.size() - begin);
    if (HashOfBlock(file_.data() + begin, count) != blocks_[block]) {
      throw Error(ErrorCode::kData,
                  {path_, fmt::format("other bytes than were packed, in block {}", block),
                   "the packed images", "The next run packs them anew."});
    }
    seen_[block].store(true, std::memory_order_relaxed);
  }

  const std::string path_;
  const MappedFile file_;
  const std::vector<std::string> blocks_;
  mutable std::vector<std::atomic<bool>> seen_;
};

class MappedImageStore : public ImageStore {
 public:
  MappedImageStore(PackedIndex index, const std::string& path, const Manifest::File& written,
                   const PackOptions& options)
      : index_(std::move(index)),
        file_(path, written),
        height_(options.height),
        width_(options.width),
        image_bytes_(static_cast<size_t>(options.height) * options.width * 3) {
    for (const BadImage& image : index_.bad) bad_names_.push_back(image.name);
  }
  size_t size() const override { return index_.images.size(); }
  int height() const override { return height_; }
  int width() const override { return width_; }
  const uint8_t* pixels(size_t row) const override {
    BCR_CHECK(row < size(), "image row out of range");
    return file_.Bytes(row * image_bytes_, image_bytes_);
  }
  const std::vector<ImageRecord>& images() const override { return index_.images; }
  const std::vector<std::string>& bad_images() const override { return bad_names_; }
  const std::vector<BadImage>& bad() const { return index_.bad; }
  bool Fits() const { return !index_.images.empty() && file_.size() == size() * image_bytes_; }

 private:
  const PackedIndex index_;
  const CheckedFile file_;
  const int height_, width_;
  const size_t image_bytes_;
  std::vector<std::string> bad_names_;
};

// What lies packed in a folder, as far as it is as it was written.
struct Packed {
  std::optional<PackList> list;  // images.json, where it is of the wanted key
  Manifest::File pixels;         // images.bin as it was written
  std::optional<Damage> damage;  // of any file
};

Packed LookAt(const std::string& folder, const std::string& name, const std::string& key,
              bool read_all) {
  Packed packed;
  Damage damage;
  const auto manifest = ReadManifest(folder, name, damage);
  if (!manifest) {
    if (FileExists(damage.file)) packed.damage = damage;
    return packed;
  }
  const auto is_pixels = [](const Manifest::File& file) { return file.name == kPixelsFile; };
  packed.damage = FindDamage(folder, *manifest, [&](const auto& file) { return !is_pixels(file); });
  if (packed.damage) return packed;
  const Manifest::File* pixels = manifest->Find(kPixelsFile);
  if (pixels == nullptr || manifest->Find(kListFile) == nullptr) return packed;
  std::optional<PackList> list = ParsePackList(ReadFile(JoinPath(folder, kListFile)));
  if (!list || list->key != key) return packed;
  packed.list = std::move(list);
  packed.pixels = *pixels;
  // Lost or cut pixels are seen at once, changed ones when they are used.
  std::error_code error;
  const std::string bin = JoinPath(folder, kPixelsFile);
  if (read_all || std::filesystem::file_size(bin, error) != pixels->bytes || error)
    packed.damage = FindDamage(folder, *manifest, is_pixels);
  return packed;
}

// Models and features are kept by the data set's hash, which holds no pixels: those of the earlier
// pictures would pass for results of these.
[[noreturn]] void RefuseReplaced(const Dataset& dataset, Split split, const std::string& folder) {
  throw Error(
      ErrorCode::kData,
      {fmt::format("{}, {} images", dataset.ref().Text(), SplitName(split)),
       "other pictures under the names and sizes of those that " + folder + " was made from",
       "the same pictures",
       "Restore the files, or name another store with --store: what this one holds was made "
       "of the earlier pictures."});
}

void CheckOptions(const PackOptions& options) {
  CheckResize(options.resize, "resizing images");
  constexpr int kLargest = 4096;
  if (options.height >= 1 && options.width >= 1 && options.height <= kLargest &&
      options.width <= kLargest)
    return;
  throw Error(ErrorCode::kConfig,
              {"image size", fmt::format("{} x {}", options.height, options.width),
               fmt::format("height and width between 1 and {}", kLargest), ""});
}

}  // namespace

std::unique_ptr<ImageStore> OpenImageStore(const Dataset& dataset, Split split,
                                           const std::string& folder, const PackOptions& options) {
  CheckOptions(options);
  const std::string bin = JoinPath(folder, kPixelsFile);
  const std::string name = std::filesystem::path(folder).filename().string();
  const std::string key = ExpectedKey(dataset, split, options);
  const std::string stamp = dataset.Stamp(split);
  const Packed packed = LookAt(folder, name, key, options.read_all);
  if (packed.damage) Say("damaged: " + packed.damage->Text() + "; packed anew");
  std::unique_ptr<MappedImageStore> store;
  if (packed.list && !packed.damage && packed.list->stamp == stamp) {
    store = std::make_unique<MappedImageStore>(packed.list->index, bin, packed.pixels, options);
    if (!store->Fits()) store.reset();
  }
  if (!store) {
    MakeFolders(folder);
    PackedIndex index = PackImages(dataset, split, options, bin);
    if (packed.list && packed.list->index.content != index.content)
      RefuseReplaced(dataset, split, folder);
    WriteFileAtomic(JoinPath(folder, kListFile), PackListText({key, stamp, index}));
    const Manifest written = WriteManifest(folder, name);
    FlushFolder(std::filesystem::path(folder).parent_path().string());
    store = std::make_unique<MappedImageStore>(std::move(index), bin, *written.Find(kPixelsFile),
                                               options);
  }
  if (options.on_bad_image == OnBadImage::kFail && !store->bad().empty()) {
    ThrowBadImages(dataset, split, store->bad());
  }
  return store;
}

}  // namespace bcr
