// Pictures, and the folders in which they lie packed.
#include <gtest/gtest.h>

#include "harness/core/files.h"
#include "harness/core/manifest_text.h"
#include "harness/data/decode.h"
#include "harness/data/image_size.h"
#include "harness/data/image_store.h"
#include "harness/data/pack_list.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seals.h"
#include "tests/unit/data/drawn_dataset.h"

namespace bcr::fuzz {
namespace {

constexpr uint64_t kMaxPixels = 100'000'000;  // as harness/data/decode.cc states

TEST(Fuzz, Pictures) {
  std::vector<std::string> seeds;
  for (const char* format : {".jpg", ".png", ".bmp", ".webp"})
    seeds.push_back(Encoded(DrawnImage(9, 5, 1, CV_8UC3), format));
  seeds.push_back(Encoded(DrawnImage(9, 5, 1, CV_8UC1), ".jpg"));
  for (const size_t front : {12, 20})  // WebP without its container
    seeds.push_back(seeds[3].substr(front));
  RunTarget({.name = "picture",
             .share = 0.05,
             .words = {"\xFF\xC0", "\xFF\xDA", "\xFF\xD9", "\xFF\xE1", "IHDR", "IDAT", "IEND",
                       "\x89PNG\r\n\x1a\n", "VP8 ", "BM", std::string("\0\x05", 2)},
             .read =
                 [](const std::string& bytes) {
                   const DecodedImage image = DecodeImage(bytes, "x");
                   const auto height = static_cast<uint64_t>(image.height),
                              width = static_cast<uint64_t>(image.width);
                   Require(image.rgb.size() == 3 * height * width && !image.rgb.empty(), "pixels");
                   Require(height * width <= kMaxPixels, "no more pixels than are allowed");
                   const auto stated = StatedSize(bytes);
                   Require(stated.has_value(), "a size that was read before the pixels");
                   Require((stated->width == width && stated->height == height) ||
                               (stated->width == height && stated->height == width),
                           "the size that was read before the pixels");
                   Require(DecodeImage(bytes, "x").rgb == image.rgb, "the same pixels again");
                 },
             .seeds = std::move(seeds)});
}

// What one folder of packed pictures holds, and how it is put there without waiting for the disk.
struct PackedFolder {
  std::string path, bin, list;

  void Fill(const std::string& text) const {
    Put(JoinPath(path, "images.bin"), bin);
    Put(JoinPath(path, "images.json"), text);
    Manifest manifest;
    manifest.of = "pack";
    for (const auto& [name, bytes] : {std::pair{"images.bin", &bin}, {"images.json", &text}})
      manifest.files.push_back({name, bytes->size(), {HashOfBlock(bytes->data(), bytes->size())}});
    Put(ManifestPath(path), ManifestText(manifest));
  }
};

// The list beside packed pixels, changed, with a manifest that vouches for it.
TEST(Fuzz, PackedPictures) {
  const TemporaryFolder root;
  const PackOptions options{.height = 4, .width = 2, .threads = 1, .quiet = true};
  DrawnDataset data;
  for (int i = 0; i < 2; ++i)
    data.Add("a" + std::to_string(i), Encoded(DrawnImage(4, 2, i), ".png"));
  PackedFolder folder{JoinPath(root.path(), "pack"), "", ""};
  OpenImageStore(data, Split::kTrain, folder.path, options);
  folder.bin = ReadFile(JoinPath(folder.path, "images.bin"));
  folder.list = ReadFile(JoinPath(folder.path, "images.json"));
  RunTarget({.name = "packed-pictures",
             .share = 0.01,
             .words = {"\"key\"", "\"images\"", "\"bad\"", "\"stamp\"", "[\"a\",\"1\",\"c1\"],",
                       "[]", "{}", "null"},
             .read =
                 [&](const std::string& text) {
                   folder.Fill(text);
                   const int reads = data.reads();
                   const auto store = OpenImageStore(data, Split::kTrain, folder.path, options);
                   Require(store->size() == 2 && store->images().size() == 2, "both pictures");
                   for (size_t row = 0; row < 2; ++row) {
                     Require(
                         std::equal(store->pixels(row), store->pixels(row) + 24,
                                    folder.bin.begin() + static_cast<ptrdiff_t>(24 * row),
                                    [](uint8_t a, char b) { return a == static_cast<uint8_t>(b); }),
                         "the pixels that were packed");
                   }
                   if (data.reads() != reads) Refuse();
                 },
             .seeds = {folder.list}});
}

}  // namespace
}  // namespace bcr::fuzz
