// Loss vectors of the fact sheets: triplet, SP / AdaSP, regression, ClusterNCE and the
// memory update.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/train/objective.h"
#include "methods/support/cluster_memory.h"
#include "methods/support/old_space.h"
#include "methods/support/tensor_ops.h"

namespace bcr {
namespace {

at::Tensor Rows(const std::vector<double>& values, int64_t cols) {
  return at::tensor(values, at::kDouble).view({-1, cols}).set_requires_grad(true);
}

void SetLabels(Batch& batch, const std::vector<int64_t>& labels) {
  batch.Set(Slot::kLabels, at::tensor(labels, at::kLong));
  batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
  batch.labels = labels;
}

std::unique_ptr<Objective> Make(const std::string& name, const Json& parameters) {
  return MakeObjective(FindObjective(objective_table(), name), parameters, "test");
}

double ValueOf(Objective& objective, const Batch& batch) {
  Terms terms;
  objective.Compute(batch, terms);
  return terms.value(0).item<double>();
}

TEST(Triplet, BatchHardVectors) {
  Batch batch;
  batch.Set(Slot::kBeforeNeck, Rows({0, 0, 1, 0, 0, 2, 3, 0, 4, 1, 3, 3}, 2));
  SetLabels(batch, {0, 0, 0, 1, 1, 1});
  EXPECT_NEAR(ValueOf(*Make("triplet", {{"margin", 0.3}}), batch), 0.328965, 1e-6);
  EXPECT_NEAR(ValueOf(*Make("triplet", {{"margin", 0.0}}), batch), 0.621208, 1e-6);
}

at::Tensor Angles(const std::vector<double>& degrees) {
  std::vector<double> rows;
  for (const double a : degrees) {
    rows.push_back(std::cos(a * M_PI / 180));
    rows.push_back(std::sin(a * M_PI / 180));
  }
  return Rows(rows, 2);
}

TEST(AdaSp, SheetVectors) {
  struct Line {
    std::vector<double> degrees;
    double temperature, hard, least_hard, adaptive;
  };
  const std::vector<Line> lines = {
      {{0, 20, 60, 90, 100, 170}, .04, 14.010163, 7.906914, 10.517816},
      {{0, 20, 60, 90, 100, 170}, .5, 3.693630, 1.652300, 1.652300},
      {{0, 30, 120, 200, 210, 230}, .05, 7.098373, 1.766554, 1.766555}};
  for (const Line& line : lines) {
    Batch batch;
    batch.Set(Slot::kBeforeNeck, Angles(line.degrees));
    SetLabels(batch, {0, 0, 0, 1, 1, 1});
    const auto value = [&](const char* form) {
      return ValueOf(*Make("adasp", {{"form", form}, {"temperature", line.temperature}}), batch);
    };
    EXPECT_NEAR(value("hard"), line.hard, 1e-5) << line.temperature;
    EXPECT_NEAR(value("least-hard"), line.least_hard, 1e-5) << line.temperature;
    EXPECT_NEAR(value("adaptive"), line.adaptive, 1e-5) << line.temperature;
  }
}

TEST(Regression, SimilarityNineTenths) {
  Batch batch;
  batch.Set(Slot::kCompatible, Rows({2.0, 0.0}, 2));
  batch.Set(Slot::kOldFeatures, Rows({0.9, std::sqrt(1 - 0.81)}, 2));
  EXPECT_NEAR(ValueOf(*Make("regression", {{"form", "squared"}}), batch), 0.2, 1e-12);
  EXPECT_NEAR(ValueOf(*Make("regression", {{"form", "cosine"}}), batch), 0.1, 1e-12);
  EXPECT_NEAR(ValueOf(*Make("regression", {{"form", "norm"}}), batch), 0.44721, 5e-6);
  EXPECT_NEAR(ValueOf(*Make("regression", {{"form", "norm"}, {"threshold", 0.2}}), batch), 0.24721,
              5e-6);
}

FloatMatrix Matrix(const std::vector<float>& values, size_t cols) {
  FloatMatrix matrix(values.size() / cols, cols);
  std::copy(values.begin(), values.end(), matrix.data());
  return matrix;
}

TEST(ClusterMemory, Initialisation) {
  LabelSet labels;
  labels.labels = {0, 0, 1, 1, -1};
  labels.classes = 2;
  const ClassCentroids c =
      Centroids(Matrix({1, 0, .8F, .6F, 0, 1, .28F, .96F, -.6F, .8F}, 2), labels);
  EXPECT_NEAR(c.unit.row(0)[0], 0.948683, 1e-6);
  EXPECT_NEAR(c.unit.row(0)[1], 0.316228, 1e-6);
  EXPECT_NEAR(c.unit.row(1)[0], 0.141421, 1e-6);
  EXPECT_NEAR(c.unit.row(1)[1], 0.989949, 1e-6);
}

TEST(ClusterMemory, MomentumVectors) {
  struct Line {
    double mu;
    float plain[2], reversed[2], hard[2];
  };
  const Line lines[] = {
      {0.1, {0.626849F, 0.779141F}, {0.787860F, 0.615854F}, {0.664364F, 0.747409F}},
      {0.2, {0.662413F, 0.749139F}, {0.786423F, 0.617688F}, {0.728200F, 0.685365F}},
      {0.9, {0.990223F, 0.139494F}, {0.990622F, 0.136635F}, {0.996546F, 0.083045F}}};
  for (const Line& line : lines) {
    const auto check = [&](const std::vector<float>& batch, bool hard, const float* expected) {
      const at::Tensor moved = FromMatrix(Matrix({1, 0, 0, 1}, 2));
      UpdateMemory(moved, FromMatrix(Matrix(batch, 2)), {0, 0},
                   {.momentum = line.mu, .high = hard ? 0.0 : 1.0});
      const FloatMatrix memory = ToMatrix(moved);
      EXPECT_NEAR(memory.row(0)[0], expected[0], 2e-6) << line.mu;
      EXPECT_NEAR(memory.row(0)[1], expected[1], 2e-6) << line.mu;
      EXPECT_EQ(memory.row(1)[1], 1.0F) << "another label's row moved";
    };
    check({.8F, .6F, .6F, .8F}, false, line.plain);
    check({.6F, .8F, .8F, .6F}, false, line.reversed);
    check({.8F, .6F, .6F, .8F}, true, line.hard);
  }
}

// The rule as a loop over the batch, in float64 with rounding to float32 where the memory is stored.
void BlendRow(float* m, const float* q, size_t d, double momentum) {
  double squares = 0;
  for (size_t c = 0; c < d; ++c) {
    m[c] = static_cast<float>(momentum * m[c] + (1 - momentum) * q[c]);
    squares += double{m[c]} * m[c];
  }
  const double norm = std::sqrt(squares);
  if (norm < 1e-12) return;
  for (size_t c = 0; c < d; ++c) m[c] = static_cast<float>(m[c] / norm);
}

void UpdateByLoop(FloatMatrix& memory, const FloatMatrix& batch, const std::vector<int64_t>& labels,
                  double momentum, bool hard) {
  std::map<int64_t, std::pair<double, size_t>> hardest;
  for (size_t b = 0; b < labels.size(); ++b) {
    if (labels[b] < 0) continue;
    float* m = memory.row(static_cast<size_t>(labels[b]));
    if (!hard) BlendRow(m, batch.row(b), memory.cols(), momentum);
    double similarity = 0;
    for (size_t c = 0; c < memory.cols(); ++c) similarity += double{m[c]} * batch.row(b)[c];
    const auto [it, fresh] = hardest.try_emplace(labels[b], similarity, b);
    if (!fresh && similarity < it->second.first) it->second = {similarity, b};
  }
  for (const auto& [label, entry] : hardest) {
    if (hard)
      BlendRow(memory.row(static_cast<size_t>(label)), batch.row(entry.second), memory.cols(),
               momentum);
  }
}

// Labels take turns in any order, some rows are left out, two rows of a label are equal.
TEST(ClusterMemory, TheDeviceUpdateEqualsALoopToTheLastBit) {
  Random random(8);
  for (const size_t width : {3U, 64U, 131U}) {
    FloatMatrix start(5, width), batch(40, width);
    for (FloatMatrix* matrix : {&start, &batch}) {
      for (size_t i = 0; i < matrix->rows() * width; ++i)
        matrix->data()[i] = static_cast<float>(random.Normal());
      NormalizeRows(*matrix);
    }
    std::vector<int64_t> labels;
    for (size_t b = 0; b < 40; ++b) labels.push_back(static_cast<int64_t>(random.Below(6)) - 1);
    labels[3] = labels[4] = 2;
    std::copy_n(batch.row(3), width, batch.row(4));
    for (const bool hard : {false, true}) {
      FloatMatrix expected = start;
      UpdateByLoop(expected, batch, labels, 0.1, hard);
      const at::Tensor memory = FromMatrix(start);
      UpdateMemory(memory, FromMatrix(batch), labels, {.momentum = 0.1, .high = hard ? 0.0 : 1.0});
      EXPECT_TRUE(at::equal(memory, FromMatrix(expected))) << width << (hard ? " hard" : " plain");
      EXPECT_FALSE(at::equal(memory, FromMatrix(start)));
    }
  }
}

// Memory rows (1,0), (0,1), (.8,.6) come from one training image each.
TEST(ClusterNce, LossAndGradient) {
  auto objective = Make("cluster-nce", {{"temperature", 0.05}});
  TrainingSet set;
  set.rows = 3;
  objective->Prepare(set);
  LabelSet labels;
  labels.labels = {0, 1, 2};
  labels.classes = 3;
  objective->OnLabels(labels);
  const FloatMatrix features = Matrix({1, 0, 0, 1, .8F, .6F}, 2);
  EpochStart start;
  start.features = [&]() -> const FloatMatrix& { return features; };
  objective->BeginEpoch(start);
  Batch batch;
  batch.Set(Slot::kAfterNeck, Rows({1.2, 1.6, 2.0, 0.0}, 2));  // twice the unit queries
  SetLabels(batch, {1, 0});
  Terms terms;
  objective->Compute(batch, terms);
  EXPECT_NEAR(terms.value(0).item<double>(), 1.629410, 2e-6);
  terms.value(0).backward();
  const at::Tensor grad = batch[Slot::kAfterNeck].grad();
  EXPECT_NEAR(grad[0][0].item<double>(), 3.383726, 5e-6);
  EXPECT_NEAR(grad[0][1].item<double>(), -2.537795, 5e-6);
  EXPECT_NEAR(grad[1][0].item<double>(), 0, 1e-9);
  EXPECT_NEAR(grad[1][1].item<double>(), 0.053959, 1e-6);
}

TEST(Bct, UnseenIdentitiesAreDroppedInTheOldHeadForm) {
  OldModel old;
  old.features = Matrix({1, 0, 0, 1, 1, 1}, 2);
  old.head = Matrix({1, 0, 0, 1}, 2);
  TrainingSet set;
  set.rows = 3;
  set.old_model = &old;
  auto objective = Make("bct", {{"form", "old-head"}});
  objective->Prepare(set);
  LabelSet labels;
  labels.labels = {0, 1, 2};
  labels.classes = 3;
  labels.identities = true;
  old.class_of = {1, -1, -1};
  objective->OnLabels(labels);
  Batch batch;
  batch.Set(Slot::kCompatible, Rows({2, 1, 5, 5}, 2));
  SetLabels(batch, {0, 1});
  // Only the first row counts: logits (2, 1), target 1: log(1 + e).
  EXPECT_NEAR(ValueOf(*objective, batch), std::log(1 + std::exp(1.0)), 1e-9);
  old.class_of = {-1, -1, -1};
  EXPECT_THROW(objective->OnLabels(labels), Error);
}

// Features before the neck have no old head: auto synthesises one, old-head says what is missing.
TEST(Bct, WithoutAnOldHeadOneIsSynthesised) {
  OldModel old;
  old.features = Matrix({3, 0, 0, 2}, 2);
  TrainingSet set;
  set.rows = 2;
  set.old_model = &old;
  LabelSet labels;
  labels.labels = {0, 1};
  labels.classes = 2;
  labels.identities = true;
  old.class_of = {0, 1};
  Batch batch;
  batch.Set(Slot::kCompatible, Rows({4, 3}, 2));
  SetLabels(batch, {0});
  auto automatic = Make("bct", {{"form", "auto"}});
  automatic->Prepare(set);
  automatic->OnLabels(labels);
  Terms terms;
  automatic->Compute(batch, terms);
  EXPECT_EQ(terms.names().front(), "synth_head");
  auto fixed = Make("bct", {{"form", "old-head"}});
  fixed->Prepare(set);
  EXPECT_THROW(fixed->OnLabels(labels), Error);
}

// A row without a label takes no part, also where class 0, which stands in for it, has no
// direction: its loss would be infinite, and infinity times a weight of 0 is no number.
TEST(Bct, RowsWithoutLabelsTakeNoPartBesideAnEmptyClass) {
  OldModel old;
  old.features = Matrix({1, 0, -1, 0, 0, 2, 3, 0}, 2);  // class 0 cancels out
  TrainingSet set;
  set.rows = 4;
  set.old_model = &old;
  auto objective = Make("bct", {{"form", "synth-head"}, {"scale", 10.0}});
  objective->Prepare(set);
  LabelSet labels;
  labels.labels = {0, 0, 1, 2};
  labels.classes = 3;
  objective->OnLabels(labels);
  const auto loss = [&](const std::vector<double>& features, const std::vector<int64_t>& given,
                        at::Tensor* gradient) {
    Batch batch;
    batch.Set(Slot::kCompatible, Rows(features, 2));
    SetLabels(batch, given);
    Terms terms;
    objective->Compute(batch, terms);
    terms.value(0).backward();
    *gradient = batch[Slot::kCompatible].grad();
    return terms.value(0).item<double>();
  };
  at::Tensor alone, beside;
  const double expected = loss({4, 3}, {1}, &alone);
  EXPECT_NEAR(expected, std::log(1 + std::exp(8.0 - 6.0)), 1e-6);
  EXPECT_EQ(loss({4, 3, 1, 2, 5, 1}, {1, -1, 0}, &beside), expected);
  EXPECT_TRUE(at::equal(beside[0], alone[0]));
  EXPECT_EQ(beside.narrow(0, 1, 2).abs().sum().item<double>(), 0.0);
}

TEST(Bct, SynthesisedHeadIsTheClassMeanOfOldFeatures) {
  OldModel old;
  old.features = Matrix({3, 0, 0, 2, 0, 7}, 2);
  TrainingSet set;
  set.rows = 3;
  set.old_model = &old;
  auto objective = Make("bct", {{"form", "auto"}, {"scale", 10.0}});
  objective->Prepare(set);
  LabelSet labels;
  labels.labels = {0, 1, 1};
  labels.classes = 3;  // class 2 has no image: its logit is masked
  objective->OnLabels(labels);
  Batch batch;
  batch.Set(Slot::kCompatible, Rows({4, 3}, 2));
  SetLabels(batch, {0});
  EXPECT_NEAR(ValueOf(*objective, batch), std::log(1 + std::exp(6.0 - 8.0)), 1e-6);
}

// Three images of one identity at 0, 10 and 40 degrees in the old space, one of another at 90: with two
// positives at most, an anchor keeps its own and the nearest other, and the third takes no part.
TEST(Rbcl, KeepsTheNearestPositivesWhereThereAreMoreThanItMayHave) {
  const auto at_degrees = [](double degrees) {
    return std::vector<double>{std::cos(degrees * M_PI / 180), std::sin(degrees * M_PI / 180)};
  };
  const std::vector<double> old_angles = {0, 10, 40, 90}, new_angles = {5, 30, 20, 70};
  const std::vector<int64_t> given = {0, 0, 0, 1};
  const std::vector<std::vector<size_t>> kept = {{0, 1}, {1, 0}, {2, 1}, {3}};
  std::vector<double> cached, fresh;
  for (size_t i = 0; i < 4; ++i) {
    for (const double x : at_degrees(old_angles[i])) cached.push_back(x);
    for (const double x : at_degrees(new_angles[i])) fresh.push_back(x);
  }
  OldModel old;
  old.features = Matrix({cached.begin(), cached.end()}, 2);
  TrainingSet set;
  set.rows = 4;
  set.old_model = &old;
  auto objective = Make("rbcl", {{"most_positives", 2},
                                 {"agents", "none"},
                                 {"reactivation", "none"},
                                 {"temperature", 0.2},
                                 {"warmup", 0.0}});
  objective->Prepare(set);
  LabelSet labels;
  labels.labels = given;
  labels.classes = 2;
  objective->OnLabels(labels);
  Batch batch;
  batch.Set(Slot::kCompatible, Rows(fresh, 2));
  batch.Set(Slot::kOldFeatures, Rows(cached, 2).detach());
  batch.Set(Slot::kRows, at::tensor(std::vector<int64_t>{0, 1, 2, 3}, at::kLong));
  batch.rows = {0, 1, 2, 3};
  SetLabels(batch, given);
  double precision = 0;
  for (size_t a = 0; a < 4; ++a) {
    const auto score = [&](size_t j) {
      return std::cos((new_angles[a] - old_angles[j]) * M_PI / 180);
    };
    const auto above = [&](size_t j, size_t i) {
      return 1 / (1 + std::exp(-(score(j) - score(i)) / 0.2));
    };
    for (const size_t i : kept[a]) {
      double positive = 1, all = 1;
      for (const size_t j : kept[a]) {
        if (j == i) continue;
        positive += above(j, i);
        all += above(j, i);
      }
      for (size_t j = 0; j < 4; ++j) {
        if (given[j] != given[a]) all += above(j, i);
      }
      precision += positive / all / static_cast<double>(kept[a].size()) / 4;
    }
  }
  EXPECT_NEAR(ValueOf(*objective, batch), 1 - precision, 1e-5);
}

// An image that the sampler repeats is itself wherever it stands in the batch.
TEST(Rbcl, WithoutSelfNoCopyOfAnImageIsItsOwnPositive) {
  OldModel old;
  old.features = Matrix({1, 0, .6F, .8F, 0, 1}, 2);
  TrainingSet set;
  set.rows = 3;
  set.old_model = &old;
  auto objective = Make("rbcl", {{"include_self", false},
                                 {"agents", "none"},
                                 {"reactivation", "none"},
                                 {"temperature", 0.2},
                                 {"warmup", 0.0}});
  objective->Prepare(set);
  LabelSet labels;
  labels.labels = {0, 0, 1};
  labels.classes = 2;
  objective->OnLabels(labels);
  // Row 0 alone: its identity shows no other image, so no anchor has a positive.
  const auto loss = [&](const std::vector<int64_t>& rows, const std::vector<double>& fresh) {
    Batch batch;
    std::vector<double> cached;
    std::vector<int64_t> given;
    for (const int64_t row : rows) {
      given.push_back(labels.labels[static_cast<size_t>(row)]);
      for (size_t c = 0; c < 2; ++c)
        cached.push_back(old.features.row(static_cast<size_t>(row))[c]);
    }
    batch.Set(Slot::kCompatible, Rows(fresh, 2));
    batch.Set(Slot::kOldFeatures, Rows(cached, 2).detach());
    batch.Set(Slot::kRows, at::tensor(rows, at::kLong));
    batch.rows = rows;
    SetLabels(batch, given);
    return ValueOf(*objective, batch);
  };
  EXPECT_EQ(loss({0, 0, 2, 2}, {1, 2, 2, 1, 0, 3, 1, 1}), 0.0) << "no anchor has a positive";
  EXPECT_GT(loss({0, 1, 2, 2}, {1, 2, 2, 1, 0, 3, 1, 1}), 0.0);
}

}  // namespace
}  // namespace bcr
