#include "harness/eval/block_source.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"

namespace bcr {
namespace {

// End of the run of consecutive rows that starts at rows[begin].
size_t RunEnd(const std::vector<uint32_t>& rows, size_t begin) {
  size_t end = begin + 1;
  while (end < rows.size() && rows[end] == rows[end - 1] + 1) ++end;
  return end;
}

class DistanceBlockSource : public BlockSource {
 public:
  explicit DistanceBlockSource(MatrixView distances) : distances_(distances) {}

  size_t queries() const override { return distances_.rows; }
  size_t gallery() const override { return distances_.cols; }
  bool finite() const override { return true; }  // NewDistanceBlockSource looked

  void Fill(size_t q_begin, size_t q_end, size_t g_begin, size_t g_end, int /*threads*/,
            float* out) override {
    for (size_t q = q_begin; q < q_end; ++q) {
      for (size_t g = g_begin; g < g_end; ++g) *out++ = -distances_.row(q)[g];
    }
  }

 private:
  const MatrixView distances_;
};

}  // namespace

void BlockSource::FillGroups(std::span<const RowGroup> groups, int threads) {
  std::vector<float> block;
  for (const RowGroup& group : groups) {
    const size_t stride = group.gallery_rows.size();
    for (size_t i = 0, i_end; i < group.query_rows.size(); i = i_end) {
      i_end = RunEnd(group.query_rows, i);
      for (size_t j = 0, j_end; j < stride; j = j_end) {
        j_end = RunEnd(group.gallery_rows, j);
        const size_t rows = i_end - i;
        const size_t cols = j_end - j;
        block.resize(rows * cols);
        Fill(group.query_rows[i], group.query_rows[i] + rows, group.gallery_rows[j],
             group.gallery_rows[j] + cols, threads, block.data());
        for (size_t r = 0; r < rows; ++r) {
          std::copy_n(&block[r * cols], cols, group.out + (i + r) * stride + j);
        }
      }
    }
  }
}

std::unique_ptr<BlockSource> NewDistanceBlockSource(MatrixView distances) {
  for (size_t q = 0; q < distances.rows; ++q) {
    for (size_t g = 0; g < distances.cols; ++g) {
      const float value = distances.row(q)[g];
      if (std::isfinite(value)) continue;
      throw Error(ErrorCode::kData,
                  {.where = fmt::format("distances: query row {}, gallery row {}", q, g),
                   .found = fmt::format("{}", value),
                   .expected = "a finite distance"});
    }
  }
  return std::make_unique<DistanceBlockSource>(distances);
}

}  // namespace bcr
