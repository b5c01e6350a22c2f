#pragma once

#include <string_view>
#include <vector>

namespace bcr {

// A file compiled into the binary (see bcr_embed in scripts/cmake/BcrTargets.cmake): name without
// extension, content.
struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};

}  // namespace bcr
