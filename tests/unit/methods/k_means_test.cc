// The label source `k-means`: a partition of all images that k-means cannot better, the same after a
// resumption, and notes for the record.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/train/label_source.h"
#include "methods/support/cluster_labels.h"

namespace bcr {
namespace {

// Unit rows around `groups` axes, group by group.
FloatMatrix Grouped(size_t groups, size_t each, size_t width, double deviation) {
  Random random(1);
  FloatMatrix rows(groups * each, width);
  for (size_t i = 0; i < rows.rows(); ++i) {
    rows.row(i)[i / each] = 1;
    for (size_t c = 0; c < width; ++c)
      rows.row(i)[c] += static_cast<float>(deviation * random.Normal());
  }
  NormalizeRows(rows);
  return rows;
}

struct Fixture {
  FloatMatrix features;
  std::vector<int64_t> truth;
  Fixture(size_t groups, size_t each, double deviation)
      : features(Grouped(groups, each, 8, deviation)) {
    for (size_t i = 0; i < features.rows(); ++i) truth.push_back(static_cast<int64_t>(i / each));
  }
  std::unique_ptr<LabelSource> Source(const std::string& parameters) const {
    LabelContext context;
    context.truth = truth;
    context.cameras = std::vector<int64_t>(truth.size(), 0);
    context.seed = 7;
    return MakeLabelSource(ClusterLabelSources(), "k-means", parameters, context);
  }
  LabelSet Labels(LabelSource& source, int epoch = 0) const {
    EpochStart start;
    start.epoch = epoch;
    start.features = [this]() -> const FloatMatrix& { return features; };
    LabelSet labels;
    EXPECT_TRUE(source.Refresh(start, labels));
    return labels;
  }
};

TEST(KMeans, GroupsFarApartAreTheClusters) {
  const Fixture f(4, 10, .02);
  const auto source = f.Source(R"({"images_per_cluster": 10})");
  const LabelSet labels = f.Labels(*source);
  EXPECT_EQ(labels.classes, 4);
  EXPECT_FALSE(labels.identities) << "clusters are no identities";
  const Json note = source->Notes().at(0);
  EXPECT_EQ(note.at("ari_singletons"), 1.0);
  EXPECT_EQ(note.at("outliers"), 0);
}

// No image lies nearer to the mean of another cluster than to that of its own.
TEST(KMeans, EndsWhereNoImageMoves) {
  const Fixture f(8, 25, .4);
  const LabelSet labels = f.Labels(*f.Source(R"({"images_per_cluster": 20})"));
  ASSERT_EQ(labels.classes, 10);
  std::vector<std::vector<double>> means(10, std::vector<double>(8, 0.0));
  std::vector<double> sizes(10, 0.0);
  for (const int64_t label : labels.labels) ++sizes[label];
  for (size_t i = 0; i < 200; ++i) {
    for (size_t c = 0; c < 8; ++c)
      means[labels.labels[i]][c] += f.features.row(i)[c] / sizes[labels.labels[i]];
  }
  for (size_t i = 0; i < 200; ++i) {
    const auto distance = [&](size_t k) {
      double sum = 0;
      for (size_t c = 0; c < 8; ++c) {
        const double difference = f.features.row(i)[c] - means[k][c];
        sum += difference * difference;
      }
      return sum;
    };
    for (size_t k = 0; k < 10; ++k)
      EXPECT_GE(distance(k), distance(labels.labels[i]) - 1e-5) << i << " " << k;
  }
}

TEST(KMeans, ANewSourceGoesOnWhereAnotherStopped) {
  const Fixture f(8, 25, .4);
  const auto whole = f.Source("{}"), later = f.Source("{}");
  const LabelSet first = f.Labels(*whole, 0), second = f.Labels(*whole, 1);
  EXPECT_NE(first.labels, second.labels) << "every epoch draws starts of its own";
  EXPECT_EQ(f.Labels(*later, 1).labels, second.labels);
  EXPECT_EQ(later->Notes().at(0), whole->Notes().at(1));
}

TEST(KMeans, LabelsDoNotDependOnTheTruth) {
  Fixture f(4, 10, .4);
  const LabelSet seen = f.Labels(*f.Source("{}"));
  f.truth.assign(f.truth.size(), -1);
  EXPECT_EQ(f.Labels(*f.Source("{}")).labels, seen.labels);
}

TEST(KMeans, EqualFeaturesAreACollapse) {
  Fixture f(1, 40, 0);
  try {
    f.Labels(*f.Source("{}"), 4);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kTraining);
    EXPECT_NE(std::string(error.what()).find("before epoch 5"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("collapsed"), std::string::npos) << error.what();
  }
}

TEST(KMeans, RefusesParametersOutOfRange) {
  const Fixture f(2, 2, .1);
  for (const char* bad : {R"({"images_per_cluster": 0})", R"({"rounds": 0})", R"({"k": 5})"}) {
    EXPECT_THROW(f.Source(bad), Error) << bad;
  }
}

}  // namespace
}  // namespace bcr
