#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bcr::internal {

struct IndexColumns {
  size_t image = 0, identity = 0, camera = 0;
};

// Where the three columns are. Throws kData naming `path` where one is missing, with the likely
// slip: another name for it (pid, camid), another separator, no header at all.
IndexColumns FindIndexColumns(const std::vector<std::string>& header, const std::string& path);

}  // namespace bcr::internal
