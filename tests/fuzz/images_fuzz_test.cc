// Lists of image data sets, and archives.
#include <gtest/gtest.h>

#include "harness/core/dataset.h"
#include "harness/core/files.h"
#include "tests/fuzz/fuzz.h"

namespace bcr::fuzz {
namespace {

std::unique_ptr<Dataset> Open(const std::string& reference) {
  return OpenDataset(dataset_table(), ParseDataRef(reference), OpenContext{});
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
