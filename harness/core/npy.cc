#include "harness/core/npy.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "harness/core/error.h"
#include "harness/core/feature_set.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

static_assert(std::endian::native == std::endian::little, "feature files are little-endian");

// IEEE 754 binary16 to binary32; exact.
float FromHalf(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half >> 15) << 31;
  const uint32_t exponent = (half >> 10) & 31U;
  const uint32_t fraction = half & 1023U;
  if (exponent == 0) {
    const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
    return sign != 0 ? -magnitude : magnitude;
  }
  const uint32_t widened = exponent == 31 ? 255U : exponent + 112U;
  return std::bit_cast<float>(sign | widened << 23 | fraction << 13);
}

// Data in a .npy file need not be aligned for its type.
template <typename T, typename Convert>
void CopyValues(const uint8_t* from, size_t count, float* to, Convert convert) {
  for (size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, from + i * sizeof(T), sizeof(T));
    to[i] = convert(value);
  }
}

}  // namespace

namespace internal {

FloatMatrix ReadNpyUnchecked(const std::string& path) {
  const MappedFile file(path);
  const std::string_view bytes(reinterpret_cast<const char*>(file.data()), file.size());
  const NpyHeader header = ParseNpyHeader(bytes, path);
  FloatMatrix matrix(header.rows, header.cols);
  const uint8_t* data = file.data() + header.data_offset;
  const size_t count = header.rows * header.cols;
  switch (header.type) {
    case NpyType::kFloat16:
      CopyValues<uint16_t>(data, count, matrix.data(), FromHalf);
      break;
    case NpyType::kFloat32:
      if (count > 0) std::memcpy(matrix.data(), data, count * sizeof(float));
      break;
    case NpyType::kFloat64:
      CopyValues<double>(data, count, matrix.data(),
                         [](double value) { return static_cast<float>(value); });
      break;
  }
  return matrix;
}

size_t FirstNonFiniteRow(MatrixView matrix) {
  for (size_t i = 0; i < matrix.rows; ++i) {
    for (size_t j = 0; j < matrix.cols; ++j) {
      if (!std::isfinite(matrix.row(i)[j])) return i;
    }
  }
  return matrix.rows;
}

}  // namespace internal

FloatMatrix ReadNpy(const std::string& path) {
  FloatMatrix matrix = internal::ReadNpyUnchecked(path);
  const size_t bad = internal::FirstNonFiniteRow(matrix.view());
  if (bad < matrix.rows()) {
    throw Error(ErrorCode::kData, {fmt::format("{}: row {}", path, bad), "NaN or infinity",
                                   "finite float32 values", ""});
  }
  return matrix;
}

void WriteNpy(const std::string& path, MatrixView matrix) {
  std::string header = fmt::format(
      "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", matrix.rows, matrix.cols);
  constexpr size_t kPrefix = 10;  // magic, version, length
  constexpr size_t kAlignment = 64;
  const size_t total = (kPrefix + header.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
  header.append(total - kPrefix - header.size() - 1, ' ');
  header += '\n';

  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 255);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  const size_t size = matrix.rows * matrix.cols * sizeof(float);
  if (size > 0) bytes.append(reinterpret_cast<const char*>(matrix.data), size);
  WriteFileAtomic(path, std::string_view(bytes));
}

}  // namespace bcr
