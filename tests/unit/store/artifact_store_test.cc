#include "harness/store/artifact_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

const Json kInputs = {{"a", 1}};

TEST(ArtifactStore, MakesOnceAndReuses) {
  const TemporaryFolder root;
  ArtifactStore store(root.path());
  int made = 0;
  const auto produce = [&](const std::string& folder) {
    ++made;
    WriteFileAtomic(JoinPath(folder, "x"), "content");
  };
  EXPECT_FALSE(store.Make("kind", kInputs, produce));
  EXPECT_TRUE(store.Make("kind", kInputs, produce));
  EXPECT_EQ(made, 1);
  const std::string key = ArtifactStore::KeyOf(kInputs);
  EXPECT_TRUE(store.Has("kind", key));
  EXPECT_EQ(ReadFile(JoinPath(store.Folder("kind", key), "x")), "content");
}

TEST(ArtifactStore, FailureLeavesNothingWholeButKeepsWork) {
  const TemporaryFolder root;
  ArtifactStore store(root.path());
  const std::string key = ArtifactStore::KeyOf(kInputs);
  const std::string checkpoint = JoinPath(store.WorkFolder("kind", key), "checkpoint");
  EXPECT_THROW(store.Make("kind", kInputs,
                          [&](const std::string&) {
                            WriteFileAtomic(checkpoint, "half way");
                            throw Error(ErrorCode::kInterrupted, {"test", "", "", ""});
                          }),
               Error);
  EXPECT_FALSE(store.Has("kind", key));
  EXPECT_EQ(ReadFile(checkpoint), "half way");
  store.Make("kind", kInputs, [](const std::string&) {});
  EXPECT_TRUE(store.Has("kind", key));
  EXPECT_FALSE(FileExists(checkpoint)) << "work is removed once the artefact is whole";
}

TEST(ArtifactStore, AFailureOfProduceFreesItsRoom) {
  const TemporaryFolder root;
  ArtifactStore store(root.path());
  std::string made;
  EXPECT_THROW(store.Make("kind", kInputs,
                          [&](const std::string& folder) {
                            made = folder;
                            WriteFileAtomic(JoinPath(folder, "x"), "half");
                            throw Error(ErrorCode::kIo, {"test", "", "", ""});
                          }),
               Error);
  EXPECT_FALSE(FolderExists(made));
}

TEST(ArtifactStore, ARootThatIsNoFolderIsRefusedWithWhatLiesThere) {
  const TemporaryFolder above;
  const std::string root = JoinPath(above.path(), "store");
  const auto found = [&] { return test::CatchError([&] { ArtifactStore store(root); }).text(); };
  for (const auto& [target, what] : std::map<std::string, std::string>{
           {"nowhere", "a link to nothing"}, {"store", "links that lead in a circle"}}) {
    std::filesystem::create_symlink(target, root);
    EXPECT_EQ(found().where, root);
    EXPECT_EQ(found().found, what);
    EXPECT_FALSE(found().hint.empty());
    std::filesystem::remove(root);
  }
  WriteFileAtomic(root, "a file");
  EXPECT_EQ(found().found, "a file in the way");
  std::filesystem::create_symlink("store", root + "-link");
  EXPECT_EQ(test::CatchError([&] { ArtifactStore store(root + "-link"); }).text().found,
            "a file in the way");
  EXPECT_EQ(ReadFile(root), "a file");
}

TEST(ArtifactStore, ARootThatMayNotBeLookedIntoIsNoEmptyOne) {
  if (::geteuid() == 0) GTEST_SKIP() << "nothing is forbidden to root";
  const TemporaryFolder above;
  const std::string root = JoinPath(above.path(), "store");
  ArtifactStore(root).Prepare();
  namespace fs = std::filesystem;
  for (const fs::perms rights : {fs::perms::owner_read | fs::perms::owner_write,
                                 fs::perms::owner_exec | fs::perms::owner_write, fs::perms::none}) {
    fs::permissions(root, rights);
    const ErrorText text = test::CatchError([&] { ArtifactStore store(root); }).text();
    EXPECT_EQ(text.where, root);
    EXPECT_EQ(text.found, "Permission denied");
    EXPECT_FALSE(text.hint.empty());
  }
  fs::permissions(root, fs::perms::owner_all);
}

TEST(ArtifactStore, FolderWithoutDoneIsMadeAgain) {
  const TemporaryFolder root;
  ArtifactStore store(root.path());
  const std::string folder = store.Folder("kind", ArtifactStore::KeyOf(kInputs));
  MakeFolders(folder);
  WriteFileAtomic(JoinPath(folder, "x"), "partial");
  EXPECT_FALSE(store.Make(
      "kind", kInputs, [](const std::string& to) { WriteFileAtomic(JoinPath(to, "y"), "whole"); }));
  EXPECT_FALSE(FileExists(JoinPath(folder, "x")));
  EXPECT_TRUE(FileExists(JoinPath(folder, "y")));
}

TEST(ArtifactStore, LookingWritesNothing) {
  const TemporaryFolder folder;
  const std::string root = JoinPath(folder.path(), "store");
  const ArtifactStore store(root);
  EXPECT_FALSE(store.Has("kind", "key"));
  EXPECT_FALSE(FolderExists(root));
  store.Prepare();
  EXPECT_TRUE(FileExists(JoinPath(root, "STORE.json")));
  EXPECT_NO_THROW(ArtifactStore{root});
}

TEST(ArtifactStore, FoldersOfOthersAreRefusedAndLeftAlone) {
  const TemporaryFolder root;
  MakeFolders(JoinPath(root.path(), "generated"));
  EXPECT_NO_THROW(ArtifactStore{root.path()}) << "images may be drawn before anything is stored";
  WriteFileAtomic(JoinPath(root.path(), "thesis.txt"), "years of work");
  try {
    ArtifactStore store(root.path());
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_NE(std::string(error.what()).find("thesis.txt"), std::string::npos) << error.what();
  }
  EXPECT_FALSE(FileExists(JoinPath(root.path(), "STORE.json")));
}

// A folder that holds what a store made is one, whatever became of its store file.
TEST(ArtifactStore, AStoreThatLostItsFileGetsItAnew) {
  const TemporaryFolder root;
  const Json inputs = {{"a", 1}};
  const auto make = [&] {
    ArtifactStore store(root.path());
    store.Prepare();
    store.Make("models", inputs,
               [](const std::string& folder) { WriteFileAtomic(JoinPath(folder, "w"), "1"); });
  };
  make();
  std::filesystem::remove(JoinPath(root.path(), "STORE.json"));
  EXPECT_NO_THROW(make());
  EXPECT_TRUE(FileExists(JoinPath(root.path(), "STORE.json")));
  std::filesystem::remove(JoinPath(root.path(), "STORE.json"));
  const std::string key = ArtifactStore::KeyOf(inputs);
  std::filesystem::remove(JoinPath(root.path(), "models/" + key + "/DONE"));
  EXPECT_THROW(ArtifactStore{root.path()}, Error) << "this may be anybody's folder";
}

TEST(ArtifactStore, StoreOfAnotherVersionIsRefusedByName) {
  const TemporaryFolder root;
  WriteFileAtomic(JoinPath(root.path(), "STORE.json"), R"({"bcreid_store_revision": 99})");
  try {
    ArtifactStore store(root.path());
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_NE(std::string(error.what()).find("STORE.json"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("--store"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace bcr
