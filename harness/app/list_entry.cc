#include "harness/app/list_entry.h"

#include <nlohmann/json.hpp>

namespace bcr {

Json ListEntry(const std::string& name, int revision, const std::string& about) {
  return {{"name", name}, {"revision", revision}, {"about", about}};
}

}  // namespace bcr
