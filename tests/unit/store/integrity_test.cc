// A store whose files change behind its back: what is noticed, told and made anew.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/store/artifact_store.h"
#include "harness/store/key_lock.h"

namespace bcr {
namespace {

namespace fs = std::filesystem;

const Json kInputs = {{"a", 1}};
const std::string kKey = ArtifactStore::KeyOf(kInputs);

void FlipABit(const std::string& file) {
  std::string bytes = ReadFile(file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
  WriteFileAtomic(file, std::string_view(bytes));
}

class IntegrityTest : public ::testing::Test {
 protected:
  // Makes the artefact with this content unless a sound one is there; what was said on stderr.
  std::string Make(ArtifactStore& store, const std::string& content = "content",
                   const MadeOf& made_of = {}) {
    ::testing::internal::CaptureStderr();
    reused_ = store.Make(
        "kind", kInputs,
        [&](const std::string& folder) {
          WriteFileAtomic(JoinPath(folder, "x.bin"), std::string_view(content));
        },
        made_of);
    return ::testing::internal::GetCapturedStderr();
  }
  std::string File(const std::string& name) const {
    return JoinPath(JoinPath(JoinPath(root_.path(), "kind"), kKey), name);
  }

  TemporaryFolder root_;
  bool reused_ = false;
};

TEST_F(IntegrityTest, AChangedFileIsToldAndTheArtefactMadeAnew) {
  for (const char* name : {"x.bin", "inputs.json", "DONE"}) {
    ArtifactStore first(root_.path());
    Make(first);
    FlipABit(File(name));
    ArtifactStore second(root_.path());
    const std::string said = Make(second);
    EXPECT_FALSE(reused_) << name;
    EXPECT_NE(said.find(File(name)), std::string::npos) << said;
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
    ArtifactStore third(root_.path());
    EXPECT_EQ(Make(third), "");
    EXPECT_TRUE(reused_) << "one repair is enough: " << name;
  }
}

TEST_F(IntegrityTest, FilesAreReadOnceAProcess) {
  ArtifactStore store(root_.path());
  Make(store);
  EXPECT_FALSE(store.FindDamage("kind", kKey).has_value());
  FlipABit(File("x.bin"));
  EXPECT_FALSE(store.FindDamage("kind", kKey).has_value()) << "looked at already";
  EXPECT_TRUE(store.FindDamage("kind", kKey, true).has_value());
  EXPECT_TRUE(store.FindDamage("kind", kKey).has_value()) << "and what was found is not forgotten";
}

TEST_F(IntegrityTest, WhatWasMadeOfAnotherContentIsMadeAnew) {
  const Json base_inputs = {{"base", 1}};
  const std::string base = ArtifactStore::KeyOf(base_inputs);
  const auto make_base = [&](const std::string& content, const std::string& seconds) {
    ArtifactStore store(root_.path());
    if (store.Has("base", base)) store.Remove("base", base);
    store.Make("base", base_inputs, [&](const std::string& folder) {
      WriteFileAtomic(JoinPath(folder, "w.bin"), std::string_view(content));
      WriteFileAtomic(JoinPath(folder, "facts.json"), std::string_view(seconds));
    });
    return store.ContentOf("base", base);
  };
  const std::string content = make_base("weights", "3");
  ArtifactStore store(root_.path());
  const MadeOf of = {{ArtifactStore::NameOf("base", base), content}};
  Make(store, "content", of);
  make_base("weights", "4");
  EXPECT_TRUE(store.IsSound("kind", kKey)) << "the same content, made in another time";
  make_base("other weights", "3");
  const auto damage = store.FindDamage("kind", kKey);
  ASSERT_TRUE(damage.has_value());
  EXPECT_NE(damage->what.find("base/" + base), std::string::npos) << damage->Text();
  store.Remove("base", base);
  EXPECT_TRUE(store.IsSound("kind", kKey)) << "what it was made of need not be kept";
}

TEST_F(IntegrityTest, WhatIsMadeOnTheWayCounts) {
  ArtifactStore store(root_.path());
  MadeOf of;
  store.Make(
      "kind", kInputs,
      [&](const std::string&) {
        store.Make("base", {{"b", 1}}, [](const std::string& folder) {
          WriteFileAtomic(JoinPath(folder, "w.bin"), "w");
        });
        of["base/" + ArtifactStore::KeyOf({{"b", 1}})] =
            store.ContentOf("base", ArtifactStore::KeyOf({{"b", 1}}));
      },
      of);
  Damage ignored;
  EXPECT_EQ(ReadManifest(store.Folder("kind", kKey), kKey, ignored)->made_of, of);
}

TEST_F(IntegrityTest, ACopyUnderAnotherKeyIsNotTaken) {
  ArtifactStore store(root_.path());
  Make(store);
  fs::copy(store.Folder("kind", kKey), store.Folder("kind", "other"), fs::copy_options::recursive);
  EXPECT_TRUE(store.Has("kind", "other"));
  EXPECT_FALSE(store.IsSound("kind", "other"));
}

TEST_F(IntegrityTest, ArtefactsWithoutHashesAreMadeAnewAndThatIsToldOnce) {
  ArtifactStore store(root_.path());
  Make(store);
  WriteFileAtomic(File("DONE"), std::string_view(kKey + "\n"));
  const std::string said = Make(store);
  EXPECT_FALSE(reused_);
  EXPECT_NE(said.find("kept no hashes"), std::string::npos) << said;
  WriteFileAtomic(File("DONE"), std::string_view(kKey + "\n"));
  EXPECT_EQ(Make(store), "") << "once a process";
  EXPECT_FALSE(reused_);
}

TEST_F(IntegrityTest, WhoFindsDamageRemovesItUnderItsLock) {
  ArtifactStore store(root_.path());
  Make(store);
  FlipABit(File("x.bin"));
  ArtifactStore other(root_.path());
  const auto right = other.TryTake("kind", kKey);
  ASSERT_NE(right, nullptr);
  EXPECT_EQ(ArtifactStore(root_.path()).TryTake("kind", kKey), nullptr);
  const auto damage = other.FindDamage("kind", kKey);
  ASSERT_TRUE(damage.has_value());
  other.RemoveTaken("kind", kKey, *right, *damage);
  EXPECT_FALSE(other.Has("kind", kKey));
}

TEST_F(IntegrityTest, ADamagedStoreFileIsWrittenAnew) {
  const std::string file = JoinPath(root_.path(), "STORE.json");
  ArtifactStore(root_.path()).Prepare();
  const std::string sound = ReadFile(file);
  for (size_t at = 0; at < sound.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bytes = sound;
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
      WriteFileAtomic(file, std::string_view(bytes));
      ::testing::internal::CaptureStderr();
      EXPECT_NO_THROW(ArtifactStore(root_.path()).Prepare()) << bytes;
      ::testing::internal::GetCapturedStderr();
      EXPECT_NO_THROW(ArtifactStore{root_.path()}) << bytes;
    }
  }
}

TEST_F(IntegrityTest, LeftoversOfWholeAndUnmadeArtefactsAreSwept) {
  ArtifactStore store(root_.path());
  Make(store);
  const std::string whole = store.WorkFolder("kind", kKey);
  const std::string begun = store.WorkFolder("two-words", kKey);
  WriteFileAtomic(JoinPath(whole, "checkpoint"), "epoch 3");  // killed before it was removed
  WriteFileAtomic(JoinPath(begun, "checkpoint"), "epoch 1");
  MakeFolders(JoinPath(begun, "making-1-2"));
  MakeFolders(JoinPath(store.WorkFolder("never", kKey), "making-1-3"));
  WriteFileAtomic(store.WorkFolder("dead", kKey) + ".lock", "");
  const ArtifactStore again(root_.path());
  EXPECT_FALSE(FolderExists(whole));
  EXPECT_TRUE(FileExists(JoinPath(begun, "checkpoint"))) << "an unfinished one's is kept";
  EXPECT_FALSE(FolderExists(JoinPath(begun, "making-1-2")));
  EXPECT_FALSE(FolderExists(store.WorkFolder("never", kKey)));
  EXPECT_FALSE(FileExists(store.WorkFolder("dead", kKey) + ".lock"));
}

TEST_F(IntegrityTest, TheWorkOfLiveMakersIsLeftAlone) {
  ArtifactStore store(root_.path());
  store.Make("kind", kInputs, [&](const std::string& folder) {
    WriteFileAtomic(JoinPath(folder, "x.bin"), "half");
    const ArtifactStore beside(root_.path());
    EXPECT_TRUE(FileExists(JoinPath(folder, "x.bin")));
  });
  EXPECT_TRUE(store.IsSound("kind", kKey));
}

}  // namespace
}  // namespace bcr
