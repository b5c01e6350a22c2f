#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/core/matrix.h"
#include "harness/features/element_type.h"

// The NumPy array file format (numpy.lib.format, versions 1.0, 2.0 and 3.0), as far as feature
// files need it; the public functions ReadNpy and WriteNpy are in feature_set.h.
namespace bcr::internal {

struct NpyHeader {
  ElementType type = ElementType::kFloat32;
  size_t rows = 0;
  size_t cols = 0;
  size_t data_offset = 0;
};

// Reads and checks the header at the start of a file of `bytes`, including that the data behind it
// has exactly the size of the shape. Throws kData, naming `where`.
NpyHeader ParseNpyHeader(std::string_view bytes, const std::string& where);

// What features must look like, whatever the file format. Throws kData for no columns, or more than
// any embedding has.
void RequireWidth(size_t cols, const std::string& where);
inline constexpr char kShapeHint[] =
    "Flatten or stack it to one row an image, e.g. x.reshape(len(x), -1).";

// ReadNpy without its check for NaN and infinity.
FloatMatrix ReadNpyUnchecked(const std::string& path);

// The first row that holds NaN or infinity; `matrix.rows` where none does.
size_t FirstNonFiniteRow(MatrixView matrix);

}  // namespace bcr::internal
