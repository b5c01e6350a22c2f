#pragma once

#include <memory>
#include <string>

#include "harness/features/element_type.h"

namespace bcr {

class RowSource;

namespace internal {

// The rows of a feature file, mapped; float32 that is aligned is handed out without a copy.
struct MappedRows {
  std::shared_ptr<const RowSource> rows;
  ElementType type = ElementType::kFloat32;
};

// Both throw kMissing, kIo or kData, naming the file. Values are not looked at.
MappedRows MapNpy(const std::string& path);
// The only tensor of the file, or the one named `features`; it must be floating-point and n x d.
MappedRows MapSafetensors(const std::string& path);

}  // namespace internal
}  // namespace bcr
