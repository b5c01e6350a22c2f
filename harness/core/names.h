#pragma once

#include <string>
#include <vector>

namespace bcr {

// The names of a list as typed: without blanks around them, empty ones left out, each once, in
// order. What came again is added to `repeated`, once.
std::vector<std::string> DistinctNames(const std::vector<std::string>& typed,
                                       std::vector<std::string>& repeated);

}  // namespace bcr
