// Names and lists of image data sets, and archives.
#include <gtest/gtest.h>

#include <optional>

#include "datasets/market_name.h"
#include "datasets/omniglot_layout.h"
#include "harness/core/dataset.h"
#include "harness/core/files.h"
#include "tests/fuzz/fuzz.h"

namespace bcr::fuzz {
namespace {

std::unique_ptr<Dataset> Open(const std::string& reference) {
  return OpenDataset(dataset_table(), ParseDataRef(reference), OpenContext{});
}

TEST(Fuzz, MarketNames) {
  RunTarget({.name = "market-name",
             .share = 0.1,
             .words = {"_c", "s1", ".jpg", "-1", "0000", "_"},
             .read =
                 [](const std::string& name) {
                   const std::optional<MarketName> parsed = ParseMarketName(name);
                   if (!parsed) return;
                   Require(name.starts_with(parsed->identity + "_c" + parsed->camera + "s"),
                           "what the name says");
                 },
             .refuses = false});
}

TEST(Fuzz, OmniglotPaths) {
  RunTarget({.name = "omniglot-path",
             .share = 0.1,
             .words = {"/", "character", "01", ".png", "_"},
             .read =
                 [](const std::string& path) {
                   const std::optional<OmniglotName> parsed = ParseOmniglotPath(path);
                   if (!parsed) return;
                   Require(path.ends_with(parsed->alphabet + "/" + parsed->character + "/" +
                                          parsed->file),
                           "what the path says");
                 },
             .refuses = false});
}

TEST(Fuzz, CsvDatasets) {
  const TemporaryFolder folder;
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) Put(JoinPath(folder.path(), name), "image");
  const std::string list = JoinPath(folder.path(), "list.csv");
  RunTarget({.name = "csv-dataset",
             .share = 0.05,
             .words = {"train", "query", "gallery", ",,", "../", "a.jpg"},
             .read = [&](const std::string& text) {
               Put(list, text);
               const auto data = Open("csv:" + list);
               for (Split split : {Split::kTrain, Split::kQuery, Split::kGallery}) {
                 for (const ImageRecord& image : data->images(split)) {
                   Require(!image.name.empty(), "images with a name");
                 }
               }
             }});
}

TEST(Fuzz, ZipDatasets) {
  const TemporaryFolder folder;
  const std::string archive = JoinPath(folder.path(), "mini.zip");
  RunTarget({.name = "zip-dataset", .share = 0.05, .read = [&](const std::string& bytes) {
               Put(archive, bytes);
               const auto data = Open("omniglot:" + archive);
               for (Split split : {Split::kTrain, Split::kQuery, Split::kGallery}) {
                 for (size_t row = 0; row < data->images(split).size(); ++row) {
                   data->ReadImage(split, row);
                 }
               }
             }});
}

}  // namespace
}  // namespace bcr::fuzz
