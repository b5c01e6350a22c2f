#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "harness/core/files.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using testing::ElementsAre;

class AtomicFileTest : public testing::Test {
 protected:
  std::string Path(const char* name) const { return JoinPath(folder_.path(), name); }
  // All entries, temporaries included.
  size_t EntryCount() const {
    using Iterator = std::filesystem::directory_iterator;
    return static_cast<size_t>(std::distance(Iterator(folder_.path()), Iterator()));
  }
  TemporaryFolder folder_;
};

TEST_F(AtomicFileTest, ReplacesTheWholeFile) {
  WriteFileAtomic(Path("x"), std::string_view("a longer first version"));
  WriteFileAtomic(Path("x"), std::string_view("second"));
  EXPECT_EQ(ReadFile(Path("x")), "second");
  EXPECT_EQ(EntryCount(), 1U);
}

TEST_F(AtomicFileTest, WritesWhatALinkPointsTo) {
  std::filesystem::create_directory(Path("elsewhere"));
  WriteFileAtomic(Path("elsewhere/x"), std::string_view("old"));
  std::filesystem::create_symlink("elsewhere/x", Path("link"));
  std::filesystem::create_symlink(Path("link"), Path("link-to-link"));
  WriteFileAtomic(Path("link-to-link"), std::string_view("new"));
  EXPECT_TRUE(std::filesystem::is_symlink(Path("link-to-link")));
  EXPECT_TRUE(std::filesystem::is_symlink(Path("link")));
  EXPECT_EQ(ReadFile(Path("elsewhere/x")), "new");
  std::filesystem::create_symlink("elsewhere/y", Path("dangling"));
  WriteFileAtomic(Path("dangling"), std::string_view("made"));
  EXPECT_EQ(ReadFile(Path("elsewhere/y")), "made");
  std::filesystem::create_symlink("b", Path("a"));
  std::filesystem::create_symlink("a", Path("b"));
  EXPECT_THAT(test::MessageOf([&] { WriteFileAtomic(Path("a"), std::string_view("x")); }),
              testing::HasSubstr("in a circle"));
}

