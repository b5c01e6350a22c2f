#include "reports/per_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/metrics/table.h"

namespace bcr {
namespace {

const char kText[] =
    "image,identity,camera,valid,ap_hits,ap_trapezoid,inp,first_rank\n"
    "\"a,1.jpg\",0007,c1,1,0.8333333333333334,0.7916666666666666,0.6666666666666666,1\n"
    "b.jpg,0009,c2,0,,,,\n";

TEST(PerQuery, WritesExactlyAndReadsBack) {
  const std::vector<PerQueryRow> rows = {
      {"a,1.jpg", "0007", "c1", true, 5.0 / 6, 19.0 / 24, 2.0 / 3, 1},
      {"b.jpg", "0009", "c2", false}};
  EXPECT_EQ(PerQueryCsv(rows), kText);
  const std::vector<PerQueryRow> read = ParsePerQuery(kText, "x.csv");
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].ap_trapezoid, 19.0 / 24);
  EXPECT_FALSE(read[1].valid);
  EXPECT_EQ(PerQueryCsv(read), kText);
}

TEST(PerQuery, BadFilesAreRefused) {
  const std::string header = "image,identity,camera,valid,ap_hits,ap_trapezoid,inp,first_rank\n";
  EXPECT_THROW(ParsePerQuery("image,identity\n", "x.csv"), Error);
  EXPECT_THROW(ParsePerQuery(header + "a,1,c1,yes,1,1,1,1\n", "x.csv"), Error);
  EXPECT_THROW(ParsePerQuery(header + "a,1,c1,1,1.5,1,1,1\n", "x.csv"), Error);
  EXPECT_THROW(ParsePerQuery(header + "a,1,c1,1,nan,1,1,1\n", "x.csv"), Error);
  EXPECT_THROW(ParsePerQuery(header + "a,1,c1,1,1,1,1,0\n", "x.csv"), Error);
  EXPECT_THROW(ParsePerQuery(header + "a,1,c1,0,,,,\na,1,c1,0,,,,\n", "x.csv"), Error);
}

TEST(PerQuery, ListsHaveColumnsOfTheirOwn) {
  std::vector<PerQueryRow> rows = {{"a.jpg", "1", "c1", true, 0.5, 0.25, 0.5, 2},
                                   {"b.jpg", "2", "c1", false}};
  rows[0].list = {{"x,1.jpg", false}, {"y.jpg", true}};
  rows[1].list = {{"y.jpg", false}};
  const std::string text = PerQueryCsv(rows);
  EXPECT_THAT(text, ::testing::HasSubstr("first_rank,top1,top2,top3,top4,top5,top6,top7,top8,top9,"
                                         "top10,matches\na.jpg,1,c1,1,0.5,0.25,0.5,2,\"x,1.jpg\","
                                         "y.jpg,,,,,,,,,01\nb.jpg,2,c1,0,,,,,y.jpg,"));
  const std::vector<PerQueryRow> read = ParsePerQuery(text, "x.csv");
  ASSERT_EQ(read[0].list.size(), 2U);
  EXPECT_EQ(read[0].list[0].image, "x,1.jpg");
  EXPECT_FALSE(read[0].list[0].match);
  EXPECT_TRUE(read[0].list[1].match);
  EXPECT_EQ(PerQueryCsv(read), text);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return changed;
  };
  EXPECT_THROW(ParsePerQuery(with(",,01\n", ",,011\n"), "x.csv"), Error)
      << "three marks, two images";
  EXPECT_THROW(ParsePerQuery(with(",,01\n", ",,0\n"), "x.csv"), Error) << "one mark, two images";
  EXPECT_THROW(ParsePerQuery(with(",,01\n", ",,02\n"), "x.csv"), Error);
}

