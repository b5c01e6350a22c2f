#include "harness/features/index_csv.h"

#include <gmock/gmock.h>

#include "tests/unit/core/catch_error.h"
#include "tests/unit/features/feature_files_fixture.h"

namespace bcr::internal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class IndexCsvTest : public testing::Test {
 protected:
  IndexFile Read(const std::string& text, IndexFields fields = IndexFields::kRequired) {
    test::Put(path_, text);
    return ReadIndexFile(path_, fields);
  }
  std::string Refusal(const std::string& text) {
    const Error error = test::CatchError([&] { Read(text); });
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_THAT(error.text().where, HasSubstr(path_));
    return error.what();
  }
  TemporaryFolder folder_;
  std::string path_ = folder_.path() + "/index.csv";
};

TEST_F(IndexCsvTest, ReadsColumnsInAnyOrderAndKeepsFurtherOnes) {
  const IndexFile file = Read("hour,camera,image,identity,note\n7,c1,a,1,x\n8,c2,b,2,\n");
  EXPECT_THAT(file.index.images, ElementsAre("a", "b"));
  EXPECT_THAT(file.index.identities, ElementsAre("1", "2"));
  EXPECT_THAT(file.index.cameras, ElementsAre("c1", "c2"));
  EXPECT_THAT(file.columns.at("hour"), ElementsAre("7", "8"));
  EXPECT_THAT(file.columns.at("note"), ElementsAre("x", ""));
  EXPECT_EQ(file.columns.size(), 2U);
  EXPECT_THAT(file.lines, ElementsAre(2U, 3U));
}

TEST_F(IndexCsvTest, MarksCarriageReturnsQuotesAndLongNamesAreRead) {
  const IndexFile file = Read(
      "\xEF\xBB\xBF"
      "image,identity,camera\r\n\"a,\"\"1\"\"\n.jpg\",1,c\r\n\xC3\xA4 b.jpg,2,c");
  EXPECT_THAT(file.index.images, ElementsAre("a,\"1\"\n.jpg", "\xC3\xA4 b.jpg"));
  EXPECT_THAT(file.lines, ElementsAre(2U, 4U));
}

TEST_F(IndexCsvTest, NamesTheLineOfBadText) {
  EXPECT_THAT(Refusal("image,identity,camera\na,1,c\n\xE4.jpg,1,c\n"),
              testing::AllOf(HasSubstr("index.csv:3"), HasSubstr("0xe4"), HasSubstr("UTF-8")));
  EXPECT_THAT(Refusal("image,identity,camera\na,1\n"),
              testing::AllOf(HasSubstr("index.csv:2"), HasSubstr("2 fields")));
  EXPECT_THAT(Refusal(""), HasSubstr("empty file"));
  EXPECT_THAT(Refusal("image,identity,camera\na,1,c\n\n"),
              testing::AllOf(HasSubstr("index.csv:3"), HasSubstr("an empty line")));
  for (const char* column : {"a\\0.jpg,1,c", "a.jpg,1\\0,c", "a.jpg,1,\\0"}) {
    std::string row = column;
    row.replace(row.find("\\0"), 2, std::string(1, '\0'));
    EXPECT_THAT(Refusal("image,identity,camera\n" + row + "\n"),
                testing::AllOf(HasSubstr("index.csv:2"), HasSubstr("a zero byte")));
  }
}

TEST_F(IndexCsvTest, EmptyFieldsAreRefusedWhereRequired) {
  const char* no_camera = "image,identity,camera\na,1,c\nb,1,\n";
  EXPECT_THAT(Refusal(no_camera),
              testing::AllOf(HasSubstr("index.csv:3"), HasSubstr("an empty camera"),
                             HasSubstr("--policy none")));
  EXPECT_THAT(
      Refusal("image,identity,camera\na, ,c\n"),
      testing::AllOf(HasSubstr("an empty identity"), HasSubstr("an identity in every row")));
  EXPECT_THAT(Refusal("image,identity,camera\n,1,c\n"), HasSubstr("an empty image name"));
  EXPECT_EQ(Read(no_camera, IndexFields::kMayBeEmpty).index.cameras.back(), "");
  EXPECT_THROW(Read("image,identity,camera\n,1,c\n", IndexFields::kMayBeEmpty), Error);
}

