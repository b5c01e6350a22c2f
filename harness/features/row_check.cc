#include "harness/features/row_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/hash.h"
#include "harness/core/parallel.h"
#include "harness/features/row_source.h"

namespace bcr::internal {
namespace {

// Part of the hash: another number of rows would give other hashes.
constexpr size_t kBlockRows = 256;
constexpr float kShortest = 1e-12F;  // as NormalizeRows
constexpr uint32_t kInfinityBits = 0x7F800000;

// The largest |x| as bits, whose order is that of magnitudes with NaN above infinity: one integer
// comparison a value covers NaN, infinity, zero rows and range.
uint32_t LargestBits(const float* row, size_t count) {
  uint32_t largest = 0;
  for (size_t i = 0; i < count; ++i) {
    largest = std::max(largest, std::bit_cast<uint32_t>(row[i]) & 0x7FFFFFFFU);
  }
  return largest;
}

bool HasDirection(const float* row, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += static_cast<double>(row[i]) * row[i];
  return std::sqrt(sum) >= kShortest;
}

[[noreturn]] void RefuseValue(const float* row, size_t count, const std::string& where) {
  size_t column = 0;
  while (column + 1 < count && std::isfinite(row[column])) ++column;
  const bool nan = std::isnan(row[column]);
  throw Error(
      ErrorCode::kData,
      {where, fmt::format("{} in column {}", nan ? "NaN" : "infinity", column),
       "finite float32 values",
       nan ? "Check the model that made these features."
           : "Check the model that made these features; float64 values beyond 3.4e38 count as "
             "infinite."});
}

[[noreturn]] void RefuseZero(const std::string& where) {
  throw Error(ErrorCode::kData, {where, "a row of length zero (below 1e-12)",
                                 "rows with a direction, as cosine needs",
                                 "Leave such images out, or score with --distance euclidean."});
}

}  // namespace

RowFindings CheckRows(const RowSource& rows, const RowCheckOptions& options,
                      const std::function<std::string(size_t row)>& name_of) {
  const size_t blocks = (rows.rows() + kBlockRows - 1) / kBlockRows;
  std::vector<std::string> hashes(blocks);
  std::vector<float> largest(blocks, 0.0F);
  ParallelFor(blocks, options.threads, [&](size_t block) {
    std::vector<float> scratch(rows.cols());
    Hasher hasher;
    const size_t end = std::min(rows.rows(), (block + 1) * kBlockRows);
    for (size_t i = block * kBlockRows; i < end; ++i) {
      const float* const row = rows.Row(i, scratch.data());
      const uint32_t bits = LargestBits(row, rows.cols());
      if (bits >= kInfinityBits) RefuseValue(row, rows.cols(), name_of(i));
      const float value = std::bit_cast<float>(bits);
      if (options.refuse_zero_rows && value < kShortest && !HasDirection(row, rows.cols())) {
        RefuseZero(name_of(i));
      }
      largest[block] = std::max(largest[block], value);
      hasher.Add(row, rows.cols() * sizeof(float));
    }
    hashes[block] = hasher.Hex();
  });
  RowFindings findings;
  Hasher all;
  all.AddText(fmt::format("rows.r1 {} {}", rows.rows(), rows.cols()));
  for (size_t block = 0; block < blocks; ++block) {
    all.AddText(hashes[block]);
    findings.largest_value = std::max(findings.largest_value, largest[block]);
  }
  findings.hash = all.Hex();
  return findings;
}

}  // namespace bcr::internal
