#include "harness/data/export_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "tests/unit/data/set_of_files.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Export : public ::testing::Test {
 protected:
  Export() : data_(true) {
    data_.Add(Split::kTrain, "train/x y.jpg", "ann, the \"one\"", "hall", "one");
    data_.Add(Split::kQuery, "../q.PNG", "0007", "door", "two");
    data_.Add(Split::kGallery, "g/a.jpg", "0007", "hall", "three");
    data_.Add(Split::kGallery, "g/b.jpeg", "0000", "door", "four");
  }
  std::string out() const { return folder_.path() + "/out"; }
  std::string Read(const std::string& name) const { return ReadFile(out() + "/" + name); }
  std::string MessageOf(void (*write)(const Dataset&, const std::string&)) const {
    try {
      write(data_, out());
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  SetOfFiles data_;
  TemporaryFolder folder_;
};

TEST_F(Export, WritesAListThatSaysTheSame) {
  ExportCsv(data_, out());
  EXPECT_EQ(Read("list.csv"),
            "path,identity,camera,split\n"
            "images/train/000000_x_y.jpg,\"ann, the \"\"one\"\"\",hall,train\n"
            "images/query/000000_q.PNG,0007,door,query\n"
            "images/gallery/000000_a.jpg,0007,hall,gallery\n"
            "images/gallery/000001_b.jpeg,0000,door,gallery\n");
  EXPECT_EQ(Read("images/gallery/000001_b.jpeg"), "four");
  EXPECT_FALSE(FolderExists(out() + ".part"));
}

TEST_F(Export, WritesMarketsLayoutAndSaysWhoIsWho) {
  ExportMarket(data_, out());
  EXPECT_THAT(ListFiles(out() + "/bounding_box_test"),
              ElementsAre("0000_c1s1_000001_00.jpeg", "0001_c2s1_000000_00.jpg"));
  EXPECT_EQ(Read("query/0001_c1s1_000000_00.png"), "two");
  EXPECT_EQ(Read("bounding_box_train/0002_c2s1_000000_00.jpg"), "one");
  EXPECT_EQ(Read("labels.csv"),
            "kind,number,label\nidentity,1,0007\nidentity,2,\"ann, the \"\"one\"\"\"\n"
            "camera,1,door\ncamera,2,hall\n");
}

TEST_F(Export, ZeroIsAPersonWhereTheDataSaysSo) {
  SetOfFiles people(false);
  people.Add(Split::kQuery, "q.jpg", "0", "1", "one");
  people.Add(Split::kGallery, "g.jpg", "0", "2", "two");
  ExportMarket(people, out());
  EXPECT_EQ(Read("query/0001_c1s1_000000_00.jpg"), "one");
}

TEST_F(Export, WritesOverNothing) {
  MakeFolders(out());
  EXPECT_THAT(MessageOf(ExportCsv), HasSubstr("a folder that is not there yet"));
  std::filesystem::remove(out());
  std::filesystem::create_symlink("nowhere", out());
  EXPECT_THAT(MessageOf(ExportMarket), HasSubstr("a folder that is not there yet"));
}

TEST_F(Export, MarketsLayoutKnowsNoOtherImages) {
  data_.Add(Split::kGallery, "g/c.bmp", "8", "hall", "five");
  EXPECT_THAT(MessageOf(ExportMarket), HasSubstr("--as csv"));
  EXPECT_FALSE(FolderExists(out()));
  ExportCsv(data_, out());
  EXPECT_EQ(Read("images/gallery/000002_c.bmp"), "five");
}

TEST_F(Export, LeavesNothingWhereAnImageCannotBeRead) {
  class Unreadable : public SetOfFiles {
    std::string ReadImage(Split, size_t) const override {
      throw Error(ErrorCode::kIo, {"x.jpg", "no luck", "an image", ""});
    }
  } data;
  data.Add(Split::kQuery, "q.jpg", "1", "1", "");
  EXPECT_THROW(ExportCsv(data, out()), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace bcr
