// The classifier family by hand and by the vectors of the literature's formulas.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "methods/support/class_radii.h"
#include "methods/support/propagation.h"
#include "tests/unit/methods/pair_batch.h"
#include "tests/unit/methods/small_set.h"

namespace bcr {
namespace {

using testing::LossOf;
using testing::Rows;
using testing::SmallSet;

double TermOf(Objective& objective, const Batch& batch, const std::string& name) {
  Terms terms;
  objective.Compute(batch, terms);
  for (size_t i = 0; i < terms.names().size(); ++i) {
    if (terms.names()[i] == name) return terms.value(i).item<double>();
  }
  ADD_FAILURE() << "no term " << name;
  return 0;
}

std::vector<float> At(double degrees, double length = 1) {
  const double angle = degrees * M_PI / 180;
  return {static_cast<float>(length * std::cos(angle)),
          static_cast<float>(length * std::sin(angle))};
}

// Two classes: rows of length 2 at 0 and 90 degrees, and one of length 1 at 90.
SmallSet ThreeRows() { return SmallSet({At(0, 2), At(90, 2), At(90, 1)}, {0, 0, 1}); }

TEST(BctForms, RawMeansAreNeitherNormalisedNorScaled) {
  const SmallSet scene = ThreeRows();
  Batch batch;
  scene.Fill({0}, {3, 1}, batch);
  // Means (1, 1) and (0, 1): logits 4 and 1.
  EXPECT_NEAR(LossOf(*scene.Make("bct", {{"form", "raw-means"}}), batch).item<double>(),
              std::log1p(std::exp(-3.0)), 1e-9);
}

TEST(BctForms, TheWholeHeadHasARowForUnknownClasses) {
  SmallSet scene = ThreeRows();
  scene.old.head = FloatMatrix(1, 2);
  scene.old.head.row(0)[0] = 3;
  scene.old.class_of = {0, -1};
  Batch batch;
  scene.Fill({0, 2}, {1, 1, 1, 1}, batch);
  // Rows (3, 0) and, for the unknown class, (0, 1) in the length 3: both logits are 3.
  EXPECT_NEAR(LossOf(*scene.Make("bct", {{"form", "whole-head"}}), batch).item<double>(),
              std::log(2.0), 1e-6);
  EXPECT_NEAR(LossOf(*scene.Make("bct", {{"form", "old-head"}}), batch).item<double>(), 0, 1e-9);
  scene.old.class_of = {-1, -1};
  EXPECT_THROW(scene.Make("bct", {{"form", "whole-head"}}), std::exception);
  EXPECT_NEAR(LossOf(*scene.Make("bct", {{"form", "auto-whole"}}), batch).item<double>(),
              LossOf(*scene.Make("bct", {{"form", "synth-head"}}), batch).item<double>(), 1e-12);
}

TEST(ClassRadii, OutliersAreLeftOutOfClassesOfFour) {
  EXPECT_EQ(LargestWithoutOutliers({5}), 5);
  EXPECT_EQ(LargestWithoutOutliers({1, 1, 9}), 9) << "too few to tell an outlier";
  EXPECT_EQ(LargestWithoutOutliers({1, 2, 3, 4}), 4);
  EXPECT_EQ(LargestWithoutOutliers({9, 1, 2, 1, 2}), 2);  // quartiles 1 and 2: up to 3.5
  EXPECT_EQ(LargestWithoutOutliers({1, 1, 9, 1}), 9) << "of four values the largest is a quartile";
  EXPECT_EQ(LargestWithoutOutliers({0, 4, 0, 9, 0, 2, 0, 0}), 9);  // quartiles 0 and 4: up to 10
  EXPECT_EQ(LargestWithoutOutliers({2, 2, 2, 2}), 2);
}

// Old features at -20 and 20 degrees: the bound is cos 20. A singleton's is the floor.
TEST(Lce, BoundsAreTheLoosestOldCosines) {
  const SmallSet scene({At(-20), At(20, 5), At(90)}, {0, 0, 1});
  Batch batch;
  scene.Fill({0, 2}, {2 * std::cos(0.6), 2 * std::sin(0.6), 0, 1}, batch);
  const double expected = std::cos(20 * M_PI / 180) - std::cos(0.6);  // the second lies within
  EXPECT_NEAR(TermOf(*scene.Make("lce", {}), batch, "boundary"), expected / 2, 1e-6);
  Batch singleton;
  scene.Fill({2}, {std::cos(1.0), std::sin(1.0)}, singleton);
  EXPECT_NEAR(TermOf(*scene.Make("lce", {}), singleton, "boundary"), 0.95 - std::sin(1.0), 1e-6);
  EXPECT_NEAR(TermOf(*scene.Make("lce", {{"floor", 1.0}}), singleton, "boundary"),
              1 - std::sin(1.0), 1e-6);
}

// A class of one image has no angle: it takes part in neither term.
TEST(Lce, AnglesOfClassesOfOneImageDoNotCount) {
  const SmallSet scene({At(-20), At(20, 5), At(90)}, {0, 0, 1});
  const auto objective = scene.Make("lce", {{"form", "angle"}, {"align_weight", 1.0}});
  Batch batch, singleton;
  scene.Fill({0, 2}, {2 * std::cos(0.6), 2 * std::sin(0.6), 1, 0}, batch);
  scene.Fill({2}, {1, 0}, singleton);
  for (Batch* one : {&batch, &singleton}) one->Set(Slot::kHeadWeight, Rows({0, 7, 4, 0}, 2));
  EXPECT_NEAR(TermOf(*objective, batch, "boundary"), 0.6 - 20 * M_PI / 180, 1e-6);
  EXPECT_NEAR(TermOf(*objective, batch, "align"), 1, 1e-6);
  EXPECT_EQ(TermOf(*objective, singleton, "boundary"), 0);
  EXPECT_EQ(TermOf(*objective, singleton, "align"), 0);
}

TEST(Lce, AlignmentIsAMeanOverClassesAndCoordinates) {
  const SmallSet scene({At(-20), At(20), At(70), At(110)}, {0, 0, 1, 1});
  Batch batch;
  scene.Fill({0, 2}, {1, 0, 0, 1}, batch);
  batch.Set(Slot::kHeadWeight, Rows({0, 7, 0, 3}, 2));  // cosines 0 and 1
  EXPECT_NEAR(TermOf(*scene.Make("lce", {{"align_weight", 1.0}}), batch, "align"), 2.0 / 4, 1e-6);
  EXPECT_NEAR(
      TermOf(*scene.Make("lce", {{"form", "angle"}, {"align_weight", 1.0}}), batch, "align"), 0.5,
      1e-6);
}

// The published mean runs over coordinates too: weight 100 at width 2,048 is 0.0977 on 1 - cosine.
TEST(Lce, AlignmentFadesWithTheWidth) {
  std::vector<float> old(2048, 0.0F);
  std::vector<double> row(2048, 0.0);
  old[0] = 1;
  row[0] = 0.5;
  row[1] = std::sqrt(0.75);
  const SmallSet scene({old}, {0});
  Batch batch;
  scene.Fill({0}, row, batch);
  batch.Set(Slot::kHeadWeight, Rows(row, 2048));
  EXPECT_NEAR(TermOf(*scene.Make("lce", {}), batch, "align"), 0.0977 * 0.5, 5e-5);
}

FloatMatrix Matrix(const std::vector<std::vector<float>>& rows) {
  return SmallSet(rows, std::vector<int64_t>(rows.size(), 0)).old.features;
}

TEST(Propagation, RowsAreNormalisedNotColumns) {
  const FloatMatrix fresh = Matrix({At(0), At(20), At(90)}), old = Matrix({At(0), At(10), At(80)});
  const std::vector<double> refined = RefinedPrototype(fresh.view(), old.view(), 0.05, 0.9);
  EXPECT_NEAR(refined[0], 0.964990, 2e-6);
  EXPECT_NEAR(refined[1], 0.118128, 2e-6);
  const std::vector<double> plain = RefinedPrototype(fresh.view(), old.view(), 0.05, 0);
  EXPECT_NEAR(plain[0], 0.719485, 2e-6);
  EXPECT_NEAR(plain[1], 0.386152, 2e-6);
}

TEST(Propagation, ASingleImageIsItself) {
  const FloatMatrix fresh = Matrix({At(30)}), old = Matrix({At(70)});
  const std::vector<double> refined = RefinedPrototype(fresh.view(), old.view(), 0.05, 0.9);
  EXPECT_NEAR(refined[0], old.row(0)[0], 1e-6);
  EXPECT_NEAR(refined[1], old.row(0)[1], 1e-6);
}

class UniBctTest : public ::testing::Test {
 protected:
  UniBctTest() { scene_.Fill({0, 3}, {1, 0, -1, 0}, batch_); }
  // The loss in an epoch (of 10) when the new model's features are the current ones.
  double LossIn(int epoch, Objective& objective) {
    const auto features = [this]() -> const FloatMatrix& { return ++asked_, current_; };
    objective.BeginEpoch({.epoch = epoch, .features = features, .features_of = {}});
    return TermOf(objective, batch_, "prototype");
  }
  const SmallSet scene_{{At(0), At(10), At(80), At(180)}, {0, 0, 0, 1}};
  FloatMatrix current_ = Matrix({At(0), At(20), At(90), At(180)});
  Batch batch_;
  int asked_ = 0;
};

TEST_F(UniBctTest, WaitsForItsFirstRefinement) {
  const auto objective = scene_.Make("unibct", {});
  EXPECT_EQ(LossIn(2, *objective), 0);
  EXPECT_EQ(asked_, 0) << "features of the whole set are costly";
  const double refined = LossIn(3, *objective);  // 10/35 of 10 epochs
  const double cosine = 0.964990 / std::hypot(0.964990, 0.118128);
  EXPECT_NEAR(refined, std::log1p(std::exp(-16 * 2 * cosine)), 1e-9);
  LossIn(4, *objective);
  EXPECT_EQ(asked_, 1);
  LossIn(6, *objective);
  EXPECT_EQ(asked_, 2);
}

TEST_F(UniBctTest, ResumedItKeepsThePrototypesOfItsLastRefinement) {
  const auto undisturbed = scene_.Make("unibct", {{"temperature", 1.0}});
  const double loss = LossIn(3, *undisturbed);
  std::map<std::string, at::Tensor> state;
  undisturbed->Save(state);
  current_ = Matrix({At(0), At(90), At(90), At(180)});  // what it would refine with now
  const auto resumed = scene_.Make("unibct", {{"temperature", 1.0}});
  resumed->Load(state);
  EXPECT_EQ(LossIn(4, *resumed), loss);
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(LossIn(6, *resumed), LossIn(6, *undisturbed));
  EXPECT_NE(LossIn(6, *resumed), loss);
}

TEST_F(UniBctTest, ANewLabellingIsRefinedAtOnceButNotBeforeTheFirstShare) {
  const auto objective = scene_.Make("unibct", {{"temperature", 1.0}});
  const double loss = LossIn(4, *objective);
  LabelSet clusters{.labels = {0, 0, -1, 1}, .classes = 2, .identities = false};
  objective->OnLabels(clusters);
  EXPECT_NE(LossIn(5, *objective), loss) << "the image at 80 degrees has left the class";
  EXPECT_EQ(asked_, 2);
  const auto early = scene_.Make("unibct", {});
  early->OnLabels(clusters);
  EXPECT_EQ(LossIn(1, *early), 0);
}

TEST(PrototypePerturbation, AStepOfZeroIsTheSynthesisedHead) {
  const SmallSet scene({At(0), At(10), At(80), At(200)}, {0, 1, 2, 2});
  Batch batch;
  scene.Fill({0, 1, 2}, {1, 0.3, 0.2, 1, -1, 0.4}, batch);
  EXPECT_NEAR(LossOf(*scene.Make("prototype-perturbation", {{"step", 0.0}}), batch).item<double>(),
              LossOf(*scene.Make("bct", {{"form", "synth-head"}}), batch).item<double>(), 1e-6);
}

// A feature between two crowded centroids is told apart better once they were moved apart.
TEST(PrototypePerturbation, CrowdedClassesMoveApart) {
  const SmallSet scene({At(0), At(10), At(180)}, {0, 1, 2});
  Batch batch;
  scene.Fill({0}, {1, 0}, batch);
  const auto loss = [&](double step) {
    return LossOf(*scene.Make("prototype-perturbation", {{"step", step}}), batch).item<double>();
  };
  EXPECT_LT(loss(0.5), loss(0.0));
}

class AdvBctTest : public ::testing::Test {
 protected:
  // Two unit features at +-a degrees: the centre lies at cos a, the radius is sin a.
  static constexpr double kDegrees = 36.86989764584402;  // sine 0.6
  const SmallSet scene_{{At(-kDegrees), At(kDegrees, 3)}, {0, 0}};
};

TEST_F(AdvBctTest, TheElasticRadiusLiesBetweenTheRadiusAndTheTarget) {
  Batch batch;
  scene_.Fill({0}, {-1, 0}, batch);  // at distance 1.8 from the centre (0.8, 0)
  const auto bound = [&](double v, double target) {
    const auto objective = scene_.Make("advbct", {{"adversary", 0.0}, {"target", target}});
    const at::NoGradGuard no_grad;
    objective->Parameters().front().fill_(v);
    return 1.8 - TermOf(*objective, batch, "boundary");
  };
  EXPECT_NEAR(bound(0, 1), 0.8, 1e-6);
  EXPECT_NEAR(bound(2, 1), 0.952319, 1e-6);
  EXPECT_NEAR(bound(0, 0.4), 0.5, 1e-6);
}

TEST_F(AdvBctTest, TheMeanIsOverImagesOutside) {
  Batch batch;
  scene_.Fill({0, 1}, {-1, 0, 1, 0}, batch);  // distances 1.8 and 0.2
  const auto objective = scene_.Make("advbct", {{"adversary", 0.0}, {"elastic", false}});
  EXPECT_NEAR(TermOf(*objective, batch, "boundary"), 1.2, 1e-6);
  EXPECT_TRUE(objective->Parameters().empty());
}

TEST_F(AdvBctTest, TheReversedGradientHasTheFactorOfTheProgress) {
  const auto objective = scene_.Make("advbct", {});
  const auto adversary = [&](const std::vector<double>& fresh, double progress, at::Tensor* slope) {
    Batch batch;
    scene_.Fill({0, 1}, fresh, batch);
    batch.progress = progress;
    batch.epoch = 4;
    Terms terms;
    objective->Compute(batch, terms);
    if (slope != nullptr) {
      terms.value(1).backward();
      *slope = batch[Slot::kCompatible].grad();
    }
    return terms.value(1).item<double>();
  };
  const std::vector<double> fresh = {0.3, 0.9, -0.7, 0.4};
  for (const auto& [progress, factor] : {std::pair(0.1, 0.462), {0.25, 0.848}, {0.5, 0.987}}) {
    at::Tensor slope;
    adversary(fresh, progress, &slope);
    std::vector<double> above = fresh, below = fresh;
    above[0] += 1e-5;
    below[0] -= 1e-5;
    const double numeric =
        (adversary(above, progress, nullptr) - adversary(below, progress, nullptr)) / 2e-5;
    ASSERT_GT(std::abs(numeric), 1e-4);
    EXPECT_NEAR(slope[0][0].item<double>() / numeric, -factor, 1e-3);
  }
}

// Weight (E - e + 1) / E: above 1 in the first epoch.
TEST_F(AdvBctTest, TheAdversaryFadesByEpochs) {
  const auto objective = scene_.Make("advbct", {});
  const auto at_epoch = [&](int epoch) {
    Batch batch;
    scene_.Fill({0, 1}, {0.3, 0.9, -0.7, 0.4}, batch);
    batch.epoch = epoch;
    return TermOf(*objective, batch, "adversary");
  };
  EXPECT_NEAR(at_epoch(0) / at_epoch(9), 11.0 / 2.0, 1e-6);
}

class MixBctTest : public ::testing::Test {
 protected:
  MixBctTest() : scene_(RowsOfCircle(), Classes()) {}
  static std::vector<std::vector<float>> RowsOfCircle() {
    std::vector<std::vector<float>> rows;
    for (int i = 0; i < 20; ++i) rows.push_back(At(18 * i, 2));
    return rows;
  }
  static std::vector<int64_t> Classes() {
    std::vector<int64_t> classes;
    for (int i = 0; i < 20; ++i) classes.push_back(i / 5);
    return classes;
  }
  // The batch's after-neck features (all 5) once mixed; `leaf` gets their gradient of a sum.
  at::Tensor Mixed(Objective& objective, int64_t width, at::Tensor* leaf) const {
    Batch batch;
    std::vector<int64_t> rows(20);
    for (size_t i = 0; i < 20; ++i) rows[i] = static_cast<int64_t>(i);
    scene_.Fill(rows, std::vector<double>(40, 0.0), batch);
    *leaf = at::full({20, width}, 5.0, at::kDouble).set_requires_grad(true);
    batch.Set(Slot::kAfterNeck, *leaf);
    objective.Transform(batch);
    batch[Slot::kAfterNeck].sum().backward();
    objective.AfterStep(batch);
    return batch[Slot::kAfterNeck].detach();
  }
  const SmallSet scene_;
};

TEST_F(MixBctTest, SomeOfTheCredibleImagesGiveWay) {
  const auto objective = scene_.Make("mixbct", {});
  at::Tensor leaf;
  const at::Tensor mixed = Mixed(*objective, 3, &leaf);
  const at::Tensor old = leaf.grad().select(1, 0).eq(0);
  EXPECT_EQ(old.sum().item<int64_t>(), 6) << "0.3 of 20";
  for (int64_t i = 0; i < 20; ++i) {
    const double first = mixed[i][0].item<double>(), third = mixed[i][2].item<double>();
    EXPECT_NEAR(first, old[i].item<bool>() ? scene_.old.features.row(static_cast<size_t>(i))[0] : 5,
                1e-6);
    EXPECT_EQ(third, old[i].item<bool>() ? 0 : 5) << "beyond the old width";
  }
  const auto unit = scene_.Make("mixbct", {{"rows", "unit"}, {"share", 1.0}, {"credible", 0.5}});
  const at::Tensor half = Mixed(*unit, 2, &leaf);
  EXPECT_EQ(half.norm(2, 1).sub(1).abs().lt(1e-6).sum().item<int64_t>(), 10);
}

// Of each class of five directions 18 degrees apart the outer ones are the least credible.
TEST_F(MixBctTest, TheFarthestFromTheirCentroidAreKept) {
  at::Tensor leaf;
  Mixed(*scene_.Make("mixbct", {{"share", 1.0}, {"credible", 0.6}}), 2, &leaf);
  for (int64_t i = 0; i < 20; ++i) {
    const bool outer = i % 5 == 0 || i % 5 == 4;
    EXPECT_EQ(leaf.grad()[i][0].item<double>() != 0, outer) << i;
  }
}

TEST_F(MixBctTest, StepsDrawAnewAndResume) {
  const auto undisturbed = scene_.Make("mixbct", {});
  at::Tensor leaf;
  const at::Tensor first = Mixed(*undisturbed, 2, &leaf);
  std::map<std::string, at::Tensor> state;
  undisturbed->Save(state);
  const at::Tensor second = Mixed(*undisturbed, 2, &leaf);
  EXPECT_FALSE(at::equal(first, second));
  const auto resumed = scene_.Make("mixbct", {});
  resumed->Load(state);
  EXPECT_TRUE(at::equal(Mixed(*resumed, 2, &leaf), second));
}

}  // namespace
}  // namespace bcr
