// The label source `cluster-contrast`: labels from features, notes for the record, and what it says
// of a clustering that fails.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/train/label_source.h"

namespace bcr {
namespace {

constexpr int64_t kGroups = 3, kEach = 10;

// Tight groups of unit rows far from each other, and one row on its own at the end.
FloatMatrix Grouped() {
  Random random(1);
  FloatMatrix rows(kGroups * kEach + 1, 4);
  for (int64_t i = 0; i < kGroups * kEach; ++i) {
    float* row = rows.row(static_cast<size_t>(i));
    row[i / kEach] = 1;
    for (size_t c = 0; c < 4; ++c) row[c] += static_cast<float>(.02 * random.Normal());
  }
  rows.row(kGroups * kEach)[3] = 1;
  NormalizeRows(rows);
  return rows;
}

struct Fixture {
  FloatMatrix features = Grouped();
  std::vector<int64_t> truth, cameras;
  int asked = 0;
  Fixture() {
    for (int64_t i = 0; i <= kGroups * kEach; ++i) {
      truth.push_back(i / kEach);
      cameras.push_back(i % 2);
    }
  }
  std::unique_ptr<LabelSource> Source(const std::string& parameters,
                                      const OldModel* old = nullptr) const {
    LabelContext context;
    context.truth = truth;
    context.cameras = cameras;
    if (old != nullptr) context.old_models.push_back(old);
    return MakeLabelSource(label_source_table(), "cluster-contrast", parameters, context);
  }
  bool Refresh(LabelSource& source, int epoch, LabelSet& labels) {
    EpochStart start;
    start.epoch = epoch;
    start.features = [this]() -> const FloatMatrix& {
      ++asked;
      return features;
    };
    return source.Refresh(start, labels);
  }
};

constexpr const char* kSmall = R"({"k1": 8, "k2": 3, "eps": 0.6, "min_samples": 4})";

TEST(ClusterContrast, EveryEpochIsLabelledByItsFeatures) {
  Fixture f;
  const auto source = f.Source(kSmall);
  LabelSet labels;
  ASSERT_TRUE(f.Refresh(*source, 0, labels));
  EXPECT_EQ(labels.classes, kGroups);
  ASSERT_EQ(labels.labels.size(), f.truth.size());
  for (int64_t i = 0; i < kGroups * kEach; ++i)
    EXPECT_EQ(labels.labels[static_cast<size_t>(i)], i / kEach) << i;
  EXPECT_EQ(labels.labels.back(), -1) << "the row on its own is left out";
  EXPECT_FALSE(labels.identities) << "clusters are no identities";
  for (size_t c = 0; c < 4; ++c) std::swap(f.features.row(0)[c], f.features.row(15)[c]);
  ASSERT_TRUE(f.Refresh(*source, 1, labels));
  EXPECT_EQ(labels.labels[0], labels.labels[14]) << "row 0 now lies among the second group";
  EXPECT_EQ(f.asked, 2) << "features are extracted once an epoch";
}

// The old model takes the first two groups for one, of rows of another length; the new one parts row 0
// from its own.
TEST(ClusterContrast, LabelsComeFromTheNewFeaturesTheOldOnesOrBoth) {
  Fixture f;
  OldModel old;
  old.features = f.features;
  for (size_t i = 0; i < old.features.rows(); ++i) {
    float* const row = old.features.row(i);
    if (i / kEach == 1) std::swap(row[0], row[1]);
    for (size_t c = 0; c < 4; ++c) row[c] *= 7;
  }
  for (size_t c = 0; c < 4; ++c) std::swap(f.features.row(0)[c], f.features.row(25)[c]);
  const auto labels = [&](const std::string& from, const OldModel* model) {
    LabelSet set;
    std::string parameters = kSmall;
    parameters.insert(1, R"("from": ")" + from + R"(", )");
    f.Refresh(*f.Source(parameters, model), 0, set);
    return set;
  };
  const LabelSet fresh = labels("new", &old);
  EXPECT_NE(fresh.labels[0], fresh.labels[1]);
  EXPECT_NE(fresh.labels[1], fresh.labels[11]);
  const int asked = f.asked;
  const LabelSet stale = labels("old", &old);
  EXPECT_EQ(f.asked, asked) << "nothing of the new model is needed";
  EXPECT_EQ(stale.labels[0], stale.labels[1]);
  EXPECT_EQ(stale.labels[1], stale.labels[11]);
  EXPECT_EQ(stale.classes, 2);
  const LabelSet agreed = labels("agreed", &old);
  EXPECT_EQ(agreed.labels[0], -1) << "its new companions are not its old ones";
  EXPECT_EQ(agreed.labels[1], agreed.labels[2]);
  EXPECT_NE(agreed.labels[1], agreed.labels[11]) << "the new model parts them";
  EXPECT_NE(agreed.labels[11], agreed.labels[21]) << "both part them";
  EXPECT_EQ(agreed.classes, 3);
  EXPECT_EQ(labels("agreed", nullptr).labels, fresh.labels) << "without an earlier model";
}

TEST(ClusterContrast, NotesEachRefresh) {
  Fixture f;
  const auto source = f.Source(kSmall);
  EXPECT_TRUE(source->Notes().empty());
  LabelSet labels;
  f.Refresh(*source, 0, labels);
  f.Refresh(*source, 1, labels);
  const Json notes = source->Notes();
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_EQ(notes[1].at("epoch"), 2);
  EXPECT_EQ(notes[0].at("clusters"), kGroups);
  EXPECT_EQ(notes[0].at("outliers"), 1);
  EXPECT_EQ(notes[0].at("largest"), kEach);
  EXPECT_EQ(notes[0].at("multi_camera"), kGroups);
  EXPECT_EQ(notes[0].at("ari_singletons"), 1.0);
}

// Truth is for the notes alone.
TEST(ClusterContrast, LabelsDoNotDependOnTheTruth) {
  Fixture f, blind;
  blind.truth.assign(blind.truth.size(), -1);
  LabelSet seen, unseen;
  f.Refresh(*f.Source(kSmall), 0, seen);
  blind.Refresh(*blind.Source(kSmall), 0, unseen);
  EXPECT_EQ(seen.labels, unseen.labels);
}

// A resumed run begins with a new source at a later epoch: its labels are those of the whole run.
TEST(ClusterContrast, ANewSourceGoesOnWhereAnotherStopped) {
  Fixture f;
  const auto whole = f.Source(kSmall);
  LabelSet first, second, resumed;
  f.Refresh(*whole, 0, first);
  f.Refresh(*whole, 1, second);
  const auto later = f.Source(kSmall);
  f.Refresh(*later, 1, resumed);
  EXPECT_EQ(resumed.labels, second.labels);
  ASSERT_EQ(later->Notes().size(), 1U);
  EXPECT_EQ(later->Notes()[0], whole->Notes()[1]);
}

TEST(ClusterContrast, CollapsesAreNamed) {
  Fixture f;
  const auto source = f.Source(R"({"k1": 8, "k2": 3, "eps": 0.0, "min_samples": 20})");
  LabelSet labels;
  try {
    f.Refresh(*source, 4, labels);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kTraining);
    EXPECT_NE(std::string(error.what()).find("collapsed"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("epoch 5"), std::string::npos) << error.what();
  }
  ASSERT_EQ(source->Notes().size(), 1U) << "the note of the collapse is kept";
}

TEST(ClusterContrast, RefusesParametersOutOfRange) {
  const Fixture f;
  for (const char* bad : {R"({"k1": 1})", R"({"k2": 0})", R"({"eps": 1.0})", R"({"eps": -0.1})",
                          R"({"min_samples": 0})", R"({"k3": 5})"}) {
    EXPECT_THROW(f.Source(bad), Error) << bad;
  }
}

}  // namespace
}  // namespace bcr
