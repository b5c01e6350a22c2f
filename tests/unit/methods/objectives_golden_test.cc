// Compatibility objectives and metric losses against tests/golden/objectives, which scripts/reference/objectives.py
// computes from the published formulas, pair by pair: values and gradients in float64, values in
// float32.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::FillPairs;
using testing::LossOf;
using testing::MakeNamed;

const std::string kFolder = std::string(BCR_TEST_SOURCE_DIR) + "/golden/objectives/";

at::Tensor TensorOf(const Json& rows) {
  std::vector<double> values;
  for (const Json& row : rows) {
    for (const Json& value : row) values.push_back(value.get<double>());
  }
  return at::tensor(values, at::kDouble).view({static_cast<int64_t>(rows.size()), -1});
}

FloatMatrix MatrixOf(const Json& rows) {
  FloatMatrix matrix(rows.size(), rows[0].size());
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t c = 0; c < rows[i].size(); ++c) matrix.row(i)[c] = rows[i][c].get<float>();
  }
  return matrix;
}

struct Prepared {
  OldModel old;
  FloatMatrix current;  // unit rows; empty where no objective of the file asks for them
  TrainingSet set;
  LabelSet labels;
  explicit Prepared(const Json& file) {
    old.features = MatrixOf(file.at("table"));
    old.head = MatrixOf(file.at("head"));
    old.class_of = file.at("class_of").get<std::vector<int64_t>>();
    set.rows = static_cast<int64_t>(old.features.rows());
    set.old_model = &old;
    set.epochs = 10;
    labels.labels = file.at("listed").get<std::vector<int64_t>>();
    labels.classes = file.at("classes").get<int64_t>();
    labels.identities = true;
    if (!file.contains("current")) return;
    current = MatrixOf(file.at("current"));
    NormalizeRows(current);
  }
};

at::Tensor Loss(const Json& file, const Json& parameters, const Prepared& prepared,
                at::ScalarType type, Batch& batch) {
  FillPairs(TensorOf(file.at("new")).to(type), TensorOf(file.at("old")).to(type),
            file.at("labels").get<std::vector<int64_t>>(), batch,
            file.at("rows").get<std::vector<int64_t>>());
  batch.Set(Slot::kLogits, TensorOf(file.at("logits")).to(type));
  batch.Set(Slot::kHeadWeight, TensorOf(file.at("classifier")).to(type));
  for (const Slot side : {Slot::kBeforeNeck, Slot::kAfterNeck})
    batch.Set(side, batch[Slot::kCompatible]);
  const auto objective = MakeNamed(file.at("objective"), parameters);
  objective->Prepare(prepared.set);
  objective->OnLabels(prepared.labels);
  EpochStart start;
  start.epoch = 9;
  start.features = [&prepared]() -> const FloatMatrix& { return prepared.current; };
  objective->BeginEpoch(start);
  return LossOf(*objective, batch);
}

class Golden : public ::testing::TestWithParam<std::string> {};

TEST_P(Golden, ValuesAndGradients) {
  const Json file = ReadJsonFile(kFolder + GetParam());
  const Prepared prepared(file);
  for (const Json& expected : file.at("cases")) {
    SCOPED_TRACE(DumpJsonCompact(expected.at("parameters")));
    Batch batch, single;
    const at::Tensor loss = Loss(file, expected.at("parameters"), prepared, at::kDouble, batch);
    const double value = expected.at("value").get<double>();
    EXPECT_NEAR(loss.item<double>(), value,
                file.at("tolerance").get<double>() * std::max(1.0, std::abs(value)));
    loss.backward();
    const at::Tensor gradient = TensorOf(expected.at("gradient"));
    const double largest = gradient.abs().max().item<double>();
    EXPECT_GT(largest, 0);
    EXPECT_LT((batch[Slot::kCompatible].grad() - gradient).abs().max().item<double>(),
              1e-5 * largest);
    const at::Tensor rounded = Loss(file, expected.at("parameters"), prepared, at::kFloat, single);
    EXPECT_NEAR(rounded.item<double>(), value, 1e-5 * std::max(1.0, std::abs(value)));
  }
}

std::vector<std::string> Files() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    names.insert(entry.path().filename());
  return {names.begin(), names.end()};
}

INSTANTIATE_TEST_SUITE_P(Objectives, Golden, ::testing::ValuesIn(Files()), [](const auto& param) {
  std::string name = param.param.substr(0, param.param.size() - 5);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace bcr
