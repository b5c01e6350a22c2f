#include "harness/cluster/label_quality.h"

#include <gtest/gtest.h>

namespace bcr {
namespace {

using Labels = std::vector<int64_t>;

const Labels kTrue = {0, 0, 0, 1, 1, 1, 2, 2, 3, 3};
const Labels kPredicted = {0, 0, 1, 1, 1, 1, -1, 2, -1, 2};

// Values of scikit-learn for the three conventions.
TEST(LabelQuality, ThreeConventionsForOutliers) {
  const struct {
    NoiseConvention noise;
    double ari, nmi, fmi, precision, recall;
  } cases[] = {{NoiseConvention::kOneCluster, 0.347826, 0.640369, 0.471405, 0.444444, 0.5},
               {NoiseConvention::kSingletons, 0.391892, 0.706808, 0.500000, 0.5, 0.5},
               {NoiseConvention::kDropped, 0.432432, 0.698002, 0.577350, 0.5, 0.666667}};
  for (const auto& c : cases) {
    const LabelQuality quality = ScoreLabels(kTrue, kPredicted, c.noise);
    const char* name = NoiseConventionName(c.noise);
    EXPECT_NEAR(quality.ari, c.ari, 1e-6) << name;
    EXPECT_NEAR(quality.nmi, c.nmi, 1e-6) << name;
    EXPECT_NEAR(quality.fmi, c.fmi, 1e-6) << name;
    EXPECT_NEAR(quality.pair_precision, c.precision, 1e-6) << name;
    EXPECT_NEAR(quality.pair_recall, c.recall, 1e-6) << name;
    EXPECT_NEAR(2 * quality.homogeneity * quality.completeness /
                    (quality.homogeneity + quality.completeness),
                quality.nmi, 1e-9)
        << "the arithmetic NMI is their harmonic mean";
  }
}

TEST(LabelQuality, HomogeneityAndCompletenessTellTheTwoErrorsApart) {
  const LabelQuality split = ScoreLabels({0, 0, 1, 1}, {0, 1, 2, 3}, NoiseConvention::kDropped);
  EXPECT_NEAR(split.homogeneity, 1.0, 1e-12);
  EXPECT_NEAR(split.completeness, 0.5, 1e-12);
  const LabelQuality merged = ScoreLabels({0, 0, 1, 1}, {5, 5, 5, 5}, NoiseConvention::kDropped);
  EXPECT_NEAR(merged.homogeneity, 0.0, 1e-12);
  EXPECT_NEAR(merged.completeness, 1.0, 1e-12);
  EXPECT_NEAR(merged.ari, 0.0, 1e-12);
  EXPECT_NEAR(merged.pair_precision, 1.0 / 3, 1e-12);
  EXPECT_NEAR(merged.pair_recall, 1.0, 1e-12);
}

TEST(LabelQuality, EqualPartitionsScoreOneWhateverTheNames) {
  const LabelQuality quality =
      ScoreLabels({7, 7, 2, 2, 9}, {0, 0, 4, 4, 1}, NoiseConvention::kSingletons);
  EXPECT_NEAR(quality.ari, 1, 1e-12);
  EXPECT_NEAR(quality.nmi, 1, 1e-12);
  EXPECT_NEAR(quality.fmi, 1, 1e-12);
}

TEST(LabelQuality, TrivialPartitionsGiveNumbers) {
  const LabelQuality alone = ScoreLabels({0, 1, 2}, {-1, -1, -1}, NoiseConvention::kSingletons);
  EXPECT_EQ(alone.ari, 1.0);
  EXPECT_EQ(alone.fmi, 0.0);
  const LabelQuality together = ScoreLabels({4, 4, 4}, {0, 0, 0}, NoiseConvention::kSingletons);
  EXPECT_EQ(together.ari, 1.0);
  EXPECT_EQ(together.nmi, 1.0);
  EXPECT_EQ(together.fmi, 1.0);
  const LabelQuality nothing = ScoreLabels({0, 1, 2}, {-1, -1, -1}, NoiseConvention::kDropped);
  EXPECT_EQ(nothing.ari, 0.0);
  EXPECT_EQ(nothing.nmi, 0.0);
  EXPECT_EQ(ScoreLabels({}, {}, NoiseConvention::kOneCluster).fmi, 0.0);
  EXPECT_EQ(ScoreLabels({3}, {0}, NoiseConvention::kOneCluster).ari, 1.0);
}

TEST(ClusterShape, CountsClustersOutliersAndCameras) {
  const ClusterShape shape =
      DescribeClusters({0, 0, 0, 5, 5, -1, 9, 9, 9, 9, -1}, {1, 1, 1, 1, 2, 3, 1, 2, 1, 1, 1});
  EXPECT_EQ(shape.clusters, 3);
  EXPECT_EQ(shape.outliers, 2);
  EXPECT_EQ(shape.largest, 4);
  EXPECT_EQ(shape.median_size, 3);
  EXPECT_EQ(shape.multi_camera, 2);
  const ClusterShape none = DescribeClusters({-1, -1}, {0, 0});
  EXPECT_EQ(none.clusters, 0);
  EXPECT_EQ(none.outliers, 2);
  EXPECT_EQ(DescribeClusters({0, 1, 1}, {0, 0, 0}).median_size, 1) << "the lower median";
}

}  // namespace
}  // namespace bcr
