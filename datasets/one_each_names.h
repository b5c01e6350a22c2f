#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bcr {

// The identity in a base name of VIPeR, `PPP_AA.bmp` (person, angle of view), as spelled. Empty
// outside the grammar.
std::optional<std::string> ParseViperName(std::string_view base_name);
// The identity in a base name of PRID2011, `person_NNNN.png`, as spelled. Empty outside the grammar.
std::optional<std::string> ParsePridName(std::string_view base_name);

}  // namespace bcr