TEST_F(AtomicFileTest, LeavesAPipeAsItIs) {
  ASSERT_EQ(::mkfifo(Path("pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("pipe", Path("link"));
  for (const char* name : {"pipe", "link"}) {
    EXPECT_THAT(test::MessageOf([&] { WriteFileAtomic(Path(name), std::string_view("x")); }),
                testing::HasSubstr("a device, pipe or socket"));
  }
  EXPECT_TRUE(std::filesystem::is_fifo(Path("pipe")));
  EXPECT_EQ(EntryCount(), 2U);
}

TEST_F(AtomicFileTest, CreatesTheFolder) {
  WriteFileAtomic(Path("deep/er/x"), std::string_view("y"));
  EXPECT_EQ(ReadFile(Path("deep/er/x")), "y");
}

TEST_F(AtomicFileTest, RespectsTheUmask) {
  const mode_t before = ::umask(027);
  WriteFileAtomic(Path("x"), std::string_view("y"));
  ::umask(before);
  struct stat status = {};
  ASSERT_EQ(::stat(Path("x").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640U);
}

TEST_F(AtomicFileTest, AProducerGetsATemporaryOfTheSameExtensionInTheSameFolder) {
  WriteFileAtomic(Path("image.png"), [&](const std::string& temporary) {
    const std::filesystem::path path(temporary);
    EXPECT_EQ(path.parent_path(), folder_.path());
    EXPECT_EQ(path.extension(), ".png");
    EXPECT_TRUE(IsTemporaryName(path.filename().string()));
    EXPECT_FALSE(FileExists(Path("image.png")));
    std::ofstream(temporary) << "pixels";
  });
  EXPECT_EQ(ReadFile(Path("image.png")), "pixels");
  EXPECT_FALSE(IsTemporaryName("image.png"));
}

TEST_F(AtomicFileTest, AFailingProducerLeavesNothing) {
  WriteFileAtomic(Path("x"), std::string_view("old"));
  EXPECT_THROW(WriteFileAtomic(Path("x"),
                               [](const std::string& temporary) {
                                 std::ofstream(temporary) << "half";
                                 throw std::runtime_error("no");
                               }),
               std::runtime_error);
  EXPECT_EQ(ReadFile(Path("x")), "old");
  EXPECT_EQ(EntryCount(), 1U);
  EXPECT_EQ(test::CatchError([&] { WriteFileAtomic(Path("x"), [](const std::string&) {}); }).code(),
            ErrorCode::kIo);
  EXPECT_EQ(ReadFile(Path("x")), "old");
}

TEST_F(AtomicFileTest, AFailedWriteLeavesTheOldFileAndNoTemporary) {
  WriteFileAtomic(Path("x"), std::string_view("old"));
  // A file size limit stands in for a full disk; it ends with the child.
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      WriteFileAtomic(Path("x"), std::string_view(std::string(100000, 'n')));
    } catch (const Error& error) {
      ::_exit(error.code() == ErrorCode::kIo ? 7 : 8);
    }
    ::_exit(9);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(ReadFile(Path("x")), "old");
  EXPECT_EQ(EntryCount(), 1U);
}

TEST_F(AtomicFileTest, AWriterKilledHalfwayLeavesTheOldFileAndAnIgnoredLeftover) {
  WriteFileAtomic(Path("x.json"), std::string_view("old"));
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    WriteFileAtomic(Path("x.json"), [](const std::string& temporary) {
      std::ofstream(temporary) << "half" << std::flush;
      ::raise(SIGKILL);
    });
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(EntryCount(), 2U) << "the test needs a leftover to mean anything";
  EXPECT_EQ(ReadFile(Path("x.json")), "old");
  EXPECT_THAT(ListFiles(folder_.path()), ElementsAre("x.json"));
  WriteFileAtomic(Path("x.json"), std::string_view("new"));
  EXPECT_EQ(ReadFile(Path("x.json")), "new");
}

TEST_F(AtomicFileTest, AReaderSeesOneWholeVersionWheneverTheWriterDies) {
  constexpr size_t kSize = 1 << 20;
  WriteFileAtomic(Path("x"), std::string_view(std::string(kSize, 'a')));
  for (int round = 0; round < 10; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (char c = 'a';; c = c == 'z' ? 'a' : static_cast<char>(c + 1)) {
        WriteFileAtomic(Path("x"), std::string_view(std::string(kSize, c)));
      }
    }
    ::usleep(static_cast<useconds_t>(3000 + 1700 * round));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const std::string bytes = ReadFile(Path("x"));
    ASSERT_EQ(bytes.size(), kSize);
    EXPECT_EQ(bytes.find_first_not_of(bytes[0]), std::string::npos) << "two versions mixed";
    EXPECT_THAT(ListFiles(folder_.path()), ElementsAre("x"));
  }
}

TEST_F(AtomicFileTest, WritersDoNotTreadOnEachOther) {
  std::vector<std::thread> writers;
  for (char c = 'a'; c < 'e'; ++c) {
    writers.emplace_back([this, c] {
      for (int i = 0; i < 10; ++i) {
        WriteFileAtomic(Path("x"), std::string_view(std::string(20000, c)));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const std::string bytes = ReadFile(Path("x"));
  EXPECT_EQ(bytes.size(), 20000U);
  EXPECT_EQ(bytes.find_first_not_of(bytes[0]), std::string::npos);
  EXPECT_EQ(EntryCount(), 1U);
}

TEST_F(AtomicFileTest, RefusesPathsThatAreNoFile) {
  MakeFolders(Path("folder/inner"));
  EXPECT_EQ(
      test::CatchError([&] { WriteFileAtomic(Path("folder"), std::string_view("x")); }).code(),
      ErrorCode::kIo);
  EXPECT_THROW(WriteFileAtomic(Path("folder/"), std::string_view("x")), Error);
  EXPECT_THROW(WriteFileAtomic("", std::string_view("x")), Error);
  EXPECT_EQ(EntryCount(), 1U);
}

}  // namespace
}  // namespace bcr
