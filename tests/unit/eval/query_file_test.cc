#include "harness/eval/query_file.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"

namespace bcr {
namespace {

constexpr const char* kHeader = "image,identity,camera,valid,ap_hits,ap_trapezoid,inp,first_rank\n";

class QueryFileTest : public testing::Test {
 protected:
  void ExpectRefused(const std::string& text, const std::string& part) {
    WriteFileAtomic(path_, text);
    try {
      ReadQueryFile(path_);
      ADD_FAILURE() << "accepted: " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kData);
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }

  TemporaryFolder folder_;
  const std::string path_ = JoinPath(folder_.path(), "queries.csv");
  FeatureIndex index_{{"a,b.jpg", "\"q\".jpg", "c.jpg"}, {"7", "-1", "x y"}, {"1", "1", "2"}};
};

TEST_F(QueryFileTest, RoundTripsEveryBit) {
  CellScores cell;
  cell.queries.resize(3);
  cell.queries[0] = {true, 3, 1, 7, 1.0 / 3, 64.0 / 105, 3.0 / 7};
  cell.queries[2] = {true, 1, 4000000000U, 4000000000U, 5e-324, 0, 2.5e-10};
  const std::string hash = WriteQueryFile(path_, index_, cell);
  EXPECT_EQ(hash, HashOfFile(path_));
  const QueryFile file = ReadQueryFile(path_, hash);
  EXPECT_EQ(file.hash, hash);
  EXPECT_EQ(file.index.images, index_.images);
  EXPECT_EQ(file.index.identities, index_.identities);
  EXPECT_EQ(file.index.cameras, index_.cameras);
  ASSERT_EQ(file.queries.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(file.queries[i].valid, cell.queries[i].valid);
    EXPECT_EQ(file.queries[i].ap_hits, cell.queries[i].ap_hits);
    EXPECT_EQ(file.queries[i].ap_trapezoid, cell.queries[i].ap_trapezoid);
    EXPECT_EQ(file.queries[i].inp, cell.queries[i].inp);
    EXPECT_EQ(file.queries[i].first_rank, cell.queries[i].first_rank);
  }
}

TEST_F(QueryFileTest, BytesAreTheFormat) {
  CellScores cell;
  cell.queries.resize(1);
  cell.queries[0] = {true, 2, 1, 4, .75, .625, .5};
  WriteQueryFile(path_, {{"a.jpg"}, {"7"}, {"1"}}, cell);
  EXPECT_EQ(ReadFile(path_), std::string(kHeader) + "a.jpg,7,1,1,0.75,0.625,0.5,1\n");
}

TEST_F(QueryFileTest, RefusesOtherContent) {
  WriteFileAtomic(path_, std::string(kHeader) + "a.jpg,7,1,1,0.75,0.625,0.5,1\n");
  EXPECT_NO_THROW(ReadQueryFile(path_));
  EXPECT_THROW(ReadQueryFile(path_, std::string(32, '0')), Error);
}

TEST_F(QueryFileTest, NamesBadLines) {
  const std::string header = kHeader;
  const std::string good = "a.jpg,7,1,1,0.75,0.625,0.5,1\n";
  ExpectRefused("image,identity\na,b\n", "header");
  ExpectRefused(header + good + good, "line 3");
  ExpectRefused(header + good + "b.jpg,7,1,1,nan,0.625,0.5,1\n", "line 3, ap_hits");
  ExpectRefused(header + "b.jpg,7,1,1,0.5,1.5,0.5,1\n", "line 2, ap_trapezoid");
  ExpectRefused(header + "b.jpg,7,1,1,0.5,0.5,,1\n", "line 2, inp");
  ExpectRefused(header + "b.jpg,7,1,1,0.5,0.5,0.5,0\n", "line 2, first_rank");
  ExpectRefused(header + "b.jpg,7,1,1,0.5,0.5,0.5,-1\n", "line 2, first_rank");
  ExpectRefused(header + "b.jpg,7,1,0,0,0,0,3\n", "line 2, first_rank");
  ExpectRefused(header + "b.jpg,7,1,0,0.5,0,0,0\n", "line 2");
  ExpectRefused(header + "b.jpg,7,1,yes,0.5,0.5,0.5,1\n", "line 2, valid");
}

TEST_F(QueryFileTest, RefusesToWriteNonsense) {
  CellScores cell;
  cell.queries.resize(2);
  EXPECT_THROW(WriteQueryFile(path_, index_, cell), Error);
  cell.queries.resize(3);
  cell.queries[1].valid = true;
  cell.queries[1].ap_hits = std::nan("");
  EXPECT_THROW(WriteQueryFile(path_, index_, cell), Error);
  EXPECT_FALSE(FileExists(path_));
}

}  // namespace
}  // namespace bcr
