#include "harness/adapt/fit_data.h"

#include <gmock/gmock.h>

#include "harness/features/feature_table.h"
#include "tests/unit/adapt/random_rows.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/features/feature_files_fixture.h"

namespace bcr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

FeatureTable Table(const std::string& folder, const std::vector<float>& values,
                   const std::string& index) {
  test::Put(folder + "/features.npy", test::Npy(values.size(), 1, values));
  test::Put(folder + "/index.csv", "image,identity,camera\n" + index);
  return OpenFeatureTable({folder});
}

TEST(PairByImage, BringsTheTargetIntoTheOrderOfTheSource) {
  const TemporaryFolder folder;
  const FeatureTable from = Table(folder.path() + "/new", {1, 2, 3}, "a,7,1\nb,8,1\nc,9,2\n");
  FitData data;
  {
    const FeatureTable to = Table(folder.path() + "/old", {30, 10, 20}, "c,9,2\na,7,1\nb,8,1\n");
    data = PairByImage(from, to);
  }
  const FloatMatrix paired = test::ReadAll(*data.to);
  EXPECT_THAT(std::vector<float>(paired.data(), paired.data() + 3), ElementsAre(10, 20, 30));
  EXPECT_THAT(data.labels, ElementsAre("7", "8", "9"));
  RequirePairs(data);
}

TEST(PairByImage, OtherImagesAndOtherPeopleAreNamed) {
  const TemporaryFolder folder;
  const FeatureTable from = Table(folder.path() + "/new", {1, 2}, "a,7,1\nb,8,1\n");
  const FeatureTable fewer = Table(folder.path() + "/fewer", {1}, "a,7,1\n");
  const FeatureTable more = Table(folder.path() + "/more", {1, 2, 3}, "a,7,1\nz,7,1\nb,8,1\n");
  const FeatureTable other = Table(folder.path() + "/other", {1, 2}, "a,7,1\nb,9,1\n");
  EXPECT_THAT(test::MessageOf([&] { PairByImage(from, fewer); }),
              AllOf(HasSubstr("fewer/features.npy"), HasSubstr("1 images fewer, the first `b`")));
  EXPECT_THAT(test::MessageOf([&] { PairByImage(from, more); }),
              AllOf(HasSubstr("new/features.npy"), HasSubstr("the first `z`")));
  EXPECT_THAT(test::MessageOf([&] { PairByImage(from, other); }),
              AllOf(HasSubstr("row 1"), HasSubstr("identity `9`"), HasSubstr("`8`")));
}

TEST(RequirePairs, CountsMustAgree) {
  FitData data;
  data.from = test::Own(FloatMatrix(2, 1));
  data.to = test::Own(FloatMatrix(3, 1));
  const auto message = [&] { return test::MessageOf([&] { RequirePairs(data); }); };
  EXPECT_THAT(message(), HasSubstr("3 rows of the other model"));
  data.to = test::Own(FloatMatrix(2, 4));
  RequirePairs(data);
  data.labels = {"1"};
  EXPECT_THAT(message(), HasSubstr("1 labels"));
  data.labels.clear();
  data.valid = {false, false};
  EXPECT_THAT(message(), HasSubstr("at least one image"));
  data.valid = {false, true, true};
  EXPECT_THAT(message(), HasSubstr("3 validity marks"));
}

}  // namespace
}  // namespace bcr
