#include "harness/features/npy.h"

#include <fmt/format.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/new_file.h"
#include "harness/features/feature_set.h"

namespace bcr {
namespace internal {

FloatMatrix ReadNpyUnchecked(const std::string& path) {
  const MappedFile file(path);
  const std::string_view bytes(reinterpret_cast<const char*>(file.data()), file.size());
  const NpyHeader header = ParseNpyHeader(bytes, path);
  FloatMatrix matrix(header.rows, header.cols);
  ToFloat32(header.type, file.data() + header.data_offset, header.rows * header.cols,
            matrix.data());
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
  // The matrix may be most of the memory there is: it is written from where it lies.
  WriteFileAtomic(path, [&](const std::string& temporary) {
    NewFile file(temporary, path);
    file.Append(bytes.data(), bytes.size());
    file.Append(matrix.data, matrix.rows * matrix.cols * sizeof(float));
  });
}

}  // namespace bcr
