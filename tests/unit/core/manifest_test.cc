#include "harness/core/manifest.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "harness/core/files.h"
#include "harness/core/manifest_text.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

namespace fs = std::filesystem;

// A folder with a file in each of two levels, an empty one and one of more than a block.
class ManifestTest : public ::testing::Test {
 protected:
  ManifestTest() {
    WriteFileAtomic(Path("a.bin"), "some bytes");
    WriteFileAtomic(Path("sub/b.csv"), "1,2,3\n");
    WriteFileAtomic(Path("empty"), "");
    WriteFileAtomic(Path("facts.json"), "{\"seconds\": 3}\n");
    WriteFileAtomic(Path("large"), std::string(kManifestBlock + 5, 'x'));
    WriteManifest(folder_.path(), "me", {{"models/1", "abc"}});
  }
  std::string Path(const std::string& name) const { return JoinPath(folder_.path(), name); }
  std::optional<Manifest> Read(const std::string& of = "me") {
    return ReadManifest(folder_.path(), of, damage_);
  }
  // What is wrong with the folder; "" where nothing.
  std::string Wrong() {
    const auto manifest = Read();
    if (!manifest) return damage_.Text();
    const auto found = FindDamage(folder_.path(), *manifest);
    return found ? found->Text() : "";
  }

  TemporaryFolder folder_;
  Damage damage_;
};

TEST_F(ManifestTest, NamesEveryFileWithItsBlocks) {
  const auto manifest = Read();
  ASSERT_TRUE(manifest.has_value()) << damage_.Text();
  ASSERT_EQ(manifest->files.size(), 5U);
  EXPECT_EQ(manifest->files[4].name, "sub/b.csv");
  EXPECT_EQ(manifest->Find("large")->blocks.size(), 2U);
  EXPECT_EQ(manifest->Find("large")->blocks[1], HashOfBlock("xxxxx", 5));
  EXPECT_EQ(manifest->Find("empty")->blocks.size(), 1U);
  EXPECT_EQ(manifest->Find("DONE"), nullptr);
  EXPECT_EQ(manifest->made_of.at("models/1"), "abc");
  EXPECT_EQ(Wrong(), "");
}

TEST_F(ManifestTest, OneBitAnywhereIsNoticed) {
  Random random(7);
  for (const char* name : {"a.bin", "sub/b.csv", "facts.json", "large", "DONE"}) {
    const std::string sound = ReadFile(Path(name));
    for (int trial = 0; trial < 20; ++trial) {
      std::string bytes = sound;
      const auto at = static_cast<size_t>(random.Below(bytes.size()));
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.Below(8)));
      WriteFileAtomic(Path(name), std::string_view(bytes));
      EXPECT_NE(Wrong().find(Path(name)), std::string::npos) << name << " byte " << at;
    }
    WriteFileAtomic(Path(name), std::string_view(sound));
  }
  EXPECT_EQ(Wrong(), "");
}

TEST_F(ManifestTest, LostAndShortenedFilesAreNoticed) {
  WriteFileAtomic(Path("a.bin"), "some byte");
  EXPECT_EQ(Wrong(), Path("a.bin") + " has 9 bytes instead of 10");
  fs::remove(Path("a.bin"));
  EXPECT_EQ(Wrong(), Path("a.bin") + " is missing");
  fs::remove(Path("DONE"));
  EXPECT_EQ(Wrong(), Path("DONE") + " is missing");
}

TEST_F(ManifestTest, AnotherFoldersIsNone) {
  EXPECT_FALSE(Read("you").has_value());
  EXPECT_NE(damage_.what.find("`me`"), std::string::npos);
}

TEST_F(ManifestTest, StrangersAreNotLookedAt) {
  WriteFileAtomic(Path("notes.txt"), "mine");
  EXPECT_EQ(Wrong(), "");
}

TEST_F(ManifestTest, OlderVersionsAreToldApart) {
  for (const std::string old : {"0123456789abcdef0123456789abcdef\n", "pedsynth-a r1 seed=1\n"}) {
    WriteFileAtomic(Path("DONE"), std::string_view(old));
    EXPECT_FALSE(Read().has_value());
    EXPECT_EQ(damage_.kind, Damage::Kind::kOld) << old;
  }
  WriteFileAtomic(Path("DONE"), "{}");
  EXPECT_FALSE(Read().has_value());
  EXPECT_EQ(damage_.kind, Damage::Kind::kChanged);
}

// Whoever trusted such a list would look for the hash of a block where there is none.
TEST(ManifestText, AListThatContradictsItselfIsNone) {
  const Manifest sound = {.of = "me",
                          .files = {{"a", kManifestBlock + 1, {"1", "2"}}, {"b", 0, {"3"}}}};
  Manifest same = sound;
  EXPECT_TRUE(ParseManifest(ManifestText(same)).has_value());
  Manifest lacks = sound, more = sound, twice = sound, order = sound;
  lacks.files[0].blocks.pop_back();
  more.files[1].blocks.push_back("4");
  twice.files[1].name = "a";
  std::swap(order.files[0], order.files[1]);
  for (Manifest* wrong : {&lacks, &more, &twice, &order})
    EXPECT_FALSE(ParseManifest(ManifestText(*wrong)).has_value());
}

TEST(ManifestText, AnotherSpellingIsAChange) {
  Manifest manifest = {.of = "me", .files = {{"a", 1, {"1"}}}};
  const std::string text = ManifestText(manifest);
  EXPECT_TRUE(ParseManifest(text).has_value());
  EXPECT_FALSE(ParseManifest(text + "\n").has_value());
  EXPECT_FALSE(ParseManifest("// a note\n" + text).has_value());
}

TEST_F(ManifestTest, DescriptionsAreNoContent) {
  const std::string content = Read()->Content();
  WriteFileAtomic(Path("facts.json"), "{\"seconds\": 4}\n");
  EXPECT_EQ(WriteManifest(folder_.path(), "me").Content(), content);
  WriteFileAtomic(Path("sub/b.csv"), "1,2,4\n");
  EXPECT_NE(WriteManifest(folder_.path(), "me").Content(), content);
}

}  // namespace
}  // namespace bcr
