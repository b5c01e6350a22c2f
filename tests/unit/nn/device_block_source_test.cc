#include "harness/nn/device_block_source.h"

#include <gmock/gmock.h>

#include "harness/core/random.h"
#include "harness/nn/cuda_library.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using testing::MessageOf;

FloatMatrix Drawn(size_t rows, size_t cols, uint64_t seed) {
  FloatMatrix matrix(rows, cols);
  Random random(seed);
  for (size_t i = 0; i < rows * cols; ++i) matrix.data()[i] = static_cast<float>(random.Normal());
  return matrix;
}

// More than one tile on either side, both ragged.
struct Sides {
  FloatMatrix query = Drawn(700, 48, 1), gallery = Drawn(5000, 48, 2);
  std::unique_ptr<RowSource> query_rows = NewMatrixRows(query.view());
  std::unique_ptr<RowSource> gallery_rows = NewMatrixRows(gallery.view());
};

std::vector<float> All(BlockSource& source) {
  std::vector<float> scores(source.queries() * source.gallery());
  source.Fill(0, source.queries(), 0, source.gallery(), 0, scores.data());
  return scores;
}

void ExpectNearCpu(const std::string& device) {
  const Sides sides;
  const auto exact = NewCpuBlockSource(*sides.query_rows, *sides.gallery_rows, Distance::kCosine);
  const auto fast =
      NewDeviceBlockSource(*sides.query_rows, *sides.gallery_rows, Distance::kCosine, device);
  const std::vector<float> expected = All(*exact), scores = All(*fast);
  double worst = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    worst = std::max(worst, std::fabs(double{scores[i]} - expected[i]));
  }
  EXPECT_LT(worst, 1e-6);
}

void ExpectGroups(const std::string& device) {
  const Sides sides;
  const auto source =
      NewDeviceBlockSource(*sides.query_rows, *sides.gallery_rows, Distance::kCosine, device);
  const std::vector<float> scores = All(*source);
  std::vector<float> out(6);
  const RowGroup group{{3, 650}, {0, 4999, 17}, out.data()};
  source->FillGroups({&group, 1}, 0);
  for (size_t i = 0; i < 2; ++i) {
    for (size_t j = 0; j < 3; ++j) {
      EXPECT_NEAR(out[i * 3 + j],
                  scores[group.query_rows[i] * sides.gallery.rows() + group.gallery_rows[j]], 1e-6);
    }
  }
}

TEST(DeviceBlockSource, AgreesWithTheCpuSource) { ExpectNearCpu("cpu"); }
TEST(DeviceBlockSource, GathersTheScoresItStreams) { ExpectGroups("cpu"); }

TEST(DeviceBlockSource, CudaAgreesWithTheCpuSource) {
  if (LoadCudaLibrary().devices == 0) GTEST_SKIP() << LoadCudaLibrary().text;
  ExpectNearCpu("cuda:0");
  ExpectGroups("cuda:0");
}

// Bits must not depend on the block a score is asked in.
TEST(DeviceBlockSource, CudaScoresDoNotDependOnTheBlock) {
  if (LoadCudaLibrary().devices == 0) GTEST_SKIP() << LoadCudaLibrary().text;
  const Sides sides;
  const auto source =
      NewDeviceBlockSource(*sides.query_rows, *sides.gallery_rows, Distance::kCosine, "cuda:0");
  const std::vector<float> scores = All(*source);
  std::vector<float> part(100 * 900);
  source->Fill(333, 433, 1234, 2134, 0, part.data());
  for (size_t i = 0; i < 100; ++i) {
    for (size_t j = 0; j < 900; ++j) {
      ASSERT_EQ(part[i * 900 + j], scores[(333 + i) * sides.gallery.rows() + 1234 + j]);
    }
  }
}

TEST(DeviceBlockSource, NamesARowOfZeros) {
  Sides sides;
  std::fill_n(sides.gallery.row(4321), sides.gallery.cols(), 0.0F);
  const auto source =
      NewDeviceBlockSource(*sides.query_rows, *sides.gallery_rows, Distance::kCosine, "cpu");
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { All(*source); }),
              ::testing::HasSubstr("gallery features: row 4321"));
}

TEST(DeviceBlockSource, RefusesEuclideanDistances) {
  const Sides sides;
  EXPECT_THAT(MessageOf(ErrorCode::kUsage,
                        [&] {
                          NewDeviceBlockSource(*sides.query_rows, *sides.gallery_rows,
                                               Distance::kEuclidean, "cpu");
                        }),
              ::testing::HasSubstr("cosine"));
}

}  // namespace
}  // namespace bcr
