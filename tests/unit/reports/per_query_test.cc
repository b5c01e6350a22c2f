#include "reports/per_query.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"

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

}  // namespace
}  // namespace bcr
