// A store shared by several processes: nothing is made twice, nothing of a live one is removed, and
// what a killed one left is taken up or swept.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/store/artifact_store.h"
#include "harness/store/key_lock.h"

namespace bcr {
namespace {

namespace fs = std::filesystem;

const Json kInputs = {{"a", 1}};
const std::string kKey = ArtifactStore::KeyOf(kInputs);

TEST(SharedStore, TheSecondMakerWaitsAndReuses) {
  const TemporaryFolder root;
  std::atomic<bool> begun = false;
  std::thread first([&] {
    ArtifactStore store(root.path());
    EXPECT_FALSE(store.Make("kind", kInputs, [&](const std::string& folder) {
      begun = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(400));
      WriteFileAtomic(JoinPath(folder, "x"), "first");
    }));
  });
  while (!begun) std::this_thread::yield();
  ArtifactStore store(root.path());
  EXPECT_TRUE(store.Make("kind", kInputs, [](const std::string&) { FAIL() << "made twice"; }));
  first.join();
  EXPECT_EQ(ReadFile(JoinPath(store.Folder("kind", kKey), "x")), "first");
}

TEST(SharedStore, AfterAFailureTheNextWaitingOneMakesIt) {
  const TemporaryFolder root;
  std::atomic<bool> begun = false;
  std::thread first([&] {
    ArtifactStore store(root.path());
    EXPECT_THROW(store.Make("kind", kInputs,
                            [&](const std::string&) {
                              begun = true;
                              std::this_thread::sleep_for(std::chrono::milliseconds(200));
                              throw Error(ErrorCode::kTraining, {"test", "", "", ""});
                            }),
                 Error);
  });
  while (!begun) std::this_thread::yield();
  ArtifactStore store(root.path());
  EXPECT_FALSE(store.Make("kind", kInputs, [](const std::string&) {}));
  first.join();
  EXPECT_TRUE(store.Has("kind", kKey));
}

TEST(SharedStore, ManyMakersMakeEachArtefactOnce) {
  const TemporaryFolder root;
  constexpr int kThreads = 4, kKeys = 5;
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      ArtifactStore store(root.path());
      for (int k = 0; k < kKeys; ++k) {
        store.Make("kind", {{"k", k}}, [&](const std::string& folder) {
          ++made;
          WriteFileAtomic(JoinPath(folder, "x"), std::to_string(k));
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, kKeys);
  EXPECT_TRUE(fs::is_empty(JoinPath(root.path(), "work"))) << "locks and work folders are removed";
}

// A folder becomes a store between two looks of another process: it is nobody else's for that.
TEST(SharedStore, ManyMayBeginInOneNewFolder) {
  constexpr int kRounds = 100, kThreads = 4;
  std::atomic<int> refused = 0;
  for (int round = 0; round < kRounds; ++round) {
    const TemporaryFolder root;
    std::atomic<int> ready = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        ++ready;
        while (ready < kThreads) std::this_thread::yield();
        try {
          const ArtifactStore store(root.path());
          store.Prepare();
        } catch (const Error&) {
          ++refused;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(refused, 0);
}

// kill -9 in the middle of making: checkpoints are found again, half-made folders are not kept.
TEST(SharedStore, AKilledMakersCheckpointIsTakenUp) {
  const TemporaryFolder root;
  const ArtifactStore before(root.path());
  const std::string work = before.WorkFolder("kind", kKey);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ArtifactStore store(root.path());
    store.Make("kind", kInputs, [&](const std::string& folder) {
      WriteFileAtomic(JoinPath(folder, "x"), "half");
      WriteFileAtomic(JoinPath(work, "checkpoint"), "epoch 3");
      kill(getpid(), SIGKILL);
    });
    _exit(1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  ArtifactStore store(root.path());
  EXPECT_FALSE(store.Make("kind", kInputs, [&](const std::string& folder) {
    EXPECT_EQ(ReadFile(JoinPath(work, "checkpoint")), "epoch 3");
    EXPECT_FALSE(FileExists(JoinPath(folder, "x")));
    int makings = 0;
    for (const auto& entry : fs::directory_iterator(work))
      makings += entry.path().filename().string().starts_with("making-") ? 1 : 0;
    EXPECT_EQ(makings, 1) << "the dead one's is swept";
  }));
  EXPECT_FALSE(FolderExists(work));
}

TEST(SharedStore, RemovedArtefactsAreMadeAgain) {
  const TemporaryFolder root;
  ArtifactStore store(root.path());
  store.Make("kind", kInputs, [](const std::string&) {});
  store.Remove("kind", kKey);
  EXPECT_FALSE(store.Has("kind", kKey));
  EXPECT_FALSE(FolderExists(store.Folder("kind", kKey)));
  EXPECT_FALSE(store.Make("kind", kInputs, [](const std::string&) {}));
}

TEST(SharedStore, OpeningSweepsOldTemporariesAlone) {
  const TemporaryFolder root;
  ArtifactStore(root.path()).Prepare();
  const std::string images = JoinPath(root.path(), "images/key");
  const std::string generated = JoinPath(root.path(), "generated");
  const auto touch = [](const std::string& path, int hours) {
    MakeFolders(fs::path(path).parent_path().string());
    std::ofstream(path) << "x";
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  touch(JoinPath(images, ".tmp-7ffffff1-0-0.bin"), 30);
  touch(JoinPath(images, ".tmp-7ffffff2-0-0.bin"), 1);
  touch(JoinPath(images, "images.bin"), 30);
  touch(JoinPath(generated, "pedsynth-a.tmp-7ffffff7-0"), 30);
  const ArtifactStore store(root.path());
  EXPECT_FALSE(FileExists(JoinPath(images, ".tmp-7ffffff1-0-0.bin")));
  EXPECT_TRUE(FileExists(JoinPath(images, ".tmp-7ffffff2-0-0.bin")))
      << "perhaps still being written";
  EXPECT_TRUE(FileExists(JoinPath(images, "images.bin")));
  EXPECT_FALSE(FileExists(JoinPath(generated, "pedsynth-a.tmp-7ffffff7-0")));
}

// The clock may have been set forward since: files of a process that still runs are left alone.
TEST(SharedStore, OpeningLeavesWhatAnotherProcessIsWriting) {
  const TemporaryFolder root;
  ArtifactStore(root.path()).Prepare();
  const pid_t child = fork();
  if (child == 0) {
    ::pause();
    _exit(0);
  }
  const std::string file =
      JoinPath(root.path(), "images/key/" + fmt::format(".tmp-{:x}-0-0123abcd.bin", child));
  MakeFolders(fs::path(file).parent_path().string());
  std::ofstream(file) << "x";
  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(48));
  { const ArtifactStore store(root.path()); }
  EXPECT_TRUE(FileExists(file));
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  { const ArtifactStore store(root.path()); }
  EXPECT_FALSE(FileExists(file));
}

TEST(SharedStore, ARightToMakeIsTakenOnceWithoutWaiting) {
  const TemporaryFolder root;
  ArtifactStore store(root.path());
  {
    const std::unique_ptr<KeyLock> right = store.TryTake("kind", kKey);
    ASSERT_NE(right, nullptr);
    EXPECT_EQ(ArtifactStore(root.path()).TryTake("kind", kKey), nullptr);
    store.MakeTaken("kind", kInputs, *right,
                    [](const std::string& folder) { WriteFileAtomic(JoinPath(folder, "x"), "1"); });
  }
  EXPECT_TRUE(store.Has("kind", kKey));
  EXPECT_NE(store.TryTake("kind", kKey), nullptr) << "the right ends with its holder";
}

TEST(KeyLock, HoldsAgainstOthersAndLeavesNoFile) {
  const TemporaryFolder folder;
  const std::string file = JoinPath(folder.path(), "lock");
  {
    const KeyLock lock(file, "it");
    EXPECT_TRUE(lock.held());
    const int other = open(file.c_str(), O_RDWR | O_CLOEXEC);
    EXPECT_NE(flock(other, LOCK_EX | LOCK_NB), 0);
    close(other);
  }
  EXPECT_FALSE(FileExists(file));
}

}  // namespace
}  // namespace bcr
