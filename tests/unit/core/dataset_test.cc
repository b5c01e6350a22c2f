#include "harness/core/dataset.h"

#include <gmock/gmock.h>

#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using testing::HasSubstr;

class EmptyDataset : public Dataset {
 public:
  explicit EmptyDataset(const DataRef& ref) {
    reader_ = "toy";
    ref_ = ref;
    images_[1].push_back({"q.png", "1", "c"});
  }
  std::string ReadImage(Split, size_t) const override { return "bytes"; }
};

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  return std::make_unique<EmptyDataset>(ref);
}

class OpenDatasetTest : public testing::Test {
 protected:
  OpenDatasetTest() {
    toy_.name = "toy";
    toy_.example = "toy,identities=4";
    toy_.options = {{"identities", "how many"}, {"seed", "which"}};
    toy_.needs_path = false;
    toy_.open = Open;
    disk_.name = "market1501";
    disk_.example = "market1501:/data/Market-1501";
    disk_.open = Open;
  }
  std::unique_ptr<Dataset> OpenText(const char* text) {
    return OpenDataset({&toy_, &disk_}, ParseDataRef(text), {});
  }
  Error Failure(const char* text) {
    return test::CatchError([&] { OpenText(text); });
  }
  DatasetInfo toy_, disk_;
};

TEST_F(OpenDatasetTest, OpensByName) {
  const auto toy = OpenText("toy,seed=3");
  EXPECT_EQ(toy->ref().Text(), "toy,seed=3");
  EXPECT_EQ(toy->images(Split::kQuery).size(), 1U);
  EXPECT_TRUE(toy->images(Split::kGallery).empty());
  EXPECT_NE(OpenText("market1501:/"), nullptr);
}

TEST_F(OpenDatasetTest, SuggestsNamesAndOptions) {
  EXPECT_EQ(Failure("marcet1501:/").code(), ErrorCode::kUsage);
  EXPECT_THAT(Failure("marcet1501:/").what(), HasSubstr("did you mean `market1501`?"));
  EXPECT_THAT(Failure("zzz").what(), HasSubstr("known: toy, market1501"));
  EXPECT_THAT(Failure("toy,identity=3").what(), HasSubstr("did you mean `identities`?"));
  EXPECT_THAT(Failure("market1501:/,a=1").what(), HasSubstr("has no options"));
}

TEST_F(OpenDatasetTest, ChecksThePath) {
  EXPECT_EQ(Failure("market1501").code(), ErrorCode::kUsage);
  EXPECT_THAT(Failure("market1501").what(), HasSubstr("/data/Market-1501"));
  EXPECT_EQ(OpenText("toy:/somewhere")->ref().path,
            "/somewhere");  // where needs_path is false, a path is optional
}

TEST(SplitName, NamesAll) {
  EXPECT_STREQ(SplitName(Split::kTrain), "train");
  EXPECT_STREQ(SplitName(Split::kQuery), "query");
  EXPECT_STREQ(SplitName(Split::kGallery), "gallery");
}

}  // namespace
}  // namespace bcr
