#include "harness/core/files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "harness/core/files_internal.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FilesTest : public testing::Test {
 protected:
  std::string Path(const char* name) const { return JoinPath(folder_.path(), name); }
  TemporaryFolder folder_;
};

TEST_F(FilesTest, ReadsBytesAsTheyAre) {
  const std::string bytes("a\0b\r\n\xFF", 6);
  WriteFileAtomic(Path("x"), std::string_view(bytes));
  EXPECT_EQ(ReadFile(Path("x")), bytes);
  const std::string large(300000, 'q');
  WriteFileAtomic(Path("large"), std::string_view(large));
  EXPECT_EQ(ReadFile(Path("large")), large);
}

TEST_F(FilesTest, AFolderThatNobodyCanCreateIsNotCalledMissing) {
  const Error error = test::CatchError([] { MakeFolders("/proc/bcreid/store"); });
  EXPECT_EQ(error.code(), ErrorCode::kIo);
  EXPECT_THAT(error.what(), HasSubstr("Choose another folder"));
}

TEST_F(FilesTest, ReadingNamesWhatIsWrong) {
  const Error missing = test::CatchError([&] { ReadFile(Path("none")); });
  EXPECT_EQ(missing.code(), ErrorCode::kMissing);
  EXPECT_EQ(missing.text().where, Path("none"));
  EXPECT_EQ(test::CatchError([&] { ReadFile(folder_.path()); }).code(), ErrorCode::kIo);
  WriteFileAtomic(Path("file"), std::string_view("x"));
  EXPECT_EQ(test::CatchError([&] { ReadFile(Path("file/below")); }).code(), ErrorCode::kMissing);
}

TEST_F(FilesTest, AFullDiskHasItsOwnHint) {
  const internal::Descriptor full(::open("/dev/full", O_WRONLY));
  if (full.get() < 0) GTEST_SKIP() << "no /dev/full here";
  const Error error =
      test::CatchError([&] { internal::WriteAll(full.get(), "bytes", "out/record.json"); });
  EXPECT_EQ(error.code(), ErrorCode::kIo);
  EXPECT_EQ(error.text().where, "out/record.json");
  EXPECT_THAT(error.text().hint, HasSubstr("disk or quota is full"));
}

TEST_F(FilesTest, ListsRegularFilesInByteOrder) {
  for (const char* name : {"b", "a10", "a2", "B", ".hidden", ".tmp-1-2-3.json"}) {
    WriteFileAtomic(Path(name), std::string_view(""));
  }
  MakeFolders(Path("folder"));
  ASSERT_EQ(::symlink("nowhere", Path("dangling").c_str()), 0);
  EXPECT_THAT(ListFiles(folder_.path()), ElementsAre(".hidden", "B", "a10", "a2", "b"));
  const Error error = test::CatchError([&] { ListFiles(Path("none")); });
  EXPECT_EQ(error.code(), ErrorCode::kMissing);
  EXPECT_EQ(error.text().where, Path("none"));
}

TEST_F(FilesTest, TellsFilesFromFolders) {
  WriteFileAtomic(Path("x"), std::string_view(""));
  EXPECT_TRUE(FileExists(Path("x")));
  EXPECT_FALSE(FolderExists(Path("x")));
  EXPECT_TRUE(FolderExists(folder_.path()));
  EXPECT_FALSE(FileExists(folder_.path()));
  EXPECT_FALSE(FileExists(Path("none")));
  EXPECT_FALSE(FileExists(Path("x/below")));
}

TEST_F(FilesTest, MakesFoldersAndMindsFilesInTheWay) {
  MakeFolders(Path("a/b/c"));
  MakeFolders(Path("a/b/c"));
  EXPECT_TRUE(FolderExists(Path("a/b/c")));
  WriteFileAtomic(Path("file"), std::string_view(""));
  EXPECT_EQ(test::CatchError([&] { MakeFolders(Path("file")); }).code(), ErrorCode::kIo);
  EXPECT_EQ(test::CatchError([&] { MakeFolders(Path("file/x")); }).code(), ErrorCode::kIo);
}

TEST_F(FilesTest, SaysWhichLinkIsInTheWayOfAFolder) {
  ASSERT_EQ(::symlink("nowhere", Path("dangling").c_str()), 0);
  ASSERT_EQ(::symlink("circle", Path("circle").c_str()), 0);
  const Error dangling = test::CatchError([&] { MakeFolders(Path("dangling/x/y")); });
  EXPECT_EQ(dangling.text().where, Path("dangling"));
  EXPECT_EQ(dangling.text().found, "a link to nothing");
  EXPECT_NE(dangling.text().hint.find("nowhere"), std::string::npos);
  const Error circle = test::CatchError([&] { MakeFolders(Path("circle")); });
  EXPECT_EQ(circle.text().where, Path("circle"));
  EXPECT_EQ(circle.text().found, "links that lead in a circle");
}

TEST(JoinPath, JoinsOnce) {
  EXPECT_EQ(JoinPath("a", "b"), "a/b");
  EXPECT_EQ(JoinPath("a/", "b"), "a/b");
  EXPECT_EQ(JoinPath("", "b"), "b");
  EXPECT_EQ(JoinPath("a", ""), "a");
  EXPECT_EQ(JoinPath("a", "/b"), "/b");
  EXPECT_EQ(JoinPath("/", "b"), "/b");
}

TEST_F(FilesTest, MapsAFile) {
  WriteFileAtomic(Path("x"), std::string_view("mapped"));
  MappedFile file(Path("x"));
  ASSERT_EQ(file.size(), 6U);
  EXPECT_EQ(std::memcmp(file.data(), "mapped", 6), 0);

  MappedFile moved(std::move(file));
  EXPECT_EQ(moved.size(), 6U);
  WriteFileAtomic(Path("y"), std::string_view("other!!"));
  MappedFile target(Path("y"));
  target = std::move(moved);
  ASSERT_EQ(target.size(), 6U);
  EXPECT_EQ(target.data()[0], 'm');
}

TEST_F(FilesTest, AMapOutlivesReplacementOfTheFile) {
  WriteFileAtomic(Path("x"), std::string_view("old"));
  const MappedFile file(Path("x"));
  WriteFileAtomic(Path("x"), std::string_view("n"));
  EXPECT_EQ(std::memcmp(file.data(), "old", 3), 0);
}

TEST_F(FilesTest, MapsAnEmptyFileAndRefusesTheRest) {
  WriteFileAtomic(Path("empty"), std::string_view(""));
  const MappedFile empty(Path("empty"));
  EXPECT_EQ(empty.size(), 0U);
  EXPECT_EQ(empty.data(), nullptr);
  EXPECT_EQ(test::CatchError([&] { MappedFile file(Path("none")); }).code(), ErrorCode::kMissing);
  EXPECT_EQ(test::CatchError([&] { MappedFile file(folder_.path()); }).code(), ErrorCode::kIo);
  ASSERT_EQ(::mkfifo(Path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(test::CatchError([&] { MappedFile file(Path("fifo")); }).code(), ErrorCode::kIo);
}

TEST(TemporaryFolder, IsRemovedWithItsContent) {
  std::string path;
  {
    const TemporaryFolder folder;
    path = folder.path();
    WriteFileAtomic(JoinPath(path, "a/b"), std::string_view("x"));
    EXPECT_TRUE(FolderExists(path));
  }
  EXPECT_FALSE(FolderExists(path));
}

}  // namespace
}  // namespace bcr
