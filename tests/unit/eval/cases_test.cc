// Runs every case of tests/cases (README.md there says what a case is).
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/files.h"
#include "harness/core/json.h"
#include "harness/eval/statistics/cell_metrics.h"
#include "harness/metrics/table.h"
#include "tests/unit/eval/eval_test_util.h"

namespace bcr {
namespace {

const std::string kFolder = std::string(BCR_TEST_SOURCE_DIR) + "/cases";
constexpr double kExact = 1e-15;
constexpr int64_t kMost = int64_t{1} << 40;

struct Input {
  FeatureIndex query, gallery;
  FloatMatrix distances;
  ScoringOptions options;
  std::vector<uint32_t> ranks;  // of the matches, where the case gives `hits`
};

// "64/105" or "1".
double Fraction(const std::string& text) {
  const size_t slash = text.find('/');
  const double above = std::stod(text);
  return slash == std::string::npos ? above : above / std::stod(text.substr(slash + 1));
}

const MetricInfo& Metric(const std::string& name) {
  const MetricInfo* metric = FindMetric(name);
  if (metric == nullptr || !metric->query) throw std::runtime_error("no metric " + name);
  return *metric;
}

FeatureIndex IndexOf(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  FeatureIndex index =
      eval_test::MakeIndex(reader.TextList("identities"), reader.TextList("cameras"));
  reader.Finish();
  return index;
}

void ReadHits(const std::string& hits, Input& input) {
  input.query = eval_test::MakeIndex({"a"}, {"1"});
  std::vector<std::string> identities;
  input.distances = FloatMatrix(1, hits.size());
  for (size_t g = 0; g < hits.size(); ++g) {
    identities.push_back(hits[g] == '1' ? "a" : "b");
    if (hits[g] == '1') input.ranks.push_back(static_cast<uint32_t>(g + 1));
    input.distances.row(0)[g] = static_cast<float>(g);
  }
  input.gallery = eval_test::MakeIndex(identities, std::vector<std::string>(hits.size(), "2"));
}

Input ReadInput(JsonReader& reader) {
  Input input;
  input.options.policy = ParsePolicy(reader.Text("policy", "market"));
  input.options.ties = ParseTies(reader.Text("ties", "by-row"));
  if (reader.Has("hits")) {
    ReadHits(reader.Text("hits"), input);
    return input;
  }
  input.query = IndexOf(reader.Raw("query"), "query");
  input.gallery = IndexOf(reader.Raw("gallery"), "gallery");
  input.distances =
      eval_test::MakeMatrix(reader.Raw("distances").get<std::vector<std::vector<float>>>());
  return input;
}

void CheckAt(const Json& at, const std::vector<uint32_t>& ranks) {
  ASSERT_FALSE(ranks.empty()) << "`at` needs `hits`";
  for (const auto& [name, by_rank] : at.items()) {
    for (const auto& [rank, value] : by_rank.items()) {
      const auto k = static_cast<uint32_t>(std::stoul(rank));
      EXPECT_NEAR(Metric(name).query->of({ranks}, k), Fraction(value.get<std::string>()), kExact)
          << name << " at " << rank;
    }
  }
}

void CheckQuery(const Json& expected, const QueryScore& score, const std::vector<uint32_t>& ranks) {
  JsonReader reader(expected, "query");
  EXPECT_EQ(score.valid, reader.Bool("valid", true));
  EXPECT_EQ(score.matches, reader.Integer("matches", 0, kMost, score.matches));
  EXPECT_EQ(score.first_rank, reader.Integer("first_rank", 0, kMost, score.first_rank));
  EXPECT_EQ(score.last_rank, reader.Integer("last_rank", 0, kMost, score.last_rank));
  for (const auto& [name, value] : reader.Raw("values", score.valid).items()) {
    const std::optional<double> found = ValueOf(score, Metric(name));
    ASSERT_TRUE(found) << name;
    EXPECT_NEAR(*found, Fraction(value.get<std::string>()), kExact) << name;
  }
  for (const std::string& name : reader.TextList("absent", std::vector<std::string>{})) {
    EXPECT_FALSE(ValueOf(score, Metric(name))) << name;
  }
  if (reader.Has("at")) CheckAt(reader.Raw("at"), ranks);
  reader.Finish();
}

void CheckCell(JsonReader& reader, const Input& input, const CellScores& cell) {
  const auto count = [&](const char* key, size_t found) {
    EXPECT_EQ(reader.Integer(key, 0, kMost, static_cast<int64_t>(found)),
              static_cast<int64_t>(found))
        << key;
  };
  count("gallery_size", cell.gallery_size);
  count("valid_queries", cell.valid_queries);
  if (reader.Has("cmc")) {
    const std::vector<std::string> curve = reader.TextList("cmc");
    ASSERT_EQ(cell.cmc.size(), 50U);
    for (size_t k = 0; k < cell.cmc.size(); ++k) {
      EXPECT_NEAR(cell.cmc[k], Fraction(curve[std::min(k, curve.size() - 1)]), kExact)
          << "rank " << k + 1;
    }
  }
  std::map<std::string, std::optional<double>> means;
  for (const CellMetric& metric :
       EstimateCellMetrics(cell, input.query.identities, {.seed = 1, .resamples = 1})) {
    means[metric.name] = metric.estimate.value;
  }
  if (!reader.Has("means")) return;
  for (const auto& [name, value] : reader.Raw("means").items()) {
    ASSERT_TRUE(means[name]) << name;
    EXPECT_NEAR(*means[name], Fraction(value.get<std::string>()), kExact) << name;
  }
}

TEST(Cases, GiveTheirFigures) {
  size_t cases = 0;
  for (const std::string& name : ListFiles(kFolder)) {
    if (!name.ends_with(".json")) continue;
    SCOPED_TRACE(name);
    ++cases;
    const Json json = ReadJsonFile(kFolder + "/" + name);
    JsonReader reader(json, name);
    EXPECT_FALSE(reader.Text("about").empty());
    const Input input = ReadInput(reader);
    const CellScores cell =
        eval_test::CountDistances(input.distances, input.query, input.gallery, input.options);
    CheckCell(reader, input, cell);
    const Json& queries = reader.Raw("queries");
    ASSERT_EQ(queries.size(), cell.queries.size());
    for (size_t q = 0; q < queries.size(); ++q) {
      SCOPED_TRACE("query " + std::to_string(q));
      CheckQuery(queries[q], cell.queries[q], input.ranks);
    }
    reader.Finish();
  }
  EXPECT_GE(cases, 19U);
}

}  // namespace
}  // namespace bcr
