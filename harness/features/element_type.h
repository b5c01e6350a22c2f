#pragma once

#include <cstddef>
#include <cstdint>

// The element types that feature files hold, and their conversion to float32.
namespace bcr::internal {

enum class ElementType { kFloat16, kBfloat16, kFloat32, kFloat64 };

size_t SizeOf(ElementType type);
const char* NameOf(ElementType type);  // as NumPy and PyTorch spell it: "float16"

// `count` little-endian values to float32: exact for the narrower types, rounded to nearest for
// float64, where what lies beyond float32 becomes infinity. `from` needs no alignment.
void ToFloat32(ElementType type, const uint8_t* from, size_t count, float* to);

}  // namespace bcr::internal