TEST(PerQuery, ProbabilitiesOfHitsHaveColumnsOfTheirOwn) {
  std::vector<PerQueryRow> rows = {{"a.jpg", "1", "c1", true, 0.5, 0.25, 0.5, 2},
                                   {"b.jpg", "2", "c1", false}};
  rows[0].hits = {0.25, 0.75, 1};
  const std::string text = PerQueryCsv(rows);
  EXPECT_THAT(text, ::testing::HasSubstr("first_rank,hit1,hit5,hit10\na.jpg,1,c1,1,0.5,0.25,0.5,2,"
                                         "0.25,0.75,1\nb.jpg,2,c1,0,,,,,,,\n"));
  const std::vector<PerQueryRow> read = ParsePerQuery(text, "x.csv");
  EXPECT_EQ(HitAt(read[0], 1), 0.75);
  EXPECT_EQ(HitAt(read[1], 2), 0) << "a query that is not valid hits nothing";
  EXPECT_EQ(PerQueryCsv(read), text);
  rows[0].hits.reset();
  EXPECT_EQ(HitAt(rows[0], 0), 0);
  EXPECT_EQ(HitAt(rows[0], 1), 1);
  EXPECT_THROW(ParsePerQuery(text.substr(0, text.size() - 3) + ",1\n", "x.csv"), Error);
  std::string falling = text;
  falling.replace(falling.find("0.75"), 4, "0.15");
  EXPECT_THROW(ParsePerQuery(falling, "x.csv"), Error) << "a curve never falls";
}

// Files written before a metric of ranks was there lack its column; others have it behind all else.
TEST(PerQuery, MetricsOfRanksHaveColumnsOfTheirOwn) {
  std::vector<PerQueryRow> rows = {{"a.jpg", "1", "c1", true, 0.5, 0.25, 0.5, 2},
                                   {"b.jpg", "2", "c1", false},
                                   {"c.jpg", "2", "c1", true, 1, 1, 1, 1}};
  const std::string older = PerQueryCsv(rows);
  for (PerQueryRow& row : rows) {
    if (row.valid) row.of_ranks.assign(RankMetrics().size(), 0.25);
  }
  const std::string text = PerQueryCsv(rows);
  std::string header = "first_rank", fields = "0.5,0.25,0.5,2", empty = "b.jpg,2,c1,0,,,,";
  for (const MetricInfo* metric : RankMetrics()) {
    header += "," + metric->query->column;
    fields += ",0.25";
    empty += ",";
  }
  EXPECT_THAT(text, ::testing::HasSubstr(header + "\n"));
  EXPECT_THAT(text, ::testing::HasSubstr(fields + "\n" + empty + "\n"));
  const std::vector<PerQueryRow> read = ParsePerQuery(text, "x.csv");
  const std::vector<PerQueryRow> read_older = ParsePerQuery(older, "x.csv");
  for (const MetricInfo* metric : RankMetrics()) {
    EXPECT_EQ(ValueOf(read[0], *metric), 0.25) << metric->name;
    EXPECT_FALSE(ValueOf(read[1], *metric)) << metric->name;
    EXPECT_FALSE(ValueOf(read_older[0], *metric)) << metric->name;
  }
  EXPECT_EQ(PerQueryCsv(read), text);
  EXPECT_EQ(PerQueryCsv(read_older), older);
  rows[2].of_ranks.clear();
  EXPECT_EQ(PerQueryCsv(rows), older) << "a column that not every valid row fills is none";
  std::string bad = text;
  bad.replace(bad.find(fields), fields.size(), fields.substr(0, fields.size() - 4) + "1.25");
  EXPECT_THROW(ParsePerQuery(bad, "x.csv"), Error) << "no fraction";
}

TEST(PerQuery, ARankWithoutAProbabilityHasNoValue) {
  PerQueryRow row{"a.jpg", "1", "c1", true, 0.5, 0.25, 0.5, 2};
  MetricInfo third = *FindMetric("cmc5");
  third.query->rank = 3;
  EXPECT_EQ(ValueOf(row, third), 1) << "the first match is at rank 2";
  row.hits = {0.25, 0.75, 1};
  EXPECT_FALSE(ValueOf(row, third)) << "not the value at rank 5 or 10";
  EXPECT_EQ(ValueOf(row, *FindMetric("cmc5")), 0.75);
}

}  // namespace
}  // namespace bcr
