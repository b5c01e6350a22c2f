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

// A list from elsewhere names nothing outside its data set, whatever it says.
TEST(Fuzz, MsmtDatasets) {
  const TemporaryFolder folder;
  const std::string name = "0000/0000_000_01_0303morning_0015_0.jpg";
  for (const char* part : {"train/0000", "test/0000"}) MakeFolders(JoinPath(folder.path(), part));
  for (const char* part : {"train/", "test/"}) Put(JoinPath(folder.path(), part + name), "image");
  for (const char* list : {"list_train.txt", "list_val.txt", "list_gallery.txt"})
    Put(JoinPath(folder.path(), list), name + " 0\n");
  const std::string list = JoinPath(folder.path(), "list_query.txt");
  RunTarget({.name = "msmt17-dataset",
             .share = 0.05,
             .words = {"\n", "../", "train/", " 0\n", "0000/", "_01_", "//", "/."},
             .read = [&](const std::string& text) {
               Put(list, text);
               const auto data = Open("msmt17:" + folder.path());
               for (size_t row = 0; row < data->images(Split::kQuery).size(); ++row) {
                 Require(data->images(Split::kQuery)[row].name == "test/" + name,
                         "an image of the test folder");
                 Require(data->ReadImage(Split::kQuery, row) == "image", "that can be read");
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
