#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace bcr::internal {

struct IndexColumns {
  size_t image = 0;
  std::optional<size_t> identity, camera;  // absent only where that is allowed
};

struct NeededColumns {
  bool identity = true, camera = true;
};

// Where the three columns are. Throws kData naming `path` where one is missing, with the likely
// slip: another name for it (pid, camid), another separator, no header at all. A column that is
// not needed may be missing.
IndexColumns FindIndexColumns(const std::vector<std::string>& header, const std::string& path,
                              const NeededColumns& needed);

}  // namespace bcr::internal
