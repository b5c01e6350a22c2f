// A model from elsewhere in the place of the old one.
#include <gmock/gmock.h>

#include "harness/core/files.h"
#include "harness/features/feature_set.h"
#include "harness/nn/weights.h"
#include "harness/plan/given_model.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/plan/toy_plan.h"

namespace bcr {
namespace {

using test::MessageOf;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::Planned;

// Features of width 7 in the three folders of a deployed model.
std::string PutFeatures(const std::string& folder, float first = 1) {
  for (const char* split : {"train", "query", "gallery"}) {
    FeatureSet set;
    set.features = FloatMatrix(2, 7);
    set.features.row(0)[0] = first;
    set.features.row(1)[1] = 1;
    set.index = {{"a", "b"}, {"1", "2"}, {"c1", "c2"}};
    WriteFeatureSet(JoinPath(folder, split), set, Json::object());
  }
  return "features:" + folder;
}

const Step& OldStep(const Plan& plan) { return plan.steps[plan.runs.at(0).models.at("old")]; }

class GivenTest : public ::testing::Test {
 protected:
  GivenTest() {
    planned_.request.settings = {"in-domain-data"};
    planned_.request.methods = {"pull"};
    planned_.request.old_model = PutFeatures(JoinPath(models_.path(), "given"));
  }

  TemporaryFolder models_;
  Planned planned_;
};

TEST_F(GivenTest, TheOldModelIsTakenAndTheOthersAreTrained) {
  const Plan plan = planned_.Make();
  ASSERT_EQ(plan.runs.size(), 1U);
  const PlannedRun& run = plan.runs.front();
  EXPECT_THAT(run.protocol->setting.name, ::testing::StartsWith("in-domain-data-old-"));
  const ModelWork& old = plan.Model(run.models.at("old"));
  ASSERT_NE(old.given, nullptr);
  EXPECT_EQ(FeatureWidthOf(old), 7);
  EXPECT_TRUE(OldStep(plan).needs.empty());
  const ModelWork& fresh = plan.Model(run.models.at("new"));
  EXPECT_EQ(fresh.given, nullptr);
  ASSERT_EQ(fresh.earlier.size(), 1U);
  EXPECT_EQ(fresh.earlier.front().model, run.models.at("old"));
  EXPECT_EQ(plan.Model(run.models.at("paragon")).given, nullptr);
}

// What is trained beside a given model is what is trained beside any other.
TEST_F(GivenTest, ModelsWithoutAnOldOneKeepTheirKeys) {
  const Plan given = planned_.Make();
  planned_.request.old_model.clear();
  const Plan plain = planned_.Make();
  const auto key = [](const Plan& plan, const char* model) {
    return plan.steps[plan.runs.at(0).models.at(model)].key;
  };
  EXPECT_EQ(key(given, "paragon"), key(plain, "paragon"));
  EXPECT_NE(key(given, "new"), key(plain, "new"));
  EXPECT_EQ(plain.runs.at(0).protocol->setting.name, "in-domain-data");
}

TEST_F(GivenTest, ItsKeyIsItsContentWhereverItLies) {
  const std::string key = OldStep(planned_.Make()).key;
  planned_.request.old_model = PutFeatures(JoinPath(models_.path(), "moved"));
  EXPECT_EQ(OldStep(planned_.Make()).key, key);
  planned_.request.old_model = PutFeatures(JoinPath(models_.path(), "moved"), 2);
  EXPECT_NE(OldStep(planned_.Make()).key, key);
}

TEST_F(GivenTest, MethodsThatNeedMoreAreLeftOutByName) {
  planned_.request.methods = {"pull", "stationary", "headed", "null"};
  const Plan plan = planned_.Make();
  EXPECT_EQ(plan.runs.size(), 2U);
  EXPECT_THAT(plan.left_out,
              Contains(AllOf(HasSubstr("stationary in in-domain-data-old-"),
                             HasSubstr("trains the old model too, by the base `places`"))));
  EXPECT_THAT(plan.left_out,
              Contains(HasSubstr("its term `headed` needs the old model's classifier")));
}

TEST_F(GivenTest, FeaturesOfAllThreeSplitsAreNeeded) {
  planned_.request.old_model = "features:" + models_.path() + "/absent";
  EXPECT_THAT(MessageOf([&] { planned_.Make(); }),
              AllOf(HasSubstr("absent/train"), HasSubstr("bcreid extract")));
}

TEST_F(GivenTest, NetworksSeeImagesOfTheirOwnSize) {
  ModelSpec spec;
  spec.height = 48;
  spec.width = 24;
  spec.resize = "bicubic";
  const std::string folder = JoinPath(models_.path(), "model");
  SaveModel(folder, *Model::Make(spec, 1), {}, Json::object());
  planned_.request.old_model = folder;
  const Plan plan = planned_.Make();
  const PlannedRun& run = plan.runs.at(0);
  size_t seen = 0;
  for (const Step& step : plan.steps) {
    const auto* work = std::get_if<FeaturesWork>(&step.work);
    if (work == nullptr) continue;
    const bool of_old = work->model == run.models.at("old");
    for (const ImageList::Part& part : work->images.parts)
      EXPECT_EQ(part.size, of_old ? (PackedSize{48, 24, "bicubic"}) : PackedSize());
    seen += of_old ? 1 : 0;
  }
  EXPECT_EQ(seen, 3U);  // training images, queries, gallery
}

}  // namespace
}  // namespace bcr
