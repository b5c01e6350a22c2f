#include "harness/features/feature_files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/unit/core/catch_error.h"
#include "tests/unit/features/feature_files_fixture.h"

namespace bcr::internal {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class FeatureFilesTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) { return folder_.path() + "/" + name; }
  void Touch(const std::string& name) { test::Put(Path(name), "x"); }
  std::string Refusal(const std::string& name, ErrorCode code = ErrorCode::kMissing) {
    const Error error = test::CatchError([&] { LocateFeatures(Path(name)); });
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  TemporaryFolder folder_;
};

TEST_F(FeatureFilesTest, AFolderHoldsBothFiles) {
  Touch("set/features.npy");
  Touch("set/index.csv");
  for (const char* name : {"set", "set/"}) {
    const FeatureFiles files = LocateFeatures(Path(name));
    EXPECT_EQ(files.format, FeatureFiles::Format::kNpy);
    EXPECT_EQ(files.features, Path("set/features.npy"));
    EXPECT_EQ(files.index, Path("set/index.csv"));
  }
}

TEST_F(FeatureFilesTest, SaysWhatStandsInThePlaceOfTheFile) {
  std::filesystem::create_directories(Path("folder/features.npy"));
  EXPECT_THAT(Refusal("folder"),
              AllOf(HasSubstr("features.npy"), HasSubstr("a folder of that name")));
  std::filesystem::create_directories(Path("pipe"));
  ASSERT_EQ(::mkfifo(Path("pipe/features.npy").c_str(), 0600), 0);
  EXPECT_THAT(Refusal("pipe"), HasSubstr("found a pipe"));
  std::filesystem::create_directories(Path("link"));
  std::filesystem::create_symlink("nowhere", Path("link/features.npy"));
  EXPECT_THAT(Refusal("link"), HasSubstr("a link to nothing"));
}

TEST_F(FeatureFilesTest, AFilePrefersTheIndexOfItsName) {
  for (const char* name : {"x.npy", "x.safetensors", "y.NPY", "index.csv"}) Touch(name);
  EXPECT_EQ(LocateFeatures(Path("x.npy")).index, Path("index.csv"));
  Touch("x.csv");
  EXPECT_EQ(LocateFeatures(Path("x.npy")).index, Path("x.csv"));
  EXPECT_EQ(LocateFeatures(Path("x.safetensors")).index, Path("x.csv"));
  EXPECT_EQ(LocateFeatures(Path("x.safetensors")).format, FeatureFiles::Format::kSafetensors);
  EXPECT_EQ(LocateFeatures(Path("y.NPY")).index, Path("index.csv"));
}

TEST_F(FeatureFilesTest, SaysWhatIsMissing) {
  EXPECT_THAT(Refusal("nowhere"), AllOf(HasSubstr("nothing there"), HasSubstr("features.npy")));
  EXPECT_THAT(Refusal("~/nowhere"), HasSubstr("expands ~"));
  EXPECT_EQ(test::CatchError([] { LocateFeatures(""); }).text().where, "feature set");
  Touch("set/features.npy");
  EXPECT_THAT(Refusal("set"),
              AllOf(HasSubstr("set/index.csv"), HasSubstr("image,identity,camera")));
  Touch("lone/x.npy");
  EXPECT_THAT(Refusal("lone/x.npy"), AllOf(HasSubstr("lone/x.csv"), HasSubstr("lone/index.csv")));
}

TEST_F(FeatureFilesTest, SaysWhatAFolderHoldsInstead) {
  MakeFolders(Path("empty"));
  EXPECT_THAT(Refusal("empty"), HasSubstr("no file in this folder"));
  Touch("other/embeddings.npy");
  Touch("other/index.csv");
  EXPECT_THAT(Refusal("other"), AllOf(HasSubstr("no features.npy, but embeddings.npy, index.csv"),
                                      HasSubstr("Name the file: " + Path("other/embeddings.npy"))));
  Touch("safe/gallery.safetensors");
  EXPECT_THAT(Refusal("safe"), HasSubstr("Name the file: " + Path("safe/gallery.safetensors")));
  Touch("pytorch/gallery.pt");
  EXPECT_THAT(Refusal("pytorch"), HasSubstr("torch.load('" + Path("pytorch/gallery.pt") + "')"));
  for (const char* name : {"b", "a"}) Touch(std::string("shards/") + name + "/features.npy");
  EXPECT_THAT(Refusal("shards"), HasSubstr("Name the shards, in order: " + Path("shards/a") + ", " +
                                           Path("shards/b")));
  for (int i = 0; i < 20; ++i) Touch("many/" + std::to_string(i));
  EXPECT_THAT(Refusal("many"), HasSubstr(" and 12 more"));
}

TEST_F(FeatureFilesTest, SaysHowToConvertOtherFormats) {
  for (const auto& [name, part] :
       std::vector<std::pair<std::string, std::string>>{{"x.npz", "np.load("},
                                                        {"x.pt", "torch.load("},
                                                        {"x.PTH", "torch.load("},
                                                        {"x.pkl", "pickle.load("},
                                                        {"x.csv", "Name the features"},
                                                        {"x", "without extension"}}) {
    Touch(name);
    EXPECT_THAT(Refusal(name, ErrorCode::kData), HasSubstr(part)) << name;
  }
}

}  // namespace
}  // namespace bcr::internal
