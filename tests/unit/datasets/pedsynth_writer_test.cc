#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "datasets/pedsynth/options.h"
#include "datasets/pedsynth/writer.h"
#include "harness/core/dataset.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {

const DatasetInfo& dataset_pedsynth_a();
const DatasetInfo& dataset_pedsynth_b();
const DatasetInfo& dataset_pedsynth_e();

namespace pedsynth {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTinyRef =
    "identities=4,test-identities=3,images=5,cameras=3,distractors=5,junk=4,height=64,width=32";

Options Tiny() { return ParseOptions(ParseDataRef(std::string("pedsynth-a,") + kTinyRef), "a"); }

std::map<std::string, std::string> Contents(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[fs::relative(entry.path(), folder).string()] = ReadFile(entry.path().string());
  }
  return files;
}

void Put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

ErrorCode CodeOf(const Options& options, const std::string& folder) {
  try {
    EnsureWritten(options, folder, {.threads = 1, .quiet = true});
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternal;
}

TEST(PedsynthWriter, APathThatTheSystemRefusesIsAnErrorOfOurs) {
  const TemporaryFolder temporary;
  EXPECT_EQ(CodeOf(Tiny(), JoinPath(temporary.path(), std::string(400, 'x'))), ErrorCode::kIo);
}

TEST(PedsynthWriter, SameBytesWhateverTheThreadCount) {
  const TemporaryFolder temporary;
  const std::string one = temporary.path() + "/one", three = temporary.path() + "/three";
  EnsureWritten(Tiny(), one, {.threads = 1, .quiet = true});
  EnsureWritten(Tiny(), three, {.threads = 3, .quiet = true});
  const auto a = Contents(one);
  EXPECT_GT(a.size(), 30U);
  EXPECT_TRUE(a == Contents(three));
  EXPECT_EQ(std::distance(fs::directory_iterator(temporary.path()), {}), 2)
      << "temporary folders were left behind";
}

TEST(PedsynthWriter, AWholeFolderIsReused) {
  const TemporaryFolder temporary;
  const std::string folder = temporary.path() + "/set";
  EnsureWritten(Tiny(), folder, {.threads = 1, .quiet = true});
  Put(folder + "/witness", "still here");
  EnsureWritten(Tiny(), folder + "/", {.threads = 1, .quiet = true});
  EXPECT_TRUE(FileExists(folder + "/witness"));
}

TEST(PedsynthWriter, AnUnfinishedFolderIsMadeAgain) {
  const TemporaryFolder temporary;
  const std::string folder = temporary.path() + "/set";
  EnsureWritten(Tiny(), folder, {.threads = 1, .quiet = true});
  const auto whole = Contents(folder);
  fs::remove(folder + "/DONE");
  fs::remove(folder + "/" + whole.rbegin()->first);
  EnsureWritten(Tiny(), folder, {.threads = 1, .quiet = true});
  EXPECT_TRUE(whole == Contents(folder));
}

TEST(PedsynthWriter, FoldersOfOthersAreRefusedAndLeftAlone) {
  const TemporaryFolder temporary;
  const std::string folder = temporary.path() + "/mine";
  MakeFolders(folder);
  Put(folder + "/thesis.txt", "years of work");
  EXPECT_EQ(CodeOf(Tiny(), folder), ErrorCode::kData);
  EXPECT_EQ(ReadFile(folder + "/thesis.txt"), "years of work");
  EXPECT_EQ(CodeOf(Tiny(), folder + "/thesis.txt"), ErrorCode::kData);
}

TEST(PedsynthWriter, PicturesOfOtherOptionsAreRefused) {
  const TemporaryFolder temporary;
  const std::string folder = temporary.path() + "/set";
  EnsureWritten(Tiny(), folder, {.threads = 1, .quiet = true});
  Options other = Tiny();
  other.seed = 9;
  EXPECT_EQ(CodeOf(other, folder), ErrorCode::kData);
  EXPECT_NE(FolderName(Tiny()), FolderName(other));
}

TEST(PedsynthReader, OpensThroughTheMarketReader) {
  const TemporaryFolder temporary;
  const std::vector<const DatasetInfo*> table = {&dataset_pedsynth_a(), &dataset_pedsynth_b(),
                                                 &dataset_pedsynth_e()};
  const OpenContext context{.generated_folder = temporary.path(), .quiet = true};
  for (const std::string name : {"pedsynth-a", "pedsynth-b", "pedsynth-e"}) {
    const auto data = OpenDataset(table, ParseDataRef(name + "," + kTinyRef), context);
    EXPECT_EQ(data->reader(), name);
    EXPECT_EQ(data->revision(), kRevision);
    EXPECT_EQ(data->report().junk_dropped, 4U);
    EXPECT_EQ(data->report().distractors, 5U);
    EXPECT_EQ(data->report().unparsed_count, 0U);
    EXPECT_EQ(data->report().queries_without_match, 0U);
    EXPECT_GE(data->images(Split::kQuery).size(), 6U);
    EXPECT_EQ(data->ReadImage(Split::kTrain, 0).substr(0, 2), "\xff\xd8");
  }
}

TEST(PedsynthReader, AFolderThatLostOrGainedPicturesIsRefused) {
  const TemporaryFolder temporary;
  const std::string folder = temporary.path() + "/set";
  const DataRef ref = ParseDataRef("pedsynth-a:" + folder + "," + kTinyRef);
  const auto refusal = [&]() -> std::string {
    try {
      OpenDataset({&dataset_pedsynth_a()}, ref, {.generated_folder = "", .quiet = true});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kData);
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal(), "");
  const std::string query = fs::directory_iterator(folder + "/query")->path().string();
  const std::string name = "query/" + fs::path(query).filename().string();
  fs::rename(query, temporary.path() + "/away.jpg");
  EXPECT_NE(refusal().find("1 pictures missing: " + name), std::string::npos) << refusal();
  EXPECT_NE(refusal().find("Remove this folder"), std::string::npos) << refusal();
  fs::copy(temporary.path() + "/away.jpg", query);
  EXPECT_EQ(refusal(), "");
  fs::copy(query, folder + "/query/0001_c1s1_000001_00.jpg");
  EXPECT_NE(refusal().find("not drawn: query/0001_c1s1_000001_00.jpg"), std::string::npos);
  fs::remove(folder + "/query/0001_c1s1_000001_00.jpg");
  fs::copy(query, folder + "/bounding_box_test/-1_c1s1_999999_03.jpg");
  EXPECT_NE(refusal().find("5 junk pictures instead of 4"), std::string::npos);
}

// What lies below the generated folder is ours: whatever happened to it, it is drawn anew.
TEST(PedsynthReader, DamagedPicturesOfOursAreToldAndDrawnAnew) {
  const TemporaryFolder temporary;
  const OpenContext context{.generated_folder = temporary.path(), .quiet = true};
  const DataRef ref = ParseDataRef(std::string("pedsynth-a,") + kTinyRef);
  const std::string hash = OpenDataset({&dataset_pedsynth_a()}, ref, context)->hash();
  const std::string folder = temporary.path() + "/" + FolderName(Tiny());
  const auto sound = Contents(folder);
  const std::string picture = fs::directory_iterator(folder + "/query")->path().string();
  const std::vector<std::pair<std::string, std::function<void()>>> attacks = {
      {"a bit",
       [&] {
         std::string bytes = ReadFile(picture);
         bytes[bytes.size() / 2] ^= 16;
         Put(picture, bytes);
       }},
      {"a lost picture", [&] { fs::remove(picture); }},
      {"a cut picture", [&] { Put(picture, ReadFile(picture).substr(0, 100)); }},
      {"the marker", [&] { Put(folder + "/pedsynth.txt", "pedsynth-a r1 identities=7"); }},
      {"no hashes", [&] { Put(folder + "/DONE", Tiny().Text() + "\n"); }},
      {"DONE", [&] { Put(folder + "/DONE", "x"); }},
      {"an added picture", [&] { fs::copy(picture, folder + "/query/0001_c1s1_000001_00.jpg"); }}};
  for (const auto& [name, attack] : attacks) {
    attack();
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(OpenDataset({&dataset_pedsynth_a()}, ref, context)->hash(), hash) << name;
    const std::string said = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << name << ": " << said;
    EXPECT_TRUE(Contents(folder) == sound) << name;
    EXPECT_EQ(std::distance(fs::directory_iterator(temporary.path()), {}), 1)
        << "folders were left behind";
  }
}

// A folder that the user named is left alone, and the message says which picture has changed.
TEST(PedsynthReader, AChangedPictureInTheUsersFolderIsRefusedByName) {
  const TemporaryFolder temporary;
  const std::string folder = temporary.path() + "/set";
  const DataRef ref = ParseDataRef("pedsynth-a:" + folder + "," + kTinyRef);
  const auto open = [&] {
    OpenDataset({&dataset_pedsynth_a()}, ref, {.generated_folder = "", .quiet = true});
  };
  open();
  const std::string picture = fs::directory_iterator(folder + "/query")->path().string();
  std::string bytes = ReadFile(picture);
  bytes[bytes.size() / 2] ^= 16;
  Put(picture, bytes);
  try {
    open();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_NE(std::string(error.what()).find(picture), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("Remove this folder"), std::string::npos);
  }
  EXPECT_EQ(ReadFile(picture), bytes);
}

TEST(PedsynthReader, AScratchFolderLeavesNothingBehindElsewhere) {
  const TemporaryFolder temporary, scratch;
  const OpenContext look{.generated_folder = temporary.path() + "/kept",
                         .scratch_folder = scratch.path(),
                         .quiet = true};
  const DataRef ref = ParseDataRef(std::string("pedsynth-a,") + kTinyRef);
  const std::string hash = OpenDataset({&dataset_pedsynth_a()}, ref, look)->hash();
  EXPECT_FALSE(FolderExists(look.generated_folder));
  const OpenContext keep{.generated_folder = look.generated_folder, .quiet = true};
  EXPECT_EQ(OpenDataset({&dataset_pedsynth_a()}, ref, keep)->hash(), hash);
  fs::remove_all(scratch.path() + "/" + FolderName(Tiny()));
  EXPECT_EQ(OpenDataset({&dataset_pedsynth_a()}, ref, look)->hash(), hash);
  EXPECT_FALSE(FolderExists(scratch.path() + "/" + FolderName(Tiny()))) << "drawn again";
}

TEST(PedsynthReader, APathIsUsedInsteadOfTheGeneratedFolder) {
  const TemporaryFolder temporary;
  const std::string folder = temporary.path() + "/here";
  const OpenContext context{.generated_folder = temporary.path() + "/unused", .quiet = true};
  const DataRef ref = ParseDataRef("pedsynth-b:" + folder + "," + kTinyRef);
  const std::string hash = OpenDataset({&dataset_pedsynth_b()}, ref, context)->hash();
  EXPECT_TRUE(FileExists(folder + "/DONE"));
  EXPECT_FALSE(FolderExists(context.generated_folder));
  EXPECT_EQ(OpenDataset({&dataset_pedsynth_b()}, ref, context)->hash(), hash);
}

}  // namespace
}  // namespace pedsynth
}  // namespace bcr
