#include "harness/data/image_store.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/core/json.h"
#include "harness/data/decode.h"
#include "harness/data/pack.h"

namespace bcr {
namespace {

constexpr int kFormat = 2;  // of images.json; 1 also took JPEGs whose data end early

// Everything a packed file must agree with before it is used again.
Json ExpectedKey(const Dataset& dataset, Split split, const PackOptions& options) {
  return {{"format", kFormat},        {"dataset", dataset.hash()}, {"split", SplitName(split)},
          {"height", options.height}, {"width", options.width},    {"decoder", DecoderRevision()}};
}

Json ToJson(const Json& key, const PackedIndex& index) {
  Json images = Json::array();
  for (const ImageRecord& image : index.images)
    images.push_back({image.name, image.identity, image.camera});
  Json bad = Json::array();
  for (const BadImage& image : index.bad) bad.push_back({image.name, image.why});
  return {{"key", key}, {"images", images}, {"bad", bad}, {"content", index.content}};
}

PackedIndex FromJson(const Json& json) {
  PackedIndex index;
  for (const Json& image : json.at("images")) {
    index.images.push_back({image.at(0).get<std::string>(), image.at(1).get<std::string>(),
                            image.at(2).get<std::string>()});
  }
  for (const Json& image : json.at("bad")) {
    index.bad.push_back({image.at(0).get<std::string>(), image.at(1).get<std::string>()});
  }
  index.content = json.at("content").get<std::string>();
  return index;
}

class MappedImageStore : public ImageStore {
 public:
  MappedImageStore(PackedIndex index, MappedFile file, const PackOptions& options)
      : index_(std::move(index)),
        file_(std::move(file)),
        height_(options.height),
        width_(options.width) {
    for (const BadImage& image : index_.bad) bad_names_.push_back(image.name);
  }
  size_t size() const override { return index_.images.size(); }
  int height() const override { return height_; }
  int width() const override { return width_; }
  const uint8_t* pixels(size_t row) const override {
    BCR_CHECK(row < size(), "image row out of range");
    return file_.data() + row * static_cast<size_t>(height_) * width_ * 3;
  }
  const std::vector<ImageRecord>& images() const override { return index_.images; }
  const std::vector<std::string>& bad_images() const override { return bad_names_; }
  const std::vector<BadImage>& bad() const { return index_.bad; }

 private:
  const PackedIndex index_;
  const MappedFile file_;
  const int height_, width_;
  std::vector<std::string> bad_names_;
};

// The stored file where it is whole and fits, otherwise nothing: whatever is wrong with it, it is
// made anew.
std::unique_ptr<MappedImageStore> OpenStored(const std::string& bin, const std::string& list,
                                             const Json& key, const PackOptions& options) {
  if (!FileExists(bin) || !FileExists(list)) return nullptr;
  try {
    const Json json = ReadJsonFile(list);
    if (json.at("key") != key) return nullptr;
    PackedIndex index = FromJson(json);
    MappedFile file(bin);
    const size_t bytes =
        index.images.size() * static_cast<size_t>(options.height) * options.width * 3;
    if (index.images.empty() || file.size() != bytes) return nullptr;
    if (Hasher().Add(file.data(), file.size()).Hex() != index.content) return nullptr;
    return std::make_unique<MappedImageStore>(std::move(index), std::move(file), options);
  } catch (const Error&) {
    return nullptr;
  } catch (const Json::exception&) {
    return nullptr;
  }
}

void CheckOptions(const PackOptions& options) {
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
  const std::string bin = JoinPath(folder, "images.bin");
  const std::string list = JoinPath(folder, "images.json");
  const Json key = ExpectedKey(dataset, split, options);
  std::unique_ptr<MappedImageStore> store = OpenStored(bin, list, key, options);
  if (!store) {
    MakeFolders(folder);
    PackedIndex index = PackImages(dataset, split, options, bin);
    WriteJsonAtomic(list, ToJson(key, index));
    store = std::make_unique<MappedImageStore>(std::move(index), MappedFile(bin), options);
  }
  if (options.on_bad_image == OnBadImage::kFail && !store->bad().empty()) {
    ThrowBadImages(dataset, split, store->bad());
  }
  return store;
}

}  // namespace bcr
