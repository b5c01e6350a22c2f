// SpCL: the hybrid memory against the definition in float64, row by row, and its label source.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/cluster/self_paced.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/train/label_source.h"
#include "harness/train/objective.h"
#include "tests/unit/cluster/points.h"
#include "tests/unit/methods/label_scene.h"

namespace bcr {
namespace {

using Rows64 = std::vector<std::vector<double>>;

FloatMatrix Start() { return NoisyIdentities(12, 6, 4, 0.4, 3); }
LabelSet Labels(std::vector<int64_t> values, int64_t classes) {
  LabelSet labels;
  labels.labels = std::move(values);
  labels.classes = classes;
  return labels;
}
// Two clusters, a class without rows (2), two images on their own, one left out.
LabelSet Example() { return Labels({0, 1, 0, 1, 0, 1, 3, 4, 0, 1, -1, 0}, 5); }

// The memory as lists of numbers.
struct Slow {
  Rows64 memory;
  explicit Slow(const FloatMatrix& start) {
    for (size_t i = 0; i < start.rows(); ++i)
      memory.emplace_back(start.row(i), start.row(i) + start.cols());
  }
  double Loss(const std::vector<double>& q, int64_t label, const LabelSet& labels, double t) const {
    double whole = 1e-6, own = 0;
    for (int64_t c = 0; c < labels.classes; ++c) {
      double dot = 0, count = 0;
      for (size_t i = 0; i < memory.size(); ++i) {
        if (labels.labels[i] != c) continue;
        ++count;
        for (size_t k = 0; k < q.size(); ++k) dot += q[k] * memory[i][k];
      }
      if (count == 0) continue;
      const double e = std::exp(dot / count / t);
      whole += e;
      if (c == label) own = e;
    }
    return -std::log(own / whole + 1e-6);
  }
  void Update(const std::vector<double>& q, size_t row, double momentum) {
    double squares = 0;
    for (size_t k = 0; k < q.size(); ++k) {
      memory[row][k] = momentum * memory[row][k] + (1 - momentum) * q[k];
      squares += memory[row][k] * memory[row][k];
    }
    for (double& value : memory[row]) value /= std::sqrt(squares);
  }
};

struct Fixture {
  FloatMatrix start = Start();
  std::unique_ptr<Objective> objective;
  explicit Fixture(const Json& parameters, const LabelSet& labels = Example()) {
    objective =
        MakeObjective(FindObjective(objective_table(), "hybrid-memory"), parameters, "test");
    TrainingSet set;
    set.rows = 12;
    objective->Prepare(set);
    objective->OnLabels(labels);
    Begin();
  }
  void Begin() {
    EpochStart epoch;
    epoch.features = [this]() -> const FloatMatrix& { return start; };
    objective->BeginEpoch(epoch);
  }
  // Images `rows`, each shown as itself turned a little.
  void Show(const std::vector<int64_t>& rows, const LabelSet& labels, Batch& batch,
            Rows64& queries) const {
    Random random(static_cast<uint64_t>(rows.front()) + 9);
    std::vector<float> values;
    std::vector<int64_t> own;
    queries.clear();
    for (const int64_t row : rows) {
      std::vector<double> q;
      double squares = 0;
      for (size_t k = 0; k < start.cols(); ++k) {
        values.push_back(start.row(static_cast<size_t>(row))[k] +
                         static_cast<float>(.3 * random.Normal()));
        q.push_back(values.back());
        squares += q.back() * q.back();
      }
      for (double& value : q) value /= std::sqrt(squares);
      queries.push_back(q);
      own.push_back(labels.labels[static_cast<size_t>(row)]);
    }
    batch.rows = rows;
    batch.labels = own;
    batch.Set(Slot::kAfterNeck,
              at::tensor(values).view({static_cast<int64_t>(rows.size()), -1}).requires_grad_());
    batch.Set(Slot::kRows, at::tensor(rows, at::kLong));
    batch.Set(Slot::kLabels, at::tensor(own, at::kLong));
    batch.Set(Slot::kValid, at::tensor(own, at::kLong).ge(0));
  }
};

double ValueOf(Objective& objective, const Batch& batch) {
  Terms terms;
  objective.Compute(batch, terms);
  return terms.value(0).item<double>();
}

TEST(HybridMemory, EqualsTheDefinitionWhileItsRowsMove) {
  const LabelSet labels = Example();
  Fixture f(Json{{"temperature", 0.1}, {"momentum", 0.3}});
  Slow slow(f.start);
  for (const std::vector<int64_t>& rows :
       {std::vector<int64_t>{0, 6, 3, 10}, {2, 2, 7}, {1, 3, 5, 9, 11, 2}}) {
    Rows64 queries;
    Batch batch;
    f.Show(rows, labels, batch, queries);
    double expected = 0, count = 0;
    for (size_t b = 0; b < rows.size(); ++b) {
      const int64_t label = labels.labels[static_cast<size_t>(rows[b])];
      if (label < 0) continue;
      expected += slow.Loss(queries[b], label, labels, 0.1);
      ++count;
    }
    EXPECT_NEAR(ValueOf(*f.objective, batch), expected / count, 2e-6);
    f.objective->AfterBackward(batch);
    for (size_t b = 0; b < rows.size(); ++b)
      slow.Update(queries[b], static_cast<size_t>(rows[b]), 0.3);
  }
  FloatMatrix remembered;
  ASSERT_TRUE(f.objective->Remembered(remembered));
  for (size_t i = 0; i < 12; ++i) {
    for (size_t k = 0; k < 6; ++k) EXPECT_NEAR(remembered.row(i)[k], slow.memory[i][k], 2e-6);
  }
}

// New labels regroup what is remembered; the memory itself goes on, through a new epoch as well.
TEST(HybridMemory, NewLabelsKeepTheMemory) {
  Fixture f(Json{{"temperature", 0.1}});
  Slow slow(f.start);
  Rows64 queries;
  Batch batch;
  f.Show({0, 6, 3}, Example(), batch, queries);
  f.objective->AfterBackward(batch);
  for (size_t b = 0; b < 3; ++b) slow.Update(queries[b], static_cast<size_t>(batch.rows[b]), 0.2);
  const LabelSet other = Labels({0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3}, 4);
  f.objective->OnLabels(other);
  f.start = NoisyIdentities(12, 6, 4, 0.4, 8);  // nobody asks for it any more
  f.Begin();
  Batch next;
  f.Show({4, 8}, other, next, queries);
  EXPECT_NEAR(ValueOf(*f.objective, next),
              (slow.Loss(queries[0], 1, other, 0.1) + slow.Loss(queries[1], 2, other, 0.1)) / 2,
              2e-6);
}

TEST(HybridMemory, AResumedOneHasTheSameMemory) {
  Fixture f(Json::object()), resumed(Json::object());
  Rows64 queries;
  Batch batch;
  f.Show({0, 6, 3, 3}, Example(), batch, queries);
  f.objective->AfterBackward(batch);
  std::map<std::string, at::Tensor> state;
  f.objective->Save(state);
  resumed.objective->Load(state);
  f.Begin();
  resumed.Begin();
  EXPECT_EQ(ValueOf(*f.objective, batch), ValueOf(*resumed.objective, batch));
  FloatMatrix a, b;
  f.objective->Remembered(a);
  resumed.objective->Remembered(b);
  EXPECT_EQ(std::vector<float>(a.data(), a.data() + 72),
            std::vector<float>(b.data(), b.data() + 72));
}

// A cold temperature would overflow exp as it is written.
TEST(HybridMemory, StaysFiniteAtColdTemperatures) {
  Fixture f(Json{{"temperature", 0.001}});
  Rows64 queries;
  Batch batch;
  f.Show({0, 6, 3}, Example(), batch, queries);
  EXPECT_TRUE(std::isfinite(ValueOf(*f.objective, batch)));
}

struct Source : testing::LabelScene {
  explicit Source(const std::string& parameters) : LabelScene("spcl", parameters) {}
};

TEST(SpclLabels, LeaveNobodyOut) {
  Source source(R"({"k1": 15, "eps": 0.5})");
  const LabelSet labels = source.At(0);
  int64_t largest = -1;
  for (const int64_t label : labels.labels) {
    ASSERT_GE(label, 0);
    largest = std::max(largest, label);
  }
  EXPECT_EQ(labels.classes, largest + 1);
  const Json note = source.made->Notes().at(0);
  EXPECT_EQ(note.at("clusters").get<int64_t>() + note.at("outliers").get<int64_t>(),
            labels.classes);
  EXPECT_GT(note.at("outliers"), 0);
}

// The threshold is the first epoch's, also behind a resumption.
TEST(SpclLabels, TheThresholdIsSetOnceAndKept) {
  Source whole(R"({"k1": 15, "eps": 0.5})"), resumed(R"({"k1": 15, "eps": 0.5})");
  whole.At(0);
  std::map<std::string, at::Tensor> state;
  whole.made->Save(state);
  resumed.made->Load(state);
  whole.features = resumed.features = NoisyIdentities(300, 16, 15, 0.9, 5);
  EXPECT_EQ(whole.At(1).labels, resumed.At(1).labels);
  const Json notes = whole.made->Notes();
  EXPECT_EQ(notes[0].at("independence_threshold"), notes[1].at("independence_threshold"));
  EXPECT_EQ(resumed.made->Notes()[0], notes[1]);
}

TEST(SpclLabels, RefusesRadiiOutOfRange) {
  EXPECT_THROW(Source(R"({"eps": 0.99})"), Error);
  EXPECT_THROW(Source(R"({"eps": 0.01})"), Error);
}

}  // namespace
}  // namespace bcr