TEST_F(IndexCsvTest, SpacesAroundNamesAreRefused) {
  EXPECT_THAT(Refusal("image,identity,camera\na, 1,c\n"), HasSubstr("the identity ` 1`"));
  EXPECT_THAT(Refusal("image,identity,camera\na,1,c \n"), HasSubstr("the camera `c `"));
  EXPECT_EQ(Read("image,identity,camera\n a,J. Doe,gate 1\n").index.identities[0], "J. Doe");
}

TEST_F(IndexCsvTest, SuggestsTheMissingColumn) {
  EXPECT_THAT(Refusal("filename,pid,camid\na,1,c\n"),
              testing::AllOf(HasSubstr("a column `image`"),
                             HasSubstr("Rename the column `filename` to `image`.")));
  EXPECT_THAT(Refusal("image,pid,camid\na,1,c\n"),
              HasSubstr("Rename the column `pid` to `identity`."));
  EXPECT_THAT(Refusal("image,identity,cam_id\na,1,c\n"),
              HasSubstr("Rename the column `cam_id` to `camera`."));
  EXPECT_THAT(Refusal("image, identity,camera\na,1,c\n"),
              HasSubstr("Rename the column ` identity` to `identity`."));
  EXPECT_THAT(Refusal("Image,identity,camera\na,1,c\n"), HasSubstr("`Image` to `image`"));
  EXPECT_THAT(Refusal("image,identiy,camera\na,1,c\n"), HasSubstr("`identiy` to `identity`"));
  EXPECT_THAT(Refusal("image,identity\na,1\n"),
              testing::AllOf(HasSubstr("a column `camera`"), HasSubstr("--policy none")));
}

TEST_F(IndexCsvTest, SeesAFileWithoutHeader) {
  EXPECT_THAT(Refusal("0002_c1s1_000451_03.jpg,0002,c1\nb.jpg,3,c2\n"),
              testing::AllOf(HasSubstr("index.csv:1"), HasSubstr("looks like a row"),
                             HasSubstr("Put the line image,identity,camera above the rows.")));
}

TEST_F(IndexCsvTest, SeesOtherSeparators) {
  EXPECT_THAT(Refusal("image;identity;camera\na;1;c\n"), HasSubstr("Replace `;` by commas."));
  EXPECT_THAT(Refusal("image\tidentity\tcamera\na\t1\tc\n"), HasSubstr("Replace tabs by commas."));
}

TEST_F(IndexCsvTest, ALongHeaderIsCutBetweenCharacters) {
  std::string header;
  for (int i = 0; i < 100; ++i) header += "\xC3\xA4";
  for (const char* prefix : {"1", "12"}) {
    const std::string message = Refusal(prefix + header + ",x\n");
    EXPECT_THAT(message, HasSubstr("\xA4..."));
  }
}

TEST_F(IndexCsvTest, DuplicatesAreFoundInAnyOrder) {
  std::vector<std::string> images;
  for (int i = 0; i < 5000; ++i) images.push_back("image" + std::to_string(i));
  const auto place = [](size_t row) {
    return IndexPlace{row < 3000 ? "one.csv" : "two.csv", row < 3000 ? row + 2 : row - 2998};
  };
  EXPECT_NO_THROW(RequireDistinctImages(images, place));
  EXPECT_NO_THROW(RequireDistinctImages({}, place));
  images[2000] = "image7";
  EXPECT_THAT(test::MessageOf([&] { RequireDistinctImages(images, place); }),
              HasSubstr("one.csv:2002: found image `image7` again (first on line 9)"));
  images[2000] = "image2000";
  images[3001] = "image7";
  EXPECT_THAT(test::MessageOf([&] { RequireDistinctImages(images, place); }),
              HasSubstr("two.csv:3: found image `image7` again (first in one.csv:9)"));
}

}  // namespace
}  // namespace bcr::internal
