#include "harness/features/feature_set.h"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/core/files.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

FeatureSet Example() {
  FeatureSet set;
  set.features = FloatMatrix(2, 3);
  for (size_t i = 0; i < 6; ++i) set.features.data()[i] = static_cast<float>(i);
  set.index = {{"a,b.jpg", "c.jpg"}, {"1", "-1"}, {"c1", ""}};
  return set;
}

class FeatureSetTest : public testing::Test {
 protected:
  FeatureSetTest() {
    FeatureSet set = Example();
    WriteFeatureSet(folder_.path(), set, Json{{"model", "m"}});
    hash_ = set.hash;
  }
  void Index(const char* text) {
    WriteFileAtomic(JoinPath(folder_.path(), "index.csv"), std::string_view(text));
  }
  Error Failure() {
    return test::CatchError([&] { ReadFeatureSet(folder_.path()); });
  }
  TemporaryFolder folder_;
  std::string hash_;
};

TEST_F(FeatureSetTest, ReadsBackWhatWasWritten) {
  const FeatureSet set = ReadFeatureSet(folder_.path());
  EXPECT_THAT(set.index.images, ElementsAre("a,b.jpg", "c.jpg"));
  EXPECT_THAT(set.index.identities, ElementsAre("1", "-1"));
  EXPECT_THAT(set.index.cameras, ElementsAre("c1", ""));
  EXPECT_EQ(set.features.row(1)[2], 5.0F);
  EXPECT_EQ(set.hash, hash_);
  EXPECT_EQ(ReadJsonFile(JoinPath(folder_.path(), "provenance.json"))["model"], "m");
}

TEST_F(FeatureSetTest, TheHashNamesFeaturesAndIndexOnly) {
  const TemporaryFolder other;
  FeatureSet set = Example();
  WriteFeatureSet(other.path(), set, Json::object());
  EXPECT_EQ(set.hash, hash_);
  set.features.row(0)[0] = 9.0F;
  WriteFeatureSet(other.path(), set, Json::object());
  EXPECT_NE(set.hash, hash_);
  set = Example();
  set.index.cameras[0] = "c2";
  WriteFeatureSet(other.path(), set, Json::object());
  EXPECT_NE(set.hash, hash_);
}

TEST_F(FeatureSetTest, OtherColumnsAndOrdersAreFineAndProvenanceOptional) {
  Index("camera,extra,image,identity\nx,1,p,7\ny,2,q,8\n");
  std::filesystem::remove(JoinPath(folder_.path(), "provenance.json"));
  const FeatureSet set = ReadFeatureSet(folder_.path());
  EXPECT_THAT(set.index.images, ElementsAre("p", "q"));
  EXPECT_THAT(set.index.cameras, ElementsAre("x", "y"));
}

TEST_F(FeatureSetTest, NamesWhatIsWrongInTheIndex) {
  Index("image,identity\na,1\nb,2\n");
  EXPECT_THAT(Failure().what(), HasSubstr("a column `camera`"));
  Index("image,identity,camera\na,1,c\n");
  EXPECT_THAT(Failure().what(), HasSubstr("2 rows in features.npy and 1 in index.csv"));
  Index("image,identity,camera\na,1,c\na,2,c\n");
  EXPECT_THAT(Failure().what(), HasSubstr("image `a` again (first on line 2)"));
  EXPECT_THAT(Failure().what(), HasSubstr("index.csv:3"));
  Index("image,identity,camera\n,1,c\nb,2,c\n");
  EXPECT_THAT(Failure().what(), HasSubstr("index.csv:2"));
  Index("");
  EXPECT_EQ(Failure().code(), ErrorCode::kData);
}

TEST_F(FeatureSetTest, NamesTheImageOfANaN) {
  FeatureSet set = Example();
  set.features.row(1)[0] = std::nanf("");
  EXPECT_THROW(WriteFeatureSet(folder_.path(), set, Json::object()), Error);
  EXPECT_EQ(ReadFeatureSet(folder_.path()).hash, hash_) << "a refused set must change nothing";
  WriteNpy(JoinPath(folder_.path(), "features.npy"), set.features.view());
  EXPECT_EQ(Failure().code(), ErrorCode::kData);
  EXPECT_THAT(Failure().what(), HasSubstr("row 1 (image `c.jpg`)"));
}

TEST_F(FeatureSetTest, MissingPartsAreNamed) {
  std::filesystem::remove(JoinPath(folder_.path(), "index.csv"));
  EXPECT_EQ(Failure().code(), ErrorCode::kMissing);
  EXPECT_THAT(Failure().what(), HasSubstr("index.csv"));
  std::filesystem::remove(JoinPath(folder_.path(), "features.npy"));
  EXPECT_THAT(Failure().what(), HasSubstr("features.npy"));
  EXPECT_EQ(test::CatchError([] { ReadFeatureSet("/no/such/folder"); }).code(),
            ErrorCode::kMissing);
}

}  // namespace
}  // namespace bcr
