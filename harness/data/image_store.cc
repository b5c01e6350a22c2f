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

constexpr int kFormat = 3;  // of images.json; 2 had no stamp, 1 took JPEGs whose data end early

// Everything a packed file must agree with before it is used again.
Json ExpectedKey(const Dataset& dataset, Split split, const PackOptions& options) {
  return {{"format", kFormat},        {"dataset", dataset.hash()}, {"split", SplitName(split)},
          {"height", options.height}, {"width", options.width},    {"decoder", DecoderRevision()}};
}

Json ToJson(const Json& key, const std::string& stamp, const PackedIndex& index) {
  Json images = Json::array();
  for (const ImageRecord& image : index.images)
    images.push_back({image.name, image.identity, image.camera});
  Json bad = Json::array();
  for (const BadImage& image : index.bad) bad.push_back({image.name, image.why});
  return {
      {"key", key}, {"stamp", stamp}, {"images", images}, {"bad", bad}, {"content", index.content}};
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

// The list of what was packed under this key; nothing where it is absent, damaged or of another
// key.
std::optional<Json> ReadList(const std::string& path, const Json& key) {
  if (!FileExists(path)) return std::nullopt;
  try {
    Json json = ReadJsonFile(path);
    const bool fits = json.at("key") == key && json.at("content").is_string();
    return fits ? std::optional<Json>(std::move(json)) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

// The stored file where it is whole and fits its list, otherwise nothing: whatever is wrong with
// it, it is made anew.
std::unique_ptr<MappedImageStore> OpenStored(const std::string& bin, const Json& list,
                                             const std::string& stamp, const PackOptions& options) {
  if (!FileExists(bin)) return nullptr;
  try {
    if (list.at("stamp") != stamp) return nullptr;
    PackedIndex index = FromJson(list);
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
  const std::string list_file = JoinPath(folder, "images.json");
  const Json key = ExpectedKey(dataset, split, options);
  const std::string stamp = dataset.Stamp(split);
  const std::optional<Json> list = ReadList(list_file, key);
  std::unique_ptr<MappedImageStore> store;
  if (list) store = OpenStored(bin, *list, stamp, options);
  if (!store) {
    MakeFolders(folder);
    PackedIndex index = PackImages(dataset, split, options, bin);
    if (list && list->at("content") != index.content) RefuseReplaced(dataset, split, folder);
    WriteJsonAtomic(list_file, ToJson(key, stamp, index));
    store = std::make_unique<MappedImageStore>(std::move(index), MappedFile(bin), options);
  }
  if (options.on_bad_image == OnBadImage::kFail && !store->bad().empty()) {
    ThrowBadImages(dataset, split, store->bad());
  }
  return store;
}

}  // namespace bcr
