#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace bcr::internal {

struct IndexColumns {
  size_t image = 0, identity = 0;
  std::optional<size_t> camera;  // absent only where that is allowed
};

// Where the three columns are. Throws kData naming `path` where one is missing, with the likely
// slip: another name for it (pid, camid), another separator, no header at all. The camera's may be
// missing where `needs_camera` is false.
IndexColumns FindIndexColumns(const std::vector<std::string>& header, const std::string& path,
                              bool needs_camera);

}  // namespace bcr::internal
